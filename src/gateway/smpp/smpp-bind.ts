import type { Socket } from 'node:net'
import { Fault } from '../../message/fault.ts'
import type { Pdu } from '../../smpp/smpp-pdu.ts'
import { type LinkHandlers, SmppLink } from '../../smpplink/smpp-link.ts'
import type { Clock } from '../../util/clock.ts'
import { Doorbell } from '../../util/doorbell.ts'
import type { Latch } from '../../util/latch.ts'
import { type BindFailure, lost, notBound, notConnected, unanswered, waitAfter } from './smpp-failure.ts'
import type { SmppOptions } from './smpp-options.ts'
import { connectTo } from './smpp-socket.ts'

export type BindRole = 'transceiver' | 'transmitter' | 'receiver'

/** A bind that is there. */
export interface Bound {
  readonly link: SmppLink
  readonly address: string
  /** What the SMSC calls itself. */
  readonly peer: string
  /** Wall time in ms. */
  readonly at: number
}

export interface BindHandlers {
  /** A message on the connection of this name; resolves with the status to answer. */
  message(connection: string, pdu: Uint8Array): Promise<number>
  changed(): void
  log(level: 'debug' | 'info' | 'warn', message: string): void
}

const bindMs = 30_000
const enquiryMs = 30_000
const unbindMs = 5_000
/** A bind that lasts for this long has worked: the next failure is a first one. */
const steadyMs = 60_000

/** A bind that is made again whenever it is lost. */
export class SmppBind {
  readonly role: BindRole
  readonly #options: SmppOptions
  readonly #clock: Clock
  readonly #handlers: BindHandlers
  readonly #bell: Doorbell
  #bound: Bound | null = null
  #failure: BindFailure | null = null
  #failures = 0
  #attempts = 0
  #connections = 0

  constructor(role: BindRole, options: SmppOptions, clock: Clock, handlers: BindHandlers) {
    this.role = role
    this.#options = options
    this.#clock = clock
    this.#handlers = handlers
    this.#bell = new Doorbell(clock)
  }

  get bound(): Bound | null {
    return this.#bound
  }

  /** Why it is not bound; null while it is, and before the first attempt has ended. */
  get failure(): BindFailure | null {
    return this.#failure
  }

  /** Attempts after the first one. */
  get repetitions(): number {
    return Math.max(0, this.#attempts - 1)
  }

  /** Tries now, instead of after the wait. */
  retry(): void {
    this.#bell.ring()
  }

  /** Ends the bind; the next one follows. */
  async reopen(): Promise<void> {
    await this.#bound?.link.unbind(unbindMs)
    this.retry()
  }

  async run(stopping: Latch): Promise<void> {
    stopping.on(() => this.retry())
    while (!stopping.isFired) {
      const seen = this.#bell.rings
      this.#attempts++
      const began = this.#clock.monotonic()
      const failure = await this.#serve(stopping)
      const lasted = failure.at === 'bound' && this.#clock.monotonic() - began >= steadyMs
      this.#failures = lasted ? 1 : this.#failures + 1
      this.#failure = failure
      if (stopping.isFired) return
      this.#handlers.log('warn', failure.text)
      this.#handlers.changed()
      await this.#bell.wait(seen, waitAfter(failure, this.#failures, this.#clock.random()))
    }
  }

  /** Connects and binds, and resolves with the reason when that has failed or ended. */
  async #serve(stopping: Latch): Promise<BindFailure> {
    const { hosts, port, tls } = this.#options
    const host = hosts[this.#failures % hosts.length] as string
    const address = `${host}:${port}`
    let socket: Socket
    try {
      socket = await connectTo({ host, port, tls }, this.#clock, stopping)
    } catch (error) {
      return notConnected(address, error as Error)
    }
    return this.#bind(socket, address, stopping)
  }

  #bind(socket: Socket, address: string, stopping: Latch): Promise<BindFailure> {
    return new Promise((resolve) => {
      const connection = `${this.#clock.wall()}-${++this.#connections}`
      let failure: BindFailure | null = null
      const handlers: LinkHandlers = {
        peer: 'the SMSC',
        request: (name, pdu) =>
          name === 'deliver_sm' || name === 'data_sm'
            ? this.#handlers.message(connection, pdu).then((status) => ({ status }))
            : null,
        closed: (reason) => {
          const bound = this.#bound
          this.#bound = null
          resolve(failure ?? (bound === null ? unanswered(address, reason) : lost(address, reason)))
        },
        log: (level, message) => this.#handlers.log(level, message),
      }
      const link = new SmppLink(socket, this.#clock, { enquireMs: this.#options.enquireMs, enquiryMs }, handlers)
      const off = stopping.on(() => {
        if (this.#bound?.link !== link) link.close('the hub stops')
      })
      const refused = (reason: BindFailure) => {
        failure = reason
        link.close(reason.text)
      }
      this.#request(link)
        .then((answer) => {
          if (answer.kind === 'lost') return
          if (answer.kind === 'timeout') return refused(unanswered(address, `it took longer than ${bindMs / 1000} s`))
          if (answer.status !== 0) return refused(notBound(address, answer.status, answer.words))
          const peer = (answer.pdu as Pdu<'bind_transceiver_resp'>).body.system_id ?? ''
          this.#bound = { link, address, peer, at: this.#clock.wall() }
          this.#failure = null
          this.#handlers.log('info', `bound as ${this.role} at ${address}${peer === '' ? '' : ` (${peer})`}`)
          this.#handlers.changed()
        })
        .catch((error: unknown) => refused(unanswered(address, Fault.from(error).message)))
        .finally(off)
    })
  }

  #request(link: SmppLink) {
    const { systemId, password, systemType, addressRange } = this.#options
    const body = { system_id: systemId, password, system_type: systemType, address_range: addressRange }
    return link.request({ name: `bind_${this.role}`, body }, bindMs)
  }

  /** Confirmed by the SMSC, it repeats nothing that was answered. */
  async stop(): Promise<void> {
    await this.#bound?.link.unbind(unbindMs)
  }
}
