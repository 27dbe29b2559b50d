import { useEffect, useState } from 'preact/hooks'
import type { DeviceView, Position } from '../api/answer-types.ts'
import { calls } from '../api/hub-calls.ts'
import { onEvent } from '../api/live.ts'
import { useResource } from '../api/resource.ts'
import { Empty } from '../parts/empty.tsx'
import { TrailMap } from '../parts/map/map.tsx'
import { words } from '../texts/language.ts'

/** Positions that are drawn: those since the page was opened. */
const maxTrail = 200

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

function useTrail(id: string, location: Position | null): readonly Position[] {
  const [trail, setTrail] = useState<readonly Position[]>([])
  const { latitude, longitude } = location ?? {}
  useEffect(() => {
    if (latitude === undefined || longitude === undefined) return
    setTrail((before) => {
      const last = before.at(-1)
      if (last?.latitude === latitude && last.longitude === longitude) return before
      return [...before, { latitude, longitude }].slice(-maxTrail)
    })
  }, [latitude, longitude])
  useEffect(
    () =>
      onEvent((event) => {
        if (event === 'reset' || event.type !== 'device.removed') return
        if ('device' in event.data && event.data.device === id) setTrail([])
      }),
    [id],
  )
  return trail
}
