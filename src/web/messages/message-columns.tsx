import { mailGateway } from '../../message/received.ts'
import type { Message } from '../api/answer-types.ts'
import { hashOf } from '../page-place.ts'
import { StatusChip } from '../parts/chip.tsx'
import { Wrong } from '../parts/fault.tsx'
import { Icon } from '../parts/icon.tsx'
import { MessageText } from '../parts/message-text.tsx'
import type { Column } from '../parts/table.tsx'
import { Time } from '../parts/time.tsx'
import { Wanted } from '../parts/wanted.tsx'
import { words } from '../texts/language.ts'
import { Correspondent } from './correspondent.tsx'

/** What brought it: a gateway, or a mail. */
export const wayOf = (gateway: string | null) => (gateway === mailGateway ? words().messages.mail : gateway)

/** Columns of a list of messages. */
export function messageColumns(): Column<Message>[] {
  const w = words()
  return [
    {
      label: w.messages.time,
      cell: ({ id, at }) => (
        <a href={hashOf(['messages', id])}>
          <Time at={at} as="clock" />
        </a>
      ),
    },
    {
      label: w.messages.person,
      cell: (message) => (
        <span class="row">
          <Icon name={message.direction} little />
          <span class="unseen">{w.messages[message.direction]}</span>
          <Correspondent message={message} />
        </span>
      ),
    },
    {
      label: w.messages.text,
      cell: (message) => (
        <>
          {message.command !== null && (
            <span class="strong" lang="en">
              {message.command}{' '}
            </span>
          )}
          <MessageText message={message} />
          {message.error !== null && <Wrong error={message.error} />}
        </>
      ),
    },
    {
      label: w.devices.state,
      cell: ({ status, send_at }) => (
        <>
          <StatusChip status={status} /> <Wanted status={status} at={send_at} />
        </>
      ),
    },
    { label: w.devices.gateway, cell: ({ gateway }) => wayOf(gateway) },
  ]
}
