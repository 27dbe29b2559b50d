import type { Point } from './projection.ts'

/** Positions that are drawn. */
export const maxTrail = 200

const dayMs = 86_400_000

/** What is known of a device at a time. */
interface Known {
  readonly timestamp: string
  readonly data: object
}

/** Where a device was in the last day, by the states that it has had. */
export function trailOf(events: readonly Known[], now: number): Point[] {
  return joined(
    events.flatMap(({ timestamp, data }) =>
      now - Date.parse(timestamp) < dayMs ? pointIn('state' in data ? data.state : null) : [],
    ),
  )
}

/** A trail without the points where nothing has moved; the latest ones of it. */
export function joined(points: readonly Point[]): Point[] {
  const moved = points.filter(({ latitude, longitude }, at) => {
    const before = points[at - 1]
    return before?.latitude !== latitude || before.longitude !== longitude
  })
  return moved.slice(-maxTrail)
}

function pointIn(state: unknown): Point[] {
  if (typeof state !== 'object' || state === null) return []
  const { latitude, longitude, fix } = state as Readonly<Record<string, unknown>>
  // Of a cell tower, or old: it is not where the device is.
  if (fix === false) return []
  return typeof latitude === 'number' && typeof longitude === 'number' ? [{ latitude, longitude }] : []
}
