import { ask } from '../api/ask.ts'
import { calls } from '../api/hub-calls.ts'
import { useAct } from '../parts/act.ts'
import { Button } from '../parts/button.tsx'
import { saveFile } from '../parts/save-file.ts'
import { words } from '../texts/language.ts'

/** Saves what went over the line of a modem lately, masked, for a bug report. */
export function TraceButton({ id }: { readonly id: string }) {
  const { isBusy, run } = useAct()
  const save = () =>
    run(async () => {
      const { trace } = await ask(calls.trace, { gateway: id })
      saveFile(`${id}-trace.txt`, 'text/plain', trace)
    })
  return (
    <Button icon="download" disabled={isBusy} onClick={save}>
      {words().gateways.trace}
    </Button>
  )
}
