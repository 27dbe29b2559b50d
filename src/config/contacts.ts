import { Directory, type Listed } from '../device/directory.ts'
import { countryOf, normaliseNumber } from '../device/parameters/numbers.ts'
import type { Config } from './schema.ts'

/** The country of national numbers of senders: the configured one, else that of the hub's SIMs. */
export function homeOf({ gateways, sms }: Pick<Config, 'gateways' | 'sms'>): string | undefined {
  if (sms.region !== undefined) return sms.region
  const countries = Object.values(gateways).map(({ number }) => (number === undefined ? undefined : countryOf(number)))
  return countries.find((country) => country !== undefined)
}

/** Contacts by number, without groups. */
export function contactsOf(config: Config): Directory<Listed> {
  const region = homeOf(config)
  const people = Object.entries(config.contacts).flatMap(([id, number]) =>
    typeof number === 'string' ? [{ id, numbers: [normaliseNumber(number, region)] }] : [],
  )
  return new Directory(people, region)
}
