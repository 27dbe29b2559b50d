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

/** Many networks never answer. */
const answerTimeoutMs = 30_000
/** For the OK that some vendors send after the answer. */
const lastLinesMs = 3_000
/** For a further part of an answer. */
const moreLinesMs = 300
/** Lines of one answer that are read. */
const maxLines = 50

/** `+CUSD: <m>` without an answer (TS 27.007 clause 7.15). */
const refusals: Readonly<Record<number, string>> = {
  2: 'the network has ended the session',
  3: 'another program on the modem has answered',
  4: 'the network does not know this code',
  5: 'the network gave no answer in time',
}

/** How one question ended. */
type End =
  | { readonly kind: 'answered'; readonly answer: UssdAnswer }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'lost'; readonly reason: string }

interface Answer {
  /** The network expects a reply. */
  readonly more: boolean
  readonly text: string
  /** The form that the modem uses. */
  readonly form: UssdForm
}

/**
 * One USSD session (TS 27.007 clause 7.15): a code like `*100#`, and the choices in its menus. Resolves with the
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
    // It accepts this form again.
    forms = [answer.form]
  }
  if (answer?.more) await cancel(channel)
  return answer?.text ?? ''
}

/** Firmwares of one vendor differ in the form that they accept: after a rejection the other one is tried. */
async function ask(
  channel: Channel,
  code: string,
  forms: readonly UssdForm[],
  charset: string | null,
): Promise<Answer> {
  let refused = ''
  for (const form of forms) {
    const end = await new Promise<End>((resolve) => new UssdDialogue(channel, code, form, resolve).begin())
    if (end.kind === 'answered') return answerIn(end.answer, form, charset)
    if (end.kind === 'lost') throw new Fault('modem_error', end.reason)
    if (end.kind === 'timeout') {
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

function answerIn({ m, raw, dcs }: UssdAnswer, form: UssdForm, charset: string | null): Answer {
  const text = raw === null ? '' : readUssd(raw, dcs, form, charset).trim()
  if (m === 0 || m === 1 || (m === 2 && text !== '')) return { more: m === 1, text, form }
  const reason = refusals[m] ?? `the modem answered with +CUSD: ${m}`
  throw new Fault('network_rejected', text === '' ? reason : `${reason}: ${text}`)
}

/** One request: its answer may come before the OK, after it, in several lines, or never. */
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
    this.#timer = channel.clock.after(answerTimeoutMs, () => this.#timedOut())
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
    // Without quotes the end of the text can't be recognised.
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
    this.#timer = this.#channel.clock.after(ms, () => this.#timedOut())
  }

  #timedOut(): void {
    if (!this.#isTaken) this.#channel.outOfStep()
    this.#close()
    const answer = joinedUssd(this.#answers)
    this.#end(answer === null ? { kind: 'timeout' } : { kind: 'answered', answer })
  }

  #end(end: End): void {
    this.#timer.cancel()
    this.#channel.listen(null)
    this.#resolve(end)
  }
}
