import { useEffect, useRef } from 'preact/hooks'
import { locale } from '../texts/language.ts'
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
      const bars = UPlot.paths.bars?.({ size: [0.6, 40] })
      const plot = new UPlot(
        {
          width: parent.clientWidth,
          height,
          legend: { show: series.length > 1 },
          cursor: { y: false },
          scales: { x: { time: true }, ...(range && { y: { range: [range[0], range[1]] } }) },
          axes: [axis, { ...axis, size: 60, values: (_, ticks) => ticks.map((tick) => `${tick} ${unit}`) }],
          series: [
            {},
            ...series.map(({ label, isBars = false }, at) => ({
              label,
              stroke: colours[at % colours.length] ?? 'gray',
              width: 2,
              ...(isBars && bars !== undefined && { paths: bars, fill: colours[at] ?? 'gray' }),
            })),
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

/** A colour of the theme as the browser computes it: a canvas knows no custom properties. */
function colourOf(name: string): string {
  const probe = document.createElement('span')
  probe.style.color = `var(${name})`
  document.body.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}
