import type { LineEnds, PromptShape } from './faults.ts'
import type { NumbersName } from './modem-settings.ts'

/** A line that a modem says by itself. */
export interface BootLine {
  /** After power-on or reset. */
  readonly afterMs: number
  readonly line: string
  /** Only when the SIM can be used by then. */
  readonly needs?: 'sim'
}

/** What is particular to a make, as data. A new make is a row here and nothing else. */
export interface Personality {
  readonly manufacturer: string
  readonly model: string
  readonly revision: string
  readonly lineEnds: LineEnds
  readonly prompt: PromptShape
  /** Answer to what the modem does not know. */
  readonly unknownCommand: string
  /** Commands of the standards that this make does not know. */
  readonly lacks: readonly string[]
  /** Makers' own commands that it knows. */
  readonly commands: readonly string[]
  /** Makers' own commands that are always answered alike: the whole line behind AT, and the lines before OK. */
  readonly answers: Readonly<Record<string, readonly string[]>>
  /** Where this make takes other values than the standard, as its test command prints them. */
  readonly values: Partial<Readonly<Record<NumbersName, string>>>
  readonly boot: readonly BootLine[]
  /** After power-on or reset: how long it is deaf, from then on how long the SIM is busy, and how long registering takes. */
  readonly bootMs: number
  readonly simBusyMs: number
  readonly registerMs: number
  /** Lines said every now and then, until the command line `until` (behind AT) has come. */
  readonly chatter: readonly { readonly everyMs: number; readonly line: string; readonly until?: string }[]
  readonly capacity: { readonly SM: number; readonly ME: number; readonly SR: number }
  /** Number of the first slot of a memory. */
  readonly firstIndex: number
  /** Deleting a message moves those behind it up. */
  readonly renumbers: boolean
  /** Names of memories that +CPMS takes at most, and at least. */
  readonly mostMemories: number
  readonly fewestMemories: number
  /** Commands whose answer, where it has a line, has no OK behind it. */
  readonly noOkBehind: readonly string[]
  /** A comma too many stands in +CDS. */
  readonly reportComma: boolean
  /** Messages are shown as in text mode, also where `AT+CMGF=0` was taken. */
  readonly showsText: boolean
  /** `+CMGL` answers OK and lists nothing. */
  readonly hidesMessages: boolean
  /** +CMGR of an empty slot: CMS 321, OK alone, or `+CMGR: 0,,0`. */
  readonly emptySlot: 'error' | 'ok' | 'zeros'
  /** What ESC at the prompt is answered with. */
  readonly escape: 'ok' | 'silent'
  /** A full memory is told by this line. */
  readonly fullLine: string | null
  /** A +CMT or +CDS in service 1 is acknowledged within this time, or routing ends (TS 27.005 clause 3.4.1). */
  readonly acknowledgeMs: number
  /** A text of class 0 is handed over, and not stored, also where +CNMI says otherwise. */
  readonly showsClass0: boolean
  /** +CUSD takes and gives packed septets in hex. */
  readonly packsUssd: boolean
}

/** As the standards say, with the delays of a common LTE module. */
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
