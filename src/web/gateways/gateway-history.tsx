import type { ComponentChildren } from 'preact'
import { useMemo } from 'preact/hooks'
import type { GatewayHistory as History } from '../api/answer-types.ts'
import { calls } from '../api/hub-calls.ts'
import { useResource } from '../api/resource.ts'
import { Awaited } from '../parts/listing.tsx'
import { Plot } from '../parts/plot.tsx'
import { words } from '../texts/language.ts'

interface HistoryProps {
  readonly id: string
  /** Modems have a signal, links to a carrier none. */
  readonly hasSignal: boolean
}

/** Signal and traffic of a gateway in the last 24 hours. */
export function GatewayHistory({ id, hasSignal }: HistoryProps) {
  const w = words().gateways
  const { data, problem } = useResource(
    calls.gatewayHistory,
    { gateway: id },
    {
      on: ['gateway.state', 'message.sent', 'message.received'],
      concerns: ({ data }) => 'gateway' in data && data.gateway === id,
    },
  )
  const shown = (plot: (history: History) => ComponentChildren) =>
    data !== null ? plot(data) : <Awaited problem={problem} />
  return (
    <>
      {hasSignal && (
        <section class="card" aria-labelledby="gateway-signal">
          <header>
            <h2 id="gateway-signal">{w.signalDay}</h2>
          </header>
          {shown(({ signal }) => (
            <SignalPlot samples={signal} />
          ))}
        </section>
      )}
      <section class="card" aria-labelledby="gateway-traffic">
        <header>
          <h2 id="gateway-traffic">{w.traffic}</h2>
        </header>
        {shown(({ hours }) => (
          <TrafficPlot hours={hours} />
        ))}
      </section>
    </>
  )
}

const secondsOf = (time: string): number => Date.parse(time) / 1000
const percents = [0, 100] as const

function SignalPlot({ samples }: { readonly samples: History['signal'] }) {
  const w = words().gateways
  const { times, series } = useMemo(() => {
    const last = samples.at(-1)
    // What was read last still holds.
    const drawn = last === undefined ? [] : [...samples, { ...last, at: new Date().toISOString() }]
    return {
      times: drawn.map(({ at }) => secondsOf(at)),
      series: [{ label: w.signal, values: drawn.map(({ percent }) => percent) }],
    }
  }, [samples, w])
  if (samples.every(({ percent }) => percent === null)) return <p class="muted">{w.signalSoon}</p>
  return <Plot label={w.signalDay} times={times} series={series} unit=" %" range={percents} />
}

function TrafficPlot({ hours }: { readonly hours: History['hours'] }) {
  const w = words()
  const { times, series } = useMemo(
    () => ({
      times: hours.map(({ at }) => secondsOf(at)),
      series: [
        { label: w.messages.out, values: hours.map(({ sent }) => sent), isBars: true },
        { label: w.messages.in, values: hours.map(({ received }) => received), isBars: true },
      ],
    }),
    [hours, w],
  )
  if (hours.every(({ sent, received }) => sent + received === 0)) return <p class="muted">{w.gateways.noTraffic}</p>
  return <Plot label={w.gateways.traffic} times={times} series={series} unit="" />
}
