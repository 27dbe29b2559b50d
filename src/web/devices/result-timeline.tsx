import { useId } from 'preact/hooks'
import type { Command } from '../api/answer-types.ts'
import { ask } from '../api/ask.ts'
import { calls } from '../api/hub-calls.ts'
import { useAct } from '../parts/act.ts'
import { Button } from '../parts/button.tsx'
import { StatusChip } from '../parts/chip.tsx'
import { Wrong } from '../parts/fault.tsx'
import { Icon, type IconName } from '../parts/icon.tsx'
import { Awaited } from '../parts/listing.tsx'
import { Strange } from '../parts/strange.tsx'
import { Time } from '../parts/time.tsx'
import { Wanted } from '../parts/wanted.tsx'
import { words } from '../texts/language.ts'
import { spanOf } from '../texts/times.ts'
import { waitWords } from '../texts/wait-words.ts'
import { useResult } from './follow-result.ts'
import { type Step, stepsOf } from './result-steps.ts'

const icons: Readonly<Record<Step['name'], IconName>> = {
  queued: 'clock',
  sent: 'check',
  delivered: 'double',
  replied: 'chat',
  ended: 'warn',
}

interface TimelineProps {
  readonly id: string
  /** Of its device: their labels. */
  readonly commands: readonly Command[]
}

/** What becomes of a command, while it becomes it: queued, sent, delivered, answered in the device's words. */
export function ResultTimeline({ id, commands }: TimelineProps) {
  const w = words()
  const { result, problem } = useResult(id)
  const { isBusy, run } = useAct()
  const titleId = useId()
  if (result === null) return <Awaited problem={problem} />
  const { command, property, value, status, ok, reply, error, reason, final, elapsed_ms, send_at } = result
  const label = commands.find(({ name }) => name === command)?.label ?? command
  const title = label ?? [property, value].filter((word) => word !== undefined).join(' ')
  return (
    <section class="card" aria-live="polite" aria-labelledby={titleId}>
      <header>
        <h2 id={titleId} lang="en">
          {title}
        </h2>
        <StatusChip status={status} ok={ok} />
      </header>
      <ol class="timeline">
        {stepsOf(result).map((step) => (
          <li key={step.name} class={step.isBad ? 'bad' : step.at === null ? 'open' : undefined}>
            <Icon name={icons[step.name]} />
            <div>
              {step.name === 'ended'
                ? w.statusLong[ended(status)]
                : step.at === null
                  ? w.device.awaited[step.name]
                  : w.device.steps[step.name]}
              {step.name === 'replied' && reply !== undefined && (
                <p class="quote">
                  <Strange text={reply.text} />
                </p>
              )}
              {step.name === 'ended' && error !== undefined && <Wrong error={error} hasHint />}
            </div>
            <span class="small muted">{step.at !== null && <Time at={step.at} as="clock" />}</span>
          </li>
        ))}
      </ol>
      <div class="row spread small muted">
        <Wanted status={status} at={send_at} />
        <span>
          {final ? w.device.took(spanOf(elapsed_ms)) : reason === undefined ? '' : w.device.waitsFor(waitWords(reason))}
        </span>
        {status === 'queued' && (
          <Button tight disabled={isBusy} onClick={() => run(() => ask(calls.cancel, { id }))}>
            {w.common.cancelIt}
          </Button>
        )}
      </div>
    </section>
  )
}

type Ended = 'unconfirmed' | 'undelivered' | 'failed' | 'expired' | 'cancelled' | 'rejected' | 'in_doubt'
const ended = (status: string): Ended => status as Ended
