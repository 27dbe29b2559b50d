import { setFlagsFromString } from 'node:v8'

/**
 * Modules stay for as long as the program runs. V8 takes each megabyte that stays as a sign that the young generation
 * is too small, and enlarges it to its most: 32 MB that a quiet hub never needs and never gives back.
 */
setFlagsFromString('--semi-space-growth-factor=1')

/** All is loaded: from now on the young generation grows as usual (by a factor of 2) with what the hub has to do. */
export function growWithWork(): void {
  setFlagsFromString('--semi-space-growth-factor=2')
}
