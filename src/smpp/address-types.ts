/** Type of number and numbering plan (SMPP 3.4 clauses 5.2.5, 5.2.6). */
export interface AddressType {
  readonly ton: number
  readonly npi: number
}

const international: AddressType = { ton: 1, npi: 1 }
const national: AddressType = { ton: 2, npi: 1 }
const shortCode: AddressType = { ton: 3, npi: 0 }
const alphanumeric: AddressType = { ton: 5, npi: 0 }
const unknown: AddressType = { ton: 0, npi: 0 }
const isdn: AddressType = { ton: 0, npi: 1 }

const maxShortDigits = 8

/** A name, an international number, a short code or a national number. */
export function addressTypeOf(address: string): AddressType {
  if (address === '') return unknown
  if (!/^\+?\d+$/.test(address)) return alphanumeric
  if (address.startsWith('+')) return international
  return address.length <= maxShortDigits ? shortCode : national
}

/** Without a plus, it is dialled: the network decides what it is. */
export const recipientTypeOf = (number: string): AddressType => (number.startsWith('+') ? international : isdn)

/** As it is written in a PDU, where its type makes up for the plus. */
export const digitsOf = (number: string): string => number.replace(/^\+(?=\d+$)/, '')

/** As a person writes it: an international number has its plus. */
export function numberIn({ ton, address }: { readonly ton: number; readonly address: string }): string {
  return ton === international.ton && /^\d+$/.test(address) ? `+${address}` : address
}
