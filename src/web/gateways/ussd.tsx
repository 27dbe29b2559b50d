import { useState } from 'preact/hooks'
import { ask } from '../api/ask.ts'
import { calls } from '../api/hub-calls.ts'
import { useAct } from '../parts/act.ts'
import { Button } from '../parts/button.tsx'
import { Fault } from '../parts/fault.tsx'
import { TextField } from '../parts/field.tsx'
import { Strange } from '../parts/strange.tsx'
import { words } from '../texts/language.ts'

export function Ussd({ id }: { readonly id: string }) {
  const w = words().gateways
  const [code, setCode] = useState('')
  const [answer, setAnswer] = useState<string | null>(null)
  const { isBusy, problem, run } = useAct({ isQuiet: true })
  const query = (event: Event) => {
    event.preventDefault()
    return run(async () => setAnswer((await ask(calls.ussd, { gateway: id, code: code.trim() })).text))
  }
  return (
    <section class="card" aria-labelledby="gateway-ussd">
      <header>
        <h2 id="gateway-ussd">USSD</h2>
      </header>
      <form class="form" onSubmit={query}>
        <TextField label={w.code} hint={w.codeHint} value={code} onInput={setCode} isPlain required />
        <Fault problem={problem} />
        {answer !== null && (
          <p class="quote" role="status">
            <Strange text={answer} />
          </p>
        )}
        <div class="ends">
          <Button type="submit" disabled={isBusy || code.trim() === ''}>
            {isBusy ? w.examining : w.query}
          </Button>
        </div>
      </form>
    </section>
  )
}
