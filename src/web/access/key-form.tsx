import { useState } from 'preact/hooks'
import { roles } from '../../message/rights.ts'
import { scopeNames, scopes } from '../../message/scopes.ts'
import type { Key } from '../api/answer-types.ts'
import { ask } from '../api/ask.ts'
import { calls } from '../api/hub-calls.ts'
import { useAct } from '../parts/act.ts'
import { Button } from '../parts/button.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Fault } from '../parts/fault.tsx'
import { CheckField, type Choice, SelectField, TextField } from '../parts/field.tsx'
import { hubWords, words } from '../texts/language.ts'
import { fullTime } from '../texts/times.ts'
import { changesOf, type KeyFields, newKeyOf, shownFields } from './key-fields.ts'

interface KeyFormProps {
  /** The key that is changed; null for a new one. */
  readonly known: Key | null
  readonly onClose: () => void
  /** Takes the secret of a new one. */
  readonly onDone: (secret?: string) => void
}

/** What a key may do, of a new one or of one that there is. */
export function KeyForm({ known, onClose, onDone }: KeyFormProps) {
  const w = words()
  const [fields, setFields] = useState(() => shownFields(known))
  const [confirmed, setConfirmed] = useState('')
  const { isBusy, problem, run } = useAct({ isQuiet: true })
  const set = (change: Partial<KeyFields>) => setFields({ ...fields, ...change })
  const toggle = (name: string, isOn: boolean) =>
    set({ scopes: isOn ? [...fields.scopes, name] : fields.scopes.filter((one) => one !== name) })
  const save = (event: Event) => {
    event.preventDefault()
    return run(
      async () => {
        if (known === null) return onDone((await ask(calls.addKey, newKeyOf(fields))).key)
        const { id, revision } = known
        const confirm = confirmed.trim()
        await ask(calls.updateKey, { id, revision, ...changesOf(fields), ...(confirm !== '' && { confirm }) })
        onDone()
      },
      known === null ? undefined : w.common.saved,
    )
  }
  return (
    <Dialog title={known === null ? w.access.addKey : w.access.changeKey(known.label)} onClose={onClose}>
      <form class="form" onSubmit={save}>
        <TextField
          label={w.access.label}
          hint={w.access.labelHint}
          value={fields.label}
          onInput={(label) => set({ label })}
          required
        />
        <fieldset class="stack tight">
          <legend class="strong">{w.access.scopes}</legend>
          {scopeNames.map((name) => (
            <CheckField
              key={name}
              label={
                <>
                  <code>{name}</code> <span class="small muted">{hubWords()?.scopes[name] ?? scopes[name]}</span>
                </>
              }
              value={fields.scopes.includes(name)}
              onInput={(isOn) => toggle(name, isOn)}
            />
          ))}
        </fieldset>
        <SelectField
          label={w.access.role}
          value={fields.role}
          choices={[{ value: '', label: '–' }, ...roles.map((value) => ({ value, label: w.access.roles[value] }))]}
          onInput={(role) => set({ role })}
        />
        <TextField
          label={w.access.onlyDevices}
          hint={w.access.onlyDevicesHint}
          value={fields.devices}
          onInput={(devices) => set({ devices })}
          isPlain
        />
        <TextField
          label={w.access.onlyCommands}
          hint={w.access.onlyCommandsHint}
          value={fields.commands}
          onInput={(commands) => set({ commands })}
          isPlain
        />
        <TextField
          label={w.access.onlyNetworks}
          hint={w.access.onlyNetworksHint}
          value={fields.networks}
          onInput={(networks) => set({ networks })}
          isPlain
        />
        <TextField
          label={w.access.perHour}
          hint={w.access.perHourHint}
          type="number"
          min={1}
          value={fields.perHour}
          onInput={(perHour) => set({ perHour })}
        />
        <SelectField
          label={w.access.expires}
          value={fields.expires}
          choices={endsOf(known)}
          onInput={(expires) => set({ expires })}
        />
        <Fault problem={problem} />
        {/* Without it, nobody could manage the hub any more. */}
        {known !== null && (problem?.code === 'not_allowed' || confirmed !== '') && (
          <TextField label={w.common.typeName(known.id)} value={confirmed} onInput={setConfirmed} isPlain />
        )}
        <div class="ends">
          <Button onClick={onClose}>{w.common.cancel}</Button>
          <Button type="submit" look="main-act" disabled={isBusy || (fields.role === '' && fields.scopes.length === 0)}>
            {known === null ? w.access.make : w.common.save}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

/** When a key can end: one that has an end keeps it, unless another one is chosen. */
function endsOf(known: Key | null): Choice[] {
  const w = words()
  const end = known?.expires_at ?? null
  return [
    ...(end === null ? [] : [{ value: '', label: fullTime(end) }]),
    { value: end === null ? '' : 'never', label: w.devices.never },
    ...(['30d', '90d', '365d'] as const).map((value) => ({ value, label: w.access.lives[value] })),
  ]
}
