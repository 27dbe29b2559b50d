import type { Clock, Timer } from '../../util/clock.ts'
import { sourceOf } from './source.ts'

/** Connections whose clients are not let in yet: of one source, and of all. */
const mostOfOne = 200
const mostOfAll = 1_000
/** How long a client may take for its handshake and its CONNECT, and then the broker for its answer, in ms. */
const connectMs = 10_000
const answerMs = 60_000
/** A client that has just connected gets this long to say what it wants before it may have to make room, in ms. */
const graceMs = 25

/** What is needed of a socket. */
export interface Waiter {
  readonly remoteAddress?: string | undefined
  readonly remotePort?: number | undefined
  readonly localPort?: number | undefined
  destroy(): unknown
  once(event: 'close', listener: () => void): unknown
}

interface Place {
  readonly key: string
  readonly waiter: Waiter
  readonly address: string
  readonly source: string
  timer: Timer
  /** Its CONNECT has come: it waits for the broker, and no longer the broker for it. */
  asked: boolean
}

/**
 * Connections from their first octet until their client is let in, whatever lies below MQTT: TLS, a WebSocket, or
 * nothing. Where a source has too many, those make room that have been silent longest: a client that says at once
 * what it wants is heard, however many others wait and say nothing.
 */
export class WaitingRoom {
  readonly #clock: Clock
  readonly #turnedAway: (address: string, reason: string) => void
  /** The oldest first. */
  readonly #places = new Map<string, Place>()
  readonly #sources = new Map<string, Set<Place>>()
  #sweep: Timer | null = null

  constructor(clock: Clock, turnedAway: (address: string, reason: string) => void) {
    this.#clock = clock
    this.#turnedAway = turnedAway
  }

  enter(waiter: Waiter): void {
    const address = waiter.remoteAddress ?? ''
    if (this.#places.size >= 2 * mostOfAll) {
      this.#turnedAway(address, crowded)
      waiter.destroy()
      return
    }
    const [key, source] = [keyOf(waiter), sourceOf(address)]
    const timer = this.#clock.after(connectMs, () => this.#turnAway(place, 'no CONNECT came in time'))
    const place: Place = { key, waiter, address, source, timer, asked: false }
    const ofSource = this.#sources.get(source) ?? new Set()
    this.#places.set(key, place)
    this.#sources.set(source, ofSource.add(place))
    waiter.once('close', () => this.#leave(place))
    if (ofSource.size > mostOfOne || this.#places.size > mostOfAll)
      this.#sweep ??= this.#clock.after(graceMs, () => this.#makeRoom())
  }

  /** The CONNECT of a connection has come. */
  asked(key: string): void {
    const place = this.#places.get(key)
    if (place === undefined || place.asked) return
    place.asked = true
    place.timer.cancel()
    place.timer = this.#clock.after(answerMs, () => this.#turnAway(place, 'no answer could be given in time'))
  }

  /** Its client is let in. */
  admitted(key: string): void {
    const place = this.#places.get(key)
    if (place !== undefined) this.#leave(place)
  }

  #leave(place: Place): void {
    place.timer.cancel()
    if (this.#places.get(place.key) === place) this.#places.delete(place.key)
    const ofSource = this.#sources.get(place.source)
    ofSource?.delete(place)
    if (ofSource?.size === 0) this.#sources.delete(place.source)
  }

  #makeRoom(): void {
    this.#sweep = null
    for (const places of [...this.#sources.values()]) this.#thin(places, places.size - mostOfOne)
    while (this.#places.size > mostOfAll) {
      const [largest] = [...this.#sources.values()].sort((a, b) => b.size - a.size)
      this.#thin(largest as Set<Place>, 1)
    }
  }

  /** So many of one source go: the oldest that are silent, else the oldest. */
  #thin(places: ReadonlySet<Place>, count: number): void {
    if (count <= 0) return
    const silent = [...places].filter(({ asked }) => !asked)
    const others = [...places].filter(({ asked }) => asked)
    for (const place of [...silent, ...others].slice(0, count)) this.#turnAway(place, crowded)
  }

  #turnAway(place: Place, reason: string): void {
    this.#turnedAway(place.address, reason)
    this.#leave(place)
    place.waiter.destroy()
  }
}

const crowded = 'too many connections that are not logged in'

/** Names a connection: the same for a socket and for TLS on top of it. */
export function keyOf({ remoteAddress, remotePort, localPort }: Omit<Waiter, 'destroy' | 'once'>): string {
  return `${remoteAddress} ${remotePort} ${localPort}`
}
