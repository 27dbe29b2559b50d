import { useId, useState } from 'preact/hooks'
import type { UnreadGroup, UnreadGroups as UnreadTexts } from '../api/answer-types.ts'
import { ask } from '../api/ask.ts'
import { calls } from '../api/hub-calls.ts'
import type { Resource } from '../api/resource.ts'
import { isAtLeast } from '../api/signed-in.ts'
import { useAct } from '../parts/act.ts'
import { Button } from '../parts/button.tsx'
import { Chip } from '../parts/chip.tsx'
import { Time } from '../parts/time.tsx'
import { notify } from '../parts/toast.tsx'
import { words } from '../texts/language.ts'
import { Examples, RuleForm } from './rule-form.tsx'

/** Texts that were not understood, those of one shape together, with a rule for each. */
export function UnreadGroups({ data, reload }: Resource<UnreadTexts>) {
  const id = useId()
  if (data === null || data.groups.length === 0) return null
  return (
    <section class="stack tight" aria-labelledby={id}>
      <div class="row spread">
        <h2 id={id}>{words().unknown.soFar}</h2>
        {data.device !== null && isAtLeast('admin') && <ReadAgain id={data.device} onDone={reload} />}
      </div>
      <ul class="stack">
        {data.groups.map((group) => (
          <li key={group.pattern}>
            <Group device={data.device} group={group} onDone={reload} />
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Where the profile or smshub.yaml has changed, it reads what it did not before. */
function ReadAgain({ id, onDone }: { readonly id: string; readonly onDone: () => void }) {
  const w = words().unknown
  const { isBusy, run } = useAct()
  const readAgain = () =>
    run(async () => {
      const { read } = await ask(calls.readUnknown, { id })
      notify(w.read(read))
      onDone()
    })
  return (
    <Button icon="reload" tight disabled={isBusy} onClick={readAgain}>
      {w.readAgain}
    </Button>
  )
}

interface GroupProps {
  /** null: the sender is no device yet. */
  readonly device: string | null
  readonly group: UnreadGroup
  readonly onDone: () => void
}

function Group({ device, group, onDone }: GroupProps) {
  const w = words()
  const [isOpen, setOpen] = useState(false)
  const { name, count, last_at, texts } = group
  return (
    <article class="card stack tight">
      <header>
        <h3>
          <code>{name}</code>
        </h3>
        <div class="row">
          <Chip>{w.unknown.texts(count)}</Chip>
          <span class="small muted">
            <Time at={last_at} />
          </span>
        </div>
      </header>
      {isOpen && device !== null ? (
        <RuleForm device={device} name={name} draft={group} onDone={onDone} />
      ) : (
        <>
          <Examples texts={texts} />
          {count > texts.length && <p class="small muted">{w.unknown.more(count - texts.length)}</p>}
          {device !== null && isAtLeast('admin') && (
            <div class="row">
              <Button onClick={() => setOpen(true)}>{w.unknown.makeRule}</Button>
            </div>
          )}
        </>
      )}
    </article>
  )
}
