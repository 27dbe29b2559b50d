import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { Fault } from '../../message/fault.ts'
import { inUcs2 } from '../../smpp/message-alphabet.ts'
import { messageOctets, readBody } from '../../smpp/message-body.ts'
import type { Body } from '../../smpp/pdu-table.ts'
import type { MessageState } from '../../smpp/receipt-text.ts'
import { headerOctets, type Pdu, type Written, writePdu } from '../../smpp/smpp-pdu.ts'
import type { Tlvs } from '../../smpp/tlvs.ts'
import { encodeSeptets, isGsm7 } from '../../sms/gsm7.ts'
import type { Clock } from '../../util/clock.ts'
import { happens, within } from '../network/behaviour.ts'
import { dialects } from './receipt-dialects.ts'
import { calmSmsc, type SmscBehaviour, type SubmitFault } from './smsc-behaviour.ts'
import { SmscSession } from './smsc-session.ts'

/** A submission that it has accepted. */
export interface SmscMessage {
  /** As it is answered. */
  readonly id: string
  readonly from: string
  readonly to: string
  readonly text: string
  readonly pdu: Pdu<'submit_sm'>
}

export interface SmscOptions {
  readonly clock: Clock
  /** Passwords by system_id. */
  readonly accounts: Readonly<Record<string, string>>
  readonly behaviour?: Partial<SmscBehaviour>
  /** PEM, for TLS. */
  readonly tls?: { readonly cert: string; readonly key: string }
  /** The network behind it; without one, everything is delivered at once. */
  carry?(message: SmscMessage, ended: (state: MessageState) => void): void
  /** For a log. */
  note?(
    kind: 'bound' | 'refused' | 'accepted' | 'receipt' | 'text' | 'closed',
    detail: Readonly<Record<string, unknown>>,
  ): void
}

/** What it has for clients, until one has acknowledged it. */
interface Owed {
  readonly name: 'deliver_sm' | 'data_sm'
  readonly body: Partial<Body<'deliver_sm'>>
  readonly tlvs?: Tlvs
  readonly taken: () => void
}

const statuses = {
  invalidPassword: 0x0e,
  invalidSystemId: 0x0f,
  throttled: 0x58,
  full: 0x14,
  failed: 0x08,
  barred: 0x0b,
} as const

/** Ids need 64 bits, as some do. */
const firstId = 0x812f_c747_0000_0000n
/** Accepted messages that are kept for those who look. */
const maxKept = 100_000
const wrongLengthOctets = Uint8Array.of(0xff, 0xff, 0xff, 0xff)
const unknownCommand = Uint8Array.of(0, 0, 0, 16, 0, 2, 0, 1, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff)

/** An SMSC on TCP, for any client: faults on request or by chance, with the clock's seed. */
export class SimulatedSmsc {
  readonly accepted: SmscMessage[] = []
  /** Faults of the next submissions, in this order. */
  readonly next: SubmitFault[] = []
  /** Submissions that were unanswered at once, at the most, and those refused as too many. */
  mostUnanswered = 0
  throttled = 0
  readonly #options: SmscOptions
  readonly #clock: Clock
  readonly #sessions = new Set<SmscSession>()
  readonly #owed: Owed[] = []
  #behaviour: SmscBehaviour
  #server: Server | null = null
  #at: { readonly host: string; readonly port: number } = { host: '127.0.0.1', port: 0 }
  #ids = firstId

  constructor(options: SmscOptions) {
    this.#options = options
    this.#clock = options.clock
    this.#behaviour = { ...calmSmsc, ...options.behaviour }
  }

  get host(): string {
    return this.#at.host
  }

  get port(): number {
    return this.#at.port
  }

  /** Connections that clients have. */
  get sessions(): number {
    return this.#sessions.size
  }

  change(behaviour: Partial<SmscBehaviour>): void {
    this.#behaviour = { ...this.#behaviour, ...behaviour }
  }

  /** Fails with `port_failed`. Port 0 is any free one. */
  listen(host = '127.0.0.1', port = 0): Promise<this> {
    const { tls } = this.#options
    const accept = (socket: Socket) => this.#accept(socket)
    const server = tls === undefined ? createServer(accept) : createTlsServer(tls, accept)
    server.on('tlsClientError', () => undefined)
    this.#server = server
    return new Promise((resolve, reject) => {
      server.once('error', ({ message }) => reject(new Fault('port_failed', `${host}:${port}: ${message}`)))
      server.listen(port, host, () => {
        this.#at = { host, port: (server.address() as AddressInfo).port }
        resolve(this)
      })
    })
  }

  /** Cuts every connection, as a crash does. What is owed to clients is kept. */
  cut(): void {
    for (const session of this.#sessions) session.end()
  }

  unbind(): void {
    for (const session of this.#sessions) session.write(writePdu({ name: 'unbind', sequence: 1 }))
  }

  async close(): Promise<void> {
    this.cut()
    await new Promise<void>((resolve) => (this.#server === null ? resolve() : this.#server.close(() => resolve())))
  }

  /** Is away for a while, at the same port. */
  async restart(ms: number): Promise<void> {
    await this.close()
    await new Promise<void>((resolve) => this.#clock.after(ms, resolve))
    await this.listen(this.host, this.port)
  }

  /** A text for the client, in one PDU. Resolves when a client has acknowledged it. */
  text(from: string, to: string, text: string): Promise<void> {
    const inGsm = isGsm7(text)
    const short_message = inGsm ? Uint8Array.from(encodeSeptets(text)) : inUcs2(text)
    return this.deliver({ ...addressesOf(from, to), short_message, data_coding: inGsm ? 0 : 8 })
  }

  /** Any message for the client; without addresses, it is from and to nobody. */
  deliver(body: Partial<Body<'deliver_sm'>>, tlvs?: Tlvs, name: Owed['name'] = 'deliver_sm'): Promise<void> {
    this.#options.note?.('text', { from: body.source_addr, to: body.destination_addr })
    return new Promise((taken) => this.#owe({ name, body, ...(tlvs && { tlvs }), taken }))
  }

  /** Writes octets to a receiver, as they are; resolves with the status of the answer to this sequence number. */
  raw(pdu: Uint8Array, sequence: number): Promise<number | null> {
    const receiver = [...this.#sessions].find(({ isReceiver }) => isReceiver)
    return receiver?.raw(pdu, sequence) ?? Promise.resolve(null)
  }

  #accept(socket: Socket): void {
    const session = new SmscSession(socket, {
      behaviour: () => this.#behaviour,
      bind: (body) => this.#bind(body),
      submitted: (from, pdu) => this.#submitted(from, pdu),
      receives: () => {
        for (const owed of this.#owed.splice(0)) this.#owe(owed)
      },
      closed: (closed) => {
        this.#sessions.delete(closed)
        this.#options.note?.('closed', {})
      },
    })
    this.#sessions.add(session)
  }

  #bind({ system_id: id, password }: Body<'bind_transceiver'>): number {
    const known = Object.hasOwn(this.#options.accounts, id) ? this.#options.accounts[id] : undefined
    const { invalidSystemId, invalidPassword } = statuses
    const status =
      this.#behaviour.bindStatus || (known === undefined ? invalidSystemId : known === password ? 0 : invalidPassword)
    this.#options.note?.(status === 0 ? 'bound' : 'refused', { system_id: id, ...(status !== 0 && { status }) })
    return status
  }

  #submitted(session: SmscSession, pdu: Pdu<'submit_sm'>): void {
    const { answerMs, lateMs, window } = this.#behaviour
    const fault = this.next.shift() ?? this.#chance()
    this.mostUnanswered = Math.max(this.mostUnanswered, ++session.unanswered)
    const answer = (written: Omit<Written<'submit_sm_resp'>, 'name' | 'sequence'>) => {
      session.unanswered--
      return writePdu({ name: 'submit_sm_resp', sequence: pdu.sequence, ...written })
    }
    const refuse = (status: number) => {
      this.#options.note?.('refused', { to: pdu.body.destination_addr, status })
      session.write(answer({ status }))
    }
    if (fault === 'throttled' || session.unanswered > window) {
      this.throttled++
      return refuse(statuses.throttled)
    }
    if (fault === 'full' || fault === 'failed' || fault === 'barred') return refuse(statuses[fault])
    if (fault === 'nack') {
      session.unanswered--
      return session.write(writePdu({ name: 'generic_nack', sequence: pdu.sequence, status: statuses.failed }))
    }
    const id = ++this.#ids
    const message = { id: dialects[this.#behaviour.dialect].id(id), ...readingOf(pdu), pdu }
    this.accepted.push(message)
    if (this.accepted.length > maxKept) this.accepted.shift()
    const { from, to, text } = message
    this.#options.note?.('accepted', { id: message.id, from, to, text })
    const waitMs = fault === 'late' ? lateMs : within(answerMs, this.#clock)
    this.#carry(message, id, waitMs)
    this.#after(waitMs, () => {
      switch (fault) {
        case 'silence':
          return
        case 'cut':
          return session.end()
        case 'cut_within':
          return session.end(answer({ body: { message_id: message.id } }).subarray(0, 20))
        case 'wrong_length':
          return session.end(wrongLengthOctets)
        case 'bare':
          return session.write(bareAnswer(answer({})))
        case 'unknown':
          session.write(unknownCommand)
          break
        case 'twice':
          session.write(answer({ body: { message_id: message.id } }))
          session.unanswered++
      }
      session.write(answer({ body: { message_id: message.id } }))
    })
  }

  #carry(message: SmscMessage, id: bigint, answeredMs: number): void {
    const { receiptMs, receiptLoss, dialect } = this.#behaviour
    const submittedAt = this.#clock.wall()
    const wait = Math.max(0, answeredMs + within(receiptMs, this.#clock))
    const isLost = happens(receiptLoss, this.#clock)
    const carry = this.#options.carry ?? ((_: SmscMessage, ended: (state: MessageState) => void) => ended('DELIVERED'))
    carry(message, (state) => {
      if (message.pdu.body.registered_delivery === 0 || isLost) return
      this.#after(wait, () => {
        const ended = { id, state, text: message.text, submittedAt, doneAt: this.#clock.wall() }
        const { body, tlvs, asData } = dialects[dialect].write(ended) as ReturnType<(typeof dialects)['data']['write']>
        this.#options.note?.('receipt', { id: message.id, state })
        this.#owe({
          name: asData ? 'data_sm' : 'deliver_sm',
          body: { ...addressesOf(message.to, message.from), ...body },
          ...(tlvs && { tlvs }),
          taken: () => undefined,
        })
      })
    })
  }

  /** To a receiver, until one has acknowledged it: after an end of the connection, once more. */
  #owe(owed: Owed): void {
    const receiver = [...this.#sessions].find(({ isReceiver }) => isReceiver)
    if (receiver === undefined) {
      this.#owed.push(owed)
      return
    }
    receiver.request(owed.name, owed.body, owed.tlvs).then((status) => {
      if (status === 0) return owed.taken()
      // It can't be stored there now.
      if (status !== null) this.#clock.after(1_000, () => this.#owe(owed))
      else this.#owe(owed)
    })
  }

  #chance(): SubmitFault | null {
    const faults = Object.entries(this.#behaviour.faults) as [SubmitFault, number][]
    return faults.find(([, probability]) => happens(probability, this.#clock))?.[0] ?? null
  }

  #after(ms: number, act: () => void): void {
    if (ms <= 0) act()
    else this.#clock.after(ms, act)
  }
}

/** The header of an answer alone, as it is with an error. */
function bareAnswer(octets: Uint8Array): Uint8Array {
  const header = octets.slice(0, headerOctets)
  new DataView(header.buffer).setUint32(0, headerOctets)
  return header
}

function readingOf(pdu: Pdu<'submit_sm'>): Pick<SmscMessage, 'from' | 'to' | 'text'> {
  const { source_addr: from, source_addr_ton: fromTon, destination_addr: to, dest_addr_ton: toTon } = pdu.body
  const { text = Buffer.from(messageOctets(pdu)).toString('hex') } = readBody(pdu, 'gsm')
  return { from: fromTon === 1 ? `+${from}` : from, to: toTon === 1 ? `+${to}` : to, text }
}

export function addressesOf(from: string, to: string): Partial<Body<'deliver_sm'>> {
  const [source, destination] = [from, to].map((party) => ({
    ton: /^\+\d+$/.test(party) ? 1 : /^\d*$/.test(party) ? 0 : 5,
    number: party.replace(/^\+/, ''),
  })) as [{ ton: number; number: string }, { ton: number; number: string }]
  return {
    source_addr_ton: source.ton,
    source_addr_npi: source.ton === 5 ? 0 : 1,
    source_addr: source.number,
    dest_addr_ton: destination.ton,
    dest_addr_npi: 1,
    destination_addr: destination.number,
  }
}
