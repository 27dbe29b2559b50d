import type { Capabilities, Finding } from '../../message/capabilities.ts'
import { Fault } from '../../message/fault.ts'
import type { GatewayState } from '../../message/gateway-state.ts'
import type { Segment } from '../../message/segment.ts'
import { refusedUnsent, type SendPermit, type SubmitOutcome } from '../../message/submit-outcome.ts'
import type { Pdu } from '../../smpp/smpp-pdu.ts'
import type { Answer, SmppLink } from '../../smpplink/smpp-link.ts'
import { inBackground } from '../../util/background.ts'
import type { Clock } from '../../util/clock.ts'
import { Latch } from '../../util/latch.ts'
import type { Gateway, GatewayHandlers } from '../gateway.ts'
import { Rest } from '../rest.ts'
import { UnderWay } from '../under-way.ts'
import { type BindRole, SmppBind } from './smpp-bind.ts'
import { examineBinds } from './smpp-doctor.ts'
import { isLasting } from './smpp-failure.ts'
import { SmppInbox } from './smpp-inbox.ts'
import type { BindMode, SmppOptions } from './smpp-options.ts'
import { refusalOf } from './status-table.ts'
import { submitFields, validityOf } from './submit-fields.ts'

const rolesOf: Readonly<Record<BindMode, readonly BindRole[]>> = {
  transceiver: ['transceiver'],
  both: ['transmitter', 'receiver'],
  transmitter: ['transmitter'],
}

/** An attempt that is made for an examination. */
const examineMs = 35_000

/** An account at an SMSC (SMPP 3.4), as the hub sees it. */
export class SmppGateway implements Gateway {
  readonly id: string
  readonly account: string
  readonly matching = 'message_id'
  readonly takesTexts?: true
  readonly window: number
  readonly can: Partial<Capabilities> = {
    examine: () => this.#examine(),
    restart: async () => {
      await Promise.all(this.#binds.map((bind) => bind.reopen()))
    },
  }
  readonly #options: SmppOptions
  readonly #clock: Clock
  readonly #stopping = new Latch()
  readonly #rest: Rest
  readonly #binds: readonly SmppBind[]
  readonly #underWay: UnderWay
  /** The last refusal, or the reason of a pause. */
  #trouble: string | null = null
  #handlers!: GatewayHandlers
  #inbox!: SmppInbox
  #changed = new Latch()
  #ended: Promise<unknown> = Promise.resolve()

  constructor(options: SmppOptions, clock: Clock) {
    this.id = options.id
    this.account = `${options.systemId}@${options.hosts[0]}`
    this.window = options.window
    if (options.parts === 'whole') this.takesTexts = true
    this.#options = options
    this.#clock = clock
    this.#rest = new Rest(clock, () => this.#handlers.changed())
    this.#underWay = new UnderWay(clock, this.#rest, options.gapMs)
    this.#binds = rolesOf[options.bind].map(
      (role) =>
        new SmppBind(role, options, clock, {
          message: (connection, pdu) => this.#inbox.message(connection, pdu),
          changed: () => this.#noteChange(),
          log: (level, message) => this.#handlers.log(level, message),
        }),
    )
  }

  get state(): GatewayState {
    const { hosts, port } = this.#options
    const [first] = this.#binds.flatMap(({ bound }) => (bound === null ? [] : [bound]))
    const failure = this.#binds.find((bind) => bind.failure !== null)?.failure ?? null
    return {
      status: this.#status(),
      last_error: failure?.text ?? this.#trouble,
      recovering: failure === null ? null : 'reconnect',
      recoveries: { reconnect: this.#binds.reduce((sum, { repetitions }) => sum + repetitions, 0) },
      link: {
        address: first?.address ?? `${hosts[0]}:${port}`,
        peer: first === undefined || first.peer === '' ? null : first.peer,
        connected_at: first === undefined ? null : new Date(first.at).toISOString(),
        under_way: this.#underWay.count,
        window: this.window,
        bound: this.#binds.filter(({ bound }) => bound !== null).map(({ role }) => role),
        binds: this.#binds.map(({ role }) => role),
      },
    }
  }

  get ready(): boolean {
    return this.#sender !== null && this.#rest.isOver
  }

  start(handlers: GatewayHandlers): void {
    this.#handlers = handlers
    const { id: gateway, account } = this
    this.#inbox = new SmppInbox({
      gateway,
      account,
      reading: { ...this.#options, ...(this.takesTexts && { isWhole: true }) },
      clock: this.#clock,
      handlers,
    })
    this.#ended = Promise.all(this.#binds.map((bind) => bind.run(this.#stopping)))
    inBackground(
      () => this.#ended,
      ({ message }) => handlers.log('error', `it is not bound any more: ${message}`),
    )
  }

  validitySeconds(wanted: number): number {
    return validityOf(wanted, this.#options.validity)
  }

  async submit(segment: Segment, permit: () => Promise<SendPermit>): Promise<SubmitOutcome> {
    const outcome = await this.#underWay.add(this.#submit(segment, permit))
    if (outcome.outcome === 'refused') this.#note(outcome.cause.text)
    if (outcome.outcome === 'in_doubt') this.#note(outcome.reason)
    if (outcome.outcome === 'sent') this.#note(null)
    return outcome
  }

  pause(ms: number, reason: string): void {
    this.#note(reason)
    this.#rest.for(ms)
  }

  async stop(): Promise<void> {
    // Nothing new begins, while answers to what is under way still come.
    this.#stopping.fire()
    await this.#underWay.finish()
    await Promise.all(this.#binds.map((bind) => bind.stop()))
    await this.#ended
  }

  async #submit(segment: Segment, permit: () => Promise<SendPermit>): Promise<SubmitOutcome> {
    const link = this.#sender
    if (link === null) return { outcome: 'not_sent', reason: 'not bound to the SMSC' }
    let fields: ReturnType<typeof submitFields>
    try {
      fields = submitFields(segment, this.#options, this.#clock.wall())
    } catch (error) {
      return refusedUnsent('hub', Fault.from(error).message)
    }
    const verdict = await permit()
    if (verdict !== 'go') return { outcome: 'not_sent', reason: verdict }
    if (!link.isOpen)
      return { outcome: 'not_sent', reason: 'the connection to the SMSC was lost before it was written' }
    const { responseMs } = this.#options
    const late = (answer: Answer) => this.#late(answer, segment)
    return this.#outcomeOf(await link.request({ name: 'submit_sm', ...fields }, responseMs, late))
  }

  #outcomeOf(answer: Answer): SubmitOutcome {
    const { responseMs, statuses } = this.#options
    switch (answer.kind) {
      case 'timeout':
        return { outcome: 'in_doubt', reason: `the SMSC did not answer within ${responseMs / 1000} s` }
      case 'lost':
        return { outcome: 'in_doubt', reason: `the connection was lost before the SMSC answered: ${answer.reason}` }
      case 'response':
        return answer.status === 0
          ? { outcome: 'sent', reference: idIn(answer) }
          : { outcome: 'refused', cause: refusalOf(answer.status, answer.words, statuses) }
    }
  }

  /** An answer after its time. That of a refusal is late for good: the doubt stays until its deadline. */
  #late(answer: Answer, { id, to }: Segment): void {
    if (answer.kind !== 'response') return
    this.#handlers.log('warn', `the SMSC has answered the submission of ${id} late`)
    const reference = answer.status === 0 ? idIn(answer) : null
    if (reference === null) return
    inBackground(
      () => this.#inbox.late(reference, id, to),
      ({ message }) => this.#handlers.log('error', message),
    )
  }

  get #sender(): SmppLink | null {
    if (this.#stopping.isFired) return null
    return this.#binds.find(({ role }) => role !== 'receiver')?.bound?.link ?? null
  }

  #status(): GatewayState['status'] {
    if (this.#binds.every(({ bound }) => bound !== null)) return 'ready'
    if (this.#sender !== null) return 'degraded'
    const failures = this.#binds.flatMap(({ failure }) => (failure === null ? [] : [failure]))
    if (failures.length === 0) return 'initializing'
    return failures.some(isLasting) ? 'error' : 'offline'
  }

  #note(trouble: string | null): void {
    if (trouble === this.#trouble) return
    this.#trouble = trouble
    this.#handlers.changed()
  }

  #noteChange(): void {
    const changed = this.#changed
    this.#changed = new Latch()
    changed.fire()
    this.#handlers.changed()
  }

  /** Tries now where it is not bound, and judges by what comes of it. */
  async #examine(): Promise<Finding[]> {
    const waiting = this.#binds.filter(({ bound }) => bound === null)
    for (const bind of waiting) bind.retry()
    if (waiting.length > 0) await this.#changed.waitUpTo(examineMs, this.#clock)
    return examineBinds(this.#binds, this.#options)
  }
}

/** The id of a message; null where the SMSC gives none. */
function idIn({ pdu }: Extract<Answer, { kind: 'response' }>): string | null {
  const { message_id: id = '' } = (pdu as Pdu<'submit_sm_resp'>).body
  return id === '' ? null : id
}
