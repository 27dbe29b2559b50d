import type { ServerResponse } from 'node:http'
import type { EventPage, EventReader, NumberedEvent } from '../message/live-events.ts'
import type { PublicEvent } from '../message/public-event.ts'
import { isoTime } from '../message/result.ts'
import type { Rights } from '../message/rights.ts'
import type { Clock } from '../util/clock.ts'

/** Events that are written at once: more are read when the client has taken these. */
const pageSize = 100
/** Shorter than any proxy waits for octets. */
const heartbeatMs = 15_000
/** A client that takes nothing for this time is gone or stuck. */
const stalledMs = 15_000

export interface StreamDeps {
  readonly response: ServerResponse
  readonly reader: EventReader
  readonly clock: Clock
  /** ms since 1970. */
  now(): number
  /** The rights of the one who reads; null once they have ended. */
  rights(): Rights | null
  wanted(event: PublicEvent, rights: Rights): boolean
  /** From the loss of the connection until the client tries again. */
  readonly retryMs: number
}

/**
 * Events as text/event-stream (HTML Standard, section "Server-sent events"). It reads the log as fast as its client
 * takes what was written, so that a slow client costs no memory and holds up nobody; one that takes nothing is closed,
 * and resumes behind the last event that it has.
 */
export class EventStream {
  readonly #deps: StreamDeps
  #isOpen = true
  /** The place that the client knows. */
  #knownTo: number | null = null
  #writtenAt: number

  constructor(deps: StreamDeps) {
    this.#deps = deps
    this.#writtenAt = deps.clock.monotonic()
    deps.response.once('close', () => {
      this.#isOpen = false
      deps.reader.close()
    })
  }

  /** Until the client goes, its rights end, or `end`. */
  async run(): Promise<void> {
    const { reader, response, retryMs } = this.#deps
    try {
      await this.#write(`retry: ${retryMs}\n\n`)
      while (this.#isOpen) await this.#step()
    } catch (error) {
      // Of one that was closed meanwhile, nobody waits for the rest.
      if (this.#isOpen) throw error
    } finally {
      reader.close()
      response.end()
    }
  }

  end(): void {
    this.#isOpen = false
    this.#deps.response.end()
  }

  async #step(): Promise<void> {
    const { reader, clock, rights } = this.#deps
    const page = await reader.take(pageSize)
    if (!this.#isOpen) return
    // Whoever lost the right a moment ago sees nothing more.
    const allowed = rights()
    if (allowed === null) return this.end()
    const frames = this.#framesOf(page, allowed)
    if (frames !== '') await this.#write(frames)
    if (!page.isEnd || !this.#isOpen) return
    const idleMs = clock.monotonic() - this.#writtenAt
    await reader.more(heartbeatMs - idleMs)
    if (this.#isOpen && clock.monotonic() - this.#writtenAt >= heartbeatMs)
      await this.#write(`: heartbeat\n${this.#placeFrame(page.next)}\n`)
  }

  #framesOf(page: EventPage, rights: Rights): string {
    const { wanted, now } = this.#deps
    if (page.reset) {
      this.#knownTo = page.next
      return resetFrame(page.next, now())
    }
    const shown = page.events.filter((event) => wanted(event, rights))
    const last = shown.at(-1)
    if (last !== undefined) this.#knownTo = last.seq
    // From the beginning on the client has a place to resume from, even before the first event.
    if (last === undefined && this.#knownTo === null) return `${this.#placeFrame(page.next)}\n`
    return shown.map(frameOf).join('')
  }

  /** An id without data moves the place and is no event. */
  #placeFrame(place: number): string {
    if (this.#knownTo === place) return ''
    this.#knownTo = place
    return `id: ${place}\n`
  }

  /** Resolves when the client has taken it, or is closed. */
  async #write(text: string): Promise<void> {
    const { response, clock } = this.#deps
    if (!this.#isOpen) return
    this.#writtenAt = clock.monotonic()
    if (response.write(text)) return
    await new Promise<void>((resolve) => {
      const stalled = clock.after(stalledMs, () => response.destroy())
      const done = () => {
        stalled.cancel()
        response.off('drain', done)
        response.off('close', done)
        resolve()
      }
      response.on('drain', done)
      response.on('close', done)
    })
  }
}

/** Line ends of Unicode that JSON leaves as they are: clients that take them for such would end a line within a text. */
const otherLineEnds = /[\u0085\u2028\u2029]/g
const escaped = (letter: string): string => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`

const frames = new WeakMap<NumberedEvent, string>()

/** Made once for all clients. */
function frameOf(event: NumberedEvent): string {
  const known = frames.get(event)
  if (known !== undefined) return known
  const { seq, type, timestamp, data } = event
  const json = JSON.stringify({ type, timestamp, data }).replace(otherLineEnds, escaped)
  const frame = `id: ${seq}\nevent: ${type}\ndata: ${json}\n\n`
  frames.set(event, frame)
  return frame
}

function resetFrame(place: number, now: number): string {
  const data = JSON.stringify({ type: 'reset', timestamp: isoTime(now), data: {} })
  return `id: ${place}\nevent: reset\ndata: ${data}\n\n`
}
