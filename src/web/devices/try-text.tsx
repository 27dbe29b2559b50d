import { useState } from 'preact/hooks'
import type { DeviceView, RuleDraft, Tried } from '../api/answer-types.ts'
import { ask } from '../api/ask.ts'
import { calls } from '../api/hub-calls.ts'
import { useAct } from '../parts/act.ts'
import { Button } from '../parts/button.tsx'
import { Chip } from '../parts/chip.tsx'
import { Fault } from '../parts/fault.tsx'
import { TextField } from '../parts/field.tsx'
import { Strange } from '../parts/strange.tsx'
import { place } from '../router.ts'
import { words } from '../texts/language.ts'
import { RuleForm, Values } from '../unknown/rule-form.tsx'

interface TryProps {
  readonly device: DeviceView
  readonly reload: () => void
}

/** How the profile reads a text, and a rule for one that it does not know. */
export function TryText({ device, reload }: TryProps) {
  const w = words().trial
  const [text, setText] = useState(place.value.query.text ?? '')
  const [tried, setTried] = useState<Tried | null>(null)
  const [draft, setDraft] = useState<RuleDraft | null>(null)
  const { isBusy, problem, run } = useAct({ isQuiet: true })
  const { id } = device
  const attempt = (event: Event) => {
    event.preventDefault()
    setDraft(null)
    return run(async () => setTried(await ask(calls.tryText, { id, text })))
  }
  return (
    <div class="card stack">
      <p>{w.about}</p>
      <form class="form" onSubmit={attempt}>
        <TextField label={w.text} value={text} onInput={setText} lines={3} isPlain required />
        <div class="row">
          <Button type="submit" look="main-act" disabled={isBusy || text.trim() === ''}>
            {w.attempt}
          </Button>
          {tried !== null && (
            <Button
              disabled={isBusy}
              onClick={() => run(async () => setDraft(await ask(calls.draftRule, { id, texts: [text] })))}
            >
              {w.makeRule}
            </Button>
          )}
        </div>
      </form>
      <Fault problem={problem} />
      {tried !== null && <Readings tried={tried} />}
      {draft !== null && (
        <RuleForm
          key={draft.pattern}
          device={id}
          name=""
          draft={draft}
          onDone={() => {
            setDraft(null)
            setTried(null)
            reload()
          }}
        />
      )}
    </div>
  )
}

function Readings({ tried }: { readonly tried: Tried }) {
  const w = words().trial
  const { matches, nearest } = tried
  if (matches.length === 0)
    return (
      <div class="stack tight" role="status">
        <Chip tone="warn" icon="question">
          {w.unknown}
        </Chip>
        {nearest !== null && (
          <p class="small muted">
            {w.nearest(nearest.message, nearest.at)} <Strange text={nearest.rest} />
          </p>
        )}
      </div>
    )
  return (
    <ul class="stack tight" aria-live="polite">
      {matches.map(({ profile, message, values }) => (
        <li key={`${profile}${message}`} class="stack tight">
          <Chip tone="good" icon="check">
            {message}
          </Chip>
          <Values values={values} />
        </li>
      ))}
    </ul>
  )
}
