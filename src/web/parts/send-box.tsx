import { useId, useState } from 'preact/hooks'
import { words } from '../texts/language.ts'
import { Button } from './button.tsx'
import { instantIn } from './local-time.ts'
import { countOf } from './segments.ts'
import { SendLater } from './send-later.tsx'

/** As much as fits into 255 SMS of the rarer alphabet. */
const maxCharacters = 10_000

interface SendBoxProps {
  readonly isBusy: boolean
  /** Returns whether it was taken. */
  readonly onSend: (text: string, later: { readonly send_at?: string }) => Promise<boolean>
}

/** A box for a text, which counts its SMS while it is typed. */
export function SendBox({ isBusy, onSend }: SendBoxProps) {
  const w = words().conversations
  const id = useId()
  const [text, setText] = useState('')
  const [at, setAt] = useState<string | null>(null)
  const count = countOf(text)
  const isEmpty = text.trim() === ''
  const sendAt = at === null ? null : instantIn(at)
  const isReady = !isEmpty && (at === null || sendAt !== null)
  const send = async () => {
    if (!isReady || !(await onSend(text, { ...(sendAt !== null && { send_at: sendAt }) }))) return
    setText('')
    setAt(null)
  }
  return (
    <form
      class="send-box"
      onSubmit={(event) => {
        event.preventDefault()
        return send()
      }}
    >
      <label for={id} class="unseen">
        {w.text}
      </label>
      <textarea
        id={id}
        class="entry"
        rows={2}
        placeholder={w.text}
        value={text}
        maxLength={maxCharacters}
        aria-describedby={`${id}-count`}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
          event.preventDefault()
          return send()
        }}
      />
      <Button type="submit" look="main-act" icon="send" disabled={isBusy || !isReady}>
        {w.send}
      </Button>
      <SendLater at={at} onInput={setAt} />
      <p id={`${id}-count`} class="small muted count">
        {isEmpty ? <span class="of-keyboard">{w.keys}</span> : w.count(count.parts, count.left)}
        {count.costly.length > 0 && <span class="costly"> {w.costly(count.costly.slice(0, 8).join(' '))}</span>}
      </p>
    </form>
  )
}
