import { useState } from 'preact/hooks'
import type { RuleDraft } from '../api/answer-types.ts'
import { ask } from '../api/ask.ts'
import { calls } from '../api/hub-calls.ts'
import { useAct } from '../parts/act.ts'
import { Button } from '../parts/button.tsx'
import { Chip } from '../parts/chip.tsx'
import { CopyButton } from '../parts/copy-button.tsx'
import { Fault } from '../parts/fault.tsx'
import { TextField } from '../parts/field.tsx'
import { Strange } from '../parts/strange.tsx'
import { words } from '../texts/language.ts'
import { messagesYaml } from './messages-yaml.ts'

interface RuleFormProps {
  /** Its id. */
  readonly device: string
  /** Of the message, as it is proposed; empty where the person has to find one. */
  readonly name: string
  readonly draft: RuleDraft
  readonly onDone: () => void
}

/** A rule for texts of one shape: its values are named, it is tried on the texts, and kept. */
export function RuleForm({ device, name: proposed, draft: first, onDone }: RuleFormProps) {
  const w = words()
  const [name, setName] = useState(proposed)
  const [event, setEvent] = useState(first.event ?? '')
  const [draft, setDraft] = useState(first)
  const [pattern, setPattern] = useState(first.pattern)
  /** Other names of the values, by those that they have. */
  const [names, setNames] = useState<Readonly<Record<string, string>>>({})
  const [isTried, setTried] = useState(false)
  const { isBusy, problem, run } = useAct({ isQuiet: true })
  const texts = draft.texts.map(({ text }) => text)
  const rule = { id: device, pattern, texts, holes: changesIn(names) }
  const yaml = problem === null ? null : messagesYaml(problem.details)
  const attempt = async () => {
    setTried(false)
    await run(async () => {
      const next = await ask(calls.draftRule, rule)
      setDraft(next)
      setPattern(next.pattern)
      setNames({})
      setTried(true)
    })
  }
  const save = async (submitted: Event) => {
    submitted.preventDefault()
    // An alarm stays one, whatever its name.
    const kept = { ...rule, name: name.trim(), ...(event.trim() !== '' && { event: event.trim() }) }
    if (await run(() => ask(calls.addRule, kept), w.trial.saved)) onDone()
  }
  return (
    <form class="form narrow" onSubmit={save}>
      <Examples texts={draft.texts} />
      <TextField label={w.trial.ruleName} hint={w.trial.ruleNameHint} value={name} onInput={setName} isPlain required />
      {draft.holes.length > 0 && (
        <fieldset class="stack tight">
          <legend class="strong">{w.trial.holes}</legend>
          <p class="small muted">{w.trial.holesHint}</p>
          <div class="holes">
            {draft.holes.map(({ field }) => (
              <TextField
                key={field}
                label={w.trial.holeName(field)}
                value={names[field] ?? field}
                onInput={(to) => setNames({ ...names, [field]: to })}
                isPlain
              />
            ))}
          </div>
        </fieldset>
      )}
      <TextField label={w.trial.event} hint={w.trial.eventHint} value={event} onInput={setEvent} isPlain />
      <details>
        <summary>{w.trial.pattern}</summary>
        <TextField
          label={w.trial.pattern}
          hint={w.trial.ruleHint}
          value={pattern}
          onInput={(written) => {
            setPattern(written)
            setNames({})
          }}
          lines={2}
          isPlain
          required
        />
      </details>
      <div class="stack tight" role="status">
        {isTried && draft.problems.length === 0 && (
          <Chip tone="good" icon="check">
            {w.trial.readsAll(texts.length)}
          </Chip>
        )}
        {draft.problems.map((one) => (
          <p key={one} class="small wrong-words" lang="en">
            <Strange text={one} />
          </p>
        ))}
      </div>
      {yaml === null ? <Fault problem={problem} /> : <InFile yaml={yaml} />}
      <div class="ends">
        <Button onClick={attempt} disabled={isBusy}>
          {w.trial.test}
        </Button>
        <Button type="submit" look="main-act" disabled={isBusy || name.trim() === ''}>
          {w.trial.keep}
        </Button>
      </div>
    </form>
  )
}

/** A device of smshub.yaml is changed there. */
function InFile({ yaml }: { readonly yaml: string }) {
  return (
    <div class="stack tight" role="alert">
      <p>{words().trial.inFile}</p>
      <pre>
        <Strange text={yaml} />
      </pre>
      <div class="row">
        <CopyButton text={yaml} />
      </div>
    </div>
  )
}

/** What becomes of the values: a name that is emptied leaves its value out. */
const changesIn = (names: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(names)
      .map(([field, to]) => [field, to.trim() || '-'] as const)
      .filter(([field, to]) => field !== to),
  )

/** Texts with what a rule reads of them. */
export function Examples({ texts }: Pick<RuleDraft, 'texts'>) {
  return (
    <ul class="stack">
      {texts.map(({ text, values }) => (
        <li key={text} class="stack tight">
          <p class="quote">
            <Strange text={text} />
          </p>
          <Values values={values} />
        </li>
      ))}
    </ul>
  )
}

export function Values({ values }: { readonly values: RuleDraft['texts'][number]['values'] }) {
  const read = Object.entries(values)
  if (read.length === 0) return null
  return (
    <dl class="facts">
      {read.map(([name, value]) => (
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
