import { useEffect } from 'preact/hooks'
import { ask } from '../api/ask.ts'
import { deviceName } from '../api/device-names.ts'
import { calls } from '../api/hub-calls.ts'
import { unpaged, usePages } from '../api/paged.ts'
import { isAtLeast } from '../api/signed-in.ts'
import { hashOf } from '../page-place.ts'
import { useAct } from '../parts/act.ts'
import { Button } from '../parts/button.tsx'
import { Chat } from '../parts/chat.tsx'
import { Empty } from '../parts/empty.tsx'
import { Listing } from '../parts/listing.tsx'
import { SendBox } from '../parts/send-box.tsx'
import { Strange } from '../parts/strange.tsx'
import { useOnce } from '../parts/use-once.ts'
import { words } from '../texts/language.ts'

/** Pages of texts that are kept while the reader goes back and forth. */
const pagesShown = 3

interface ThreadProps {
  readonly about: string
  /** Of the device or the contact, where it is known. */
  readonly name: string | null
  /** It may have texts that nobody has read. */
  readonly isUnread: boolean
}

/** The texts with one device or number, and the box to answer. */
export function Thread({ about, name, isUnread }: ThreadProps) {
  const w = words()
  const pages = usePages(calls.messages, { about, limit: 50 }, ({ id }) => id, {
    on: ['message.*'],
    shown: pagesShown,
  })
  const { isBusy, run } = useAct()
  const once = useOnce()
  const [latest] = pages.rows ?? []
  const until = pages.rows?.find(({ direction }) => direction === 'in')?.id
  const isDevice = latest?.device === about
  const number = isDevice ? (latest.direction === 'in' ? latest.from : latest.to) : name === null ? null : about
  useEffect(() => {
    if (!isUnread || until === undefined) return
    // Its event has every page read the list again, this one too.
    ask(calls.readConversation, { about, until }).catch((error: unknown) => console.error(error))
  }, [about, until, isUnread])
  const send = (text: string, later: { readonly send_at?: string }) =>
    run(() => once({ about, text, ...later }, (id) => ask(calls.send, { to: about, text, ...later, id })))
  return (
    <section class="card thread" aria-label={about}>
      <header>
        <h2>
          {isDevice ? (
            <a href={hashOf(['devices', about])}>{name ?? deviceName(about)}</a>
          ) : (
            <Strange text={name ?? about} />
          )}
        </h2>
        {number !== null && (
          <span class="small muted number">
            <Strange text={number} />
          </span>
        )}
      </header>
      <div class="chat-box">
        {pages.hasNext && (
          <div class="more-rows">
            <Button tight onClick={pages.next}>
              {w.conversations.older}
            </Button>
          </div>
        )}
        <Listing pages={unpaged(pages)} empty={<Empty icon="chat" title={w.conversations.empty} />}>
          {(rows) => <Chat messages={rows} isLatest={!pages.hasPrevious} />}
        </Listing>
        {pages.hasPrevious && (
          <div class="more-rows">
            <Button tight onClick={pages.previous}>
              {w.conversations.newer}
            </Button>
          </div>
        )}
      </div>
      {isAtLeast('home_assistant') && <SendBox isBusy={isBusy} onSend={send} />}
    </section>
  )
}
