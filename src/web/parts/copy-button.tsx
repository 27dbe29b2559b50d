import { words } from '../texts/language.ts'
import { Button } from './button.tsx'
import { complain, notify } from './toast.tsx'

/** Copies a text; nothing where the browser gives no clipboard, as without TLS: the text can be selected. */
export function CopyButton({ text }: { readonly text: string }) {
  const w = words().common
  if (!isSecureContext) return null
  const copy = () =>
    navigator.clipboard
      .writeText(text)
      .then(() => notify(w.copied))
      .catch((error: Error) => complain({ title: w.notCopied, own: null, hint: error.message }))
  return (
    <Button icon="copy" onClick={copy}>
      {w.copy}
    </Button>
  )
}
