import type { Address } from '../../message/address.ts'

/** A party in the usual notation: `+4915112345678`, a short code `12345` or a name `ACME`. */
export type Party = string

/** The address of a party in a TPDU. */
export function addressOf(party: Party): Address {
  if (/^\+\d+$/.test(party)) return { number: party.slice(1), ton: 'international', npi: 1 }
  if (/^[\d*#]+$/.test(party)) return { number: party, ton: 'unknown', npi: 1 }
  return { number: party, ton: 'alphanumeric', npi: 0 }
}

/** The party of an address in a network with this country calling code. */
export function partyOf({ number, ton }: Address, country: string): Party {
  if (ton === 'international') return `+${number}`
  if (ton === 'alphanumeric') return number
  if (ton === 'national') return `+${country}${number.replace(/^0/, '')}`
  if (number.startsWith('00')) return `+${number.slice(2)}`
  if (number.startsWith('0')) return `+${country}${number.slice(1)}`
  return number
}
