import type { GatewayState, ModemState } from '../../message/gateway-state.ts'
import type { Properties } from './dbus.ts'

/** The names of ModemManager's interface: <https://www.freedesktop.org/software/ModemManager/api/latest/>. */
export const service = 'org.freedesktop.ModemManager1'
export const root = '/org/freedesktop/ModemManager1'
export const modemInterface = `${service}.Modem`
export const messaging = `${service}.Modem.Messaging`
export const threeGpp = `${service}.Modem.Modem3gpp`
export const voice = `${service}.Modem.Voice`
export const properties = 'org.freedesktop.DBus.Properties'

/** The interfaces of an object, with the properties of each. */
export type Interfaces = Readonly<Record<string, Properties>>

/** MMModemState. */
export const modemState = { failed: -1, locked: 2, disabled: 3, enabled: 6, searching: 7, registered: 8 } as const

/** MMModemStateFailedReason. */
const failedReasons: Readonly<Record<number, readonly [GatewayState['status'], ModemState['sim'], string]>> = {
  2: ['no_sim', 'missing', 'there is no SIM in the modem'],
  3: ['error', 'unknown', "the SIM can't be used"],
  4: ['error', 'unknown', 'ModemManager does not find out what the modem can do'],
  5: ['no_sim', 'missing', 'the eSIM has no profile'],
}

const failedForUnknown = ['error', 'unknown', 'ModemManager has given the modem up'] as const

export function failureOf(modem: Properties): readonly [GatewayState['status'], ModemState['sim'], string] {
  return failedReasons[numberOf(modem.StateFailedReason) ?? 0] ?? failedForUnknown
}

/** MMModemLock: what the modem needs before it works. Texts need nothing that PIN2 and PUK2 lock. */
const pinLock = 2
const pukLock = 4
const harmlessLocks: readonly number[] = [0, 1, 3, 5]

export type Lock = 'pin' | 'puk' | 'operator' | null

export function lockOf(modem: Properties): Lock {
  const lock = numberOf(modem.UnlockRequired) ?? 0
  if (harmlessLocks.includes(lock)) return null
  return lock === pinLock ? 'pin' : lock === pukLock ? 'puk' : 'operator'
}

/** Attempts of the PIN that are left; null where they are not known. */
export function pinTriesOf(modem: Properties): number | null {
  const retries = Array.isArray(modem.UnlockRetries) ? (modem.UnlockRetries as [number, number][]) : []
  return retries.find(([lock]) => lock === pinLock)?.[1] ?? null
}

/** MMModem3gppRegistrationState. */
const registrations: readonly ModemState['network'][] = [
  'not_registered',
  'registered',
  'searching',
  'denied',
  'unknown',
  'roaming',
  'registered',
  'roaming',
  'not_registered',
  'registered',
  'roaming',
  'not_registered',
]

export function networkOf(network: Properties | undefined): ModemState['network'] {
  return registrations[numberOf(network?.RegistrationState) ?? -1] ?? 'unknown'
}

/** MMModemAccessTechnology: the highest bit that is set counts. */
const technologies = [
  [15, 'NR'],
  [17, 'NB-IoT'],
  [16, 'LTE-M'],
  [14, 'LTE'],
  [9, 'HSPA'],
  [8, 'HSPA'],
  [7, 'HSUPA'],
  [6, 'HSDPA'],
  [5, 'UMTS'],
  [4, 'EDGE'],
  [3, 'GSM'],
  [2, 'GSM'],
  [1, 'GSM'],
] as const

export function technologyOf(modem: Properties): string | null {
  const bits = numberOf(modem.AccessTechnologies) ?? 0
  return technologies.find(([bit]) => (bits >>> bit) & 1)?.[1] ?? null
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

export function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}

/** An object path; null for `/`, which stands for none. */
export function pathOf(value: unknown): string | null {
  const path = textOf(value)
  return path === '/' ? null : path
}

/** SignalQuality: a percentage, and whether it was measured lately. */
export function signalOf(modem: Properties): number | null {
  const [percent] = Array.isArray(modem.SignalQuality) ? (modem.SignalQuality as unknown[]) : []
  return numberOf(percent)
}
