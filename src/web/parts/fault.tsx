import type { Problem } from '../api/api-problem.ts'
import { words } from '../texts/language.ts'
import { Strange } from './strange.tsx'

/** What went wrong, and what can be done about it. */
export function Fault({ problem }: { readonly problem: Problem | null }) {
  if (problem === null) return null
  const { failed } = words().common
  const { message, hint, places, code } = problem
  return (
    <div class="fault" role="alert">
      <p class="strong sentence">
        {code === 'unreachable' ? words().common.unreachable : message === '' ? failed : <Strange text={message} />}
      </p>
      {places.length > 1 && (
        <ul>
          {places.map(({ pointer, parameter, detail }) => (
            <li key={`${pointer}${parameter}${detail}`}>
              <code>{pointer ?? parameter}</code> <Strange text={detail} />
            </li>
          ))}
        </ul>
      )}
      {hint && <p class="small">{hint}</p>}
    </div>
  )
}
