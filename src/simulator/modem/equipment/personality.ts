import type { LineEnds, PromptShape } from './faults.ts'
import type { NumbersName } from './modem-settings.ts'

/** An unsolicited line after the start. */
export interface BootLine {
  /** After power-on or reset. */
  readonly afterMs: number
  readonly line: string
  /** Only if the SIM is ready by then. */
  readonly needs?: 'sim'
}

/** Particularities of a model, as data: a new model is only a new row. */
export interface Personality {
  readonly manufacturer: string
  readonly model: string
  readonly revision: string
  readonly lineEnds: LineEnds
  readonly prompt: PromptShape
  /** Answer to an unknown command. */
  readonly unknownCommand: string
  /** Standard commands that this model lacks. */
  readonly lacks: readonly string[]
  /** Vendor-specific commands that it has. */
  readonly commands: readonly string[]
  /** Vendor-specific commands with a fixed answer: the whole line after AT, and the lines before OK. */
  readonly answers: Readonly<Record<string, readonly string[]>>
  /** Values that differ from the standard, as its test command prints them. */
  readonly values: Partial<Readonly<Record<NumbersName, string>>>
  readonly boot: readonly BootLine[]
  /** After power-on or reset: time until it responds, then until the SIM is ready and until it is registered. */
  readonly bootMs: number
  readonly simBusyMs: number
  readonly registerMs: number
  /** Lines emitted periodically, until the command line `until` (without AT) is received. */
  readonly chatter: readonly { readonly everyMs: number; readonly line: string; readonly until?: string }[]
  readonly capacity: { readonly SM: number; readonly ME: number; readonly SR: number }
  /** Number of the first slot of a memory. */
  readonly firstIndex: number
  /** Deleting a message renumbers the following ones. */
  readonly renumbers: boolean
  /** Maximum and minimum number of memories in +CPMS. */
  readonly mostMemories: number
  readonly fewestMemories: number
  /** Commands whose answer has no OK if it has a line. */
  readonly noOkBehind: readonly string[]
  /** +CDS has an extra comma. */
  readonly reportComma: boolean
  /** Messages are always shown as in text mode, though `AT+CMGF=0` is accepted. */
  readonly showsText: boolean
  /** `+CMGL` answers OK and lists nothing. */
  readonly hidesMessages: boolean
  /** +CMGR of an empty slot: CMS 321, OK alone, or `+CMGR: 0,,0`. */
  readonly emptySlot: 'error' | 'ok' | 'zeros'
  /** Answer to ESC at the prompt. */
  readonly escape: 'ok' | 'silent'
  /** Line that reports a full memory. */
  readonly fullLine: string | null
  /** Time for acknowledging a +CMT or +CDS in service 1, after which routing ends (TS 27.005 clause 3.4.1). */
  readonly acknowledgeMs: number
  /** A text of class 0 is always delivered directly, regardless of +CNMI. */
  readonly showsClass0: boolean
  /** +CUSD uses packed septets in hex. */
  readonly packsUssd: boolean
}

/** According to the standards, with the delays of a common LTE module. */
export const standard: Personality = {
  manufacturer: 'smshub',
  model: 'Simulated Modem',
  revision: 'SIM1.0',
  lineEnds: 'standard',
  prompt: 'standard',
  unknownCommand: 'ERROR',
  lacks: [],
  commands: [],
  answers: {},
  values: {},
  boot: [
    { afterMs: 2000, line: 'RDY' },
    { afterMs: 2200, line: '+CFUN: 1' },
    { afterMs: 4000, line: '+CPIN: READY', needs: 'sim' },
    { afterMs: 5000, line: 'SMS Ready', needs: 'sim' },
  ],
  bootMs: 1900,
  simBusyMs: 2000,
  registerMs: 3000,
  chatter: [],
  capacity: { SM: 20, ME: 50, SR: 20 },
  firstIndex: 1,
  renumbers: false,
  mostMemories: 3,
  fewestMemories: 1,
  noOkBehind: [],
  reportComma: false,
  showsText: false,
  hidesMessages: false,
  emptySlot: 'error',
  escape: 'ok',
  fullLine: null,
  acknowledgeMs: 17_000,
  showsClass0: false,
  packsUssd: false,
}
