import { useState } from 'preact/hooks'
import { ask } from '../api/ask.ts'
import { calls } from '../api/hub-calls.ts'
import { useAct } from '../parts/act.ts'
import { Button } from '../parts/button.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Fault } from '../parts/fault.tsx'
import { TextField } from '../parts/field.tsx'
import { SendBox } from '../parts/send-box.tsx'
import { useOnce } from '../parts/use-once.ts'
import { go } from '../router.ts'
import { words } from '../texts/language.ts'

/** A text to somebody who need not have a conversation yet. */
export function NewText({ onClose }: { readonly onClose: () => void }) {
  const w = words()
  const [to, setTo] = useState('')
  const { isBusy, problem, run } = useAct({ isQuiet: true })
  const once = useOnce()
  const send = (text: string, later: { readonly send_at?: string }) =>
    run(async () => {
      const content = { to: to.trim(), text, ...later }
      const sent = await once(content, (id) => ask(calls.send, { ...content, id }))
      onClose()
      // To a group, it has several conversations.
      if ('to' in sent && sent.to !== null) go('conversations', sent.device ?? sent.to)
    }, w.conversations.taken)
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
