import type { Duplex } from 'node:stream'
import type { Clock, Timer } from '../../util/clock.ts'
import { PacketGuard } from './packet-guard.ts'
import type { Violation } from './packet-rules.ts'

/** Time for receiving a packet, from its first octet to its last. */
const packetTimeoutMs = 120_000

export interface GuardOptions {
  /** Octets of a packet. */
  readonly largest: number
  readonly clock: Clock
  refused(reason: string): void
}

/** A stream of complete and valid packets; any other ends it. */
export function guarded(stream: Duplex, { largest, clock, refused }: GuardOptions): Duplex {
  const guard = new PacketGuard(largest)
  const read = stream.read.bind(stream)
  let timeout: Timer | null = null
  const end = ({ reason, connack }: Violation) => {
    refused(reason)
    // Earlier packets are served first.
    if (connack === undefined) setImmediate(() => stream.destroy())
    else stream.end(Buffer.from([0x20, 2, 0, connack]), () => stream.destroy())
  }
  stream.read = (size?: number) => {
    const chunk: Buffer | null = read(size)
    if (chunk === null || guard.violation !== null) return null
    const packets = guard.take(chunk)
    if (guard.violation !== null) end(guard.violation)
    if (packets !== null || !guard.isWaiting) {
      timeout?.cancel()
      timeout = null
    }
    if (guard.isWaiting)
      timeout ??= clock.after(packetTimeoutMs, () => end({ reason: 'a packet was not complete in time' }))
    return packets
  }
  stream.once('close', () => timeout?.cancel())
  return stream
}
