import { useState } from 'preact/hooks'
import { roles } from '../../message/rights.ts'
import { scopeNames, scopes } from '../../message/scopes.ts'
import type { Key } from '../api/answer-types.ts'
import { ask } from '../api/ask.ts'
import { calls } from '../api/hub-calls.ts'
import { useResource } from '../api/resource.ts'
import { useAct } from '../parts/act.ts'
import { Button } from '../parts/button.tsx'
import { Chip } from '../parts/chip.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Empty } from '../parts/empty.tsx'
import { Fault } from '../parts/fault.tsx'
import { CheckField, SelectField, TextField } from '../parts/field.tsx'
import type { Column } from '../parts/table.tsx'
import { Time } from '../parts/time.tsx'
import { hubWords, words } from '../texts/language.ts'
import { AccessList, type RowActs } from './access-list.tsx'

/** Keys of programs. */
export function Keys() {
  const w = words()
  const list = useResource(calls.keys, {})
  const { isBusy, run } = useAct()
  const rotate = ({ id }: Key, show: RowActs<Key>['show']) =>
    run(async () => show((await ask(calls.rotateKey, { id })).key))
  return (
    <AccessList
      list={list}
      caption={w.access.tabs.keys}
      about={w.access.keysAbout}
      add={w.access.addKey}
      columns={(acts) => columns(isBusy, (key) => rotate(key, acts.show), acts.remove)}
      idOf={({ id }) => id}
      empty={
        <Empty icon="key" title={w.access.noKeys}>
          <p>{w.access.noKeysYet}</p>
        </Empty>
      }
      form={(close, made) => <NewKey onClose={close} onMade={made} />}
      secretTitle={w.access.newKey}
      removal={({ id, label }) => ({
        title: w.access.removeKey(label),
        name: id,
        work: () => ask(calls.removeKey, { id, confirm: id }),
      })}
    />
  )
}

function columns(isBusy: boolean, rotate: (key: Key) => void, remove: (key: Key) => void): Column<Key>[] {
  const w = words()
  return [
    {
      label: w.access.label,
      cell: ({ label, id, is_expired }) => (
        <span class="row">
          <span class="strong">{label}</span> <code>{id}</code>
          {is_expired && <Chip tone="warn">{w.access.expired}</Chip>}
        </span>
      ),
    },
    {
      label: w.access.limits,
      cell: ({ role, scopes: limits, devices }) => (
        <span class="small">
          {[limits === null ? (role === null ? '' : w.access.roles[role]) : limits.join(', '), devices?.join(', ')]
            .filter(Boolean)
            .join(' · ')}
        </span>
      ),
    },
    {
      label: w.access.used,
      cell: ({ last_used_at }) => (last_used_at === null ? w.devices.never : <Time at={last_used_at} />),
    },
    {
      label: w.access.expires,
      cell: ({ expires_at }) => (expires_at === null ? w.devices.never : <Time at={expires_at} />),
    },
    {
      label: w.common.actions,
      isEnd: true,
      isBare: true,
      cell: (key) => (
        <span class="row">
          <Button tight disabled={isBusy} onClick={() => rotate(key)}>
            {w.access.replace}
          </Button>
          <Button tight look="danger" onClick={() => remove(key)}>
            {w.access.remove}
          </Button>
        </span>
      ),
    },
  ]
}

function NewKey({ onClose, onMade }: { readonly onClose: () => void; readonly onMade: (key: string) => void }) {
  const w = words()
  const [label, setLabel] = useState('')
  const [role, setRole] = useState('')
  const [chosen, setChosen] = useState<readonly string[]>([])
  const [devices, setDevices] = useState('')
  const [expires, setExpires] = useState('')
  const { isBusy, problem, run } = useAct({ isQuiet: true })
  const names = devices.split(/[\s,]+/).filter(Boolean)
  const make = (event: Event) => {
    event.preventDefault()
    return run(async () => {
      const { key } = await ask(calls.addKey, {
        label: label.trim(),
        ...(role !== '' && { role }),
        ...(chosen.length > 0 && { scopes: chosen }),
        ...(names.length > 0 && { devices: names }),
        ...(expires !== '' && { expires }),
      })
      onMade(key)
    })
  }
  const toggle = (name: string, isOn: boolean) =>
    setChosen(isOn ? [...chosen, name] : chosen.filter((one) => one !== name))
  const lives = [
    { value: '', label: w.devices.never },
    ...(['30d', '90d', '365d'] as const).map((value) => ({ value, label: w.access.lives[value] })),
  ]
  return (
    <Dialog title={w.access.addKey} onClose={onClose}>
      <form class="form" onSubmit={make}>
        <TextField label={w.access.label} hint={w.access.labelHint} value={label} onInput={setLabel} required />
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
              value={chosen.includes(name)}
              onInput={(isOn) => toggle(name, isOn)}
            />
          ))}
        </fieldset>
        <SelectField
          label={w.access.role}
          value={role}
          choices={[{ value: '', label: '–' }, ...roles.map((value) => ({ value, label: w.access.roles[value] }))]}
          onInput={setRole}
        />
        <TextField
          label={w.access.onlyDevices}
          hint={w.access.onlyDevicesHint}
          value={devices}
          onInput={setDevices}
          isPlain
        />
        <SelectField label={w.access.expires} value={expires} choices={lives} onInput={setExpires} />
        <Fault problem={problem} />
        <div class="ends">
          <Button onClick={onClose}>{w.common.cancel}</Button>
          <Button type="submit" look="main-act" disabled={isBusy || (role === '' && chosen.length === 0)}>
            {w.access.make}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
