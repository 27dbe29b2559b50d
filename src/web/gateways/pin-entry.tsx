import { useState } from 'preact/hooks'
import { ask } from '../api/ask.ts'
import { calls } from '../api/hub-calls.ts'
import { useAct } from '../parts/act.ts'
import { Button } from '../parts/button.tsx'
import { Fault } from '../parts/fault.tsx'
import { TextField } from '../parts/field.tsx'
import { words } from '../texts/language.ts'

/** Asks for the PIN of a SIM. It is tried once: three wrong ones block the SIM. */
export function PinEntry({ id, reload }: { readonly id: string; readonly reload: () => void }) {
  const w = words().gateways
  const [pin, setPin] = useState('')
  const { isBusy, problem, run } = useAct({ isQuiet: true })
  const enter = async (event: Event) => {
    event.preventDefault()
    if (await run(() => ask(calls.enterPin, { gateway: id, pin }), w.unlocked)) reload()
  }
  return (
    <form class="card form" onSubmit={enter}>
      <h2>{w.pinNeeded}</h2>
      <TextField
        label={w.pin}
        type="password"
        value={pin}
        onInput={setPin}
        hint={w.pinHint}
        wrong={pin === '' || /^\d{4,8}$/.test(pin) ? undefined : w.pinForm}
        isPlain
        required
      />
      <Fault problem={problem} />
      <div class="ends">
        <Button type="submit" look="main-act" icon="lock" disabled={isBusy || !/^\d{4,8}$/.test(pin)}>
          {w.unlock}
        </Button>
      </div>
    </form>
  )
}
