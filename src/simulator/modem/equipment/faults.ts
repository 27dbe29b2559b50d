/** Points of a dialogue at which a modem can stop responding, be unplugged, reset or refuse. */
export const points = {
  command: 'a command line has been received, nothing is done yet',
  before_prompt: 'the modem is about to prompt for the PDU or text',
  after_prompt: 'it has prompted',
  inside_pdu: 'ten octets after the prompt have been received (unplug and reset only)',
  before_acceptance: 'the PDU is complete, the network does not have it',
  after_acceptance: 'the network has accepted it, the answer is not sent',
  inside_answer: 'half of the answer is sent (unplug and reset only)',
} as const

export type Point = keyof typeof points

/** Shapes of the prompt. The standard is TS 27.005 clause 3.5.1. */
export const promptShapes = {
  standard: '\r\n> ',
  crlf_after: '\r\n>\r\n',
  bare: '>',
  bare_space: '> ',
  cr_after: '> \r',
  no_space: '\r\n>',
} as const

export type PromptShape = keyof typeof promptShapes

/** Line ends: V.250 clause 5.7.1, and deviations of vendors. */
export const lineEnds = {
  standard: { head: '\r\n', tail: '\r\n' },
  tail_only: { head: '', tail: '\r\n' },
  cr: { head: '\r', tail: '\r' },
  lf: { head: '\n', tail: '\n' },
  cr_doubled: { head: '\r\r\n', tail: '\r\r\n' },
} as const

export type LineEnds = keyof typeof lineEnds

/** Damage to the hex digits of a PDU on a bad line. */
export const damages = {
  shortened: (hex: string) => hex.slice(0, -24),
  gap: (hex: string) => hex.slice(0, 20) + hex.slice(44),
  odd: (hex: string) => hex.slice(0, 31) + hex.slice(32),
  no_hex: (hex: string) => `${hex.slice(0, 30)}~?${hex.slice(32)}`,
  too_long: (hex: string) => hex + hex.slice(-8),
  echo_inside: (hex: string) => `${hex.slice(0, 30)}AT+CSQ${hex.slice(30)}`,
  in_two_lines: (hex: string) => `${hex.slice(0, 30)}\r\n${hex.slice(30)}`,
  indication_inside: (hex: string) => `${hex.slice(0, 30)}\r\n+CMTI: "SM",9\r\n${hex.slice(30)}`,
  /** Not a fault of the line: this modem leaves the service centre out. */
  no_centre: (hex: string) => hex.slice(2 + 2 * Number.parseInt(hex.slice(0, 2), 16)),
} as const satisfies Readonly<Record<string, (hex: string) => string>>

export type Damage = keyof typeof damages

/** Every fault and what it does. */
export const faultMeanings = {
  silence: 'no answer; `everywhere` drops whole command lines and all unsolicited lines',
  unplug: 'the stream is destroyed and the power is off, until it is plugged in again',
  reset: 'the modem restarts by itself, with its settings lost',
  error: 'an error instead of the right answer; after acceptance it is false',
  lost_prompt: 'the modem waits for the PDU, but its prompt is lost on the way',
  prompt: "another prompt than this model's",
  stuck_prompt: 'Ctrl-Z is ignored: the modem stays in the prompt until ESC',
  bare_ok: 'OK alone: the information of the answer (`+CMGS: 7`) is missing',
  ok_first: 'OK first, the information later',
  late_answer: 'the answer is delayed; the modem reads nothing meanwhile',
  double_final: 'another final result code after the answer',
  unsolicited: 'an unsolicited line; `glued` is appended to the last line of information',
  line_ends: "other line ends than this model's",
  echo: 'echo although it is off; counts lines',
  garbage: 'random octets before an answer',
  slow: 'the octets of an answer are sent one by one',
  storage_full: 'memories are full: nothing is stored, the counters show it; counts refused messages',
  answer: 'other lines of information than the true ones',
  damaged: 'characters of a PDU are lost or changed on the line; `+CMT` and `+CDS` too',
  lost_indication: 'a message is stored and +CMTI or +CDSI is not sent',
} as const

export type FaultName = keyof typeof faultMeanings

/** The parameters of the faults. `command` limits one to a command, for example `+CMGS`. */
interface FaultParameters extends Record<FaultName, object> {
  silence: { readonly at: Point | 'everywhere'; readonly command?: string }
  /** Without `returnsAfterMs` it has to be plugged in explicitly. */
  unplug: { readonly at: Point; readonly command?: string; readonly returnsAfterMs?: number }
  reset: { readonly at: Point; readonly command?: string }
  /** Without a number it is `ERROR`; `verbatim` is sent as it is, regardless of +CMEE: `MODEM ERROR: 5`. */
  error: {
    readonly at: Exclude<Point, 'inside_pdu' | 'inside_answer'>
    readonly command?: string
    readonly cms?: number
    readonly cme?: number
    readonly verbatim?: string
  }
  prompt: { readonly shape: PromptShape }
  bare_ok: { readonly command?: string }
  ok_first: { readonly command?: string; readonly gapMs: number }
  late_answer: { readonly command?: string; readonly ms: number }
  double_final: { readonly command?: string; readonly final: string }
  unsolicited: {
    readonly at: 'before_answer' | 'inside_answer' | 'glued' | 'after_prompt'
    readonly command?: string
    readonly line: string
  }
  answer: { readonly command?: string; readonly lines: readonly string[] }
  damaged: { readonly command?: string; readonly how: Damage }
  line_ends: { readonly shape: LineEnds }
  garbage: { readonly command?: string; readonly octets: number }
  slow: { readonly msPerOctet: number }
}

/** A fault as data: its name, its parameters, and how often it applies (absent: until it is cleared). */
export type ModemFault = {
  [Name in FaultName]: { readonly fault: Name; readonly times?: number } & FaultParameters[Name]
}[FaultName]
