import { decodePdu } from '../../../sms/decode-pdu.ts'
import type { Dialogue, Equipment } from './equipment.ts'
import { cms } from './result-codes.ts'
import { submitOf } from './text-mode.ts'

/**
 * A PDU entered after the prompt (TS 27.005 clause 4.3): hex with the service centre in front, `length` octets after
 * it. Null when the DTE cancels; fails with CMS 304.
 */
export async function pduIn(length: number, dialogue: Dialogue): Promise<string | null> {
  const typed = await dialogue.ask('pdu')
  if (typed === null) return null
  const pdu = typed.replace(/\s/g, '').toUpperCase()
  const serviceCentre = Number.parseInt(pdu.slice(0, 2), 16)
  if (!/^(?:[\dA-F]{2})+$/.test(pdu) || pdu.length / 2 - 1 - serviceCentre !== length) throw cms(304)
  try {
    decodePdu(pdu)
  } catch {
    throw cms(304)
  }
  return pdu
}

/** A text typed after the prompt, as an SMS-SUBMIT with the settings of +CSMP (clause 3.5.1). Fails with CMS 305. */
export async function pduOfTyped(
  { settings }: Equipment,
  to: string,
  typeOfAddress: number | null,
  dialogue: Dialogue,
): Promise<string | null> {
  const typed = await dialogue.ask('text')
  return typed === null ? null : submitOf(to, typeOfAddress, typed, settings)
}
