import type { Segment } from '../../message/segment.ts'
import { bodyOf } from '../../smpp/message-body.ts'
import type { Body } from '../../smpp/pdu-table.ts'
import { absoluteTime, maxRelativeSeconds, relativeTime } from '../../smpp/smpp-time.ts'
import type { Tlvs } from '../../smpp/tlvs.ts'
import type { Plan, SmppOptions, ValidityForm } from './smpp-options.ts'

interface Chosen {
  readonly ton: number
  readonly npi: number
}

/** Types of number and numbering plans that are chosen here (SMPP 3.4 clauses 5.2.5, 5.2.6). */
const international = { ton: 1, npi: 1 }
const national = { ton: 2, npi: 1 }
const shortCode = { ton: 3, npi: 0 }
const alphanumeric = { ton: 5, npi: 0 }
const unknown = { ton: 0, npi: 0 }
const isdn = { ton: 0, npi: 1 }

const maxShortDigits = 8

/** What SMSCs apply without a validity: none is known to keep a text for longer. */
const usualSeconds = 7 * 86_400

/** The validity that an SMSC gets, in seconds. */
export function validityOf(wanted: number, form: ValidityForm): number {
  return form === 'none' ? usualSeconds : Math.min(Math.max(1, Math.ceil(wanted)), maxRelativeSeconds)
}

/** The fields of submit_sm for a segment. Fails with `encoding_error` and `text_too_long`. */
export function submitFields(
  segment: Segment,
  options: SmppOptions,
  now: number,
): { readonly body: Partial<Body<'submit_sm'>>; readonly tlvs: Tlvs } {
  const { sender, senderPlan, recipientPlan, serviceType, alphabet, dataCoding: coding, parts, validity } = options
  const { body, tlvs } = bodyOf(segment, { alphabet, coding, parts })
  const [from, to] = [planned(senderTypeOf(sender), senderPlan), planned(recipientTypeOf(segment.to), recipientPlan)]
  return {
    tlvs,
    body: {
      ...body,
      service_type: serviceType,
      source_addr_ton: from.ton,
      source_addr_npi: from.npi,
      source_addr: digitsOf(sender),
      dest_addr_ton: to.ton,
      dest_addr_npi: to.npi,
      destination_addr: digitsOf(segment.to),
      validity_period: validityIn(validity, segment.validitySeconds, now),
      registered_delivery: segment.report ? 1 : 0,
    },
  }
}

const planned = (usual: Chosen, { ton = usual.ton, npi = usual.npi }: Plan): Chosen => ({ ton, npi })

/** A name, an international number, a short code or a national number. */
function senderTypeOf(sender: string): Chosen {
  if (sender === '') return unknown
  if (!/^\+?\d+$/.test(sender)) return alphanumeric
  if (sender.startsWith('+')) return international
  return sender.length <= maxShortDigits ? shortCode : national
}

/** Without a plus, it is dialled: the network decides what it is. */
const recipientTypeOf = (number: string) => (number.startsWith('+') ? international : isdn)

const digitsOf = (number: string) => number.replace(/^\+(?=\d+$)/, '')

function validityIn(form: ValidityForm, seconds: number, now: number): string {
  if (form === 'none') return ''
  return form === 'relative' ? relativeTime(seconds) : absoluteTime(now + seconds * 1000)
}
