import { useEffect } from 'preact/hooks'
import { ask } from '../api/ask.ts'
import { deviceName } from '../api/device-names.ts'
import { calls } from '../api/hub-calls.ts'
import { usePages } from '../api/paged.ts'
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
import { markSeen } from './seen.ts'

/** The texts with one device or number, and the box to answer. */
export function Thread({ about }: { readonly about: string }) {
  const w = words()
  const pages = usePages(calls.messages, { about, limit: 50 }, ({ id }) => id, ['message.*'])
  const { isBusy, run } = useAct()
  const once = useOnce()
  const newest = pages.rows?.[0]
  const device = newest?.device ?? null
  useEffect(() => {
    if (newest !== undefined) markSeen(about, newest.at)
  }, [about, newest])
  const send = (text: string) => run(() => once({ about, text }, (id) => ask(calls.send, { to: about, text, id })))
  return (
    <section class="card thread" aria-label={about}>
      <header>
        <h2>
          {device === about ? <a href={hashOf(['devices', about])}>{deviceName(about)}</a> : <Strange text={about} />}
        </h2>
      </header>
      <div class="chat-box">
        {pages.hasMore && (
          <div class="more-rows">
            <Button tight onClick={pages.more} disabled={pages.isLoading}>
              {w.conversations.older}
            </Button>
          </div>
        )}
        <Listing pages={{ ...pages, hasMore: false }} empty={<Empty icon="chat" title={w.conversations.empty} />}>
          {(rows) => <Chat messages={rows} />}
        </Listing>
      </div>
      {isAtLeast('home_assistant') && <SendBox isBusy={isBusy} onSend={send} />}
    </section>
  )
}
