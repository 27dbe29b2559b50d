import { useEffect, useMemo, useState } from 'preact/hooks'
import type { TypeFilter } from '../../message/public-event-types.ts'
import type { DeviceView, LiveEvent, Position } from '../api/answer-types.ts'
import { calls } from '../api/hub-calls.ts'
import { onEvent } from '../api/live.ts'
import { pastEvents } from '../api/past-events.ts'
import { useResource } from '../api/resource.ts'
import { useReading } from '../api/use-reading.ts'
import { Empty } from '../parts/empty.tsx'
import { TrailMap } from '../parts/map/map.tsx'
import type { Point } from '../parts/map/projection.ts'
import { maxTrail, trailOf } from '../parts/map/trail.ts'
import { words } from '../texts/language.ts'

export function DeviceMap({ device }: { readonly device: DeviceView }) {
  const w = words()
  const { id, name, location } = device
  const trail = useTrail(id, location)
  const own = useResource(calls.map, {})
  if (location === null)
    return (
      <Empty icon="pin" title={w.map.none}>
        <p>{w.map.noneYet}</p>
      </Empty>
    )
  return (
    <div class="card">
      <TrailMap trail={trail} accuracy={location.gps_accuracy ?? null} label={name} tiles={own.data?.map ?? null} />
    </div>
  )
}

const on: readonly TypeFilter[] = ['device.state']

/** The way of the last day, and each position that comes; what is known now, where there is no event of it. */
function useTrail(id: string, location: Position | null): readonly Point[] {
  const { data: past } = useReading((ended) => pastEvents(id, on, ended), id, { on: ['device.removed'] })
  const [since, setSince] = useState<readonly LiveEvent[]>([])
  useEffect(
    () =>
      onEvent((event) => {
        if (event === 'reset') setSince([])
        else if (on.includes(event.type) && 'device' in event.data && event.data.device === id)
          setSince((before) => [...before, event].slice(-maxTrail))
      }),
    [id],
  )
  return useMemo(() => {
    const before = past ?? []
    const latest = before[0]?.timestamp ?? ''
    const events = [...before.toReversed(), ...since.filter(({ timestamp }) => timestamp > latest)]
    const trail = trailOf(events, Date.now())
    return trail.length === 0 && location !== null ? [location] : trail
  }, [past, since, location])
}
