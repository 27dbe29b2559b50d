import type { Duplex } from 'node:stream'
import type { Clock, Timer } from '../../util/clock.ts'
import { PacketGuard } from './packet-guard.ts'
import type { Violation } from './packet-rules.ts'

/** How long a packet may take from its first octet to its last, in ms. */
const slowestPacketMs = 120_000

export interface GuardOptions {
  /** Octets of the largest packet. */
  readonly largest: number
  readonly clock: Clock
  refused(reason: string): void
}

/** A stream out of which only whole and valid packets are read; any other ends it. */
export function guarded(stream: Duplex, { largest, clock, refused }: GuardOptions): Duplex {
  const guard = new PacketGuard(largest)
  const read = stream.read.bind(stream)
  let patience: Timer | null = null
  const end = ({ reason, connack }: Violation) => {
    refused(reason)
    // What came before it is served first.
    if (connack === undefined) setImmediate(() => stream.destroy())
    else stream.end(Buffer.from([0x20, 2, 0, connack]), () => stream.destroy())
  }
  stream.read = (size?: number) => {
    const chunk: Buffer | null = read(size)
    if (chunk === null || guard.violation !== null) return null
    const packets = guard.take(chunk)
    if (guard.violation !== null) end(guard.violation)
    if (packets !== null || !guard.isWaiting) {
      patience?.cancel()
      patience = null
    }
    if (guard.isWaiting)
      patience ??= clock.after(slowestPacketMs, () => end({ reason: 'a packet was not complete in time' }))
    return packets
  }
  stream.once('close', () => patience?.cancel())
  return stream
}
