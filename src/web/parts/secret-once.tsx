import { words } from '../texts/language.ts'
import { Button } from './button.tsx'
import { CopyButton } from './copy-button.tsx'
import { Dialog } from './dialog.tsx'

interface SecretProps {
  readonly title: string
  readonly secret: string
  readonly onClose: () => void
}

/** A new secret: shown once, to be copied now. */
export function SecretOnce({ title, secret, onClose }: SecretProps) {
  const w = words()
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{w.access.once}</p>
      <pre>{secret}</pre>
      <div class="ends">
        <CopyButton text={secret} />
        <Button look="main-act" onClick={onClose}>
          {w.common.close}
        </Button>
      </div>
    </Dialog>
  )
}
