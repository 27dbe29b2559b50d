import type { Gateway } from '../gateway/gateway.ts'
import type { Claim } from '../ledger/outbox/claim.ts'
import { type ErrorReport, errorReport, Fault, type FaultCode } from '../message/fault.ts'
import { type GatewayKind, kindOf } from '../message/gateway-state.ts'
import type { Owner } from '../message/owner.ts'
import type { Cause, SubmitOutcome } from '../message/submit-outcome.ts'
import type { Store } from '../store/store.ts'
import type { SegmentSent } from './send.ts'

/** Delays before a retry, by attempt; the last one repeats until the time to live is over. */
const retryDelaysMs = [2_000, 5_000, 15_000, 45_000, 120_000, 300_000]
/** Attempts of a submission that is refused temporarily. */
const maxRefusals = 6
/** Repetitions of a safe command in doubt. */
const maxDoubts = 3
/** Pause of a gateway whose SIM or network rejects everything. */
const pauseMs = 60_000

/** Delay of a submission that was throttled. */
const throttledMs = 1_000

/** The decision about an outcome. */
type Decision =
  | { readonly do: 'sent'; readonly reference: string | null }
  | {
      readonly do: 'requeue'
      readonly after: number
      readonly error: ErrorReport | null
      readonly pause: string | null
    }
  | { readonly do: 'give_up'; readonly status: 'failed' | 'expired'; readonly error: ErrorReport }
  | { readonly do: 'doubt'; readonly reason: string; readonly error: ErrorReport; readonly pause: string | null }

/** What a gateway of each kind is called, and the fault of what fails at it. */
const kinds: Readonly<Record<GatewayKind, { readonly noun: string; readonly failure: FaultCode }>> = {
  modem: { noun: 'modem', failure: 'modem_error' },
  link: { noun: 'carrier', failure: 'carrier_error' },
}

/** The fault of a refusal by somebody else than the gateway itself. */
const refusedBy: Readonly<Record<Exclude<Cause['by'], 'gateway'>, FaultCode>> = {
  network: 'network_rejected',
  carrier: 'network_rejected',
  hub: 'not_supported',
}

/**
 * An unsafe command is repeated only where nothing was sent or the network itself reported that it did not accept it.
 */
export function decide(handover: SubmitOutcome, claim: Claim, kind: GatewayKind): Decision {
  const { failure, noun } = kinds[kind]
  const failed = (message: string, detail = {}) => errorReport(new Fault(failure, message, detail))
  const after = retryDelaysMs[Math.min(claim.attempts, retryDelaysMs.length) - 1] as number
  const doubtOrRepeat = (reason: string, error: ErrorReport, pause: string | null = null): Decision =>
    claim.safe && claim.attempts < maxDoubts
      ? { do: 'requeue', after: pause === null ? after : pauseMs, error, pause }
      : { do: 'doubt', reason, error, pause }
  switch (handover.outcome) {
    case 'sent':
      return { do: 'sent', reference: handover.reference }
    case 'not_sent':
      if (handover.reason === 'expired') {
        return {
          do: 'give_up',
          status: 'expired',
          error: errorReport(new Fault('ttl_expired', `its time ran out before the ${noun} was ready for it`)),
        }
      }
      return { do: 'requeue', after, error: failed(handover.reason), pause: null }
    case 'in_doubt':
      return doubtOrRepeat(handover.reason, failed(handover.reason))
    case 'refused': {
      const { text, scheme, code, by, accepted, next } = handover.cause
      if (accepted === 'yes') return { do: 'sent', reference: null }
      const detail = scheme === null ? {} : { [scheme]: code }
      if (accepted === 'unknown') {
        return doubtOrRepeat(text, failed(text, detail), next === 'pause' ? text : null)
      }
      const error = by === 'gateway' ? failed(text, detail) : errorReport(new Fault(refusedBy[by], text, detail))
      if (next === 'throttle') return { do: 'requeue', after: throttledMs, error, pause: null }
      if (next === 'pause') return { do: 'requeue', after: pauseMs, error, pause: text }
      if (next === 'retry' && claim.attempts < maxRefusals) return { do: 'requeue', after, error, pause: null }
      return { do: 'give_up', status: 'failed', error }
    }
  }
}

/** The effects of an outcome: the change to commit, and a pause of the gateway. */
export interface Settlement {
  commit(): Promise<void>
  readonly pause: { readonly ms: number; readonly reason: string } | null
}

/** A submitted claim, its gateway and its owner. */
export interface Handed {
  readonly gateway: Gateway
  readonly claim: Claim
  readonly owner: Owner
}

/** Turns the outcome of a segment into a change of the store. Nothing is changed until `commit`. */
export function settle(
  store: Store,
  { gateway, claim, owner }: Handed,
  sent: SegmentSent,
  now: number,
  cost = 0,
): Settlement {
  const { part, account, handover } = sent
  const at = { seq: claim.seq, part, gateway: gateway.id, account, now }
  const decision = decide(handover, claim, kindOf(gateway.state))
  switch (decision.do) {
    case 'sent': {
      const { reference } = decision
      const { matching } = gateway
      return { commit: () => store.run('markSent', { ...at, reference, matching, cost }), pause: null }
    }
    case 'requeue': {
      const { after, error, pause } = decision
      return {
        commit: () => store.run('requeue', { ...at, ...owner, retryAt: now + after, error }),
        pause: resting(pause),
      }
    }
    case 'give_up': {
      const { status, error } = decision
      return { commit: () => store.run('giveUp', { ...at, ...owner, status, error }), pause: null }
    }
    case 'doubt': {
      const { reason, error, pause } = decision
      return { commit: () => store.run('doubt', { ...at, reason, error }), pause: resting(pause) }
    }
  }
}

const resting = (reason: string | null) => (reason === null ? null : { ms: pauseMs, reason })
