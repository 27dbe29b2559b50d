import type { Socket } from 'node:net'
import { Fault } from '../../message/fault.ts'
import { PduFrames } from '../../smpp/pdu-frames.ts'
import type { Body, PduName } from '../../smpp/pdu-table.ts'
import { headerOf, isResponse, type Pdu, readPdu, type Written, writePdu } from '../../smpp/smpp-pdu.ts'
import type { Tlvs } from '../../smpp/tlvs.ts'

/** Values of `command_status` that it answers (SMPP 3.4 clause 5.1.3). */
const statuses = { invalidLength: 0x02, invalidCommand: 0x03, wrongBindState: 0x04 } as const

export interface SessionHandlers {
  /** The status to answer a bind with. */
  bind(body: Body<'bind_transceiver'>): number
  submitted(session: SmscSession, pdu: Pdu<'submit_sm'>): void
  /** It is bound as a receiver now. */
  receives(): void
  closed(session: SmscSession): void
  readonly behaviour: () => { readonly deaf: boolean; readonly piecemeal: boolean }
}

/** A connection of a client to a simulated SMSC. */
export class SmscSession {
  readonly #socket: Socket
  readonly #handlers: SessionHandlers
  readonly #frames = new PduFrames()
  readonly #requests = new Map<number, (status: number | null) => void>()
  #sequence = 0
  #isReceiver = false
  #isTransmitter = false
  /** Submissions without an answer. */
  unanswered = 0

  constructor(socket: Socket, handlers: SessionHandlers) {
    this.#socket = socket
    this.#handlers = handlers
    socket.setNoDelay(true)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      for (const settle of this.#requests.values()) settle(null)
      this.#requests.clear()
      handlers.closed(this)
    })
    socket.on('data', (piece: Uint8Array) => this.#read(piece))
  }

  get isReceiver(): boolean {
    return this.#isReceiver && this.#socket.writable
  }

  /** Sends a request; resolves with the status of the answer, or null where the connection ends before it. */
  request<N extends PduName>(name: N, body: Partial<Body<N>>, tlvs?: Tlvs): Promise<number | null> {
    const sequence = ++this.#sequence
    return this.raw(writePdu({ name, sequence, body, ...(tlvs && { tlvs }) } as Written<N>), sequence)
  }

  /** The same with octets as they are. */
  raw(octets: Uint8Array, sequence: number): Promise<number | null> {
    return new Promise((resolve) => {
      this.#requests.set(sequence, resolve)
      this.write(octets)
    })
  }

  write(octets: Uint8Array): void {
    const { deaf, piecemeal } = this.#handlers.behaviour()
    if (deaf || !this.#socket.writable) return
    if (!piecemeal) this.#socket.write(octets)
    else for (const octet of octets) this.#socket.write(Uint8Array.of(octet))
  }

  /** Closes it; with `octets`, after these. */
  end(octets?: Uint8Array): void {
    if (octets !== undefined) this.#socket.write(octets)
    this.#socket.destroySoon()
  }

  #read(piece: Uint8Array): void {
    if (this.#handlers.behaviour().deaf) return
    try {
      for (const octets of this.#frames.push(piece)) this.#take(octets)
    } catch (error) {
      Fault.from(error)
      this.end(writePdu({ name: 'generic_nack', sequence: 0, status: statuses.invalidLength }))
    }
  }

  #take(octets: Uint8Array): void {
    const header = headerOf(octets)
    const { sequence, status, name } = header
    if (isResponse(header)) {
      this.#requests.get(sequence)?.(status)
      this.#requests.delete(sequence)
      return
    }
    const answer = (response: PduName, code = 0) => this.write(writePdu({ name: response, sequence, status: code }))
    switch (name) {
      case 'enquire_link':
        return answer('enquire_link_resp')
      case 'unbind':
        return this.end(writePdu({ name: 'unbind_resp', sequence }))
      case 'bind_receiver':
      case 'bind_transmitter':
      case 'bind_transceiver':
        return this.#bind(readPdu(octets) as Pdu<typeof name>)
      case 'submit_sm':
        if (this.#isTransmitter) return this.#handlers.submitted(this, readPdu(octets) as Pdu<'submit_sm'>)
        return answer('submit_sm_resp', statuses.wrongBindState)
      default:
        return answer('generic_nack', statuses.invalidCommand)
    }
  }

  #bind({ name, sequence, body }: Pdu<'bind_receiver' | 'bind_transmitter' | 'bind_transceiver'>): void {
    const status = this.#handlers.bind(body)
    // An error has no body, as with many an SMSC.
    const octets = writePdu({ name: `${name}_resp`, sequence, status, body: { system_id: 'SIMULATOR' } })
    if (status !== 0) return this.end(writePdu({ name: `${name}_resp`, sequence, status }))
    this.#isTransmitter = name !== 'bind_receiver'
    this.#isReceiver = name !== 'bind_transmitter'
    this.write(octets)
    if (this.#isReceiver) this.#handlers.receives()
  }
}
