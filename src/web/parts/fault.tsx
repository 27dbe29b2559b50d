import type { Problem } from '../api/api-problem.ts'
import { words } from '../texts/language.ts'
import { type SpokenError, spoken } from '../texts/spoken-error.ts'
import { Strange } from './strange.tsx'

/** What went wrong, and what can be done about it. */
export function Fault({ problem }: { readonly problem: Problem | null }) {
  if (problem === null) return null
  const { places } = problem
  const { title, own, hint } = spokenProblem(problem)
  return (
    <div class="fault" role="alert">
      <p class="strong sentence">
        <Strange text={title} />
      </p>
      {own !== null && <OwnWords text={own} />}
      {places.length > 1 && (
        <ul>
          {places.map(({ pointer, parameter, detail }) => (
            <li key={`${pointer}${parameter}${detail}`}>
              <code>{pointer ?? parameter}</code>{' '}
              <span lang="en">
                <Strange text={detail} />
              </span>
            </li>
          ))}
        </ul>
      )}
      {hint !== null && <p class="small">{hint}</p>}
    </div>
  )
}

/** A problem in words; of the hub, or of the way to it. */
export function spokenProblem(problem: Problem): SpokenError {
  const { failed, unreachable } = words().common
  if (problem.code === 'unreachable') return { title: unreachable, own: null, hint: null }
  return problem.message === '' ? { title: failed, own: null, hint: problem.hint } : spoken(problem)
}

const OwnWords = ({ text }: { readonly text: string }) => (
  <p class="small" lang="en">
    <Strange text={text} />
  </p>
)

interface WrongProps {
  readonly error: Parameters<typeof spoken>[0]
  readonly hasHint?: boolean
}

/** An error beside what it is of. */
export function Wrong({ error, hasHint = false }: WrongProps) {
  const { title, own, hint } = spoken(error)
  return (
    <div class="small wrong-words">
      <p class="sentence">
        <Strange text={title} />
      </p>
      {own !== null && <OwnWords text={own} />}
      {hasHint && hint !== null && <p class="muted">{hint}</p>}
    </div>
  )
}
