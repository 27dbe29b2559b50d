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
              onClick={() => run(async () => setDraft(await ask(calls.draftRule, { id, text })))}
            >
              {w.makeRule}
            </Button>
          )}
        </div>
      </form>
      <Fault problem={problem} />
      {tried !== null && <Readings tried={tried} />}
      {draft !== null && (
        <Rule
          device={device}
          text={text}
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

function Values({ values }: { readonly values: RuleDraft['values'] }) {
  return (
    <dl class="facts">
      {Object.entries(values).map(([name, value]) => (
        <>
          <dt key={`${name}-name`}>
            <code>{name}</code>
          </dt>
          <dd key={`${name}-value`}>
            <Strange text={String(value)} />
          </dd>
        </>
      ))}
    </dl>
  )
}

interface RuleProps {
  readonly device: DeviceView
  readonly text: string
  readonly draft: RuleDraft
  readonly onDone: () => void
}

function Rule({ device, text, draft, onDone }: RuleProps) {
  const w = words()
  const [name, setName] = useState('')
  const [pattern, setPattern] = useState(draft.pattern)
  const { isBusy, problem, run } = useAct({ isQuiet: true })
  const save = async (event: Event) => {
    event.preventDefault()
    // An alarm stays one.
    const raised = draft.event === null ? {} : { event: draft.event }
    const rule = { id: device.id, name: name.trim(), pattern, text: text.trim(), ...raised }
    if (await run(() => ask(calls.addRule, rule), w.trial.saved)) onDone()
  }
  return (
    <form class="form" onSubmit={save}>
      <h2>{w.trial.makeRule}</h2>
      <p class="small muted">{w.trial.ruleHint}</p>
      <TextField label={w.trial.ruleName} hint={w.trial.ruleNameHint} value={name} onInput={setName} isPlain required />
      <TextField label={w.trial.pattern} value={pattern} onInput={setPattern} lines={2} isPlain required />
      <Values values={draft.values} />
      {draft.problems.map((problem) => (
        <p key={problem} class="small">
          <Strange text={problem} />
        </p>
      ))}
      <Fault problem={problem} />
      <div class="ends">
        <Button type="submit" look="main-act" disabled={isBusy || name.trim() === ''}>
          {w.common.save}
        </Button>
      </div>
    </form>
  )
}
