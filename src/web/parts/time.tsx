import { ageOf, fullTime, now, shortTime } from '../texts/times.ts'

/** A time as an age that grows, or as the clock showed it; the whole of it as its title. */
export function Time({ at, as = 'age' }: { readonly at: string; readonly as?: 'age' | 'clock' }) {
  // Read, so that it is drawn again as time passes.
  now.value
  return (
    <time dateTime={at} title={fullTime(at)}>
      {as === 'age' ? ageOf(at) : shortTime(at)}
    </time>
  )
}
