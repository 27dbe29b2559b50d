import type { Port } from '../../src/gateway/modem/line/port.ts'
import type { Clock } from '../../src/util/clock.ts'
import type { Step } from './transcript.ts'

/** What a common modem answers, by the first row that fits. */
const common: readonly (readonly [command: RegExp, information: string])[] = [
  [/^AT$|^AT[EVQ]\d$/, ''],
  [/^AT\+CMEE\?$/, '+CMEE: 1'],
  [/^AT\+CGMI$/, 'Common'],
  [/^AT\+CGMM$/, 'C1'],
  [/^AT\+CGMR$/, '1.0'],
  [/^AT\+CGSN$/, '490154203237518'],
  [/^AT\+CFUN\?$/, '+CFUN: 1'],
  [/^AT\+CPIN\?$/, '+CPIN: READY'],
  [/^AT\+CCID$/, '+CCID: 8949017000000000017'],
  [/^AT\+CPMS=\?$/, '+CPMS: ("SM","ME"),("SM","ME"),("SM","ME")'],
  [/^AT\+CPMS=/, '+CPMS: 0,20,0,20,0,20'],
  [/^AT\+CREG\?$/, '+CREG: 1,1'],
  [/^AT\+CSQ$/, '+CSQ: 20,99'],
  [/^AT\+COPS\?$/, '+COPS: 0,0,"Network",7'],
  [/^AT\+CSMS\?$/, '+CSMS: 0,1,1,1'],
  [/^AT\+(CMEE|CREG|CMGF|CSMS)=\d$|^AT\+CMGD=\d+$|^AT\+CMGL=4$/, ''],
]

/** The modem's side of a transcript. */
export class ScriptedModem {
  readonly #clock: Clock
  #written: string[] = []
  readonly #always: Readonly<Record<string, string>>
  readonly #baudRate: number | undefined
  #steps: Step[] = []
  /** When the wait that runs now is over. */
  #until = 0
  #indications = '0,0,0,0,0'
  #typed = ''
  #port: { data: (octets: Uint8Array) => void; lost: (reason: string) => void } | null = null

  constructor(clock: Clock, always: Readonly<Record<string, string>> = {}, baudRate?: number) {
    this.#baudRate = baudRate
    this.#clock = clock
    this.#always = always
  }

  /** All that the driver wrote since the transcript began, unit by unit. */
  get written(): readonly string[] {
    return this.#written
  }

  /** What of the transcript has not happened. */
  get left(): readonly Step[] {
    return this.#steps
  }

  begin(steps: readonly Step[]): void {
    this.#steps = [...steps]
    this.#written = []
    this.#go()
  }

  /** The port for the driver. */
  open(): Port {
    const line = { data: (_: Uint8Array) => {}, lost: (_: string) => {} }
    this.#port = line
    return {
      name: 'transcript',
      ...(this.#baudRate !== undefined && { baudRate: this.#baudRate }),
      write: (octets) => this.#hear(octets),
      onData: (listener) => {
        line.data = listener
      },
      onLost: (listener) => {
        line.lost = listener
      },
      close: async () => {
        if (this.#port === line) this.#port = null
      },
    }
  }

  #hear(octets: string): void {
    this.#typed += octets
    for (let end = this.#typed.search(/[\r\x1a\x1b]/); end >= 0; end = this.#typed.search(/[\r\x1a\x1b]/)) {
      const unit = this.#typed.slice(0, end + 1)
      this.#typed = this.#typed.slice(end + 1)
      this.#written.push(unit)
      this.#answer(unit)
    }
  }

  #answer(unit: string): void {
    const command = unit.replace(/\r$/, '')
    const set = /^AT\+CNMI=(.*)$/.exec(command)?.[1]
    if (set !== undefined) this.#indications = set
    const next = this.#steps[0]
    if (next?.do === 'write' && next.text === unit && this.#clock.monotonic() >= this.#until) {
      this.#steps.shift()
      return this.#go()
    }
    if (this.#always[unit] !== undefined) return this.#say(this.#always[unit])
    if (unit === '\x1b') return
    if (/^AT\+CNMI/.test(command)) return this.#reply(set === undefined ? `+CNMI: ${this.#indications}` : '')
    const row = common.find(([pattern]) => pattern.test(command))
    if (row === undefined) this.#say('\r\nERROR\r\n')
    else this.#reply(row[1])
  }

  #reply(information: string): void {
    this.#say(`${information === '' ? '' : `\r\n${information}\r\n`}\r\nOK\r\n`)
  }

  /** Says and waits until it is the driver's turn. */
  #go(): void {
    while (this.#steps[0] !== undefined && this.#steps[0].do !== 'write') {
      const step = this.#steps.shift() as Step
      if (step.do === 'say') this.#say(step.text)
      if (step.do === 'wait') {
        this.#until = this.#clock.monotonic() + step.ms
        this.#clock.after(step.ms, () => this.#go())
        return
      }
    }
  }

  /** Never from within a write: a port answers later. */
  #say(octets: string): void {
    const port = this.#port
    this.#clock.after(0, () => port?.data(Buffer.from(octets, 'latin1')))
  }
}
