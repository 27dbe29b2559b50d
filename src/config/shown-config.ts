import type { Config } from './schema.ts'

const mask = '***'
/** Keys whose values are secrets, wherever they stand. */
const secretKeys = /^pin$|(?:^|_)(?:password|secret|token)$/
/** Tables of what a carrier wants under names of its own: any of it may be a secret. */
const ofCarriers: ReadonlySet<string> = new Set(['account', 'api'])

/**
 * The configuration in use, for its administrator: secrets masked by their keys, and those in URLs. Devices and contacts
 * may be thousands, and devices have secrets of their own: only how many there are.
 */
export function shownConfig({ devices, contacts, ...rest }: Config): Record<string, unknown> {
  return {
    ...(masked(rest) as object),
    devices: Object.keys(devices).length,
    contacts: Object.keys(contacts).length,
  }
}

function masked(value: unknown, key = ''): unknown {
  if (value !== undefined && value !== null && secretKeys.test(key)) return mask
  if (Array.isArray(value)) return value.map((one) => masked(one))
  if (typeof value === 'object' && value !== null) {
    const isMasked = ofCarriers.has(key)
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, isMasked ? mask : masked(one, name)]))
  }
  return typeof value === 'string' ? withoutPassword(value) : value
}

/** `mqtt://user:***@broker`. */
const withoutPassword = (text: string): string => text.replace(/^(\w+:\/\/[^/@:]*):[^/@]*@/, `$1:${mask}@`)
