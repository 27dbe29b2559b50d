import type { Address } from '../message/address.ts'
import { refusalOf } from '../message/dialable.ts'
import { Fault } from '../message/fault.ts'

/** E.164: a country code, which never starts with 0, and 3 to 15 digits in all. */
const international = /^[1-9]\d{2,14}$/

/** Short codes, numbers as dialled at home and service numbers; TP-DA takes 20 (TS 23.040 clause 9.1.2.5). */
const dialled = /^[\d*#]{1,20}$/

/** Types of number that can be sent to. */
const patterns: Partial<Record<Address['ton'], RegExp>> = {
  international,
  unknown: dialled,
  national: dialled,
  networkSpecific: dialled,
  subscriber: dialled,
  abbreviated: dialled,
}

/** The recipient of a text: not an emergency number and not a code for the network. */
export function recipientOf(to: Address | string): Address {
  const address = destinationOf(to)
  const { number, ton } = address
  const refusal = refusalOf(ton === 'international' ? `+${number}` : number, 'text')
  if (refusal !== null) throw new Fault('encoding_error', refusal, { number, ton })
  return address
}

/**
 * The address to send to: a number with a plus is international, one without is sent as it is. Blanks and dashes are
 * not removed. Fails with `encoding_error`.
 */
export function destinationOf(to: Address | string): Address {
  const address = typeof to === 'string' ? addressOf(to) : to
  const { number, ton, npi } = address
  if (patterns[ton]?.test(number)) return { number, ton, npi }
  const shown = ton === 'international' ? `+${number}` : number
  throw new Fault('encoding_error', `${JSON.stringify(shown)} is not a number to send to`, { number, ton })
}

function addressOf(number: string): Address {
  if (number.startsWith('+')) return { number: number.slice(1), ton: 'international', npi: 1 }
  return { number, ton: 'unknown', npi: 1 }
}
