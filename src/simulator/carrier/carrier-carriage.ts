import type { ReportState } from '../../carrier/carrier-api.ts'
import { decodePdu } from '../../sms/decode-pdu.ts'
import { assemblyKey, join as joinParts, type Part } from '../../sms/join-segments.ts'
import type { SimulatedNetwork } from '../network/network.ts'
import type { CarrierMessage, SimulatedCarrier } from './simulated-carrier.ts'

/** Ends of texts by TP-ST (TS 23.040 clause 9.2.3.15). */
const states: Readonly<Record<number, ReportState>> = { 0: 'delivered', 70: 'expired' }
/** Long texts of which a part is missing. */
const maxIncomplete = 1_000

/**
 * Carries what a carrier has accepted to the subscribers of a network; to anybody else it is delivered at once. Texts
 * without a number of their own are from `number`.
 */
export function carriageTo(network: SimulatedNetwork, number: string) {
  return ({ to, from, text }: CarrierMessage, ended: (state: ReportState) => void): void => {
    if (!network.knows(to)) return ended('delivered')
    network.text({
      from: /^\+?\d+$/.test(from) ? `+${from.replace(/^\+/, '')}` : number,
      to,
      text,
      ended: (status) => ended(states[status] ?? 'failed'),
    })
  }
}

/** Brings texts of the network to `number` to the client of a carrier, which joins their parts. */
export function joinCarrier(network: SimulatedNetwork, number: string, carrier: SimulatedCarrier): void {
  const incomplete = new Map<string, Part[]>()
  network.join({
    number,
    receive(pdu, answer) {
      const tpdu = decodePdu(pdu)
      // The carrier keeps it for its client.
      answer('taken')
      if (tpdu.type !== 'deliver') return
      const { address, text, concat } = tpdu
      const from = address.ton === 'international' ? `+${address.number}` : address.number
      const key = assemblyKey(tpdu, number)
      if (key === null || concat === undefined) return carrier.text(from, text ?? '')
      const parts = [...(incomplete.get(key) ?? []), { concat, text: text ?? '' }]
      const { missing, text: whole = '' } = joinParts(parts)
      incomplete.delete(key)
      if (missing.length === 0) return carrier.text(from, whole)
      incomplete.set(key, parts)
      const [oldest] = incomplete.keys()
      if (incomplete.size > maxIncomplete && oldest !== undefined) incomplete.delete(oldest)
    },
  })
}
