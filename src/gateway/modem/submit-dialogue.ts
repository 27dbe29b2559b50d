import type { Handover, SegmentOrder } from '../../message/handover.ts'
import type { Clock, Timer } from '../../util/clock.ts'
import type { Leave } from '../gateway.ts'
import { causeOf } from './causes.ts'
import type { Channel } from './channel.ts'
import { type Final, finalIn } from './results.ts'

/** Where an AT+CMGS is (TS 27.005 clause 4.3). */
type State =
  | 'asked' // AT+CMGS went out, the prompt has not come
  | 'prompted' // the modem waits for the PDU; the hub decides whether it may leave
  | 'written' // the PDU went out: from here on silence is doubt
  | 'referenced' // +CMGS came, the OK behind it not yet
  | 'acknowledged' // a bare OK came; some makes send +CMGS behind it

type Event = 'prompt' | 'reference' | 'ok' | 'error' | 'timeout' | 'lost'

/** What follows: another state to wait in, or how it ended. `ignore` is a late answer to something else. */
type Next = State | 'sent' | 'refused' | 'not_sent' | 'in_doubt' | 'ignore' | 'leave'

const table: Readonly<Record<State, Readonly<Record<Event, Next>>>> = {
  asked: {
    prompt: 'leave',
    reference: 'ignore',
    ok: 'ignore',
    error: 'refused',
    timeout: 'not_sent',
    lost: 'not_sent',
  },
  prompted: {
    prompt: 'ignore',
    reference: 'ignore',
    ok: 'ignore',
    error: 'refused',
    timeout: 'not_sent',
    lost: 'not_sent',
  },
  written: {
    prompt: 'ignore',
    reference: 'referenced',
    ok: 'acknowledged',
    error: 'refused',
    timeout: 'in_doubt',
    lost: 'in_doubt',
  },
  referenced: { prompt: 'ignore', reference: 'ignore', ok: 'sent', error: 'in_doubt', timeout: 'sent', lost: 'sent' },
  acknowledged: { prompt: 'ignore', reference: 'sent', ok: 'ignore', error: 'refused', timeout: 'sent', lost: 'sent' },
}

export interface SubmitTimes {
  /** ms until the prompt must have come. */
  readonly prompt: number
  /** ms until the network must have answered (facts: modems, section 7.2). */
  readonly answer: number
  /** ms for the OK behind +CMGS, or for a +CMGS behind a bare OK. */
  readonly tail: number
}

export const usualSubmitTimes: SubmitTimes = { prompt: 5_000, answer: 120_000, tail: 5_000 }

/** ms in which some makes say OK behind an error: it must not answer the next command. */
const straggler = 100

export interface Submitted {
  readonly handover: Handover
  /** The line is in an unknown state and must be brought back before the next command. */
  readonly resync: boolean
  /** The answer was a bare OK and no reference followed. */
  readonly bareOk: boolean
}

/** Sends one segment. To be called inside `channel.exclusive`. */
export function submitSegment(
  channel: Channel,
  clock: Clock,
  order: SegmentOrder,
  leave: () => Promise<Leave>,
  times: SubmitTimes,
): Promise<Submitted> {
  return new Promise((resolve) => {
    let state: State = 'asked'
    let reference: number | null = null
    let error: Extract<Final, { kind: 'error' }> | null = null
    let reason = 'the port was lost'
    let timer: Timer
    let done = false

    const arm = (ms: number, why: string) => {
      timer?.cancel()
      timer = clock.after(ms, () => {
        reason = why
        on('timeout')
      })
    }

    const finish = (outcome: 'sent' | 'refused' | 'not_sent' | 'in_doubt', resync = false) => {
      if (done) return
      done = true
      timer.cancel()
      const settle = () => {
        channel.listen(null)
        resolve({ handover: handover(outcome), resync, bareOk: outcome === 'sent' && reference === null })
      }
      if (outcome === 'refused') clock.after(straggler, settle)
      else settle()
    }

    const handover = (outcome: 'sent' | 'refused' | 'not_sent' | 'in_doubt'): Handover => {
      if (outcome === 'sent') return { outcome, reference }
      if (outcome === 'refused' && error !== null)
        return { outcome, cause: causeOf(error, state !== 'asked' && state !== 'prompted') }
      return { outcome: outcome === 'in_doubt' ? 'in_doubt' : 'not_sent', reason }
    }

    /** The prompt is there: the hub marks the segment as written, or lets it stay. */
    const decide = async () => {
      state = 'prompted'
      timer.cancel()
      const verdict = await leave().catch((fault: Error) => fault)
      if (done) return
      if (verdict === 'go') {
        channel.expectEcho(order.pdu)
        state = 'written'
        arm(times.answer, `no answer from the modem within ${times.answer / 1000} s after the PDU`)
        channel.write(`${order.pdu}\x1a`)
        return
      }
      // ESC takes the prompt back; nothing of the message has left.
      channel.write('\x1b')
      reason = verdict instanceof Error ? verdict.message : verdict
      finish('not_sent', true)
    }

    const on = (event: Event) => {
      if (done) return
      const next = table[state][event]
      switch (next) {
        case 'ignore':
          return
        case 'leave':
          void decide()
          return
        case 'referenced':
        case 'acknowledged':
          state = next
          return arm(times.tail, '')
        case 'sent':
        case 'refused':
        case 'in_doubt':
          return finish(next, event === 'timeout' && next !== 'sent')
        case 'not_sent':
          if (event === 'timeout') channel.write('\x1b')
          return finish(next, event === 'timeout')
        default:
          state = next
      }
    }

    channel.listen(
      {
        token: (token) => {
          if (token.kind === 'prompt') {
            on('prompt')
            return true
          }
          const line = token.text
          const named = /^\+CMGS: *(\d+)/.exec(line)
          if (named) {
            if (state === 'written' || state === 'acknowledged') reference = Number(named[1]) & 0xff
            on('reference')
            return true
          }
          const final = finalIn(line)
          if (final?.kind === 'error') {
            error = final
            on('error')
          } else if (final?.kind === 'ok') on('ok')
          return final !== null
        },
        lost: (why) => {
          reason = why
          on('lost')
        },
      },
      '+CMGS',
      `AT+CMGS=${order.tpduLength}`,
    )
    arm(times.prompt, `no prompt within ${times.prompt / 1000} s`)
    channel.write(`AT+CMGS=${order.tpduLength}\r`)
  })
}
