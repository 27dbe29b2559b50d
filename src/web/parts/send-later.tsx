import { words } from '../texts/language.ts'
import { now } from '../texts/times.ts'
import { Button } from './button.tsx'
import { TextField } from './field.tsx'
import { instantIn, localOf, soon } from './local-time.ts'

interface SendLaterProps {
  /** A time of the browser's zone; null is at once. */
  readonly at: string | null
  readonly onInput: (at: string | null) => void
}

/** At once, or at a time of the reader's own zone. */
export function SendLater({ at, onInput }: SendLaterProps) {
  const w = words().later
  if (at === null)
    return (
      <div class="later">
        <Button tight icon="clock" onClick={() => onInput(localOf(soon(new Date())))}>
          {w.open}
        </Button>
      </div>
    )
  const instant = instantIn(at)
  const isPast = instant !== null && Date.parse(instant) <= now.value
  return (
    <div class="later row">
      <TextField
        label={w.at}
        type="datetime-local"
        value={at}
        onInput={onInput}
        hint={isPast ? w.past : undefined}
        required
      />
      <Button tight onClick={() => onInput(null)}>
        {w.close}
      </Button>
    </div>
  )
}
