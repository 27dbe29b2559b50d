import type { Line } from './listener.ts'
import { finalIn } from './results.ts'

/** After an ESC, for what the line still holds. */
const settleMs = 100
/** Without another result code, where nothing else distinguishes the answers. */
const quietMs = 100

/**
 * Sent until the modem answers, each with its timeout: one that boots or ends something long is late, one with ATQ1
 * answers nothing.
 */
const attempts = [
  ['AT', 1_000],
  ['AT', 1_000],
  ['AT', 1_000],
  ['ATQ0', 3_000],
  ['AT', 3_000],
  ['AT', 3_000],
  ['AT', 3_000],
] as const

/** `bare`: one OK without the line that should precede it, and nothing more. */
type Answer = 'ok' | 'error' | 'prompt' | 'silence' | 'bare'

/** After this many in a row a bare OK is not a late one: the modem answers `AT+CMEE?` with nothing else. */
const sureBare = 2

/**
 * Brings the line to a known state: out of a prompt, past late answers. ESC and never Ctrl-Z, which would send what was
 * typed. The OK of AT may be another command's; `+CMEE:` in front of an OK shows whose it is.
 * False when the modem does not answer.
 */
export async function synchronise(line: Line): Promise<boolean> {
  line.write('\x1b')
  await drain(line, settleMs)
  let bare = 0
  for (const [text, ms] of attempts) {
    if (line.lost !== null) return false
    const answer = await exchange(line, text, ms, null)
    // Any answer counts: some vendors' modems reject even this while their SIM is locked.
    if (answer === 'ok' || answer === 'error') {
      const step = await stepOf(line)
      bare = step === 'bare' ? bare + 1 : 0
      if (step === 'in' || bare === sureBare) return true
    }
    if (answer === 'prompt') line.write('\x1b')
    if (answer !== 'ok') await drain(line, settleMs)
  }
  return false
}

async function stepOf(line: Line): Promise<'in' | 'out' | 'bare'> {
  const answer = await exchange(line, 'AT+CMEE?', 3_000, '+CMEE:')
  if (answer === 'error') return (await drain(line, quietMs)) === 0 ? 'in' : 'out'
  if (answer === 'ok') return 'in'
  if (answer === 'bare') return 'bare'
  if (answer === 'prompt') line.write('\x1b')
  await drain(line, settleMs)
  return 'out'
}

/** One command. With a `tag`, only the OK after a line that begins with it is its answer. */
function exchange(line: Line, text: string, ms: number, tag: string | null): Promise<Answer> {
  return new Promise((resolve) => {
    let tagged = tag === null
    let bare = 0
    const end = (answer: Answer) => {
      timer.cancel()
      line.listen(null)
      resolve(answer)
    }
    const timer = line.clock.after(ms, () => end(bare === 1 && !tagged ? 'bare' : 'silence'))
    line.listen(
      {
        token: (token) => {
          if (token.kind === 'prompt') return end('prompt')
          const result = resultIn(token.text)
          if (result === 'error' || (result === 'ok' && tagged)) return end(result)
          if (result === 'ok') bare++
          tagged ||= tag !== null && token.text.startsWith(tag)
        },
        reset: () => {},
        lost: () => end('silence'),
      },
      { echo: text, ...(tag !== null && { prefix: tag }) },
    )
    line.write(`${text}\r`)
  })
}

/** Lets pass what comes within `ms`, and counts the result codes and prompts in it. */
async function drain(line: Line, ms: number): Promise<number> {
  let count = 0
  const token = (one: { kind: 'prompt' } | { kind: 'line'; text: string }) => {
    if (one.kind === 'prompt' || resultIn(one.text) !== null) count++
  }
  line.listen({ token, reset: () => {}, lost: () => {} })
  await line.sleep(ms)
  line.listen(null)
  return count
}

/** Result codes in words, or in digits before ATV1 (V.250 clause 5.7.1). */
function resultIn(line: string): 'ok' | 'error' | null {
  if (line === '0') return 'ok'
  if (line === '4') return 'error'
  return finalIn(line)?.kind ?? null
}
