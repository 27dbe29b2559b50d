import type { Duplex } from 'node:stream'
import { sleep } from '../../util/clock.ts'
import { type Piece, piecesOf } from './answer-faults.ts'
import { commands } from './commands/index.ts'
import { type Dialogue, type Equipment, Silence } from './equipment/equipment.ts'
import { type Point, promptShapes } from './equipment/faults.ts'
import { Refusal } from './equipment/result-codes.ts'
import { interpret } from './interpreter.ts'
import { Line } from './line.ts'
import { AnswerWriter } from './modem-answer.ts'
import { TerminalAdapter } from './terminal-adapter.ts'

export interface ConversationDeps {
  readonly me: Equipment
  /** Whether the modem communicates: it has power and has started. */
  readonly isAwake: () => boolean
  readonly unplug: (returnsAfterMs: number | undefined) => void
  readonly reset: () => void
  /** A command line has been answered. */
  readonly answered: () => void
}

/** Lines held back while a prompt is open. */
const maxHeld = 100

/** The DTE's end of a modem: command lines in, answers and unsolicited lines out, with the faults on the way. */
export class Conversation {
  readonly #deps: ConversationDeps
  readonly #line: Line
  readonly #adapter: TerminalAdapter
  readonly #writer: AnswerWriter
  /** Lines held back while a prompt is open. */
  readonly #held: (readonly string[])[] = []
  /** Incremented by a reset: earlier work emits nothing any more. */
  #epoch = 0

  constructor(deps: ConversationDeps) {
    const { me, isAwake } = deps
    const { faults, personality } = me
    this.#deps = deps
    this.#writer = new AnswerWriter(
      () => me.settings,
      () => faults.peek('line_ends')?.shape ?? personality.lineEnds,
    )
    this.#line = new Line(me.clock, (octets) => {
      if (isAwake()) this.#adapter.receive(octets)
    })
    this.#adapter = new TerminalAdapter({
      settings: () => me.settings,
      echoes: () => me.settings.numbers.E[0] === 1 || faults.peek('echo') !== null,
      write: (octets) => this.#line.write(octets),
      missesCtrlZ: () => faults.take('stuck_prompt') !== null,
      carryOut: (body) => this.#carryOut(body),
    })
  }

  get isOpen(): boolean {
    return this.#line.isOpen
  }

  attach(stream: Duplex): void {
    this.#line.attach(stream)
  }

  attachBeside(stream: Duplex): void {
    this.#line.attachBeside(stream)
  }

  detach(): void {
    this.#line.detach()
  }

  /** Destroys the stream. */
  cut(): void {
    this.#line.cut()
  }

  /** Aborts everything in progress. */
  stop(): void {
    this.#epoch++
    this.#held.length = 0
    this.#adapter.reset()
  }

  /** Emits unsolicited lines, after an open prompt. */
  emit(lines: readonly string[]): void {
    const { isAwake, me } = this.#deps
    if (!isAwake() || me.faults.peek('silence', { at: 'everywhere' })) return
    if (!this.#adapter.asks) this.#line.write(this.#writer.lines(lines))
    else if (this.#held.length < maxHeld) this.#held.push(lines)
  }

  async #carryOut(body: string): Promise<void> {
    const { me, answered } = this.#deps
    const epoch = this.#epoch
    me.faults.take('echo')
    let command = ''
    const result = await interpret(body, commands, me, (name) => {
      command = name
      return this.#dialogue(name)
    })
    if (epoch !== this.#epoch) return
    if (result) await this.#answer(piecesOf(result, command, this.#writer, me.faults, me.clock), command)
    if (epoch !== this.#epoch) return
    this.#tellHeld()
    answered()
  }

  #dialogue(command: string): Dialogue {
    const epoch = this.#epoch
    return {
      ask: (how) => this.#ask(how, command),
      reach: (point) => {
        if (epoch !== this.#epoch) throw new Silence()
        this.#reach(point, command)
      },
    }
  }

  async #answer(pieces: readonly Piece[], command: string): Promise<void> {
    const { clock, faults } = this.#deps.me
    const epoch = this.#epoch
    for (const { afterMs, octets } of pieces) {
      if (afterMs > 0) await sleep(clock, afterMs)
      if (epoch !== this.#epoch) return
      const half = octets.slice(0, octets.length / 2)
      const slow = faults.take('slow')?.msPerOctet ?? 0
      if (this.#strikes('inside_answer', command, () => this.#line.write(half, slow))) return
      this.#line.write(octets, slow)
    }
  }

  async #ask(how: 'pdu' | 'text', command: string): Promise<string | null> {
    const { faults, personality } = this.#deps.me
    this.#reach('before_prompt', command)
    const shape = faults.take('prompt')?.shape ?? personality.prompt
    const prompt = faults.take('lost_prompt') ? '' : promptShapes[shape]
    const probe = { octets: 10, call: () => this.#strikes('inside_pdu', command) }
    const typing = this.#adapter.ask({ prompt, lines: how === 'text', probe })
    const stray = faults.take('unsolicited', { at: 'after_prompt', command })
    if (stray) this.#line.write(this.#writer.lines([stray.line]))
    this.#reach('after_prompt', command)
    const typed = await typing
    this.#tellHeld()
    if (typed === null && personality.escape === 'silent') throw new Silence()
    return typed
  }

  #reach(point: Point, command: string): void {
    const { faults } = this.#deps.me
    if (this.#strikes(point, command)) throw new Silence()
    if (faults.take('silence', { at: point, command })) throw new Silence()
    const error = faults.take('error', { at: point, command })
    if (!error) return
    const { cms, cme, verbatim } = error
    if (cms !== undefined) throw new Refusal('cms', cms)
    throw cme === undefined ? new Refusal(null, 0, verbatim) : new Refusal('cme', cme)
  }

  /** Whether the modem is unplugged or reset here; `before` is done first. */
  #strikes(point: Point, command: string, before = () => {}): boolean {
    const { me, unplug, reset } = this.#deps
    const unplugged = me.faults.take('unplug', { at: point, command })
    if (!unplugged && !me.faults.take('reset', { at: point, command })) return false
    before()
    if (unplugged) unplug(unplugged.returnsAfterMs)
    else reset()
    return true
  }

  #tellHeld(): void {
    for (const lines of this.#held.splice(0)) this.emit(lines)
  }
}
