import { Fault } from '../../message/fault.ts'
import type { Clock } from '../../util/clock.ts'
import type { Latch } from '../../util/latch.ts'
import { within } from '../deadline.ts'
import { openPort, type Port } from './line/port.ts'
import type { ModemOptions } from './options.ts'

const openTimeoutMs = 15_000
const closeTimeoutMs = 5_000

/** Opens the port of a modem within bounded time, and not after `stopping` has fired. */
export function openInTime(
  { path, baudRate, open = openPort, openingMs = openTimeoutMs }: ModemOptions,
  clock: Clock,
  stopping: Latch,
): Promise<Port> {
  const opening = open(path, baudRate)
  return new Promise<Port>((resolve, reject) => {
    const off = stopping.on(() => reject(new Fault('port_failed', 'the hub stops')))
    within(clock, openingMs, opening, tooLong(`${path} does not open`))
      .then(resolve, reject)
      .finally(off)
  }).catch((error) => {
    // It may still open: then it has to be closed here.
    Promise.allSettled([opening.then((port) => port.close())])
    throw error
  })
}

/** Closes it within bounded time; rejects with a Fault when the system does not. */
export function closeInTime(port: Port, clock: Clock): Promise<void> {
  return within(clock, closeTimeoutMs, port.close(), tooLong(`${port.name} does not close`))
}

function tooLong(message: string): () => Fault {
  return () => new Fault('port_failed', `${message}: no answer from the system`)
}
