import { inUcs2 } from '../../smpp/message-alphabet.ts'
import { readBody, udhi } from '../../smpp/message-body.ts'
import type { MessageState } from '../../smpp/receipt-text.ts'
import { timeIn } from '../../smpp/smpp-time.ts'
import { decodePdu } from '../../sms/decode-pdu.ts'
import { encodePdu } from '../../sms/encode-pdu.ts'
import { encodeSeptets, isGsm7 } from '../../sms/gsm7.ts'
import { elementsOf, headerOctets } from '../../sms/header.ts'
import { octetsOf } from '../../sms/octets.ts'
import type { Deliver } from '../../sms/tpdu.ts'
import type { SimulatedNetwork } from '../network/network.ts'
import { addressOf } from '../network/party.ts'
import { addressesOf, type SimulatedSmsc, type SmscMessage } from './simulated-smsc.ts'

/** Ends of texts by TP-ST (TS 23.040 clause 9.2.3.15). */
const states: Readonly<Record<number, MessageState>> = { 0: 'DELIVERED', 70: 'EXPIRED' }

/**
 * Carries what an SMSC has accepted to the subscribers of a network; to anybody else it is delivered at once. Texts
 * without a sender are from `number`.
 */
export function carriageOf(network: SimulatedNetwork, number: string) {
  return (message: SmscMessage, ended: (state: MessageState) => void): void => {
    if (!network.knows(message.to)) return ended('DELIVERED')
    const from = message.from === '' ? number : message.from
    const now = network.clock.wall()
    const until = timeIn(message.pdu.body.validity_period, now)
    const route = { from, to: message.to, ...(until !== null && { validityMs: until - now }) }
    const noteEnd = (status: number) => ended(states[status] ?? 'UNDELIVERABLE')
    const { text, concat } = readBody(message.pdu, 'gsm')
    // A whole text, which the SMSC divides.
    if (text !== undefined && concat === null) network.text({ ...route, text, ended: noteEnd })
    else network.deliver({ ...route, pdu: deliverOf(network, from, message), ended: noteEnd })
  }
}

/** Brings texts of the network to `number` to the clients of an SMSC. */
export function join(network: SimulatedNetwork, number: string, smsc: SimulatedSmsc): void {
  network.join({
    number,
    receive(pdu, answer) {
      const tpdu = decodePdu(pdu)
      if (tpdu.type === 'deliver') smsc.deliver(messageOf(tpdu, number))
      // The SMSC keeps it for its clients.
      answer('taken')
    },
  })
}

function deliverOf(network: SimulatedNetwork, from: string, { pdu }: SmscMessage): string {
  const { text, data, concat } = readBody(pdu, 'gsm')
  const dcs = text === undefined ? 4 : isGsm7(text) ? 0 : 8
  const frame = { smsc: addressOf(network.serviceCentre), address: addressOf(from), scts: network.time.stamp(), dcs }
  const content = { ...(text !== undefined && { text }), ...(data !== undefined && { data }) }
  return encodePdu({ type: 'deliver', ...frame, ...content, ...(concat && { concat }) }).pdu
}

function messageOf({ address, text, data, concat }: Deliver, number: string) {
  const header = concat === undefined ? [] : headerOctets(elementsOf({ concat }))
  const inGsm = text !== undefined && isGsm7(text)
  const octets = text === undefined ? octetsOf(data ?? '') : inGsm ? Uint8Array.from(encodeSeptets(text)) : inUcs2(text)
  const from = address.ton === 'international' ? `+${address.number}` : address.number
  return {
    ...addressesOf(from, number),
    esm_class: concat === undefined ? 0 : udhi,
    data_coding: text === undefined ? 4 : inGsm ? 0 : 8,
    short_message: Uint8Array.from([...header, ...octets]),
  }
}
