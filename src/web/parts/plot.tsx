import { useEffect, useRef } from 'preact/hooks'
import { locale } from '../texts/language.ts'
import { numberOf } from '../texts/times.ts'
import { theme } from '../theme.ts'

export interface Series {
  readonly label: string
  readonly values: readonly (number | null)[]
  readonly isBars?: boolean
}

interface PlotProps {
  readonly label: string
  /** Seconds since 1970. */
  readonly times: readonly number[]
  readonly series: readonly Series[]
  readonly unit: string
  readonly range?: readonly [number, number]
}

const height = 180
const daySeconds = 86_400
/** A shorter time is shown as the end of an hour. */
const leastSeconds = 3_600
const timeSteps = [60, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, daySeconds]
/** Steps of an axis of counts. */
const wholeSteps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000]
const leastCount = 4
/** So few are no curve yet. */
const fewPoints = 12

/** Values over time. uPlot is loaded with the first one. */
export function Plot({ label, times, series, unit, range }: PlotProps) {
  const box = useRef<HTMLDivElement>(null)
  const isDark = theme.value
  const code = locale.value
  useEffect(() => {
    let end = () => {}
    let isGone = false
    draw().catch(console.error)
    return () => {
      isGone = true
      end()
    }

    async function draw() {
      const { default: UPlot } = await import('uplot')
      const parent = box.current
      if (parent === null || isGone) return
      const colours = ['--accent', '--good', '--warn', '--bad'].map(colourOf)
      const axis = {
        stroke: colourOf('--muted'),
        grid: { stroke: colourOf('--line'), width: 1 },
        ticks: { show: false },
      }
      // Bars of two series stand side by side, within their hour.
      const isBars = series.some(({ isBars }) => isBars)
      const bars = ([-1, 1] as const).map((align) => UPlot.paths.bars?.({ size: [0.4, 20], align }))
      const margin = isBars && times.length > 1 ? ((times[1] as number) - (times[0] as number)) / 2 : 0
      const top = Math.max(leastCount, ...series.flatMap(({ values }) => values.map((value) => value ?? 0)))
      const [low, high] = range ?? [0, top]
      const plot = new UPlot(
        {
          width: parent.clientWidth,
          height,
          legend: { show: series.length > 1, live: false },
          cursor: { show: false },
          scales: {
            x: { range: (_, min, max) => [Math.min(min, max - leastSeconds) - margin, max + margin] },
            y: { range: [low, high] },
          },
          axes: [
            {
              ...axis,
              size: 32,
              incrs: timeSteps,
              values: (_, ticks, _axis, _space, step) => ticks.map((tick) => timeWords(tick, step)),
            },
            {
              ...axis,
              size: 52,
              ...(isBars && { incrs: wholeSteps }),
              values: (_, ticks) => ticks.map((tick) => `${numberOf(tick)}${unit}`),
            },
          ],
          series: [
            {},
            ...series.map(({ label, isBars = false }, at) => {
              const colour = colours[at % colours.length] ?? 'gray'
              const line = { label, stroke: colour, width: 2, points: { show: !isBars && times.length <= fewPoints } }
              const paths = bars[at % bars.length]
              return isBars && paths !== undefined ? { ...line, paths, width: 0, fill: colour } : line
            }),
          ],
        },
        [[...times], ...series.map(({ values }) => [...values])],
        parent,
      )
      const follow = new ResizeObserver(() => plot.setSize({ width: parent.clientWidth, height }))
      follow.observe(parent)
      end = () => {
        follow.disconnect()
        plot.destroy()
      }
    }
  }, [times, series, unit, range, isDark, code])
  return <div ref={box} class="plot" role="img" aria-label={label} />
}

/** The hour, and the day where one begins, as the language writes them. */
function timeWords(seconds: number, step: number): string {
  const time = new Date(seconds * 1000)
  const isDay = step >= daySeconds || (time.getHours() === 0 && time.getMinutes() === 0)
  const style = isDay ? ({ day: 'numeric', month: 'short' } as const) : ({ timeStyle: 'short' } as const)
  return new Intl.DateTimeFormat(locale.value, style).format(time)
}

/** A colour of the theme as the browser computes it: a canvas knows no custom properties. */
function colourOf(name: string): string {
  const probe = document.createElement('span')
  probe.style.color = `var(${name})`
  document.body.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}
