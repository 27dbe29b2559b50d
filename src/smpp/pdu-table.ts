import { counted, type Field, octet, text } from './smpp-fields.ts'

type Fields = Readonly<Record<string, Field<never> | Field<number> | Field<string> | Field<Uint8Array>>>

interface Row<F extends Fields> {
  readonly id: number
  /** The mandatory fields, in the order of the PDU. */
  readonly body: F
}

const row = <F extends Fields>(id: number, body: F): Row<F> => ({ id, body })

const addressOctets = 21
/** Of data_sm and alert_notification. */
const longAddressOctets = 65
const messageIdOctets = 65
/** Empty, or the 16 characters of a time (clause 7.1.1). */
const time = text(17)
/** SMPP 3.4, in `interface_version`. */
export const version = 0x34

const source = (octets = addressOctets) => ({
  source_addr_ton: octet(),
  source_addr_npi: octet(),
  source_addr: text(octets),
})
const destination = (octets = addressOctets) => ({
  dest_addr_ton: octet(),
  dest_addr_npi: octet(),
  destination_addr: text(octets),
})

const bind = {
  system_id: text(16),
  password: text(9),
  system_type: text(13),
  interface_version: octet(version),
  addr_ton: octet(),
  addr_npi: octet(),
  address_range: text(41),
}
const bound = { system_id: text(16) }

const message = {
  service_type: text(6),
  ...source(),
  ...destination(),
  esm_class: octet(),
  protocol_id: octet(),
  priority_flag: octet(),
  schedule_delivery_time: time,
  validity_period: time,
  registered_delivery: octet(),
  replace_if_present_flag: octet(),
  data_coding: octet(),
  sm_default_msg_id: octet(),
  short_message: counted(254),
}
const submitted = { message_id: text(messageIdOctets) }

/** The PDUs of SMPP 3.4 (clause 5.1.2.1) with their mandatory fields (clause 4); of submit_multi, which nobody needs, only its name. */
export const pdus = {
  generic_nack: row(0x8000_0000, {}),
  bind_receiver: row(0x01, bind),
  bind_receiver_resp: row(0x8000_0001, bound),
  bind_transmitter: row(0x02, bind),
  bind_transmitter_resp: row(0x8000_0002, bound),
  query_sm: row(0x03, { ...submitted, ...source() }),
  query_sm_resp: row(0x8000_0003, { ...submitted, final_date: time, message_state: octet(), error_code: octet() }),
  submit_sm: row(0x04, message),
  submit_sm_resp: row(0x8000_0004, submitted),
  deliver_sm: row(0x05, message),
  deliver_sm_resp: row(0x8000_0005, submitted),
  unbind: row(0x06, {}),
  unbind_resp: row(0x8000_0006, {}),
  replace_sm: row(0x07, {
    ...submitted,
    ...source(),
    schedule_delivery_time: time,
    validity_period: time,
    registered_delivery: octet(),
    sm_default_msg_id: octet(),
    short_message: counted(254),
  }),
  replace_sm_resp: row(0x8000_0007, {}),
  cancel_sm: row(0x08, { service_type: text(6), ...submitted, ...source(), ...destination() }),
  cancel_sm_resp: row(0x8000_0008, {}),
  bind_transceiver: row(0x09, bind),
  bind_transceiver_resp: row(0x8000_0009, bound),
  outbind: row(0x0b, { system_id: text(16), password: text(9) }),
  enquire_link: row(0x15, {}),
  enquire_link_resp: row(0x8000_0015, {}),
  submit_multi: row(0x21, {}),
  submit_multi_resp: row(0x8000_0021, { ...submitted, no_unsuccess: octet() }),
  alert_notification: row(0x102, {
    ...source(longAddressOctets),
    esme_addr_ton: octet(),
    esme_addr_npi: octet(),
    esme_addr: text(longAddressOctets),
  }),
  data_sm: row(0x103, {
    service_type: text(6),
    ...source(longAddressOctets),
    ...destination(longAddressOctets),
    esm_class: octet(),
    registered_delivery: octet(),
    data_coding: octet(),
  }),
  data_sm_resp: row(0x8000_0103, submitted),
} as const

export type PduName = keyof typeof pdus

/** The mandatory fields of a PDU. */
export type Body<N extends PduName> = {
  readonly [F in keyof (typeof pdus)[N]['body']]: (typeof pdus)[N]['body'][F] extends Field<infer T> ? T : never
}

/** Bit 31 of the id of a response. */
export const responseBit = 0x8000_0000

const namesById: ReadonlyMap<number, PduName> = new Map(
  Object.entries(pdus).map(([name, { id }]) => [id, name as PduName]),
)

/** Null for an id that SMPP 3.4 does not have. */
export function nameOf(id: number): PduName | null {
  return namesById.get(id) ?? null
}
