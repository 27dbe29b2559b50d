import { Fault } from './fault.ts'
import { instantOf, instantWords } from './instant.ts'
import { type Priority, priorities } from './status.ts'

/** Keys of a payload that are reserved for the hub: never properties or parameters. */
export interface Meta {
  readonly id?: string
  readonly ttl?: number
  /** ms since 1970. */
  readonly send_at?: number
  readonly priority?: Priority
  readonly gateway?: string
  readonly dry_run?: boolean
  readonly confirm?: string
  readonly force?: boolean
  readonly for?: string
  readonly transaction?: unknown
}

interface Kind {
  readonly takes: string
  /** Undefined for an invalid value. */
  readonly read: (value: unknown) => unknown
}

export const maxTtlSeconds = 63 * 7 * 86_400
const text = (max: number): Kind => ({
  takes: `a text of 1 to ${max} characters`,
  read: (value) => (typeof value === 'string' && value !== '' && value.length <= max ? value : undefined),
})
const flag: Kind = {
  takes: 'true or false',
  read: (value) => (typeof value === 'boolean' ? value : undefined),
}

const kinds: Readonly<Record<keyof Meta, Kind>> = {
  id: {
    takes: `${text(128).takes}, or a number`,
    read: (value) => (typeof value === 'number' ? String(value) : text(128).read(value)),
  },
  ttl: {
    takes: `seconds, more than 0 and at most ${maxTtlSeconds}`,
    read: (value) => {
      const seconds = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
      return typeof seconds === 'number' && seconds > 0 && seconds <= maxTtlSeconds ? seconds : undefined
    },
  },
  send_at: {
    takes: instantWords,
    read: (value) => (typeof value === 'string' ? (instantOf(value) ?? undefined) : undefined),
  },
  priority: {
    takes: `one of ${Object.keys(priorities).join(', ')}`,
    read: (value) => (typeof value === 'string' && Object.hasOwn(priorities, value) ? value : undefined),
  },
  gateway: text(63),
  dry_run: flag,
  confirm: { takes: 'a text', read: (value) => (typeof value === 'string' ? value : undefined) },
  force: flag,
  for: text(63),
  transaction: { takes: 'anything', read: (value) => value },
}

export const metaKeys: readonly string[] = Object.keys(kinds)

/** Separates the meta keys of a payload from the rest. */
export function splitMeta(json: Readonly<Record<string, unknown>>): {
  readonly meta: Meta
  readonly rest: Readonly<Record<string, unknown>>
} {
  const meta: Record<string, unknown> = {}
  for (const [key, kind] of Object.entries(kinds)) {
    if (json[key] === undefined || !Object.hasOwn(json, key)) continue
    meta[key] = kind.read(json[key])
    if (meta[key] === undefined) throw new Fault('invalid_payload', `"${key}" must be ${kind.takes}`)
  }
  const rest = Object.fromEntries(Object.entries(json).filter(([key]) => !metaKeys.includes(key)))
  return { meta, rest }
}
