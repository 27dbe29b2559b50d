import type { Clock, Timer } from '../../util/clock.ts'
import { sourceOf } from '../../util/networks.ts'

/** Connections that are not admitted yet: per source, and in all. */
const maxPerSource = 200
const maxConnections = 1_000
/** Timeouts of a client's handshake and CONNECT, and of the broker's answer. */
const connectTimeoutMs = 10_000
const connackTimeoutMs = 60_000
/** Time that a new client has for its CONNECT before its connection may be dropped. */
const graceMs = 25

/** The required part of a socket. */
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
  /** Its CONNECT was received: it waits for the broker now. */
  asked: boolean
}

/**
 * Connections from their first octet until their client is admitted, over TCP, TLS or WebSocket. Where a source has too
 * many, those that have been silent longest are dropped: a client that sends its CONNECT at once is served, however
 * many silent ones wait.
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
    if (this.#places.size >= 2 * maxConnections) {
      this.#turnedAway(address, crowded)
      waiter.destroy()
      return
    }
    const [key, source] = [keyOf(waiter), sourceOf(address)]
    const timer = this.#clock.after(connectTimeoutMs, () => this.#turnAway(place, 'no CONNECT in time'))
    const place: Place = { key, waiter, address, source, timer, asked: false }
    const ofSource = this.#sources.get(source) ?? new Set()
    this.#places.set(key, place)
    this.#sources.set(source, ofSource.add(place))
    waiter.once('close', () => this.#leave(place))
    if (ofSource.size > maxPerSource || this.#places.size > maxConnections)
      this.#sweep ??= this.#clock.after(graceMs, () => this.#makeRoom())
  }

  /** The CONNECT of a connection was received. */
  asked(key: string): void {
    const place = this.#places.get(key)
    if (place === undefined || place.asked) return
    place.asked = true
    place.timer.cancel()
    place.timer = this.#clock.after(connackTimeoutMs, () => this.#turnAway(place, 'no answer could be given in time'))
  }

  /** Its client is admitted. */
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
    for (const places of [...this.#sources.values()]) this.#thin(places, places.size - maxPerSource)
    while (this.#places.size > maxConnections) {
      const [largest] = [...this.#sources.values()].sort((a, b) => b.size - a.size)
      this.#thin(largest as Set<Place>, 1)
    }
  }

  /** Drops connections of a source: the oldest silent ones, else the oldest. */
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

/** Key of a connection: the same for a socket and for TLS on it. */
export function keyOf({ remoteAddress, remotePort, localPort }: Omit<Waiter, 'destroy' | 'once'>): string {
  return `${remoteAddress} ${remotePort} ${localPort}`
}
