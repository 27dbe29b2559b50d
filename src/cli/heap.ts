import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Clock } from '../util/clock.ts'

/**
 * Modules stay for as long as the program runs. V8 takes each megabyte that stays as a sign that the young generation
 * is too small, and enlarges it to its most: 32 MB that a quiet hub never needs and never gives back.
 */
setFlagsFromString('--semi-space-growth-factor=1')

/** All is loaded: from now on the young generation grows as usual (by a factor of 2) with what the hub has to do. */
export function growWithWork(): void {
  setFlagsFromString('--semi-space-growth-factor=2')
}

/** Time in which a start settles. */
const settledMs = 10_000
/** A larger heap is that of a hub with much to do: it is collected anyway, and the pause would be long. */
const maxHeapOctets = 64 * 1024 * 1024

/**
 * How V8 collects with nothing to do: it takes few and full pages, and drops the code of what ran once, which is
 * compiled again where it is needed.
 */
const sparing = ['optimize-for-size', 'stress-flush-code', 'flush-baseline-code']

/** Collects once what the start has left: V8 does that when there is need of memory, which a quiet hub never has. */
export function collectAfterStart(clock: Clock): void {
  clock.after(settledMs, () => {
    if (process.memoryUsage().heapUsed > maxHeapOctets) return
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('globalThis.gc') as (() => void) | undefined
    for (const flag of sparing) setFlagsFromString(`--${flag}`)
    // The first one finds out which pages are nearly empty, and the second one empties them.
    collect?.()
    collect?.()
    for (const flag of sparing) setFlagsFromString(`--no-${flag}`)
  })
}
