import type { Key } from '../api/answer-types.ts'

/** What is typed of a key. */
export interface KeyFields {
  readonly label: string
  /** Empty: all that the role may do. */
  readonly scopes: readonly string[]
  /** Empty: the scopes are the limit. */
  readonly role: string
  /** Ids with commas or spaces between them; empty for all. */
  readonly devices: string
  /** Names, the same way; empty for all. */
  readonly commands: string
  /** Addresses and networks, the same way; empty for everywhere. */
  readonly networks: string
  readonly perHour: string
  /** A span, or `never`; empty for the end that it has. */
  readonly expires: string
}

/**
 * A key as it is shown in its form. One with scopes that may otherwise do everything is limited by these: it has no role
 * there, so that it isn't for everything when the last of them is unchecked.
 */
export function shownFields(key: Key | null): KeyFields {
  const { label = '', role = null, scopes = null, devices = null, per_hour = null } = key ?? {}
  const { commands = null, networks = null } = key ?? {}
  return {
    label,
    scopes: scopes ?? [],
    role: role === 'admin' && scopes !== null ? '' : (role ?? ''),
    devices: devices?.join(', ') ?? '',
    commands: commands?.join(', ') ?? '',
    networks: networks?.join(', ') ?? '',
    perHour: per_hour === null ? '' : String(per_hour),
    expires: '',
  }
}

/** As a change takes it: what is empty is null, which ends that limit. */
export function changesOf({ label, scopes, role, devices, commands, networks, perHour, expires }: KeyFields) {
  return {
    label: label.trim(),
    // Where scopes alone are chosen, they are the limit.
    role: role === '' ? 'admin' : role,
    scopes: scopes.length === 0 ? null : scopes,
    devices: namesIn(devices),
    commands: namesIn(commands),
    networks: namesIn(networks),
    per_hour: perHour.trim() === '' ? null : Number(perHour),
    ...(expires !== '' && { expires: expires === 'never' ? null : expires }),
  }
}

function namesIn(typed: string): string[] | null {
  const names = typed.split(/[\s,]+/).filter(Boolean)
  return names.length === 0 ? null : names
}

/** As a new key takes it: what is empty is left out. */
export const newKeyOf = (fields: KeyFields): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(changesOf(fields)).filter(([, value]) => value !== null))
