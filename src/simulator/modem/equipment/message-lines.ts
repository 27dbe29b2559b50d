import { tpduIn, tpduLengthOf } from '../../network/network-tpdu.ts'
import type { StoredMessage } from './message-memory.ts'
import type { Settings } from './modem-settings.ts'
import type { Personality } from './personality.ts'
import { dataOf, deliverFields, listFields, readFields, reportFields } from './text-mode.ts'

type Shows = Pick<Personality, 'reportComma' | 'showsText'>

// A TPDU that can't be read is shown as in PDU mode.

/** The lines of +CMGR: for a stored message: TS 27.005 clause 4.2 in PDU mode, 3.4.3 in text mode. */
export function readLines(message: StoredMessage, settings: Settings, personality: Shows): readonly string[] {
  const tpdu = tpduToShow(message.pdu, settings, personality)
  if (!tpdu) return [`+CMGR: ${message.status},,${tpduLengthOf(message.pdu)}`, message.pdu]
  const header = `+CMGR: ${readFields(message, tpdu, settings).join(',')}`
  return tpdu.type === 'statusReport' ? [header] : [header, dataOf(message.pdu, tpdu, settings)]
}

/** The lines of +CMGL: for a stored message (clauses 4.1 and 3.4.2). */
export function listLines(
  index: number,
  message: StoredMessage,
  settings: Settings,
  personality: Shows,
): readonly string[] {
  const tpdu = tpduToShow(message.pdu, settings, personality)
  if (!tpdu) return [`+CMGL: ${index},${message.status},,${tpduLengthOf(message.pdu)}`, message.pdu]
  const header = `+CMGL: ${listFields(index, message, tpdu, settings).join(',')}`
  return tpdu.type === 'statusReport' ? [header] : [header, dataOf(message.pdu, tpdu, settings)]
}

/** The lines of +CMT: and +CDS: (clause 3.4.1). */
export function routedLines(pdu: string, settings: Settings, personality: Shows): readonly string[] {
  const tpdu = tpduToShow(pdu, settings, personality)
  if (tpdu?.type === 'statusReport') return [`+CDS: ${reportFields(tpdu, settings).join(',')}`]
  if (tpdu?.type === 'deliver') return [`+CMT: ${deliverFields(tpdu, settings).join(',')}`, dataOf(pdu, tpdu, settings)]
  const length = tpduLengthOf(pdu)
  const comma = personality.reportComma ? ',' : ''
  return [tpduIn(pdu)?.type === 'statusReport' ? `+CDS: ${comma}${length}` : `+CMT: ,${length}`, pdu]
}

/** Null in PDU mode, unless the model always shows text. */
function tpduToShow(pdu: string, { numbers }: Settings, { showsText }: Shows) {
  return numbers['+CMGF'][0] === 0 && !showsText ? null : tpduIn(pdu)
}
