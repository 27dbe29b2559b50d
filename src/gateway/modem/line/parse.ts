import type { ModemState } from '../../../message/gateway-state.ts'
import { fieldsIn, numberIn } from './fields.ts'
import { textOfUcs2 } from './ucs2.ts'

/** `+CMTI: "SM",3`; index null where the modem could not store the message. */
export function storedAt(line: string): { storage: string | null; index: number | null } {
  const fields = fieldsIn(line, line.slice(0, 6)) ?? []
  const storage = fields.find((field) => /^[A-Z]{2}$/.test(field)) ?? null
  return { storage, index: numberIn(fields.filter((field) => field !== storage).at(-1)) }
}

/** The first list of `+CPMS=?`: storages that messages can be read from. */
export function readableStorages(lines: readonly string[]): string[] {
  const line = lines.find((one) => one.startsWith('+CPMS:')) ?? ''
  const first = /\(([^)]*)\)/.exec(line)?.[1] ?? line
  return [...new Set([...first.matchAll(/"([A-Z]{2})"/g)].map((match) => match[1] as string))]
}

/**
 * How many messages a storage holds, and how many it can; a total of 0 means nothing: some telephones always report it.
 */
export interface Level {
  readonly used: number
  readonly total: number
}

/**
 * The levels in `+CPMS: <mem1>,<used1>,<total1>,<mem2>,…`, or `+CPMS: <used1>,<total1>,<used2>,…` (TS 27.005 clause
 * 3.2.2).
 */
export function levelsIn(lines: readonly string[]): (Level & { readonly storage: string | null })[] {
  const fields = lines.map((line) => fieldsIn(line, '+CPMS:')).find((found) => found !== null) ?? []
  const levels: (Level & { readonly storage: string | null })[] = []
  for (let i = 0; i < fields.length; ) {
    const storage = /^[A-Z]{2}$/.test(fields[i] as string) ? (fields[i++] as string) : null
    const [used, total] = [numberIn(fields[i++]), numberIn(fields[i++])]
    if (used !== null && total !== null) levels.push({ storage, used, total })
  }
  return levels
}

/** How full <mem3> is, where new messages go, or the only one where fewer are reported. */
export function levelIn(lines: readonly string[]): Level | null {
  const level = levelsIn(lines).at(-1)
  return level === undefined || level.total === 0 ? null : { used: level.used, total: level.total }
}

const networks: Readonly<Record<number, ModemState['network']>> = {
  0: 'not_registered',
  1: 'registered',
  2: 'searching',
  3: 'denied',
  4: 'unknown',
  5: 'roaming',
  6: 'registered',
  7: 'roaming',
  8: 'not_registered',
  9: 'registered',
  10: 'roaming',
}

/** The numbers of <stat>: 0 to 11 (TS 27.007 clause 7.2). */
const maxStates = 11

/**
 * <stat> in `+CREG`, `+CGREG` or `+CEREG`, and whether the line is an answer: `<n>,<stat>[,"lac","ci"]`; unsolicited it
 * is `<stat>[,"lac","ci"]`. Null for another line. Some vendors write three digits, quotes,
 * or leave <n> out.
 */
export function registrationStat(line: string): { readonly stat: number | null; readonly isAnswer: boolean } | null {
  const name = /^\+C(?:G|E|5G)?REG:/.exec(line)?.[0]
  if (name === undefined) return null
  const [first, second = '', ...rest] = fieldsIn(line, name) as string[]
  // An area code is in quotes and usually has four digits.
  const isQuoted = line.includes(`,"${second}"`) || line.includes(`, "${second}"`)
  const isCode = isQuoted ? rest.length === 1 || second.length > 3 : second.length > 3 && !/^0x/i.test(second)
  const stat = isCode ? null : numberIn(second)
  if (stat !== null && stat <= maxStates) return { stat, isAnswer: true }
  return { stat: numberIn(first), isAnswer: false }
}

/**
 * The state in a registration line, answer or unsolicited; null for another one, or another state than the standard's.
 */
export function registrationIn(line: string): ModemState['network'] | null {
  return networks[registrationStat(line)?.stat ?? -1] ?? null
}

interface Signal {
  readonly dbm: number
  readonly percent: number
}

/** `+CSQ: <rssi>,<ber>`: dBm = -113 + 2 * rssi (TS 27.007 clause 8.5); null when unknown. */
export function signalIn(lines: readonly string[]): Signal | null {
  const rssi = numberIn(lines.map((line) => fieldsIn(line, '+CSQ:')?.[0]).find((field) => field !== undefined))
  return rssi === null || rssi > 31 ? null : signalOf(-113 + 2 * rssi)
}

/** Where the levels of `+CESQ: <rxlev>,<ber>,<rscp>,<ecno>,<rsrq>,<rsrp>` begin, and their highest (clause 8.69). */
const extendedLevels = [
  { at: 0, most: 63, from: -111 },
  { at: 2, most: 96, from: -121 },
  { at: 5, most: 97, from: -141 },
]

/** The signal of GSM, UMTS or LTE, whichever is known. */
export function extendedSignalIn(lines: readonly string[]): Signal | null {
  const fields = lines.map((line) => fieldsIn(line, '+CESQ:')).find((found) => found !== null) ?? []
  for (const { at, most, from } of extendedLevels) {
    const level = numberIn(fields[at])
    if (level !== null && level <= most) return signalOf(from + level)
  }
  return null
}

function signalOf(dbm: number): Signal {
  return { dbm, percent: Math.round(Math.min(1, Math.max(0, (dbm + 113) / 62)) * 100) }
}

/** Access technologies of `+COPS: 0,0,"Operator",7` (TS 27.007 clause 7.3). */
const technologies = ['GSM', 'GSM', 'UMTS', 'EDGE', 'HSDPA', 'HSUPA', 'HSPA', 'LTE', 'EC-GSM-IoT', 'NB-IoT']

/** The name may be UCS2 in hex, whatever alphabet was set. */
export function operatorIn(lines: readonly string[]): { operator: string; technology: string | null } | null {
  const [, , name, technology] = lines.map((line) => fieldsIn(line, '+COPS:')).find((found) => found !== null) ?? []
  if (name === undefined || name === '') return null
  return { operator: textOfUcs2(name, 'likely'), technology: technologies[numberIn(technology) ?? -1] ?? null }
}

/** The state in `+CPIN: READY`, with any blanks and quotes. */
export function pinStateIn(lines: readonly string[]): string | null {
  return /^\+CPIN: *"?([^"]*)"?$/.exec(lines.find((line) => line.startsWith('+CPIN:')) ?? '')?.[1]?.trim() ?? null
}

/** The first run of digits of at least `length`: IMEI, IMSI and ICCID come with and without a prefix. */
export function digitsIn(lines: readonly string[], length: number): string | null {
  for (const line of lines) {
    const digits = /\d{10,22}[Ff]?/.exec(line)?.[0]
    if (digits !== undefined && digits.length >= length) return digits
  }
  return null
}
