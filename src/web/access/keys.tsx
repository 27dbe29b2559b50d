import { useState } from 'preact/hooks'
import type { Key } from '../api/answer-types.ts'
import { ask } from '../api/ask.ts'
import { calls } from '../api/hub-calls.ts'
import { useResource } from '../api/resource.ts'
import { useAct } from '../parts/act.ts'
import { Button } from '../parts/button.tsx'
import { Chip } from '../parts/chip.tsx'
import { Empty } from '../parts/empty.tsx'
import type { Column } from '../parts/table.tsx'
import { Time } from '../parts/time.tsx'
import { words } from '../texts/language.ts'
import { numberOf } from '../texts/times.ts'
import { AccessList, type RowActs } from './access-list.tsx'
import { KeyForm } from './key-form.tsx'

/** Keys of programs. */
export function Keys() {
  const w = words()
  const list = useResource(calls.keys, {})
  const { isBusy, run } = useAct()
  const [changing, setChanging] = useState<Key | null>(null)
  const rotate = ({ id }: Key, show: RowActs<Key>['show']) =>
    run(async () => show((await ask(calls.rotateKey, { id })).key))
  const changed = () => {
    setChanging(null)
    list.reload()
  }
  return (
    <>
      <AccessList
        list={list}
        caption={w.access.tabs.keys}
        about={w.access.keysAbout}
        add={w.access.addKey}
        columns={(acts) =>
          columns(isBusy, { change: setChanging, rotate: (key) => rotate(key, acts.show), remove: acts.remove })
        }
        idOf={({ id }) => id}
        empty={
          <Empty icon="key" title={w.access.noKeys}>
            <p>{w.access.noKeysYet}</p>
          </Empty>
        }
        form={(close, made) => <KeyForm known={null} onClose={close} onDone={made} />}
        secretTitle={w.access.newKey}
        removal={({ id, label }) => ({
          title: w.access.removeKey(label),
          name: id,
          work: () => ask(calls.removeKey, { id, confirm: id }),
        })}
      />
      {changing !== null && <KeyForm known={changing} onClose={changed} onDone={changed} />}
    </>
  )
}

type KeyActs = Readonly<Record<'change' | 'rotate' | 'remove', (key: Key) => void>>

function columns(isBusy: boolean, { change, rotate, remove }: KeyActs): Column<Key>[] {
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
      cell: ({ role, scopes, devices, per_hour }) => (
        <span class="small">
          {[
            scopes === null ? (role === null ? '' : w.access.roles[role]) : scopes.join(', '),
            devices?.join(', '),
            per_hour === null ? '' : w.access.anHour(numberOf(per_hour)),
          ]
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
          {!key.is_expired && (
            <Button tight onClick={() => change(key)}>
              {w.access.change}
            </Button>
          )}
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
