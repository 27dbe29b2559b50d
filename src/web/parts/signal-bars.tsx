import { words } from '../texts/language.ts'

const bars = [1, 25, 50, 75] as const

interface SignalProps {
  readonly percent: number | null | undefined
  readonly dbm?: number | null | undefined
}

/** The strength of a signal: bars, and the figure beside them. */
export function SignalBars({ percent, dbm }: SignalProps) {
  if (percent === null || percent === undefined) return <span class="muted">{words().gateways.noSignal}</span>
  return (
    <span class="row" title={dbm === null || dbm === undefined ? undefined : `${dbm} dBm`}>
      <span class="bars" aria-hidden="true">
        {bars.map((least) => (
          <i key={least} class={percent >= least ? 'on' : undefined} />
        ))}
      </span>
      <span class="number">{Math.round(percent)} %</span>
    </span>
  )
}
