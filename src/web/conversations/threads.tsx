import type { Conversation } from '../api/answer-types.ts'
import type { Pages } from '../api/paged.ts'
import { hashOf } from '../page-place.ts'
import { isStatus } from '../parts/chip.tsx'
import { Empty } from '../parts/empty.tsx'
import { Icon } from '../parts/icon.tsx'
import { Listing } from '../parts/listing.tsx'
import { MessageText } from '../parts/message-text.tsx'
import { Strange } from '../parts/strange.tsx'
import { Time } from '../parts/time.tsx'
import { words } from '../texts/language.ts'
import { keyOf } from './conversation-key.ts'

interface ThreadsProps {
  readonly pages: Pages<Conversation>
  readonly current: string | undefined
}

/** The conversations, the latest first. */
export function Threads({ pages, current }: ThreadsProps) {
  const w = words()
  return (
    <Listing
      pages={pages}
      empty={
        <Empty icon="chat" title={w.conversations.none}>
          <p>{w.conversations.noneYet}</p>
        </Empty>
      }
    >
      {(rows) => (
        <ul class="thread-list">
          {rows.map((row) => (
            <ThreadLine key={keyOf(row)} conversation={row} isCurrent={keyOf(row) === current} />
          ))}
        </ul>
      )}
    </Listing>
  )
}

/** What was rejected has left no text. */
const wordOf = (status: string): string => (isStatus(status) ? words().status[status] : status)

interface ThreadLineProps {
  readonly conversation: Conversation
  readonly isCurrent: boolean
}

function ThreadLine({ conversation, isCurrent }: ThreadLineProps) {
  const { name, last, unread } = conversation
  const key = keyOf(conversation)
  const isNew = !isCurrent && unread > 0
  return (
    <li>
      <a href={hashOf(['conversations', key])} aria-current={isCurrent ? 'page' : undefined}>
        <span class="line">
          <span class="strong cut">
            <Strange text={name ?? key} />
          </span>
          <span class="small muted">
            <Time at={last.at} as="clock" />
          </span>
        </span>
        <span class="line small muted">
          <span class="cut">
            <Icon name={last.direction} little />{' '}
            {last.text === null && !last.private ? (
              <Strange text={last.command ?? wordOf(last.status)} />
            ) : (
              <MessageText message={last} />
            )}
          </span>
          {isNew && <span class="dot">{words().conversations.unread}</span>}
        </span>
      </a>
    </li>
  )
}
