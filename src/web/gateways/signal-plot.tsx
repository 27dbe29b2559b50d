import { useEffect, useMemo, useState } from 'preact/hooks'
import { ask } from '../api/ask.ts'
import { calls } from '../api/hub-calls.ts'
import { onEvent } from '../api/live.ts'
import { Plot } from '../parts/plot.tsx'
import { words } from '../texts/language.ts'

interface Sample {
  /** Seconds since 1970. */
  readonly at: number
  readonly percent: number | null
}

const maxSamples = 500

/** The signal of a gateway since this was opened. */
export function SignalPlot({ id }: { readonly id: string }) {
  const w = words().gateways
  const [samples, setSamples] = useState<readonly Sample[]>([])
  useEffect(() => {
    const add = (percent: unknown, at: number) => {
      if (typeof percent !== 'number' && percent !== null) return
      setSamples((before) => [...before, { at, percent }].slice(-maxSamples))
    }
    ask(calls.gateways, {})
      .then(({ data }) => add(data.find((gateway) => gateway.id === id)?.signal_percent, Date.now() / 1000))
      .catch(console.error)
    return onEvent((event) => {
      if (event === 'reset' || event.type !== 'gateway.state') return
      const { data, timestamp } = event
      if ('gateway' in data && data.gateway === id && 'signal_percent' in data)
        add(data.signal_percent, Date.parse(timestamp) / 1000)
    })
  }, [id])
  const times = useMemo(() => samples.map(({ at }) => at), [samples])
  const series = useMemo(() => [{ label: w.signal, values: samples.map(({ percent }) => percent) }], [samples, w])
  if (samples.length < 2) return <p class="muted">{w.signalSoon}</p>
  return <Plot label={w.signal} times={times} series={series} unit="%" range={percents} />
}

const percents = [0, 100] as const
