import type { Socket } from 'node:net'
import { Fault } from '../message/fault.ts'
import type { BindRole } from '../message/smpp-clients.ts'
import { type Body, type PduName, version } from '../smpp/pdu-table.ts'
import { type Pdu, readPdu } from '../smpp/smpp-pdu.ts'
import { type Tlvs, tlvsOf } from '../smpp/tlvs.ts'
import { type Answer, type Reply, SmppLink } from '../smpplink/smpp-link.ts'
import type { Clock } from '../util/clock.ts'
import { Refusal, statuses, statusOf } from './command-status.ts'
import type { SmppUser } from './smpp-user.ts'

/** What a session needs of the system that it is bound as. */
export interface SessionAccount {
  readonly id: string
  readonly user: Pick<SmppUser, 'window'>
  /** The bind of a connection has been answered. */
  ready(): void
  submit(octets: Uint8Array): Promise<Reply>
  query(octets: Uint8Array): Promise<Reply>
  cancel(octets: Uint8Array): Promise<Reply>
  refused(reason: string): void
}

export interface BindRequest {
  readonly systemId: string
  readonly password: string
  readonly role: BindRole
}

export interface SessionDeps {
  readonly clock: Clock
  readonly address: string
  /** Rejects with the `Refusal` of a bind. */
  bind(session: EsmeSession, request: BindRequest): Promise<SessionAccount>
  closed(session: EsmeSession, reason: string): void
  log(level: 'debug' | 'warn', message: string): void
}

/** Until it has bound, or is closed. */
const bindMs = 10_000
/** Silence after which it is asked, and for its answer. */
const enquireMs = 30_000
const enquiryMs = 30_000
const unbindMs = 2_000

/** A connection of a client: nothing is asked of the hub before it has bound. */
export class EsmeSession {
  readonly address: string
  readonly #deps: SessionDeps
  readonly #link: SmppLink
  #account: SessionAccount | null = null
  #role: BindRole | null = null
  #isBinding = false
  #isStopping = false
  #takesTlvs = true
  /** Wall time in ms. */
  boundAt = 0
  submitted = 0
  delivered = 0
  inFlight = 0

  constructor(socket: Socket, deps: SessionDeps) {
    this.#deps = deps
    this.address = deps.address
    const { clock } = deps
    this.#link = new SmppLink(
      socket,
      clock,
      { enquireMs, enquiryMs },
      {
        peer: `the client at ${deps.address}`,
        request: (name, octets) => this.#request(name, octets),
        closed: (reason) => {
          due.cancel()
          deps.closed(this, reason)
        },
        log: (level, message) => deps.log(level, message),
      },
    )
    const due = clock.after(bindMs, () => {
      if (this.#role === null && !this.#isBinding) this.close(`no bind within ${bindMs / 1000} s`)
    })
  }

  get role(): BindRole | null {
    return this.#role
  }

  get isReceiver(): boolean {
    return this.#link.isOpen && this.#role !== null && this.#role !== 'transmitter'
  }

  /** Receipts have parameters only for those who know them. */
  get takesTlvs(): boolean {
    return this.#takesTlvs
  }

  /** Sends a text or a receipt. */
  deliver(body: Partial<Body<'deliver_sm'>>, tlvs: Tlvs, ms: number): Promise<Answer> {
    return this.#link.request({ name: 'deliver_sm', body, tlvs }, ms)
  }

  close(reason: string): void {
    this.#link.close(reason)
  }

  /** Takes nothing more, answers what it has taken, and unbinds. */
  async stop(): Promise<void> {
    this.#isStopping = true
    if (this.#role === null) return this.close('the hub stops')
    await this.#link.unbind(unbindMs)
  }

  #request(name: PduName, octets: Uint8Array): Promise<Reply> | null {
    switch (name) {
      case 'bind_transceiver':
      case 'bind_transmitter':
      case 'bind_receiver':
        return this.#bind(octets, name.slice('bind_'.length) as BindRole)
      case 'submit_sm':
      case 'data_sm':
        return this.#asBound(async (account) => {
          const reply = await account.submit(octets)
          this.submitted++
          return reply
        })
      case 'query_sm':
        return this.#asBound((account) => account.query(octets))
      case 'cancel_sm':
        return this.#asBound((account) => account.cancel(octets))
      case 'replace_sm':
        return this.#asBound(() => Promise.reject(new Refusal(statuses.replaceFailed, 'replace_sm is not supported')))
      case 'submit_multi':
        return this.#asBound(() => Promise.reject(new Refusal(statuses.submitFailed, 'submit_multi is not supported')))
      default:
        return null
    }
  }

  /** Only who may send asks for anything: as a receiver, too, a client is in the wrong state. */
  async #asBound(work: (account: SessionAccount) => Promise<Reply>): Promise<Reply> {
    const account = this.#account
    if (account === null || this.#role === 'receiver') return { status: statuses.wrongBindState }
    if (this.#isStopping) return { status: statuses.systemError }
    try {
      return await work(account)
    } catch (error) {
      account.refused(Fault.from(error).message)
      return { status: statusOf(error) }
    }
  }

  async #bind(octets: Uint8Array, role: BindRole): Promise<Reply> {
    if (this.#role !== null || this.#isBinding) return { status: statuses.alreadyBound }
    this.#isBinding = true
    try {
      const { body } = readPdu(octets) as Pdu<'bind_transceiver'>
      const request = { systemId: body.system_id, password: body.password, role }
      const account = await this.#deps.bind(this, request)
      this.#account = account
      this.#link.window = account.user.window
      this.#role = role
      this.boundAt = this.#deps.clock.wall()
      this.#takesTlvs = body.interface_version >= version
      this.#deps.clock.after(0, () => account.ready())
      const tlvs = this.#takesTlvs ? tlvsOf({ sc_interface_version: [version, 1] }) : undefined
      return { status: statuses.ok, body: { system_id: 'smshub' }, ...(tlvs && { tlvs }) }
    } catch (error) {
      const status = error instanceof Refusal ? error.status : statuses.bindFailed
      return { status, closing: Fault.from(error).message }
    } finally {
      this.#isBinding = false
    }
  }
}
