import type { Gateway } from '../gateway/gateway.ts'
import type { Claim } from '../ledger/outbox/claim.ts'
import { lacking } from '../message/capabilities.ts'
import { type Segment, segmentIdOf } from '../message/segment.ts'
import { refusedUnsent, type SendPermit, type SubmitOutcome } from '../message/submit-outcome.ts'
import { alphabetOf } from '../sms/gsm7.ts'
import type { Store } from '../store/store.ts'
import { asError } from '../util/background.ts'
import type { Clock, Timer } from '../util/clock.ts'
import type { Checkpoint } from '../util/steps.ts'
import type { DispatchRules } from './dispatch.ts'

/** The outcome of a segment. */
export interface SegmentSent {
  readonly part: number
  readonly account: string
  readonly handover: SubmitOutcome
}

/** A claim, which may not be durable yet. */
export interface Sending {
  readonly store: Store
  readonly gateway: Gateway
  readonly claim: Claim
  readonly rules: Pick<DispatchRules, 'owner' | 'now'>
  readonly permitMs: number
  readonly checkpoint: Checkpoint
  readonly clock: Clock
  log(level: 'error', message: string): void
}

/**
 * Submits the segments to a gateway, one after the other, and reports each outcome. Stops at the first segment that is
 * not sent: an incomplete message has no effect. A gateway that takes whole texts gets one, whose outcome is that of all.
 */
export async function send(sending: Sending, onSent: (sent: SegmentSent) => void): Promise<void> {
  const total = sending.claim.segments.length
  if (isWhole(sending)) {
    const sent = await sendPart(sending, 1)
    const isSent = sent.handover.outcome === 'sent'
    for (let part = 1; part <= (isSent ? total : 1); part++) onSent({ ...sent, part })
    return
  }
  for (let part = 1; part <= total; part++) {
    const sent = await sendPart(sending, part)
    onSent(sent)
    if (sent.handover.outcome !== 'sent') return
  }
}

const isWhole = ({ gateway, claim }: Pick<Sending, 'gateway' | 'claim'>): boolean =>
  gateway.takesTexts === true && claim.ring === null

async function sendPart(sending: Sending, part: number): Promise<SegmentSent> {
  const { gateway, claim, log } = sending
  try {
    const { account } = gateway
    return { part, account, handover: await sendSegment(sending, part, account) }
  } catch (error) {
    // Only before anything was submitted, which has outcomes of its own.
    const reason = `gateway ${gateway.id}: ${asError(error).message}`
    log('error', `${claim.commandId} is not sent: ${reason}`)
    return { part, account: gateway.id, handover: { outcome: 'not_sent', reason } }
  }
}

async function sendSegment(sending: Sending, part: number, account: string): Promise<SubmitOutcome> {
  const { gateway, claim, rules } = sending
  if (claim.ring !== null) return ring(sending, account, claim.ring)
  const validFor = gateway.validitySeconds(Math.max(1, (claim.expiresAt - rules.now()) / 1000))
  const segment = segmentOf(isWhole(sending) ? inOne(claim) : claim, part, validFor)
  return handedOver(sending, (permit) => gateway.submit(segment, permit), { part, account, validFor })
}

/** Longest duration of a call. */
const maxCallSeconds = 90

async function ring(sending: Sending, account: string, seconds: number): Promise<SubmitOutcome> {
  const { gateway, claim } = sending
  const { call } = gateway.can
  if (call === undefined) return refusedUnsent('hub', lacking(gateway.id, 'call'))
  const request = { number: claim.recipient, seconds }
  return handedOver(sending, (permit) => call(request, permit), {
    part: 1,
    account,
    validFor: seconds + maxCallSeconds,
  })
}

interface Marked {
  readonly part: number
  readonly account: string
  readonly validFor: number
}

/** Timeouts of a gateway until it asks for the permit, and from there to the outcome: far more than any needs. */
const mostMs = { asked: 900_000, answered: 300_000 }

const outcomes: readonly SubmitOutcome['outcome'][] = ['sent', 'refused', 'not_sent', 'in_doubt']

/** State of the permit. Once refused it stays refused. */
type PermitState = 'open' | 'given' | 'withdrawn'

/**
 * Submits a segment. A gateway that throws, or never answers, has an outcome like every other: not sent before the
 * permit, in doubt after it.
 */
async function handedOver(
  { store, gateway, claim, rules, permitMs, checkpoint, clock, log }: Sending,
  hand: (permit: () => Promise<SendPermit>) => Promise<SubmitOutcome>,
  { part, account, validFor }: Marked,
): Promise<SubmitOutcome> {
  let state: PermitState = 'open'
  let stale: string | null = null
  const broken = (reason: string): SubmitOutcome => {
    log('error', `gateway ${gateway.id} broke off with ${claim.commandId}: ${reason}`)
    const outcome = state === 'given' ? 'in_doubt' : 'not_sent'
    state = 'withdrawn'
    return { outcome, reason: `gateway ${gateway.id}: ${reason}` }
  }
  /**
   * Asked at the prompt: the mark is on the disk before the first octet of the PDU leaves, and the claim with it or
   * before it: the store keeps their order, and without the claim there is nothing to mark.
   */
  const permit = async (): Promise<SendPermit> => {
    if (state !== 'open') return 'stop'
    checkpoint('submit.send:prompted')
    const place = { seq: claim.seq, part, isWhole: isWhole({ gateway, claim }), gateway: gateway.id, account }
    const mark = { ...place, now: rules.now(), validFor, ...rules.owner }
    const elapsed = stopwatch(clock)
    const verdict = await store.run('markWritten', mark)
    checkpoint('submit.send:marked')
    // It may have been given up meanwhile.
    if ((state as PermitState) !== 'open') return 'stop'
    // The process or its disk was suspended: another run may have taken the submission over.
    if (verdict === 'go' && elapsed() > permitMs) {
      state = 'withdrawn'
      stale = `the permit came ${Math.round(elapsed() / 1000)} s after it was asked for`
      return 'stop'
    }
    if (verdict === 'go') state = 'given'
    return verdict
  }
  const late = overdue(clock, () => state === 'given')
  try {
    const handover = await Promise.race([hand(permit), late.over])
    checkpoint('submit.send:answered')
    if (handover === 'overdue') return broken('it does not answer')
    if (stale !== null && handover?.outcome === 'not_sent') return { ...handover, reason: stale }
    return outcomes.includes(handover?.outcome) ? handover : broken(`it answers ${JSON.stringify(handover)}`)
  } catch (error) {
    return broken(asError(error).message)
  } finally {
    late.cancel()
  }
}

/** Time since now: a suspended machine shows it on the wall clock only, a stopped process on both. */
function stopwatch(clock: Clock): () => number {
  const [monotonic, wall] = [clock.monotonic(), clock.wall()]
  return () => Math.max(clock.monotonic() - monotonic, clock.wall() - wall)
}

/** Resolves when a gateway has exceeded its time: to ask for the permit, or to answer after it. */
function overdue(clock: Clock, isGiven: () => boolean): { readonly over: Promise<'overdue'>; cancel(): void } {
  let timer: Timer
  const over = new Promise<'overdue'>((resolve) => {
    const look = () => {
      if (!isGiven()) return resolve('overdue')
      timer = clock.after(mostMs.answered, () => resolve('overdue'))
    }
    timer = clock.after(mostMs.asked, look)
  })
  return { over, cancel: () => timer.cancel() }
}

/** The text as one segment. */
const inOne = (claim: Claim): Claim => ({ ...claim, segments: [claim.segments.join('')], reference: null })

function segmentOf(
  { commandId, step, recipient, segments, reference, report, messageClass }: Claim,
  part: number,
  validitySeconds: number,
): Segment {
  return {
    id: segmentIdOf({ commandId, step, part }),
    to: recipient,
    content: { alphabet: alphabetOf(segments), text: segments[part - 1] as string },
    concat: reference === null ? null : { ref: reference, bits: 8, total: segments.length, seq: part },
    validitySeconds,
    report,
    messageClass,
  }
}
