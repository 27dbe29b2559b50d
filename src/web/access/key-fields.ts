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
  readonly perHour: string
  /** A span, or `never`; empty for the end that it has. */
  readonly expires: string
}

/**
 * A key as it is shown in its form. One with scopes that may otherwise do everything is limited by these: it has no role
 * there, so that it isn't for everything when the last of them is unchecked.
 */
export function shownFields(key: Pick<Key, 'label' | 'role' | 'scopes' | 'devices' | 'per_hour'> | null): KeyFields {
  const { label = '', role = null, scopes = null, devices = null, per_hour = null } = key ?? {}
  return {
    label,
    scopes: scopes ?? [],
    role: role === 'admin' && scopes !== null ? '' : (role ?? ''),
    devices: devices?.join(', ') ?? '',
    perHour: per_hour === null ? '' : String(per_hour),
    expires: '',
  }
}

/** As a change takes it: what is empty is null, which ends that limit. */
export function changesOf({ label, scopes, role, devices, perHour, expires }: KeyFields) {
  const names = devices.split(/[\s,]+/).filter(Boolean)
  return {
    label: label.trim(),
    // Where scopes alone are chosen, they are the limit.
    role: role === '' ? 'admin' : role,
    scopes: scopes.length === 0 ? null : scopes,
    devices: names.length === 0 ? null : names,
    per_hour: perHour.trim() === '' ? null : Number(perHour),
    ...(expires !== '' && { expires: expires === 'never' ? null : expires }),
  }
}

/** As a new key takes it: what is empty is left out. */
export const newKeyOf = (fields: KeyFields): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(changesOf(fields)).filter(([, value]) => value !== null))
