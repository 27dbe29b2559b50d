import type { Message } from '../api/answer-types.ts'
import { hashOf } from '../page-place.ts'
import { StatusChip } from '../parts/chip.tsx'
import { Icon } from '../parts/icon.tsx'
import { Strange } from '../parts/strange.tsx'
import type { Column } from '../parts/table.tsx'
import { Time } from '../parts/time.tsx'
import { words } from '../texts/language.ts'

/** Columns of a list of messages. */
export function messageColumns(): Column<Message>[] {
  const w = words()
  return [
    { label: w.messages.time, cell: ({ at }) => <Time at={at} as="clock" /> },
    {
      label: w.messages.person,
      cell: ({ direction, from, to, device }) => (
        <span class="row">
          <Icon name={direction} little />
          <span class="unseen">{w.messages[direction]}</span>
          <Person number={direction === 'in' ? from : to} device={device} />
        </span>
      ),
    },
    {
      label: w.messages.text,
      cell: ({ text, command, error }) => (
        <>
          {command !== null && <span class="strong">{command} </span>}
          {text !== null && <Strange text={text} />}
          {error !== null && <p class="small wrong-words">{error.message}</p>}
        </>
      ),
    },
    { label: w.devices.state, cell: ({ status }) => <StatusChip status={status} /> },
    { label: w.devices.gateway, cell: ({ gateway }) => gateway ?? '–' },
  ]
}

function Person({ number, device }: { readonly number: string | null; readonly device: string | null }) {
  if (device !== null) return <a href={hashOf(['devices', device])}>{device}</a>
  if (number === null) return <span>–</span>
  return (
    <a href={hashOf(['conversations', number])}>
      <Strange text={number} />
    </a>
  )
}
