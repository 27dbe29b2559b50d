import type { Socket } from 'node:net'
import { Fault } from '../message/fault.ts'
import { PduFrames } from '../smpp/pdu-frames.ts'
import { type Body, type PduName, pdus } from '../smpp/pdu-table.ts'
import { headerOf, isResponse, maxSequence, type Pdu, readPdu, type Written, writePdu } from '../smpp/smpp-pdu.ts'
import { type Tlvs, textIn } from '../smpp/tlvs.ts'
import { type Clock, sleep, type Timer } from '../util/clock.ts'

/** What became of a request that was written. */
export type Answer =
  /** A response, or a generic_nack in its place. */
  | { readonly kind: 'response'; readonly status: number; readonly words: string | null; readonly pdu: Pdu }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'lost'; readonly reason: string }

/** The response to a request of the other end. */
export interface Reply {
  readonly status: number
  readonly body?: Readonly<Record<string, unknown>>
  readonly tlvs?: Tlvs
  /** It ends the connection, for this reason. */
  readonly closing?: string
}

export interface LinkHandlers {
  /** The other end in log lines: `the SMSC`. */
  readonly peer: string
  /** A request of the other end, whole and not read yet; null for one that it can't make. */
  request(name: PduName, octets: Uint8Array): Promise<Reply> | null
  /** Nothing more is read or written. */
  closed(reason: string): void
  log(level: 'debug' | 'warn', message: string): void
}

export interface LinkTimes {
  /** Silence after which the other end is asked whether it is there. */
  readonly enquireMs: number
  /** For its answer to that. */
  readonly enquiryMs: number
}

interface Pending {
  readonly name: PduName
  readonly settle: (answer: Answer) => void
  readonly timer: Timer
}

/** Statuses of `generic_nack` and of responses (SMPP 3.4 clause 5.1.3). */
const invalidLength = 0x02
const invalidCommand = 0x03

/** For what is left to write when it ends. */
const closeMs = 1_000
/** Requests of the other end that are being carried out. */
const usualWindow = 100
/** Octets that wait to be written: nothing is read meanwhile. */
const maxUnwrittenOctets = 1_048_576
/** An unbind of the other end waits for so long for what it has asked for before. */
const unbindMs = 5_000
/** Requests without an answer in time that a late one is still known for. */
const maxLate = 10_000

/** A connection by SMPP, of either end: PDUs, their numbers, answers and timers. It ends once, with everything that is under way. */
export class SmppLink {
  readonly #socket: Socket
  readonly #clock: Clock
  readonly #times: LinkTimes
  readonly #handlers: LinkHandlers
  readonly #frames = new PduFrames()
  readonly #pending = new Map<number, Pending>()
  readonly #late = new Map<number, (answer: Answer) => void>()
  /** Requests of the other end that are carried out at once, before more are read. */
  window = usualWindow
  #sequence = 0
  #serving = 0
  readonly #idle: (() => void)[] = []
  /** The other end has unbound: how it is answered, once nothing is being carried out. */
  #unbound: (() => void) | null = null
  #enquiry: Timer
  #isOpen = true

  /** The socket is connected. */
  constructor(socket: Socket, clock: Clock, times: LinkTimes, handlers: LinkHandlers) {
    this.#socket = socket
    this.#clock = clock
    this.#times = times
    this.#handlers = handlers
    this.#enquiry = this.#enquireLater()
    socket.setNoDelay(true)
    socket.on('data', (piece: Uint8Array) => this.#read(piece))
    socket.on('drain', () => this.#flow())
    socket.on('error', ({ message }) => this.close(message))
    socket.on('close', () => this.close(this.#frames.isWithin ? 'it was closed within a PDU' : 'it was closed'))
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /**
   * Writes a request, and resolves with its answer. One that comes after `ms` goes to `late`. Rejects where the request
   * can't be encoded or the link is closed: then nothing was written.
   */
  async request<N extends PduName>(
    { name, body, tlvs }: { readonly name: N; readonly body?: Partial<Body<N>>; readonly tlvs?: Tlvs },
    ms: number,
    late?: (answer: Answer) => void,
  ): Promise<Answer> {
    if (!this.#isOpen) throw new Fault('port_failed', 'the connection is closed')
    const sequence = this.#nextSequence()
    const octets = writePdu({ name, sequence, ...(body && { body }), ...(tlvs && { tlvs }) } as Written<N>)
    return new Promise<Answer>((resolve) => {
      const timer = this.#clock.after(ms, () => {
        this.#pending.delete(sequence)
        if (late !== undefined) this.#expectLate(sequence, late)
        resolve({ kind: 'timeout' })
      })
      this.#pending.set(sequence, { name, settle: resolve, timer })
      this.#write(octets)
    })
  }

  /** Ends it as agreed: requests of the other end are still taken until it has confirmed, and those before are answered. */
  async unbind(ms: number): Promise<void> {
    if (this.#serving > 0)
      await Promise.race([new Promise<void>((idle) => this.#idle.push(idle)), sleep(this.#clock, ms)])
    if (this.#isOpen) await this.request({ name: 'unbind' }, ms)
    this.close('the hub unbinds')
  }

  close(reason: string): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#enquiry.cancel()
    this.#socket.end()
    // The other end may be gone: what is left to write would keep the socket.
    this.#clock.after(closeMs, () => this.#socket.destroy())
    for (const { settle, timer } of this.#pending.values()) {
      timer.cancel()
      settle({ kind: 'lost', reason })
    }
    this.#pending.clear()
    this.#late.clear()
    this.#handlers.closed(reason)
  }

  #read(piece: Uint8Array): void {
    if (!this.#isOpen) return
    this.#enquiry.cancel()
    this.#enquiry = this.#enquireLater()
    try {
      for (const octets of this.#frames.push(piece)) if (this.#isOpen) this.#take(octets)
    } catch (error) {
      const { message } = Fault.from(error)
      this.#write(writePdu({ name: 'generic_nack', sequence: 0, status: invalidLength }))
      this.close(message)
    }
  }

  #take(octets: Uint8Array): void {
    const header = headerOf(octets)
    if (isResponse(header)) return this.#takeResponse(octets)
    const { name, sequence } = header
    const answer = (response: PduName, status = 0) => this.#write(writePdu({ name: response, sequence, status }))
    switch (name) {
      case 'enquire_link':
        return answer('enquire_link_resp')
      case 'unbind':
        return this.#endWith(() => answer('unbind_resp'))
      case 'alert_notification':
        return
      default: {
        const reply = name === null ? null : this.#handlers.request(name, octets)
        if (name !== null && reply !== null) return this.#serve(name, sequence, reply)
        const { peer, log } = this.#handlers
        log('warn', `${peer} sends ${name ?? `command ${header.id.toString(16)}`}, which is refused`)
        return answer('generic_nack', invalidCommand)
      }
    }
  }

  /** What is being carried out is answered before: otherwise the other end would repeat it. */
  #endWith(answer: () => void): void {
    this.#unbound = () => {
      answer()
      this.close(`${this.#handlers.peer} has unbound`)
    }
    if (this.#serving === 0) return this.#unbound()
    this.#clock.after(unbindMs, () => this.#isOpen && this.#unbound?.())
  }

  #takeResponse(octets: Uint8Array): void {
    const { sequence, status, name } = headerOf(octets)
    const pending = this.#pending.get(sequence)
    const isOf = (request: PduName) => name === 'generic_nack' || name === `${request}_resp`
    if (pending !== undefined && !isOf(pending.name)) {
      this.#handlers.log(
        'warn',
        `${this.#handlers.peer} answers ${pending.name} ${sequence} by ${name ?? 'an unknown response'}`,
      )
      return
    }
    const settle = pending?.settle ?? this.#late.get(sequence)
    if (settle === undefined) {
      this.#handlers.log('debug', `${this.#handlers.peer} answers a request ${sequence} that is not open`)
      return
    }
    pending?.timer.cancel()
    this.#pending.delete(sequence)
    this.#late.delete(sequence)
    const pdu = readResponse(octets)
    settle({ kind: 'response', status, words: textIn(pdu.tlvs, 'additional_status_info_text'), pdu })
  }

  #serve(name: PduName, sequence: number, reply: Promise<Reply>): void {
    this.#serving++
    this.#flow()
    const done = ({ status, body, tlvs, closing }: Reply) => {
      this.#serving--
      if (!this.#isOpen) return
      const given = { ...(body && { body }), ...(tlvs && { tlvs }) }
      this.#write(writePdu({ name: `${name}_resp` as PduName, sequence, status, ...given } as Written<PduName>))
      if (closing !== undefined) return this.close(closing)
      if (this.#serving > 0) return
      for (const idle of this.#idle.splice(0)) idle()
      this.#unbound?.()
    }
    reply.then(done, () => done({ status: temporaryFailure }))
  }

  #write(octets: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(octets)
    this.#flow()
  }

  /** Reads only as fast as requests are carried out and answers are taken. */
  #flow(): void {
    const isFull = this.#serving >= this.window || this.#isUnread
    if (isFull) this.#socket.pause()
    else if (this.#socket.isPaused()) this.#socket.resume()
  }

  /** The other end does not take what is written. */
  get #isUnread(): boolean {
    return this.#socket.writableLength > maxUnwrittenOctets
  }

  #expectLate(sequence: number, late: (answer: Answer) => void): void {
    this.#late.set(sequence, late)
    const [oldest] = this.#late.keys()
    if (this.#late.size > maxLate && oldest !== undefined) this.#late.delete(oldest)
  }

  /** None that an answer is outstanding for. */
  #nextSequence(): number {
    do this.#sequence = this.#sequence >= maxSequence ? 1 : this.#sequence + 1
    while (this.#pending.has(this.#sequence) || this.#late.has(this.#sequence))
    return this.#sequence
  }

  #enquireLater(): Timer {
    const { enquireMs, enquiryMs } = this.#times
    return this.#clock.after(enquireMs, () => {
      if (this.#isUnread) return this.close(`${this.#handlers.peer} takes nothing`)
      // Paused, it is this end that is behind.
      if (this.#socket.isPaused()) {
        this.#enquiry = this.#enquireLater()
        return
      }
      this.request({ name: 'enquire_link' }, enquiryMs).then(
        (answer) => {
          if (answer.kind === 'timeout') this.close(`no answer to enquire_link within ${enquiryMs / 1000} s`)
        },
        ({ message }: Error) => this.close(message),
      )
    })
  }
}

/** ESME_RX_T_APPN: who sends it keeps a message, and repeats it. */
export const temporaryFailure = 0x64

/** What can't be read of a response is absent: its status is in the header. */
function readResponse(octets: Uint8Array): Pdu {
  try {
    return readPdu(octets)
  } catch {
    const { name, status, sequence } = headerOf(octets)
    const fields = Object.entries(pdus[name ?? 'generic_nack'].body)
    const body = Object.fromEntries(fields.map(([field, { absent }]) => [field, absent]))
    return { name: name ?? 'generic_nack', status, sequence, body, tlvs: new Map() } as Pdu
  }
}
