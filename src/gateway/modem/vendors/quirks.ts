import type { Cause } from '../../../message/submit-outcome.ts'
import type { Identity } from '../hardware/identity.ts'
import { type Rung, usualLadder } from './ladder.ts'

/** How to query the PIN attempts that remain. */
export interface TriesQuestion {
  readonly ask: string
  readonly read: RegExp
}

/** What is particular to a vendor. The driver is vendor-independent: a new one is a row of the table below. */
export interface Quirks {
  /** Sent after the identification; the answer does not matter. Suppresses or routes unsolicited codes. */
  readonly prepare: readonly string[]
  /** It detects the speed of the line unless one is set, and sends no unsolicited codes before that. */
  readonly autobauds: boolean
  /** Tried in order until one reports the PIN attempts that remain. */
  readonly pinTries: readonly TriesQuestion[]
  /** From the PIN until the SIM can be queried. */
  readonly unlockMs: number
  /** Polled until the SIM's messages can be used, where the vendor reports it. */
  readonly smsAwake: { readonly ask: string; readonly read: RegExp } | null
  /** Tried in order until one reports the card's number. */
  readonly iccid: readonly string[]
  /** `+CNMI` forms that are tried before the common ones. */
  readonly cnmi: readonly string[]
  /** Storages in the order of preference. */
  readonly storages: readonly string[]
  /** Direct delivery is acknowledged where service 1 is on; false where that does harm. */
  readonly acknowledges: boolean
  /** From the announcement of a message until it can be read. */
  readonly readAfterMs: number
  /** `+CMS ERROR` numbers with another meaning for this vendor. */
  readonly causes: Readonly<Record<number, Pick<Cause, 'accepted' | 'next'>>>
  /** How long the network's answer to a message may take. */
  readonly submitMs: number
  /** Resets the modem; the first one that is not answered by an error. */
  readonly reset: readonly string[]
  /** From a reset until the port can be used again. */
  readonly resetMs: number
  /** Recoveries by failures in a row, the gentlest first; the last four repeat. */
  readonly ladder: readonly Rung[]
  /** Causes of `+CMS ERROR` that persist until the radio has been off and on. */
  readonly stuckWith: readonly number[]
  /** `+CUSD` uses packed septets in hex instead of text. */
  readonly packsUssd: boolean
  /** Ends an incoming call. */
  readonly hangUp: readonly string[]
  /** How messages are written and read: as PDUs, in text mode, or with Huawei's commands for CDMA. */
  readonly format: 'pdu' | 'text' | 'cdma'
}

/** For an unknown modem. */
export const quirksOfNobody: Quirks = {
  prepare: [],
  autobauds: false,
  pinTries: [{ ask: 'AT+CPINR="SIM PIN"', read: /^\+CPINR: *"?SIM PIN"? *, *(\d+)/ }],
  unlockMs: 2_000,
  smsAwake: null,
  iccid: ['AT+CCID', 'AT+QCCID', 'AT^ICCID?', 'AT+ICCID'],
  cnmi: [],
  storages: ['SM', 'ME', 'MT'],
  acknowledges: true,
  readAfterMs: 0,
  causes: {},
  submitMs: 120_000,
  reset: ['AT+CFUN=1,1', 'AT+CFUN=16', 'ATZ'],
  resetMs: 20_000,
  ladder: usualLadder,
  stuckWith: [],
  packsUssd: false,
  hangUp: ['AT+CHUP', 'ATH'],
  format: 'pdu',
}

export interface QuirksRow extends Partial<Quirks> {
  readonly vendor?: RegExp
  readonly model?: RegExp
  readonly capabilities?: RegExp
}

const tries = (ask: string, read: RegExp) => [{ ask, read }, ...quirksOfNobody.pinTries]

/** IS-707 or IS-856 and no GSM: there are no PDUs. */
const cdmaOnly = /^(?!.*\+CGSM).*CIS-?(707|856)/i

/** By vendor, then by model: every matching row counts, later ones override. */
export const quirkRows: readonly QuirksRow[] = [
  { capabilities: cdmaOnly, format: 'text' },
  {
    vendor: /huawei/i,
    prepare: ['AT^CURC=0', 'AT^PORTSEL=0'],
    pinTries: tries('AT^CPIN?', /^\^CPIN: *[^,]*,\d*,\d*,(\d+)/),
    unlockMs: 3_000,
    iccid: ['AT^ICCID?', 'AT+CCID'],
    reset: ['AT^RESET', 'AT+CFUN=1,1'],
    packsUssd: true,
  },
  // Only a reset brings back an E series that stopped responding.
  {
    vendor: /huawei/i,
    model: /^[EK]\d/i,
    ladder: ['reopen', 'reset', 'reopen', 'radio', 'reopen', 'power', 'reopen', 'reset'],
  },
  { vendor: /huawei/i, model: /^E1752/i, packsUssd: false },
  { vendor: /huawei/i, model: /^E3531/i, readAfterMs: 500 },
  // The modules have no SR storage and no mode 2.
  { vendor: /huawei/i, model: /^M[EU]\d/i, cnmi: ['1,1,0,1,0'], packsUssd: false },
  { vendor: /huawei|china telecom/i, capabilities: cdmaOnly, format: 'cdma' },
  {
    // Some A76xx report INCORPORATED only.
    vendor: /simcom|^INCORPORATED$/i,
    prepare: ['AT+CSCLK=0'],
    pinTries: tries('AT+SPIC', /^\+SPIC: *(\d+)/),
    acknowledges: false,
    reset: ['AT+CFUN=1,1', 'AT+CRESET'],
  },
  { vendor: /simcom/i, model: /SIM[89]00|SIM868/i, autobauds: true },
  { vendor: /simcom/i, model: /SIM70\d\d/i, submitMs: 180_000 },
  {
    vendor: /simcom|^INCORPORATED$/i,
    model: /A76\d\d|SIM76\d\d/i,
    storages: ['ME', 'SM', 'MT'],
    reset: ['AT+CRESET', 'AT+CFUN=1,1'],
  },
  {
    vendor: /quectel/i,
    prepare: ['AT+QURCCFG="urcport","usbat"', 'AT+QSCLK=0'],
    pinTries: tries('AT+QPINC?', /^\+QPINC: *"SC" *, *(\d+)/),
    iccid: ['AT+QCCID', 'AT+CCID'],
    // A general error after two and a quarter minutes.
    submitMs: 150_000,
  },
  {
    vendor: /u-?blox/i,
    pinTries: tries('AT+UPINCNT', /^\+UPINCNT: *(\d+)/),
    submitMs: 180_000,
    reset: ['AT+CFUN=16', 'AT+CFUN=1,1'],
  },
  {
    vendor: /telit/i,
    // #QSS: 3 in the end, also when a SIM is put in later.
    prepare: ['AT#QSS=2'],
    pinTries: tries('AT#PCT', /^#PCT: *(\d+)/),
    smsAwake: { ask: 'AT#QSS?', read: /^#QSS: *(?:\d *, *)?3$/ },
    // The GE865 keeps refusing with 41 until its SIM has been without power.
    stuckWith: [41],
    ladder: ['reopen', 'radio', 'reopen', 'reset', 'reopen', 'power', 'reopen', 'reset'],
    reset: ['AT+CFUN=1,1', 'AT#REBOOT'],
  },
  {
    vendor: /sierra/i,
    unlockMs: 8_000,
  },
  {
    vendor: /zte/i,
    // +CPMS? ends its flood of +ZUSIMR.
    prepare: ['AT+ZOPRT=5', 'AT+ZCDRUN=8', 'AT+CPMS?'],
    pinTries: tries('AT+ZPINPUK=?', /^\+ZPINPUK: *(\d+)/),
    cnmi: ['1,1,0,1,0'],
  },
  {
    vendor: /cinterion|siemens|gemalto|thales/i,
    prepare: ['AT^SMGO=1'],
    pinTries: tries('AT^SPIC="SC"', /^\^SPIC: *(\d+)/),
    causes: {
      512: { accepted: 'no', next: 'retry' },
      513: { accepted: 'no', next: 'pause' },
      514: { accepted: 'no', next: 'give_up' },
      515: { accepted: 'no', next: 'give_up' },
      516: { accepted: 'no', next: 'give_up' },
      517: { accepted: 'no', next: 'give_up' },
      521: { accepted: 'unknown', next: 'retry' },
      532: { accepted: 'no', next: 'pause' },
      538: { accepted: 'no', next: 'give_up' },
    },
  },
  { vendor: /cinterion|siemens/i, model: /MC55|TC63/i, autobauds: true },
  {
    vendor: /wavecom/i,
    prepare: ['AT+WIND=0'],
    unlockMs: 5_000,
    // The network rejected it: a wrong service centre or number.
    causes: { 514: { accepted: 'no', next: 'give_up' } },
    reset: ['AT+CFUN=1'],
  },
  { vendor: /novatel/i, cnmi: ['1,1,2,1,0', '2,1,0,2,0'], unlockMs: 3_000 },
  { vendor: /mediatek|mtk/i, pinTries: tries('AT+EPINC?', /^\+EPINC: *(\d+)/), unlockMs: 3_000 },
  {
    vendor: /longcheer|alcatel/i,
    pinTries: [{ ask: 'AT+CPNNUM', read: /PIN1=(\d+)/ }, ...tries('AT+PNNM?', /PIN1=(\d+)/)],
  },
  {
    vendor: /option/i,
    pinTries: tries('AT_OERCN?', /^_OERCN: *(\d+)/),
  },
  { vendor: /ericsson/i, pinTries: tries('AT*EPIN?', /^\*EPIN: *(\d+)/) },
  { vendor: /infineon|intel/i, pinTries: tries('AT+XPINCNT', /^\+XPINCNT: *(\d+)/) },
  { vendor: /icera/i, pinTries: tries('AT%PINNUM?', /^%PINNUM: *(\d+)/) },
  { vendor: /motorola/i, prepare: ['AT+MODE=2'] },
  { vendor: /fibocom/i, reset: ['AT+CFUN=15', 'AT+CFUN=1,1'] },
]

/** For this modem. */
export function quirksOf(identity: Identity): Quirks {
  return Object.assign({}, quirksOfNobody, ...rowsOf(identity)) as Quirks
}

export function rowsOf({ manufacturer, model, capabilities }: Identity): QuirksRow[] {
  const fits = (pattern: RegExp | undefined, text: string | null) => pattern === undefined || pattern.test(text ?? '')
  return quirkRows.filter(
    (row) => fits(row.vendor, manufacturer) && fits(row.model, model) && fits(row.capabilities, capabilities),
  )
}
