import { words } from '../texts/language.ts'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { complain, notify } from './toast.tsx'

interface SecretProps {
  readonly title: string
  readonly secret: string
  readonly onClose: () => void
}

/** A new secret: shown once, to be copied now. */
export function SecretOnce({ title, secret, onClose }: SecretProps) {
  const w = words()
  const copy = () =>
    navigator.clipboard
      .writeText(secret)
      .then(() => notify(w.common.copied))
      // Without TLS, browsers give no clipboard: the text can be selected.
      .catch((error: Error) => complain({ title: w.common.notCopied, own: null, hint: error.message }))
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{w.access.once}</p>
      <pre>{secret}</pre>
      <div class="ends">
        {isSecureContext && (
          <Button icon="copy" onClick={copy}>
            {w.common.copy}
          </Button>
        )}
        <Button look="main-act" onClick={onClose}>
          {w.common.close}
        </Button>
      </div>
    </Dialog>
  )
}
