import { registrationStat } from './parse.ts'

/** The meaning of an unsolicited result code for the driver. */
export type UrcKind =
  | 'stored' // +CMTI, +CDSI: a text or report was stored
  | 'direct' // +CMT, +CDS: a text or report comes with the next line
  | 'broadcast' // +CBM: cell broadcast, two lines
  | 'registration'
  | 'call'
  | 'reset' // the module has reset: all settings are lost
  | 'awake' // sent once while it starts; later it means that a reset went unnoticed
  | 'card' // the SIM was inserted, removed or has crashed
  | 'full' // the storage is full: nothing more will be received
  | 'late' // the answer to a submission that has already timed out
  | 'noise'

export interface Urc {
  readonly kind: UrcKind
  /** The message follows on the next line. */
  readonly twoLines?: true
}

interface UrcRow extends Urc {
  readonly pattern: RegExp
  /** It is the answer to a command with this name. */
  readonly unless?: string
}

/** Unsolicited result codes by vendor. The first matching row counts. */
const rows: readonly UrcRow[] = [
  { kind: 'stored', pattern: /^\+(CMTI|CDSI):/ },
  { kind: 'direct', pattern: /^\+(CMT|CDS):/, twoLines: true },
  { kind: 'broadcast', pattern: /^\+CBM:/, twoLines: true },
  { kind: 'registration', pattern: /^\+C(G|E|5G)?REG:/ },
  { kind: 'call', pattern: /^(RING|\+CRING:|\+CLIP:|NO CARRIER|BUSY|NO ANSWER|VOICE CALL:|MISSED_CALL:)/ },
  {
    kind: 'reset',
    pattern: /^(RDY|\^SYSSTART.*|\*ATREADY: 1|\+AT: READY|POWERED DOWN|NORMAL POWER DOWN)$/,
  },
  {
    kind: 'awake',
    pattern:
      /^(\+?SMS READY|Call Ready|\+?SMS DONE|\+?PB DONE|\+PBREADY|\+QIND: *"?(SMS|PB) DONE"?|\+CPIN: *"?READY"?|\*ISIM.*|\^SSIM READY|\+WIND: *4)$/i,
  },
  // The SIM was drawn or put in, or has crashed (Telit, Cinterion, Fibocom, Quectel, SIMCom, Huawei, MTK, Intel,
  // u-blox).
  { kind: 'card', pattern: /^\+CPIN: */ },
  {
    kind: 'card',
    pattern:
      /^(#QSS: *[03]|\^SCKS: *[01]|\+QSIMSTAT: *\d, *[01]|\+CSMINS: *\d, *[01]|\^SIMST: *(0|255)\b.*|[%*]SIM(REM|INS)|\+XSIM: *[089]|\+UUSIMSTAT: *[06]|[+*#]?SIM:? *(READY|DROP|INSERTED|REMOVED|NOT INSERTED|FAILURE|ERROR)|[+*]?NO SIM( CARD)?|\+?SIMCARD: *NOT AVAILABLE|\+CM[ES] ERROR: *(10|13|15|310|313|315|SIM .*))$/i,
  },
  {
    kind: 'full',
    pattern: /^(\^SMMEMFULL|\^SMGO: *[12]|\+WMGF|[+*^%]?(SMS|SIM|MEM(ORY)?)[ _]?FULL|\+CIEV: *"?SMSFULL"?, *1)/i,
  },
  { kind: 'late', pattern: /^(\+CMGS|\^HCMGSS):/ },
  { kind: 'noise', pattern: /^(OVER|UNDER)-VOLTAGE/ },
  // Sent at boot without a mark (SIM800, A7670, A9G): they would be taken for the vendor's name.
  {
    kind: 'noise',
    pattern:
      /^(DST: *\d|\*?PSUTTZ:|NITZ:|GPRS Ready|AT Ready|APP RDY|MODEM: *STARTUP|STARTUP|Init\.\.\.|SIM Ready|Network Ready|IIII\b|\xff)/i,
  },
  { kind: 'noise', pattern: /^ICCID: *\d/, unless: 'CCID' },
]

/** Lines with such a prefix that answer no command are unsolicited, known or not. */
const marked = /^[+^%#*$_][A-Z]/i

export function isMarked(line: string): boolean {
  return marked.test(line)
}

/** Unknown. */
export const noise: Urc = { kind: 'noise' }

/**
 * Whether a line is unsolicited, while a command runs whose marked answers begin with `prefix`, or none (null). What
 * is not marked belongs to the command: hex, names, numbers.
 */
export function urcIn(line: string, prefix: string | null): Urc | null {
  if (prefix !== null && line.startsWith(prefix) && !isUnsolicitedForm(line)) return null
  const row = rows.find(({ pattern, unless }) => pattern.test(line) && !(unless && prefix?.includes(unless)))
  if (row !== undefined) return row
  return prefix === null || marked.test(line) ? noise : null
}

/** A registration line in the form that no answer has. */
function isUnsolicitedForm(line: string): boolean {
  return registrationStat(line)?.isAnswer === false
}
