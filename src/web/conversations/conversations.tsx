import { useEffect, useState } from 'preact/hooks'
import { learnNames } from '../api/contact-names.ts'
import { calls } from '../api/hub-calls.ts'
import { usePages } from '../api/paged.ts'
import { isAtLeast } from '../api/signed-in.ts'
import { Button } from '../parts/button.tsx'
import { Empty } from '../parts/empty.tsx'
import { Head } from '../parts/head.tsx'
import { Search } from '../parts/search.tsx'
import { place, refine } from '../router.ts'
import type { ScreenProps } from '../screen-props.ts'
import { words } from '../texts/language.ts'
import { keyOf } from './conversation-key.ts'
import { Found } from './found.tsx'
import { NewText } from './new-text.tsx'
import { Thread } from './thread.tsx'
import { Threads } from './threads.tsx'
import { noteConversations } from './unread-texts.ts'

/** Texts as a person reads them: by whom they are with. */
export function Conversations({ path }: ScreenProps) {
  const w = words()
  const [about] = path
  const { q = '' } = place.value.query
  const pages = usePages(calls.conversations, { limit: 50 }, keyOf, { on: ['message.*', 'conversation.read'] })
  useEffect(() => learnNames(pages.rows ?? []), [pages.rows])
  const { rows, number } = pages
  const row = rows?.find((one) => keyOf(one) === about)
  // One that is on another page may have some
  const isUnread = rows !== null && row?.unread !== 0
  useEffect(() => {
    if (rows !== null && number === 1) noteConversations(rows)
  }, [rows, number])
  const [isNew, setNew] = useState(false)
  return (
    <>
      <Head title={w.screens.conversations} {...(about !== undefined && { up: '#/conversations' })}>
        {isAtLeast('home_assistant') && (
          <Button icon="plus" look="main-act" onClick={() => setNew(true)}>
            {w.conversations.newText}
          </Button>
        )}
      </Head>
      <div class={about === undefined ? 'threads' : 'threads one'}>
        <div class="thread-list-box stack tight">
          <Search label={w.conversations.search} value={q} onSearch={(text) => refine({ q: text })} />
          {q === '' ? <Threads pages={pages} current={about} /> : <Found q={q} />}
        </div>
        {about === undefined ? (
          <div class="only-wide">
            <Empty icon="chat" title={w.conversations.choose} />
          </div>
        ) : (
          <Thread key={about} about={about} name={row?.name ?? null} isUnread={isUnread} />
        )}
      </div>
      {isNew && <NewText onClose={() => setNew(false)} />}
    </>
  )
}
