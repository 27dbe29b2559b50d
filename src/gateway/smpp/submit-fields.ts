import type { Segment } from '../../message/segment.ts'
import { type AddressType, addressTypeOf, digitsOf, recipientTypeOf } from '../../smpp/address-types.ts'
import { bodyOf } from '../../smpp/message-body.ts'
import type { Body } from '../../smpp/pdu-table.ts'
import { absoluteTime, maxRelativeSeconds, relativeTime } from '../../smpp/smpp-time.ts'
import type { Tlvs } from '../../smpp/tlvs.ts'
import type { Plan, SmppOptions, ValidityForm } from './smpp-options.ts'

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
  const [from, to] = [planned(addressTypeOf(sender), senderPlan), planned(recipientTypeOf(segment.to), recipientPlan)]
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

const planned = (usual: AddressType, { ton = usual.ton, npi = usual.npi }: Plan): AddressType => ({ ton, npi })

function validityIn(form: ValidityForm, seconds: number, now: number): string {
  if (form === 'none') return ''
  return form === 'relative' ? relativeTime(seconds) : absoluteTime(now + seconds * 1000)
}
