import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * A dialogue with a modem, as a file. Header lines `key: value` (the fields of `Transcript`), an empty line, then the
 * dialogue:
 *
 *   > what the driver writes     ␍ ␊ ␚ ␛ stand for CR LF Ctrl-Z ESC, ␠ for a blank at the end
 *   >> the same, whenever        the line behind it answers it from the beginning on, beside the dialogue
 *   < what the modem says        to the octet
 *   . ms                         time passes
 *   # a remark
 *
 * What the driver writes beside it (start-up, looking after the modem) gets a common modem's answers.
 */
export interface Transcript {
  readonly name: string
  readonly title: string
  /** When the dialogue begins: as the modem is switched on, or when the driver has started up. */
  readonly given: 'power-on' | 'ready'
  /** How each segment that is handed over ends, one after the other. */
  readonly outcomes: readonly string[]
  /** What the hub says at each prompt. */
  readonly leave: 'go' | 'expired' | 'stop'
  /** What is filed, in any order: `storage <pdu>` or `direct <pdu>`. */
  readonly received: readonly string[]
  /** `key=value` of the gateway's state in the end. */
  readonly state: readonly string[]
  /** What the driver must not write. */
  readonly never: readonly string[]
  /** What it writes once and not again. */
  readonly once: readonly string[]
  /** PIN in the configuration. */
  readonly pin: string | undefined
  /** `maker | model | capabilities` that the modem tells of itself; a common modem's where it is left out. */
  readonly make: string | undefined
  /** Fields of the make's rows in `quirks.ts` without which this goes wrong. */
  readonly quirks: readonly string[]
  /** Points of the short list. */
  readonly proves: readonly number[]
  /** The port is a UART of this speed. */
  readonly baud: number | undefined
  /** Each segment that is handed over has another one behind it. */
  readonly more: boolean
  readonly steps: readonly Step[]
  readonly always: Readonly<Record<string, string>>
}

export type Step =
  | { readonly do: 'write' | 'say'; readonly text: string }
  | { readonly do: 'wait'; readonly ms: number }

const folder = fileURLToPath(new URL('./transcripts', import.meta.url))

export function allTranscripts(): Transcript[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.txt'))
    .sort()
    .map((file) => parse(relative(folder, join(folder, file)), readFileSync(join(folder, file), 'utf8')))
}

const signs: Readonly<Record<string, string>> = { '␍': '\r', '␊': '\n', '␚': '\x1a', '␛': '\x1b', '␠': ' ', '␀': '\0' }

function parse(name: string, text: string): Transcript {
  const [head = '', ...rest] = text.split('\n\n')
  const header = head.split('\n').map((line) => {
    const [, key, value] = /^([a-z]+): *(.*)$/.exec(line) ?? []
    if (key === undefined || value === undefined) throw new Error(`${name}: ${line}`)
    return { key, value }
  })
  const known = 'title source given outcome leave received state never once pin make quirk proves baud more'.split(' ')
  for (const { key } of header) if (!known.includes(key)) throw new Error(`${name}: unknown key ${key}`)
  const all = (key: string) => header.filter((line) => line.key === key).map(({ value }) => value)
  const lines = rest
    .join('\n')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  const always: Record<string, string> = identityOf(all('make')[0])
  const steps: Step[] = []
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] as string
    if (line.startsWith('>> ')) always[written(line.slice(3))] = written((lines[++i] ?? '').slice(2))
    else steps.push(step(name, line))
  }
  return {
    name,
    title: all('title')[0] ?? name,
    given: (all('given')[0] ?? 'ready') as Transcript['given'],
    outcomes: all('outcome'),
    leave: (all('leave')[0] ?? 'go') as Transcript['leave'],
    received: all('received'),
    state: all('state'),
    never: all('never').map(written),
    once: all('once').map(written),
    pin: all('pin')[0],
    make: all('make')[0],
    quirks: all('quirk'),
    proves: all('proves').map(Number),
    baud: all('baud').map(Number)[0],
    more: all('more')[0] === 'yes',
    steps,
    always,
  }
}

function identityOf(make: string | undefined): Record<string, string> {
  const said = make?.split(' | ') ?? []
  const asked = ['AT+CGMI', 'AT+CGMM', 'AT+GCAP']
  return Object.fromEntries(said.map((text, i) => [`${asked[i]}\r`, `\r\n${text}\r\n\r\nOK\r\n`]))
}

function step(name: string, line: string): Step {
  const [, kind, rest = ''] = /^([><.]) ?(.*)$/.exec(line) ?? []
  const text = written(rest)
  if (kind === '>') return { do: 'write', text }
  if (kind === '<') return { do: 'say', text }
  if (kind === '.' && /^\d+$/.test(rest)) return { do: 'wait', ms: Number(rest) }
  throw new Error(`${name}: ${line}`)
}

function written(text: string): string {
  return [...text].map((sign) => signs[sign] ?? sign).join('')
}
