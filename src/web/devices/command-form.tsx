import { useState } from 'preact/hooks'
import type { Command, DeviceView } from '../api/answer-types.ts'
import { ask } from '../api/ask.ts'
import { calls } from '../api/hub-calls.ts'
import { useAct } from '../parts/act.ts'
import { Banner } from '../parts/banner.tsx'
import { Button } from '../parts/button.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { English } from '../parts/english.tsx'
import { Fault } from '../parts/fault.tsx'
import { CheckField, TextField } from '../parts/field.tsx'
import { argumentsOf, type Entered, startOf, wrongsIn } from '../parts/form-model.ts'
import { instantIn } from '../parts/local-time.ts'
import { ParameterField } from '../parts/parameter-field.tsx'
import { SendLater } from '../parts/send-later.tsx'
import { useOnce } from '../parts/use-once.ts'
import { words } from '../texts/language.ts'

interface FormProps {
  readonly device: DeviceView
  readonly command: Command
  readonly onClose: () => void
  readonly onQueued: (id: string) => void
}

/** A command as a form, made from the profile of the device. */
export function CommandForm({ device, command, onClose, onQueued }: FormProps) {
  const w = words()
  const { name, label, danger, params, unproven } = command
  const [entered, setEntered] = useState<Entered>(() => startOf(params))
  const [isTried, setTried] = useState(false)
  const [typed, setTyped] = useState('')
  const [force, setForce] = useState(false)
  const [at, setAt] = useState<string | null>(null)
  const once = useOnce()
  const { isBusy, problem, run } = useAct({ isQuiet: true })
  const wrongs = wrongsIn(params, entered)
  const sendAt = at === null ? null : instantIn(at)
  const isSure = danger === null || typed.trim() === device.id
  const submit = async (event: Event) => {
    event.preventDefault()
    setTried(true)
    if (Object.keys(wrongs).length > 0 || !isSure || (at !== null && sendAt === null)) return
    const request = {
      args: argumentsOf(params, entered),
      ...(danger !== null && { confirm: device.id }),
      ...(force && { force }),
      ...(sendAt !== null && { send_at: sendAt }),
    }
    await run(async () => {
      const { command_id } = await once(request, (id) =>
        ask(calls.command, { device: device.id, command: name, ...request, id }),
      )
      onQueued(command_id)
    })
  }
  return (
    <Dialog
      title={
        <>
          <English>{label}</English> · {device.name}
        </>
      }
      onClose={onClose}
    >
      <form class="form" onSubmit={submit} noValidate>
        {danger !== null && (
          <Banner tone="bad" icon="warn">
            <p class="sentence" lang="en">
              {danger}
            </p>
          </Banner>
        )}
        {unproven && (
          <Banner tone="warn" icon="question">
            {w.device.unproven}
          </Banner>
        )}
        {params.map((parameter) => (
          <ParameterField
            key={parameter.name}
            parameter={parameter}
            value={entered[parameter.name] ?? ''}
            wrong={isTried ? wrongs[parameter.name] : undefined}
            onInput={(value) => setEntered({ ...entered, [parameter.name]: value })}
          />
        ))}
        {danger !== null && <TextField label={w.common.typeName(device.id)} value={typed} onInput={setTyped} isPlain />}
        {problem?.code === 'duplicate' && <CheckField label={w.device.force} value={force} onInput={setForce} />}
        <SendLater at={at} onInput={setAt} />
        <Fault problem={problem} />
        <div class="ends">
          <Button onClick={onClose}>{w.common.cancel}</Button>
          <Button type="submit" look={danger === null ? 'main-act' : 'danger'} icon="send" disabled={isBusy || !isSure}>
            {w.device.sendCommand}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
