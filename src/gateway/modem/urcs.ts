/** What an unsolicited result code asks the driver to do. */
export type UrcKind =
  | 'stored' // +CMTI: a text lies in a storage
  | 'direct' // +CMT: a text comes with the next line
  | 'report' // +CDS: a report comes with the next line
  | 'report_stored' // +CDSI
  | 'broadcast' // +CBM: cell broadcast, two lines
  | 'registration'
  | 'call'
  | 'reset' // the module started anew: everything set up is lost
  | 'full' // the storage is full: nothing more will be received
  | 'noise'

interface UrcRow {
  readonly pattern: RegExp
  readonly kind: UrcKind
  /** The message follows on the next line. */
  readonly twoLines?: true
  /** The same prefix also answers a command: then it belongs to the command that asks for it. */
  readonly shared?: true
}

/** Unsolicited result codes by maker (facts: modems, section 11). The first row that fits counts. */
const rows: readonly UrcRow[] = [
  { pattern: /^\+CMTI:/, kind: 'stored' },
  { pattern: /^\+CMT:/, kind: 'direct', twoLines: true },
  { pattern: /^\+CDS:/, kind: 'report', twoLines: true },
  { pattern: /^\+CDSI:/, kind: 'report_stored' },
  { pattern: /^\+CBM:/, kind: 'broadcast', twoLines: true },
  { pattern: /^\+C(G|E|5G)?REG:/, kind: 'registration', shared: true },
  { pattern: /^(RING|\+CRING:|\+CLIP:|NO CARRIER|BUSY|NO ANSWER|VOICE CALL:|MISSED_CALL:)/, kind: 'call' },
  {
    pattern:
      /^(RDY|SMS Ready|Call Ready|SMS DONE|PB DONE|\^SYSSTART.*|\*ATREADY: 1|\+AT: READY|\+PBREADY|POWERED DOWN|NORMAL POWER DOWN)$/,
    kind: 'reset',
  },
  { pattern: /^(\^SMMEMFULL|\^SMGO|\+WMGF)/, kind: 'full' },
  { pattern: /^\+(CUSD|COPS|CSQ|CPIN|CLCC):/, kind: 'noise', shared: true },
  {
    pattern:
      /^(\+CRSL|\+ZUSIMR|\+ZDONR|\+ZPASR|\+ZPSTM|\+ZEND|\+CUSATP|\+CUSATEND|\+QIND|\+QUSIM|\+NITZ|\+CNSMOD|\+CTZV|\+CGEV|\+CIEV|\+WIND|\+MBAN|\+SPNWNAME|\+PSBEARER|\+CFUN|\+UUSTS|\+DOSESSION):/,
    kind: 'noise',
  },
  { pattern: /^(OVER|UNDER)-VOLTAGE/, kind: 'noise' },
]

export interface Urc {
  readonly kind: UrcKind
  readonly twoLines: boolean
}

/** Lines that begin like this and answer nothing that was asked are unsolicited, known or not. */
const marked = /^[+^%#*$_][A-Z]/i

/**
 * Whether a line is unsolicited, for a command that expects answers with `prefix` (null while none runs, `''` for a
 * command whose answers have no prefix).
 */
export function urcIn(line: string, prefix: string | null): Urc | null {
  const row = rows.find(({ pattern }) => pattern.test(line))
  if (row !== undefined) {
    if (row.shared && prefix !== null && prefix !== '' && line.startsWith(prefix) && !isUnsolicitedForm(line))
      return null
    return { kind: row.kind, twoLines: row.twoLines ?? false }
  }
  if (prefix === null) return { kind: 'noise', twoLines: false }
  if (prefix !== '' && line.startsWith(prefix)) return null
  return prefix !== '' && marked.test(line) ? { kind: 'noise', twoLines: false } : null
}

/**
 * `+CREG: 1,"2142","B804"` is unsolicited, `+CREG: 2,1,"2142","B804"` an answer: only the answer's second field is a
 * bare digit (section 6.1).
 */
function isUnsolicitedForm(line: string): boolean {
  const fields = /^\+C(?:G|E|5G)?REG: *(.*)$/.exec(line)?.[1]?.split(',')
  return fields !== undefined && (fields.length === 1 || !/^\s*\d{1,2}\s*$/.test(fields[1] ?? ''))
}
