import { Fault } from '../../../message/fault.ts'
import type { Timer } from '../../../util/clock.ts'
import type { Channel } from '../line/channel.ts'
import { chooseCharset } from '../line/charset.ts'
import type { Token } from '../line/framer.ts'
import type { Listener } from '../line/listener.ts'
import { finalIn } from '../line/results.ts'
import type { Quirks } from '../vendors/quirks.ts'
import { isWholeUssd, joinedUssd, type UssdAnswer, ussdAnswerIn } from './ussd-answer.ts'
import { readUssd, type UssdForm, writeUssd } from './ussd-text.ts'

/** ms that a network takes to answer; many never do. */
const answerTimeoutMs = 30_000
/** ms for the OK that some makes say behind the answer. */
const lastLinesMs = 3_000
/** ms in which a further part of an answer may follow. */
const moreLinesMs = 300
/** Lines of one answer that are read. */
const maxLines = 50

/** What `+CUSD: <m>` says instead of an answer (TS 27.007 clause 7.15). */
const refusals: Readonly<Record<number, string>> = {
  2: 'the network has ended the session',
  3: 'another program on the modem has answered',
  4: 'the network does not know this code',
  5: 'the network gave no answer in time',
}

/** How one question ended. */
type End =
  | { readonly kind: 'heard'; readonly answer: UssdAnswer }
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
  // Text mode has set the modem to UCS2 already.
  const charset = inTextMode ? 'UCS2' : await chooseCharset(channel)
  const plain: UssdForm = charset === 'UCS2' ? 'ucs2' : 'text'
  let forms: readonly UssdForm[] = packsUssd ? ['packed', plain] : [plain, 'packed']
  let answer: Answer | null = null
  for (const code of codes) {
    if (answer?.more === false) throw new Fault('network_rejected', `the network asked nothing more: "${answer.text}"`)
    answer = await ask(channel, code, forms, charset)
    // What it has taken it takes again.
    forms = [answer.form]
  }
  if (answer?.more) await cancel(channel)
  return answer?.text ?? ''
}

/** Firmwares of one make differ in the form that they take: what refuses the one may take the other. */
async function ask(
  channel: Channel,
  code: string,
  forms: readonly UssdForm[],
  charset: string | null,
): Promise<Answer> {
  let refused = ''
  for (const form of forms) {
    const end = await new Promise<End>((resolve) => new UssdDialogue(channel, code, form, resolve).begin())
    if (end.kind === 'heard') return answerIn(end.answer, form, charset)
    if (end.kind === 'lost') throw new Fault('modem_error', end.reason)
    if (end.kind === 'silent') {
      await cancel(channel)
      throw new Fault('reply_timeout', `the network did not answer ${code} within ${answerTimeoutMs / 1000} s`)
    }
    refused = end.reason
  }
  throw new Fault('network_rejected', `${code} was refused: ${refused}`)
}

async function cancel(channel: Channel): Promise<void> {
  await channel.command('AT+CUSD=2', 5_000)
}

function answerIn({ m, said, dcs }: UssdAnswer, form: UssdForm, charset: string | null): Answer {
  const text = said === null ? '' : readUssd(said, dcs, form, charset).trim()
  if (m === 0 || m === 1 || (m === 2 && text !== '')) return { more: m === 1, text, form }
  const reason = refusals[m] ?? `the modem answered with +CUSD: ${m}`
  throw new Fault('network_rejected', text === '' ? reason : `${reason}: ${text}`)
}

/** One question: its answer may come before the OK, behind it, in several lines, or never. */
class UssdDialogue implements Listener {
  readonly #channel: Channel
  readonly #command: string
  readonly #resolve: (end: End) => void
  #timer: Timer
  #lines: string[] = []
  readonly #answers: UssdAnswer[] = []
  #isTaken = false
  /** A line of a menu begins like a prompt. */
  #mark = ''

  constructor(channel: Channel, code: string, form: UssdForm, resolve: (end: End) => void) {
    this.#channel = channel
    this.#command = `AT+CUSD=1,"${writeUssd(code, form)}",15`
    this.#resolve = resolve
    this.#timer = channel.clock.after(answerTimeoutMs, () => this.#silent())
  }

  begin(): void {
    this.#channel.listen(this, { prefix: '+CUSD:', echo: this.#command })
    this.#channel.write(`${this.#command}\r`)
  }

  token(token: Token): void {
    if (token.kind === 'prompt') {
      if (this.#lines.length > 0) this.#mark += '> '
      return
    }
    const isOpen = this.#lines.length > 0
    const final = finalIn(token.text)
    if (token.text.startsWith('+CUSD:')) {
      this.#close()
      return this.#append(token.raw.slice(token.raw.indexOf('+CUSD:')))
    }
    // Without quotes nobody can see where the text ends.
    if (isOpen && (final === null || this.#lines[0]?.includes('"'))) return this.#append(this.#mark + token.raw)
    if (final === null) return
    if (final.kind === 'error' && this.#answers.length === 0 && !isOpen)
      return this.#end({ kind: 'refused', reason: final.text })
    this.#isTaken = true
    if (isOpen || this.#answers.length > 0) this.#wait(moreLinesMs)
  }

  reset(sign: string): void {
    this.#end({ kind: 'lost', reason: `the modem has reset (${sign})` })
  }

  lost(reason: string): void {
    this.#end({ kind: 'lost', reason })
  }

  /** The text may hold line ends. */
  #append(line: string): void {
    this.#mark = ''
    this.#lines.push(line)
    const isWhole = isWholeUssd(this.#lines.join('\n')) || this.#lines.length >= maxLines
    if (isWhole) this.#close()
    this.#wait(this.#isTaken && (isWhole || !this.#lines[0]?.includes('"')) ? moreLinesMs : lastLinesMs)
  }

  #close(): void {
    const answer = ussdAnswerIn(this.#lines.join('\n'))
    this.#lines = []
    if (answer !== null && this.#answers.length < maxLines) this.#answers.push(answer)
  }

  #wait(ms: number): void {
    this.#timer.cancel()
    this.#timer = this.#channel.clock.after(ms, () => this.#silent())
  }

  #silent(): void {
    if (!this.#isTaken) this.#channel.outOfStep()
    this.#close()
    const answer = joinedUssd(this.#answers)
    this.#end(answer === null ? { kind: 'silent' } : { kind: 'heard', answer })
  }

  #end(end: End): void {
    this.#timer.cancel()
    this.#channel.listen(null)
    this.#resolve(end)
  }
}
