import { useState } from 'preact/hooks'
import type { DeviceView, SetupStep } from '../api/answer-types.ts'
import { ask } from '../api/ask.ts'
import { calls } from '../api/hub-calls.ts'
import { useResource } from '../api/resource.ts'
import { useAct } from '../parts/act.ts'
import { Button } from '../parts/button.tsx'
import { Chip } from '../parts/chip.tsx'
import { English } from '../parts/english.tsx'
import { Fault } from '../parts/fault.tsx'
import { TextField } from '../parts/field.tsx'
import { Awaited } from '../parts/listing.tsx'
import { Accepts } from '../parts/parameter-field.tsx'
import { Strange } from '../parts/strange.tsx'
import { words } from '../texts/language.ts'

/** The steps that make a device accept the hub, one after the other. */
export function SetupWalk({ device }: { readonly device: DeviceView }) {
  const w = words()
  const { id } = device
  const plan = useResource(calls.setupPlan, { id })
  const [done, setDone] = useState<readonly number[]>([])
  const { data, problem } = plan
  if (data === null) return <Awaited problem={problem} />
  return (
    <div class="card stack">
      <p>{w.setup.about}</p>
      <ol class="steps">
        {data.steps.map((step) => (
          <li key={step.number} class={done.includes(step.number) ? 'done' : undefined}>
            <Step
              device={device}
              step={step}
              isDone={done.includes(step.number)}
              onDone={() => setDone([...done, step.number])}
            />
          </li>
        ))}
      </ol>
    </div>
  )
}

interface StepProps {
  readonly device: DeviceView
  readonly step: SetupStep
  readonly isDone: boolean
  readonly onDone: () => void
}

function Step({ device, step, isDone, onDone }: StepProps) {
  const w = words()
  const { id } = device
  const { number, says, command, params, asks, danger, sms } = step
  const known = device.commands.find(({ name }) => name === command)?.params
  const takes = (asked: string, accepts: string) => {
    const parameter = known?.find(({ name }) => name === asked)
    return parameter === undefined ? <English>{accepts}</English> : <Accepts parameter={parameter} />
  }
  const [given, setGiven] = useState<Readonly<Record<string, string>>>({})
  const [typed, setTyped] = useState('')
  const [reply, setReply] = useState<string | null>(null)
  const { isBusy, problem, run } = useAct({ isQuiet: true })
  const isWhole = asks.every(({ name }) => (given[name] ?? '') !== '') && (danger === null || typed.trim() === id)
  const carryOut = () =>
    run(async () => {
      if (command === null) return onDone()
      const input = { id, number, command, params: { ...params, ...given }, confirm: danger !== null }
      const result = await ask(calls.setupStep, input)
      setReply(result.reply?.text ?? null)
      if (result.passed) onDone()
    })
  return (
    <div class="stack tight">
      <div class="row">
        <p class="strong sentence" lang="en">
          {says}
        </p>
        {isDone && (
          <Chip tone="good" icon="check">
            {w.setup.done}
          </Chip>
        )}
      </div>
      {sms !== null && <pre>{sms}</pre>}
      {danger !== null && (
        <p class="wrong-words sentence" lang="en">
          {danger}
        </p>
      )}
      {!isDone &&
        asks.map(({ name, accepts, secret }) => (
          <TextField
            key={name}
            label={<English>{name.replaceAll('_', ' ')}</English>}
            hint={takes(name, accepts)}
            type={secret ? 'password' : 'text'}
            value={given[name] ?? ''}
            onInput={(value) => setGiven({ ...given, [name]: value })}
            isPlain
          />
        ))}
      {!isDone && danger !== null && (
        <TextField label={w.common.typeName(id)} value={typed} onInput={setTyped} isPlain />
      )}
      {reply !== null && (
        <p class="quote">
          <Strange text={reply} />
        </p>
      )}
      <Fault problem={problem} />
      {!isDone && (
        <div class="row">
          <Button look="main-act" disabled={isBusy || !isWhole} onClick={carryOut}>
            {isBusy ? w.setup.waits : command === null ? w.setup.byHand : w.setup.send}
          </Button>
          {command !== null && (
            <Button look="plain" disabled={isBusy} onClick={onDone}>
              {w.setup.skip}
            </Button>
          )}
        </div>
      )}
    </div>
  )
}
