import { useMemo } from 'preact/hooks'
import { calls } from '../api/hub-calls.ts'
import { useResource } from '../api/resource.ts'
import { Fault } from '../parts/fault.tsx'
import { Loading } from '../parts/listing.tsx'
import { Plot } from '../parts/plot.tsx'
import { words } from '../texts/language.ts'
import { now } from '../texts/times.ts'
import { hoursOf } from './hours.ts'

const shownHours = 24
const limit = 100

/** Texts an hour through a gateway. */
export function TrafficPlot({ id }: { readonly id: string }) {
  const w = words()
  const recent = useResource(calls.messages, { gateway: id, since: '24h', limit }, { on: ['message.*'] })
  const { data, problem } = recent
  const hour = Math.floor(now.value / 3_600_000)
  // Drawn again when an hour has passed
  const { times, sent, received } = useMemo(() => hoursOf(data?.data ?? [], now.value, shownHours), [data, hour])
  const series = useMemo(
    () => [
      { label: w.messages.out, values: sent, isBars: true },
      { label: w.messages.in, values: received },
    ],
    [sent, received, w],
  )
  if (data === null) return problem === null ? <Loading /> : <Fault problem={problem} />
  if (data.data.length === 0) return <p class="muted">{w.gateways.noTraffic}</p>
  return (
    <>
      <Plot label={w.gateways.traffic} times={times} series={series} unit="" />
      {data.next_cursor !== null && <p class="small muted">{w.gateways.latestOnly(limit)}</p>}
    </>
  )
}
