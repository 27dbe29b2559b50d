import { useEffect, useState } from 'preact/hooks'
import type { Conversation } from '../api/answers.ts'
import { ask } from '../api/ask.ts'
import { hub } from '../api/hub.ts'
import { usePages } from '../api/pages.ts'
import { useAct } from '../parts/act.ts'
import { Button } from '../parts/button.tsx'
import { Chat } from '../parts/chat.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Empty } from '../parts/empty.tsx'
import { Fault } from '../parts/fault.tsx'
import { TextField } from '../parts/field.tsx'
import { Head } from '../parts/head.tsx'
import { Icon } from '../parts/icon.tsx'
import { Listing } from '../parts/listing.tsx'
import { Search } from '../parts/search.tsx'
import { SendBox } from '../parts/send-box.tsx'
import { Strange } from '../parts/strange.tsx'
import { Time } from '../parts/time.tsx'
import { hashOf } from '../place.ts'
import { go, place, refine } from '../router.ts'
import type { ScreenProps } from '../screens.ts'
import { words } from '../texts/language.ts'
import { unread } from '../unread.ts'

export function Conversations({ path }: ScreenProps) {
  const w = words()
  const [number] = path
  const [isNew, setNew] = useState(false)
  return (
    <>
      <Head title={w.screens.conversations} {...(number !== undefined && { up: '#/conversations' })}>
        <Button icon="plus" look="main-act" onClick={() => setNew(true)}>
          {w.conversations.newText}
        </Button>
      </Head>
      <div class={number === undefined ? 'threads' : 'threads one'}>
        <Threads current={number} />
        {number === undefined ? (
          <div class="card only-wide">
            <Empty icon="chat" title={w.conversations.choose} />
          </div>
        ) : (
          <Thread key={number} number={number} />
        )}
      </div>
      {isNew && <NewText onClose={() => setNew(false)} />}
    </>
  )
}

function Threads({ current }: { readonly current: string | undefined }) {
  const w = words()
  const { q = '' } = place.value.query
  const pages = usePages(hub.conversations, { limit: 50, ...(q !== '' && { q }) }, ({ number }) => number, [
    'message.*',
  ])
  const count = pages.rows?.filter((row) => row.unread > 0).length ?? 0
  useEffect(() => {
    if (q === '') unread.value = count
  }, [count, q])
  return (
    <div class="thread-list-box stack tight">
      <Search label={w.conversations.search} value={q} onSearch={(text) => refine({ q: text })} />
      <Listing
        pages={pages}
        empty={
          <Empty icon="chat" title={q === '' ? w.conversations.none : w.common.nothingFound}>
            {q === '' && <p>{w.conversations.noneYet}</p>}
          </Empty>
        }
      >
        {(rows) => (
          <ul class="thread-list">
            {rows.map((row) => (
              <ThreadLine key={row.number} conversation={row} isCurrent={row.number === current} />
            ))}
          </ul>
        )}
      </Listing>
    </div>
  )
}

interface ThreadLineProps {
  readonly conversation: Conversation
  readonly isCurrent: boolean
}

function ThreadLine({ conversation, isCurrent }: ThreadLineProps) {
  const { number, device, contact, last, unread: count } = conversation
  return (
    <li>
      <a href={hashOf(['conversations', number])} aria-current={isCurrent ? 'page' : undefined}>
        <span class="line">
          <span class="strong cut">{device ?? contact ?? <Strange text={number} />}</span>
          <span class="small muted">
            <Time at={last.at} as="clock" />
          </span>
        </span>
        <span class="line small muted">
          <span class="cut">
            <Icon name={last.direction === 'in' ? 'in' : 'out'} little />{' '}
            {last.text === null ? last.command : <Strange text={last.text} />}
          </span>
          {count > 0 && (
            <span class="badge">
              {count}
              <span class="unseen"> {words().conversations.unread}</span>
            </span>
          )}
        </span>
      </a>
    </li>
  )
}

function Thread({ number }: { readonly number: string }) {
  const w = words()
  const pages = usePages(hub.conversation, { number, limit: 50 }, ({ id }) => id, ['message.*'])
  const { isBusy, run } = useAct()
  const device = pages.rows?.find((message) => message.device !== null)?.device ?? null
  const send = (text: string, id: string) => run(() => ask(hub.send, { to: number, text, id }))
  return (
    <section class="card thread" aria-label={number}>
      <header>
        <h2>{device === null ? <Strange text={number} /> : <a href={hashOf(['devices', device])}>{device}</a>}</h2>
        {device !== null && (
          <span class="muted">
            <Strange text={number} />
          </span>
        )}
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
      <SendBox isBusy={isBusy} onSend={send} />
    </section>
  )
}

function NewText({ onClose }: { readonly onClose: () => void }) {
  const w = words()
  const [to, setTo] = useState('')
  const { isBusy, problem, run } = useAct({ isQuiet: true })
  const send = async (text: string, id: string) => {
    const recipient = to.trim()
    const isTaken = await run(() => ask(hub.send, { to: recipient, text, id }), w.conversations.taken)
    if (isTaken) {
      onClose()
      if (recipient.startsWith('+')) go('conversations', recipient)
    }
    return isTaken
  }
  return (
    <Dialog title={w.conversations.newText} onClose={onClose}>
      <TextField label={w.conversations.to} hint={w.conversations.toHint} value={to} onInput={setTo} isPlain required />
      <Fault problem={problem} />
      <SendBox isBusy={isBusy || to.trim() === ''} onSend={send} />
      <div class="ends">
        <Button onClick={onClose}>{w.common.cancel}</Button>
      </div>
    </Dialog>
  )
}
