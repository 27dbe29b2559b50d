import { connect, type Socket } from 'node:net'
import { PduFrames } from '../../src/smpp/pdu-frames.ts'
import type { Body, PduName } from '../../src/smpp/pdu-table.ts'
import { headerOf, isResponse, type Pdu, readPdu, type Written, writePdu } from '../../src/smpp/smpp-pdu.ts'
import type { Tlvs } from '../../src/smpp/tlvs.ts'

const open: Esme[] = []
/** Ends those that were made here: for `afterEach`. */
export function stopEsmes(): void {
  for (const one of open.splice(0)) one.destroy()
}

/** A client that binds to the hub, octet by octet under the control of a test. */
export class Esme {
  readonly socket: Socket
  readonly responses: Pdu[] = []
  /** Texts and receipts, whatever was answered. */
  readonly delivered: Pdu<'deliver_sm'>[] = []
  readonly enquiries: Pdu[] = []
  /** The status of the answer; null for none. */
  answer: (pdu: Pdu<'deliver_sm'>) => number | null = () => 0
  isClosed = false
  readonly #frames = new PduFrames()
  readonly #waiting = new Map<number, (pdu: Pdu | null) => void>()
  #sequence = 0

  constructor(port: number, socket: Socket = connect({ host: '127.0.0.1', port })) {
    this.socket = socket
    this.socket.on('error', () => undefined)
    this.socket.on('close', () => {
      this.isClosed = true
      for (const settle of this.#waiting.values()) settle(null)
      this.#waiting.clear()
    })
    this.socket.on('data', (piece: Uint8Array) => {
      for (const octets of this.#frames.push(piece)) this.#take(octets)
    })
    open.push(this)
  }

  static async bound(
    port: number,
    systemId = 'acme',
    password = 'secret12',
    role: 'transceiver' | 'transmitter' | 'receiver' = 'transceiver',
  ): Promise<Esme> {
    const one = new Esme(port)
    const status = await one.bind(systemId, password, role)
    if (status !== 0) throw new Error(`the bind is answered ${status}`)
    return one
  }

  /** The status of the answer. */
  async bind(systemId = 'acme', password = 'secret12', role = 'transceiver'): Promise<number | null> {
    const name = `bind_${role}` as 'bind_transceiver'
    return (await this.request(name, { system_id: systemId, password }))?.status ?? null
  }

  /** Null where the connection ends before the answer. */
  request<N extends PduName>(name: N, body: Partial<Body<N>> = {}, tlvs?: Tlvs): Promise<Pdu | null> {
    const sequence = ++this.#sequence
    return new Promise((resolve) => {
      this.#waiting.set(sequence, resolve)
      this.socket.write(writePdu({ name, sequence, body, ...(tlvs && { tlvs }) } as Written<N>))
    })
  }

  /** Submits a text; resolves with the status and the id. */
  async submit(to: string, text: string | Uint8Array, more: Partial<Body<'submit_sm'>> = {}, tlvs?: Tlvs) {
    const short = typeof text === 'string' ? Uint8Array.from(text, (one) => one.charCodeAt(0)) : text
    const address = { dest_addr_ton: 1, dest_addr_npi: 1, destination_addr: to.replace('+', '') }
    const pdu = await this.request('submit_sm', { ...address, short_message: short, ...more }, tlvs)
    return pdu === null ? null : { status: pdu.status, id: (pdu as Pdu<'submit_sm_resp'>).body.message_id }
  }

  destroy(): void {
    this.socket.destroy()
  }

  #take(octets: Uint8Array): void {
    const pdu = readPdu(octets)
    const { sequence, name } = pdu
    if (isResponse(headerOf(octets))) {
      this.responses.push(pdu)
      this.#waiting.get(sequence)?.(pdu)
      this.#waiting.delete(sequence)
    } else if (name === 'enquire_link') {
      this.enquiries.push(pdu)
      this.socket.write(writePdu({ name: 'enquire_link_resp', sequence }))
    } else if (name === 'unbind') this.socket.end(writePdu({ name: 'unbind_resp', sequence }))
    else if (name === 'deliver_sm') {
      this.delivered.push(pdu)
      const status = this.answer(pdu)
      if (status !== null) this.socket.write(writePdu({ name: 'deliver_sm_resp', sequence, status }))
    }
  }
}
