import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Gateway } from '../api/answer-types.ts'
import { ask } from '../api/ask.ts'
import { calls } from '../api/hub-calls.ts'
import { useResource } from '../api/resource.ts'
import { useResult } from '../devices/follow-result.ts'
import { PinEntry } from '../gateways/pin-entry.tsx'
import { useAct } from '../parts/act.ts'
import { Button, LinkButton } from '../parts/button.tsx'
import { Chip, GatewayChip, StatusChip } from '../parts/chip.tsx'
import { Fault } from '../parts/fault.tsx'
import { TextField } from '../parts/field.tsx'
import { Head } from '../parts/head.tsx'
import { Awaited } from '../parts/listing.tsx'
import { SignalBars } from '../parts/signal-bars.tsx'
import { Strange } from '../parts/strange.tsx'
import { useOnce } from '../parts/use-once.ts'
import { words } from '../texts/language.ts'

/** Finds the modem, asks for the PIN, sends a text to the owner, and leads to the first device. */
export function FirstSteps() {
  const w = words()
  const gateways = useResource(calls.gateways, {}, { on: ['gateway.*'] })
  const devices = useResource(calls.devices, { limit: 1 }, { on: ['device.*'] })
  const { data, problem } = gateways
  const works = data?.data.some(({ status }) => status === 'ready' || status === 'degraded') ?? false
  const [isTested, setTested] = useState(false)
  const hasDevice = (devices.data?.data.length ?? 0) > 0
  return (
    <>
      <Head title={w.onboarding.title} up="#/home" />
      <p class="muted">{w.onboarding.about}</p>
      <ol class="steps onboarding">
        <Step title={w.onboarding.modem} isDone={works}>
          {data === null ? <Awaited problem={problem} /> : <Modems rows={data.data} reload={gateways.reload} />}
        </Step>
        <Step title={w.onboarding.test} isDone={isTested}>
          {works ? <TestText onSent={() => setTested(true)} /> : <p class="muted">{w.onboarding.modemFirst}</p>}
        </Step>
        <Step title={w.onboarding.device} isDone={hasDevice}>
          <p class="muted">{w.onboarding.deviceAbout}</p>
          <div class="row">
            <LinkButton href="#/onboarding/device" look={hasDevice ? 'usual' : 'main-act'} icon="plus">
              {w.devices.add}
            </LinkButton>
            {hasDevice && (
              <LinkButton href="#/home" look="main-act">
                {w.onboarding.finish}
              </LinkButton>
            )}
          </div>
        </Step>
      </ol>
    </>
  )
}

interface StepProps {
  readonly title: string
  readonly isDone: boolean
  readonly children: ComponentChildren
}

function Step({ title, isDone, children }: StepProps) {
  return (
    <li class={isDone ? 'done' : undefined}>
      <section class="card stack tight" aria-label={title}>
        <header>
          <h2>{title}</h2>
          {isDone && (
            <Chip tone="good" icon="check">
              {words().setup.done}
            </Chip>
          )}
        </header>
        {children}
      </section>
    </li>
  )
}

function Modems({ rows, reload }: { readonly rows: readonly Gateway[]; readonly reload: () => void }) {
  const w = words()
  if (rows.length === 0)
    return (
      <>
        <p>{w.onboarding.noGateway}</p>
        <pre>{'gateways:\n  home:\n    type: modem'}</pre>
        <p class="small muted">{w.onboarding.restartAfter}</p>
      </>
    )
  return (
    <ul class="stack tight">
      {rows.map((gateway) => (
        <li key={gateway.id} class="stack tight">
          <div class="row">
            <span class="strong">{gateway.id}</span>
            <GatewayChip status={gateway.status} />
            {gateway.signal_percent !== undefined && (
              <SignalBars percent={gateway.signal_percent} dbm={gateway.signal_dbm} />
            )}
            <span class="muted">{[gateway.model, gateway.operator].filter(Boolean).join(' · ')}</span>
          </div>
          {gateway.last_error !== null && gateway.status !== 'ready' && (
            <p class="small wrong-words sentence" lang="en">
              <Strange text={gateway.last_error} />
            </p>
          )}
          {gateway.status === 'sim_locked' && gateway.sim === 'pin' && <PinEntry id={gateway.id} reload={reload} />}
          {gateway.status === 'offline' && <p class="small muted">{w.onboarding.plugIn}</p>}
        </li>
      ))}
    </ul>
  )
}

function TestText({ onSent }: { readonly onSent: () => void }) {
  const w = words()
  const [to, setTo] = useState('')
  const [id, setId] = useState<string | null>(null)
  const once = useOnce()
  const { isBusy, problem, run } = useAct({ isQuiet: true })
  const send = async (event: Event) => {
    event.preventDefault()
    const isTaken = await run(async () => {
      const text = { to: to.trim(), text: w.onboarding.testText }
      const sent = await once(text, (id) => ask(calls.send, { ...text, id }))
      setId('command_id' in sent ? sent.command_id : null)
    })
    if (isTaken) onSent()
  }
  return (
    <form class="form" onSubmit={send}>
      <TextField
        label={w.onboarding.ownNumber}
        hint={w.onboarding.ownNumberHint}
        type="tel"
        value={to}
        onInput={setTo}
        required
      />
      <Fault problem={problem} />
      <div class="row">
        <Button type="submit" icon="send" disabled={isBusy || to.trim() === ''}>
          {w.onboarding.sendTest}
        </Button>
        {id !== null && <TestResult key={id} id={id} />}
      </div>
    </form>
  )
}

function TestResult({ id }: { readonly id: string }) {
  const { result, problem } = useResult(id)
  if (result === null) return <Fault problem={problem} />
  return (
    <span role="status">
      <StatusChip status={result.status} ok={result.ok} />
    </span>
  )
}
