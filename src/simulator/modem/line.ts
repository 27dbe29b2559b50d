import type { Duplex } from 'node:stream'
import type { Clock } from '../../util/clock.ts'

/**
 * The line between a modem and its DTE: one byte stream at a time, and others beside it that share its input and
 * output, like two programs on one port. Text on it is Latin-1: a character is an octet.
 */
export class Line {
  readonly #clock: Clock
  readonly #receive: (octets: string) => void
  #stream: Duplex | null = null
  readonly #beside = new Set<Duplex>()
  #slow: { octet: string; ms: number }[] = []

  constructor(clock: Clock, receive: (octets: string) => void) {
    this.#clock = clock
    this.#receive = receive
  }

  get isOpen(): boolean {
    return this.#stream !== null
  }

  /** Serves a stream until it ends. Fails while another one is served: a port has one holder. */
  attach(stream: Duplex): void {
    if (this.#stream) throw new Error('the modem serves another stream already')
    this.#stream = stream
    this.#hear(
      stream,
      () => this.#stream === stream,
      () => this.detach(),
    )
  }

  /** Serves an additional stream, whoever has the port. */
  attachBeside(stream: Duplex): void {
    this.#beside.add(stream)
    this.#hear(
      stream,
      () => this.#beside.has(stream),
      () => this.#beside.delete(stream),
    )
  }

  #hear(stream: Duplex, isAttached: () => boolean, leave: () => void): void {
    const gone = () => {
      if (isAttached()) leave()
    }
    stream.on('data', (chunk: Buffer) => {
      if (!isAttached()) return
      stream.cork()
      this.#receive(chunk.toString('latin1'))
      stream.uncork()
    })
    stream.on('end', gone).on('close', gone).on('error', gone)
  }

  /** Detaches the stream, which stays open. Unsent output is lost. */
  detach(): void {
    this.#stream = null
    this.#slow = []
  }

  /** Destroys all streams, as when the modem is unplugged. */
  cut(): void {
    const streams = this.#all
    this.detach()
    this.#beside.clear()
    for (const stream of streams) stream.destroy()
  }

  /** Sends; `msPerOctet` above 0 sends octet by octet, and later output waits. */
  write(octets: string, msPerOctet = 0): void {
    if (msPerOctet === 0 && this.#slow.length === 0) return this.#send(octets)
    const idle = this.#slow.length === 0
    for (const octet of octets) this.#slow.push({ octet, ms: msPerOctet })
    if (idle) this.#drip()
  }

  #drip(): void {
    const next = this.#slow[0]
    if (!next) return
    this.#clock.after(next.ms, () => {
      if (this.#slow[0] !== next) return
      this.#slow.shift()
      this.#send(next.octet)
      this.#drip()
    })
  }

  #send(octets: string): void {
    for (const stream of this.#all) if (stream.writable) stream.write(Buffer.from(octets, 'latin1'))
  }

  get #all(): Duplex[] {
    return [...(this.#stream === null ? [] : [this.#stream]), ...this.#beside]
  }
}
