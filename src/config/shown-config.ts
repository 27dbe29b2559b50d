import type { Config } from './schema.ts'

const mask = '***'
/** Keys whose values are secrets, wherever they stand. */
const secretKeys: ReadonlySet<string> = new Set(['pin', 'password', 'secret', 'token'])

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
  if (value !== undefined && value !== null && secretKeys.has(key)) return mask
  if (Array.isArray(value)) return value.map((one) => masked(one))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, masked(one, name)]))
  return typeof value === 'string' ? withoutPassword(value) : value
}

/** `mqtt://user:***@broker`. */
const withoutPassword = (text: string): string => text.replace(/^(\w+:\/\/[^/@:]*):[^/@]*@/, `$1:${mask}@`)
