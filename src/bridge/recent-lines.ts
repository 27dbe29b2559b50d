import type { LogLevel, LogLine } from '../message/events.ts'
import { isoTime } from '../message/result.ts'

const maxLines = 1_000
const maxCharacters = 1_000

/** The latest lines of the log, numbered from 1, for people without access to it. */
export class RecentLines {
  readonly #now: () => number
  readonly #lines: LogLine[] = []
  #last = 0

  constructor(now: () => number) {
    this.#now = now
  }

  add(level: LogLevel, name: string, text: string): void {
    const message = text.slice(0, maxCharacters)
    this.#lines.push({ seq: ++this.#last, time: isoTime(this.#now()), level, name, message })
    if (this.#lines.length > maxLines) this.#lines.shift()
  }

  /** Lines with higher numbers; the latest ones where there are more. */
  after(seq: number, limit: number): LogLine[] {
    return this.#lines.filter((line) => line.seq > seq).slice(-limit)
  }
}
