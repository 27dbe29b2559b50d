import { Fault } from '../../message/fault.ts'
import type { Timer } from '../../util/clock.ts'
import type { Channel, Listener } from './channel.ts'
import type { Token } from './framer.ts'
import type { Quirks } from './quirks.ts'
import { finalIn } from './results.ts'
import { readUssd, type UssdForm, writeUssd } from './ussd-text.ts'

/** ms that a network takes to answer; many never do (facts: modems, section 12). */
const patience = 30_000
/** ms for the OK that some makes say behind the answer. */
const lastWord = 3_000
/** Lines of one answer that are read. */
const longest = 50

/** What `+CUSD: <m>` says instead of an answer (TS 27.007 clause 7.15). */
const refusals: Readonly<Record<number, string>> = {
  2: 'the network has ended the session',
  3: 'another program on the modem has answered',
  4: 'the network does not know this code',
  5: 'the network gave no answer in time',
}

/** How one question ended. */
type End =
  | { readonly kind: 'heard'; readonly line: string }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'silent' }
  | { readonly kind: 'lost'; readonly reason: string }

interface Answer {
  /** The network wants to be answered. */
  readonly more: boolean
  readonly text: string
  /** What the modem takes and gives. */
  readonly form: UssdForm
}

/**
 * One USSD session (TS 27.007 clause 7.15): a code like `*100#`, and what is chosen in the menus behind it. Answers the
 * last text of the network. To be run inside `channel.exclusive`. Fails with `network_rejected` or `reply_timeout`.
 */
export async function runUssd(
  channel: Channel,
  codes: readonly string[],
  { packsUssd }: Quirks,
  inTextMode: boolean,
): Promise<string> {
  // Text mode has set the modem to UCS2 already; elsewhere nobody knows what it was left at.
  if (!inTextMode) await channel.command('AT+CSCS="GSM"', 3_000)
  const plain: UssdForm = inTextMode ? 'ucs2' : 'text'
  let forms: readonly UssdForm[] = packsUssd ? ['packed', plain] : [plain, 'packed']
  let answer: Answer | null = null
  for (const code of codes) {
    if (answer?.more === false) throw new Fault('network_rejected', `the network asked nothing more: "${answer.text}"`)
    answer = await ask(channel, code, forms)
    // What it has taken it takes again.
    forms = [answer.form]
  }
  if (answer?.more) await cancel(channel)
  return answer?.text ?? ''
}

/** Firmwares of one make differ in the form that they take: what refuses the one may take the other. */
async function ask(channel: Channel, code: string, forms: readonly UssdForm[]): Promise<Answer> {
  let refused = ''
  for (const form of forms) {
    const end = await new Promise<End>((resolve) => new UssdDialogue(channel, code, form, resolve).begin())
    if (end.kind === 'heard') return answerIn(end.line, form)
    if (end.kind === 'lost') throw new Fault('modem_error', end.reason)
    if (end.kind === 'silent') {
      await cancel(channel)
      throw new Fault('reply_timeout', `the network did not answer ${code} within ${patience / 1000} s`)
    }
    refused = end.reason
  }
  throw new Fault('network_rejected', `${code} was refused: ${refused}`)
}

async function cancel(channel: Channel): Promise<void> {
  await channel.command('AT+CUSD=2', 5_000)
}

function answerIn(line: string, form: UssdForm): Answer {
  const [, m = '', string, dcs = '15'] = /^\+CUSD: *(\d)(?: *, *"([\s\S]*)"(?: *, *(\d+))?)?/.exec(line) ?? []
  const text = string === undefined ? '' : readUssd(string, Number(dcs), form).trim()
  if (m === '0' || m === '1' || (m === '2' && text !== '')) return { more: m === '1', text, form }
  const reason = refusals[Number(m)] ?? `the modem answered ${line}`
  throw new Fault('network_rejected', text === '' ? reason : `${reason}: ${text}`)
}

/** One question: its answer may come before the OK, behind it, in several lines, or never. */
class UssdDialogue implements Listener {
  readonly #channel: Channel
  readonly #command: string
  readonly #resolve: (end: End) => void
  #timer: Timer
  #lines: string[] = []
  #isWhole = false
  #isTaken = false

  constructor(channel: Channel, code: string, form: UssdForm, resolve: (end: End) => void) {
    this.#channel = channel
    this.#command = `AT+CUSD=1,"${writeUssd(code, form)}",15`
    this.#resolve = resolve
    this.#timer = channel.clock.after(patience, () => this.#silent())
  }

  begin(): void {
    this.#channel.listen(this, { prefix: '+CUSD:', echo: this.#command })
    this.#channel.write(`${this.#command}\r`)
  }

  token(token: Token): void {
    if (token.kind === 'prompt') return
    if (this.#lines.length > 0 && !this.#isWhole) return this.#append(token.text)
    if (token.text.startsWith('+CUSD:')) return this.#append(token.text)
    const final = finalIn(token.text)
    if (final === null) return
    if (final.kind === 'error') return this.#end({ kind: 'refused', reason: final.text })
    this.#isTaken = true
    if (this.#isWhole) this.#heard()
  }

  reset(sign: string): void {
    this.#end({ kind: 'lost', reason: `the modem has reset (${sign})` })
  }

  lost(reason: string): void {
    this.#end({ kind: 'lost', reason })
  }

  /** The text stands in quotes, and may hold line ends. */
  #append(line: string): void {
    this.#lines.push(line)
    const text = this.#lines.join('\n')
    this.#isWhole = !text.includes('"') || /"[\s\S]*"( *, *\d+)? *$/.test(text) || this.#lines.length >= longest
    if (!this.#isWhole) return
    if (this.#isTaken) return this.#heard()
    this.#timer.cancel()
    this.#timer = this.#channel.clock.after(lastWord, () => this.#silent())
  }

  #silent(): void {
    if (!this.#isTaken) this.#channel.outOfStep()
    if (this.#lines.length > 0) this.#heard()
    else this.#end({ kind: 'silent' })
  }

  #heard(): void {
    this.#end({ kind: 'heard', line: this.#lines.join('\n') })
  }

  #end(end: End): void {
    this.#timer.cancel()
    this.#channel.listen(null)
    this.#resolve(end)
  }
}
