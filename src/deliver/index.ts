import type { Device } from '../device/device.ts'
import type { Directory, Listed } from '../device/directory.ts'
import { readText } from '../device/receive/read.ts'
import type { ReadContext } from '../device/receive/reading.ts'
import type { FiledMessage } from '../ledger/inbox/inbox.ts'
import { Fault, isDiskFault } from '../message/fault.ts'
import { happening } from '../message/hub-event.ts'
import type { Decoder, Incoming, IncomingSegment, Mail } from '../message/incoming.ts'
import type { Identity, RawMessage } from '../message/raw.ts'
import type { DeliveryReport } from '../message/report.ts'
import { isoTime } from '../message/result.ts'
import { usable } from '../sms/smsc-clock.ts'
import type { Store } from '../store/store.ts'
import { inBackground, logged, untilDone } from '../util/background.ts'
import { type Clock, sleep } from '../util/clock.ts'
import { Doorbell } from '../util/doorbell.ts'
import { KeyedQueue } from '../util/keyed-queue.ts'
import { type Checkpoint, Steps } from '../util/steps.ts'
import { correlate, nothing } from './correlate.ts'
import { decode } from './decode.ts'
import { deviceEffects } from './device-effects.ts'
import { forwardedIn } from './forwarded.ts'
import { type Answering, identify } from './identify.ts'
import { byAnybody, type Judgement, judge, unjudged, wayThrough } from './judge.ts'
import { joined, reassemble, type WholeText } from './reassemble.ts'
import { type EffectRules, effectsOf } from './text-effects.ts'
import { understandCall } from './understand-call.ts'
import type { UnknownText } from './unknown.ts'
import { wordsOf } from './words-of.ts'

/**
 * DELIVER: SMS-DELIVER / SMS-STATUS-REPORT -> MQTT
 *
 *   collect     a message from a gateway
 *   file        the inbox, raw -- commit --
 *   == now the SIM, the SMSC or the sender may forget it ==
 *   decode      by the form that its gateway brings -> text, report, or quarantine
 *   report      to its submission
 *   reassemble  segments -> a whole text
 *   identify    originating address -> device
 *   read        text -> values and events
 *   correlate   the open command that it answers
 *   publish     all effects -- commit --, then in order to the broker (publish.ts)
 */
export const deliverSteps = [
  'collect',
  'file',
  'decode',
  'report',
  'reassemble',
  'identify',
  'read',
  'correlate',
  'publish',
] as const

export interface DeliverDeps extends EffectRules {
  readonly store: Store
  readonly clock: Clock
  readonly checkpoint: Checkpoint
  /** Decoders by the form of the message. */
  readonly decoders: Readonly<Record<string, Decoder>>
  readonly directory: Directory
  readonly contacts: Directory<Listed>
  device(id: string): Device | undefined
  now(): number
  /** Queries a property of a device, or its state where it is empty. */
  ask(device: string, property: string): Promise<unknown>
  /** An unrecognised text. */
  unknown(text: UnknownText): void
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string): void
}

const sweepIntervalMs = 60_000
const batchSize = 50
/** An incomplete message is given up after this time. */
const assemblyMs = 6 * 3_600_000
/** A report without a known submission is given up after this time. */
const orphanMs = 10 * 60_000
/** Attempts at a message before it is quarantined. */
const maxFailures = 3
/** Digits from the right that the national and the international form of a number share. */
const senderDigits = 8
const retryMs = 1_000

export class Deliver {
  readonly #deps: DeliverDeps
  readonly #steps: Steps<(typeof deliverSteps)[number]>
  readonly #bell: Doorbell
  #running = true
  #startedAt = 0
  /** Failures of the messages that are being retried. */
  readonly #failures = new Map<number, number>()
  #ended: Promise<void> = Promise.resolve()

  constructor(deps: DeliverDeps) {
    this.#deps = deps
    this.#steps = new Steps('deliver', deps.checkpoint)
    this.#bell = new Doorbell(deps.clock)
    deps.store.on('inbox', () => this.#bell.ring())
  }

  /** From the gateway to the disk. When it resolves, the gateway may delete the message. */
  async receive(raw: RawMessage): Promise<void> {
    const message = this.#steps.runSync('collect', () => {
      const now = this.#deps.now()
      return { raw, hash: raw.identity.hash, stamped: isMarked(raw.identity, now), now }
    })
    const { duplicate } = await this.#steps.run('file', () => this.#deps.store.run('file', message))
    if (duplicate) this.#deps.log('info', `a message through ${raw.gateway} was a duplicate and is only counted`)
  }

  /** Deleted from its slot. Only for messages without a stamp: an equal one found there later is another message. */
  async deleted({ gateway, slot, identity }: RawMessage): Promise<void> {
    if (slot !== undefined && !isMarked(identity, this.#deps.now()))
      await this.#deps.store.run('noteDeleted', { gateway, slot })
  }

  /** A call to a gateway: an event of its device, and the answer to the command that waits for one. */
  async called(gateway: string, from: string | null, at: number): Promise<void> {
    const { directory, store, newId, log } = this.#deps
    const meant = await understandCall(store, from === null ? [] : directory.find(from), at)
    const [call, other] = meant
    if (other !== undefined)
      log('warn', `a call to ${gateway} may be of ${meant.map(({ device }) => device.id).join(' or ')}: it is of none`)
    const one = other === undefined ? call : undefined
    const effects = one && deviceEffects(one, { at, ownAt: null, now: at }, newId)
    const of = one === undefined || effects === undefined ? null : { device: one.device.id, effects }
    await store.run('settleCall', { gateway, from, at, of, since: this.#startedAt })
    if (one !== undefined) this.#ask(one.device.id, one.judgement)
  }

  start(): void {
    this.#startedAt = this.#deps.now()
    this.#ended = this.#run()
  }

  async stop(): Promise<void> {
    this.#running = false
    this.#bell.ring()
    await this.#ended
  }

  /** From the disk to the outlets. */
  async #run(): Promise<void> {
    while (this.#running) {
      const seen = this.#bell.rings
      try {
        const messages = await this.#deps.store.run('filed', { limit: batchSize })
        // One that failed after its commit is settled nevertheless.
        for (const id of this.#failures.keys()) if (!messages.some((one) => one.id === id)) this.#failures.delete(id)
        await this.#takeAll(messages)
        if (this.#failures.size > 0) await sleep(this.#deps.clock, retryMs)
        if (this.#failures.size > 0 || messages.length === batchSize) continue
        await this.#giveUpWaiting()
        await this.#bell.wait(seen, sweepIntervalMs)
      } catch (error) {
        this.#deps.log('error', `reading texts: ${Fault.from(error).message}`)
        await sleep(this.#deps.clock, retryMs)
      }
    }
  }

  /** Those of one sender in their order, those of several at the same time: they share commits. */
  async #takeAll(messages: readonly FiledMessage[]): Promise<void> {
    const senders = new KeyedQueue()
    const taken = await Promise.allSettled(messages.map((message) => this.#takeOrKeep(message, senders)))
    for (const one of taken) if (one.status === 'rejected') throw one.reason
  }

  /**
   * A message that fails is retried while later ones proceed. After too many failures it is quarantined.
   */
  async #takeOrKeep(message: FiledMessage, senders: KeyedQueue): Promise<void> {
    try {
      await this.#take(message, senders)
      this.#failures.delete(message.id)
    } catch (error) {
      const fault = Fault.from(error)
      if (isDiskFault(fault.code)) throw fault
      const failures = (this.#failures.get(message.id) ?? 0) + 1
      this.#failures.set(message.id, failures)
      this.#deps.log('error', `a message through ${message.gateway} failed (${failures}): ${fault.message}`)
      if (failures < maxFailures) return
      await this.#quarantine(message, { kind: 'undecodable', reason: fault.message, detail: {} })
      this.#failures.delete(message.id)
    }
  }

  async #take(message: FiledMessage, senders: KeyedQueue): Promise<void> {
    const decoded = this.#steps.runSync('decode', () => decode(message, this.#deps.decoders))
    switch (decoded.kind) {
      case 'undecodable':
        return this.#quarantine(message, decoded)
      case 'report':
        return senders.run(
          this.#keyOf(this.#deps.directory.find(decoded.report.recipient), decoded.report.recipient),
          () => this.#settleReport(message, decoded.report),
        )
      case 'text': {
        const { segment } = decoded
        return senders.run(this.#keyOf(this.#possible(segment), segment.from.number), () =>
          this.#takeText(message, segment),
        )
      }
    }
  }

  /** The devices with the number of a text, or those of a mail. */
  #possible({ from, mail }: Pick<WholeText, 'from'> & { readonly mail?: Mail | null }): readonly Device[] {
    if (!mail) return this.#deps.directory.findOriginator(from)
    return mail.devices.flatMap((id) => this.#deps.device(id) ?? [])
  }

  /** One device has one key, however many numbers; another sender one of its number, national or international. */
  #keyOf([device]: readonly Device[], number: string): string {
    return device === undefined ? number.slice(-senderDigits) : `device ${device.id}`
  }

  async #settleReport(message: FiledMessage, reported: DeliveryReport): Promise<void> {
    const { account, receivedAt } = message
    const report = { ...reported, account, receivedAt }
    await this.#steps.run('report', () =>
      this.#deps.store.run('settleReport', { raw: message.id, report, now: this.#deps.now() }),
    )
  }

  async #takeText(message: FiledMessage, segment: IncomingSegment): Promise<void> {
    const { texts, copy } = await this.#steps.run('reassemble', () => reassemble(this.#deps.store, message, segment))
    if (copy) this.#deps.log('info', `a segment through ${message.gateway} was a duplicate and is only counted`)
    for (const whole of texts) await this.#deliver(whole)
  }

  async #deliver(whole: WholeText): Promise<void> {
    const context: ReadContext = {
      receivedAt: isoTime(whole.receivedAt),
      scts: isoTime(Math.min(usable(whole) ?? whole.receivedAt, whole.receivedAt)),
    }
    const { device, contact, forwarded, mayBeOf } = await this.#steps.run('identify', async () => {
      const { directory, contacts } = this.#deps
      const received = whole.text ?? ''
      const answering = (text: string) => this.#answering(whole, text, context)
      const owners = await identify(this.#possible(whole), received, context, answering(received))
      const [found = null] = owners
      const contact = found === null ? (contacts.findOriginator(whole.from)[0]?.id ?? null) : null
      const mayBeOf = owners.length > 1 ? owners.map(({ id }) => id) : []
      const by = mayBeOf.length > 0 ? null : found
      const forwarded = await forwardedIn(by, received, directory, context, answering)
      return { device: forwarded?.of ?? found, contact, forwarded, mayBeOf }
    })
    const isOpen = mayBeOf.length > 0
    const carrier = forwarded?.of ? forwarded.by : null
    const { text, readings } = await this.#steps.run('read', async () => {
      const owner = isOpen ? null : device
      const answering = (text: string) => this.#answering(whole, text, context)
      const text = carrier === null ? await wordsOf(whole, owner, context, answering) : (forwarded?.text ?? '')
      return { text, readings: owner === null ? [] : readText(owner, text, context) }
    })
    const { sentAt, correlation, judgement } = await this.#steps.run('correlate', async () => {
      const now = this.#deps.now()
      const received = { stamp: whole, centre: whole.centre, now }
      const isOwn = whole.mms === null && (forwarded === null || carrier !== null)
      const { commands, sentAt, trust } = await this.#deps.store.run('openCommands', {
        device: isOwn ? (device?.id ?? null) : null,
        ...received,
      })
      // Whoever can send octets to a port can name any sender.
      if (whole.mms !== null || isOpen) return { sentAt, correlation: nothing, judgement: byAnybody }
      if (device === null || trust === null) {
        const byNumber = device === null && contact === null ? 'stranger' : 'number'
        const level = whole.mail?.proof ?? byNumber
        const judgement = whole.mail?.proof === 'stranger' ? byAnybody : unjudged(level)
        return { sentAt, correlation: nothing, judgement }
      }
      const times = { sentAt, receivedAt: whole.receivedAt }
      const correlation = correlate(device, text, times, context, commands)
      const heard = { route: whole.route, proof: whole.mail?.proof ?? null, readings, correlation }
      if (carrier === null) return { sentAt, correlation, judgement: judge(device, heard, trust, now) }
      const known = await this.#deps.store.run('openCommands', { device: carrier.id, ...received })
      const way = wayThrough(carrier, heard, known.trust)
      return { sentAt, correlation, judgement: judge(device, heard, trust, now, way) }
    })
    const author = whole.mms?.from ?? null
    const announced = author === null ? null : (this.#deps.directory.find(author)[0]?.id ?? null)
    const effects = effectsOf(
      {
        whole,
        text,
        announced,
        device,
        contact,
        sentAt,
        readings,
        correlation,
        judgement,
        forwarded,
        context,
        mayBeOf,
      },
      this.#deps,
      this.#deps.now(),
    )
    const { isFlood } = await this.#steps.run('publish', () => this.#deps.store.run('settleText', effects))
    const { messageId, sender, text: masked, document } = effects.incoming
    if (isFlood)
      this.#deps.log('warn', `${sender} sends too many texts: further ones are counted, and only the newest are kept`)
    if (document === null) this.#deps.log('info', `a text through ${whole.gateway} is stored only (${messageId})`)
    if (device !== null && effects.question !== null) this.#ask(device.id, judgement)
    if (isOpen)
      this.#deps.log('warn', `a text may be of ${mayBeOf.join(' or ')}: it is kept and read as of none (${messageId})`)
    if (!effects.unknown || isFlood !== null || isOpen) return
    const { unproven } = effects
    this.#deps.unknown({ messageId, raws: whole.raws, device, sender, text, masked, context, unproven })
  }

  /** How the text answers what waits, for those that share its number. */
  #answering(whole: WholeText, text: string, context: ReadContext): Answering {
    const received = { stamp: whole, centre: whole.centre, now: this.#deps.now() }
    return async (device) => {
      const { commands, sentAt } = await this.#deps.store.run('openCommands', { device: device.id, ...received })
      const times = { sentAt, receivedAt: whole.receivedAt }
      const { answered, answers } = correlate(device, text, times, context, commands)
      return answered !== null ? 'wording' : answers.length > 0 ? 'any' : null
    }
  }

  /** Queries the device to verify an unverified text. */
  #ask(device: string, { question }: Judgement): void {
    if (question === null) return
    this.#deps.log('info', `a text in the name of ${device} is unverified: its state is queried`)
    const failed = logged(this.#deps.log, `querying the state of ${device}`)
    inBackground(() => this.#deps.ask(device, question.property), failed)
  }

  async #quarantine(
    message: FiledMessage,
    { reason, detail }: Extract<Incoming, { kind: 'undecodable' }>,
  ): Promise<void> {
    this.#deps.log('warn', `a message through ${message.gateway} can't be read and is kept: ${reason}`)
    const data = { gateway: message.gateway, reason, ...detail }
    await this.#deps.store.run('quarantine', { raw: message.id, reason, data })
  }

  /** Incomplete texts and reports without a submission end their wait and are published. */
  async #giveUpWaiting(): Promise<void> {
    const { store, clock, log } = this.#deps
    const now = this.#deps.now()
    for (const assembly of await store.run('staleAssemblies', { before: now - assemblyMs }))
      await this.#deliver(joined(assembly))
    for (const report of await store.run('orphanedReports', { before: now - orphanMs })) {
      const data = {
        gateway_sim: report.account,
        // TP-MR is published as a number, the id of a carrier is not.
        reference: report.matching === 'tp_mr' ? Number(report.reference) : report.reference,
        outcome: report.outcome,
        meaning: report.meaning,
      }
      const emit = () => store.run('emit', [happening('unmatched_report', data)])
      // The row is deleted: only the event remains.
      const failed = logged(log, 'an unmatched report')
      inBackground(() => untilDone(clock, emit, () => this.#running, failed), failed)
    }
  }
}

/**
 * Whether it can be distinguished from another message with the same content. Not by the stamp of a clock that was
 * never set: such a clock repeats itself.
 */
export function isMarked({ mark }: Identity, receivedAt: number): boolean {
  return mark === 'id' || usable({ scts: mark, receivedAt }) !== null
}
