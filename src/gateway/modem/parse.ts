import type { GatewayState } from '../../message/gateway-state.ts'

/** A message in a storage of the modem. */
export interface StoredMessage {
  readonly index: number
  /** TS 27.005 clause 3.1 <stat>: 0 unread, 1 read, 2 unsent, 3 sent; null where the listing leaves it out. */
  readonly stat: number | null
  /** Null when what lies there is no hex. */
  readonly pdu: string | null
}

/** `+CMGL: <index>,<stat>,[<alpha>],<length>` and a PDU line each, in the shapes of the facts (section 8.3). */
export function listedMessages(lines: readonly string[]): StoredMessage[] {
  const found: StoredMessage[] = []
  for (let i = 0; i < lines.length; i++) {
    const header = /^\+CMGL: *(\d+) *,(.*)$/.exec(lines[i] as string)
    if (!header) continue
    const pdu = hexLine(lines[i + 1])
    const fields = (header[2] as string).split(',').map((field) => field.trim())
    found.push({ index: Number(header[1]), stat: statOf(fields), pdu: pdu && trimPadding(pdu, lengthOf(fields)) })
    if (pdu !== null) i++
  }
  return found
}

/**
 * `+CMGR: <stat>,[<alpha>],<length>` and a PDU line; null for an empty slot, however the make says it, and where two
 * messages come: one of them is another slot's.
 */
export function readMessage(lines: readonly string[]): Pick<StoredMessage, 'stat' | 'pdu'> | null {
  const at = lines.findIndex((line) => line.startsWith('+CMGR:'))
  if (at < 0 || lines[at + 1] === undefined) return null
  if (lines.slice(at + 1).some((line) => line.startsWith('+CMGR:'))) return null
  const pdu = hexLine(lines[at + 1])
  const fields = (lines[at] as string)
    .slice(6)
    .split(',')
    .map((field) => field.trim())
  return { stat: statOf(fields), pdu: pdu && trimPadding(pdu, lengthOf(fields)) }
}

function hexLine(line: string | undefined): string | null {
  return line !== undefined && /^[0-9A-Fa-f]+$/.test(line) && line.length % 2 === 0 ? line : null
}

function statOf(fields: readonly string[]): number | null {
  return fields.length > 2 && /^[0-3]$/.test(fields[0] ?? '') ? Number(fields[0]) : null
}

function lengthOf(fields: readonly string[]): number | null {
  const last = fields.at(-1) ?? ''
  return /^\d+$/.test(last) ? Number(last) : null
}

/** SIM records are filled up with FF: what stands behind the announced length is no part of the TPDU. */
function trimPadding(pdu: string, tpduLength: number | null): string {
  if (tpduLength === null || tpduLength === 0) return pdu
  const smsc = Number.parseInt(pdu.slice(0, 2), 16)
  const end = (1 + smsc + tpduLength) * 2
  return /^(FF)*$/i.test(pdu.slice(end)) ? pdu.slice(0, end) : pdu
}

/** `+CMTI: "SM",3`; index null when the modem says that it could not store the message. */
export function storedAt(line: string): { storage: string | null; index: number | null } {
  const match = /^\+C(?:MTI|DSI): *"?([A-Z]{2})?"? *, *(-?\d+)/.exec(line)
  const index = Number(match?.[2] ?? -1)
  return { storage: match?.[1] ?? null, index: index < 0 ? null : index }
}

/** The first list of `+CPMS=?`: storages that messages can be read from. */
export function readableStorages(lines: readonly string[]): string[] {
  const line = lines.find((one) => one.startsWith('+CPMS:')) ?? ''
  const first = /\(([^)]*)\)/.exec(line)?.[1] ?? line
  return [...new Set([...first.matchAll(/"([A-Z]{2})"/g)].map((match) => match[1] as string))]
}

/**
 * How full <mem3> of `+CPMS: <mem1>,<used1>,<total1>,<mem2>,…` is, where new messages go (TS 27.005 clause 3.2.2), or
 * the only one of a make that tells fewer. A total of 0 says nothing: some telephones always tell that.
 */
export function levelIn(lines: readonly string[]): { used: number; total: number } | null {
  const line = lines.find((one) => one.startsWith('+CPMS:')) ?? ''
  const [, used, total] = [...line.matchAll(/"?[A-Z]{2}"? *, *(\d+) *, *(\d+)/g)].at(-1) ?? []
  return Number(total ?? 0) === 0 ? null : { used: Number(used), total: Number(total) }
}

const networks: Readonly<Record<number, GatewayState['network']>> = {
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

/** The state in `+CREG`, `+CGREG` or `+CEREG`, answer or unsolicited (facts: modems, section 6.1). */
export function registrationIn(line: string): GatewayState['network'] | null {
  const fields = /^\+C(?:G|E|5G)?REG: *(.*)$/
    .exec(line)?.[1]
    ?.split(',')
    .map((field) => field.trim())
  if (fields === undefined) return null
  const stat = fields.length > 1 && /^\d{1,2}$/.test(fields[1] as string) ? fields[1] : fields[0]
  return networks[Number(stat)] ?? null
}

/** `+CSQ: <rssi>,<ber>`: dBm = -113 + 2 * rssi (TS 27.007 clause 8.5); null when unknown. */
export function signalIn(lines: readonly string[]): { dbm: number; percent: number } | null {
  const rssi = Number(/^\+CSQ: *(\d+)/.exec(lines.find((line) => line.startsWith('+CSQ:')) ?? '')?.[1] ?? 99)
  return rssi > 31 ? null : { dbm: -113 + 2 * rssi, percent: Math.round((rssi * 100) / 31) }
}

/** Access technologies of `+COPS: 0,0,"Operator",7` (TS 27.007 clause 7.3). */
const technologies = ['GSM', 'GSM', 'UMTS', 'EDGE', 'HSDPA', 'HSUPA', 'HSPA', 'LTE', 'EC-GSM-IoT', 'NB-IoT']

export function operatorIn(lines: readonly string[]): { operator: string; technology: string | null } | null {
  const match = /^\+COPS: *\d+ *, *\d+ *, *"([^"]*)"(?: *, *(\d+))?/.exec(
    lines.find((line) => line.startsWith('+COPS:')) ?? '',
  )
  return match && { operator: match[1] as string, technology: technologies[Number(match[2] ?? -1)] ?? null }
}

/** The state in `+CPIN: READY`, blanks and quotes as the make likes them. */
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
