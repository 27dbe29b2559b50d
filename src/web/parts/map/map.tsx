import { useEffect, useState } from 'preact/hooks'
import { words } from '../../texts/language.ts'
import { numberOf } from '../../texts/times.ts'
import { Button } from '../button.tsx'
import { type Flat, flatOf, metreAt, type Point, scaleOf, type View, viewOf, zoomed } from './projection.ts'
import { maxTiles, type Tile, tilesOf } from './tiles.ts'

interface MapProps {
  /** Where it was, the latest last. */
  readonly trail: readonly Point[]
  /** Of the latest, in metres. */
  readonly accuracy: number | null
  readonly label: string
  /** The map of the owner, where there is one. */
  readonly tiles: { readonly tiles: string; readonly attribution: string } | null
}

const size = { width: 800, height: 450 } as const
const shape = size.width / size.height
/** Views that are narrower, on the world of width 1, are too near for an outline of tenths of a degree. */
const outlineWidth = 0.004
/** What is shown around a single position on the outline: about a thousand kilometres, where a coast is near. */
const aloneWidth = 0.04
/** Of one step of the buttons. */
const stepFactor = 2

/**
 * A map that asks nobody's server, unless its owner has named one: the outline of the land, the trail, and how exact the
 * position is.
 */
export function TrailMap({ trail, accuracy, label, tiles }: MapProps) {
  const w = words().map
  const last = trail.at(-1)
  const [chosen, setChosen] = useState<number | null>(null)
  /** Nothing of what was wanted came from the owner's server: it is asked again when another part is wanted. */
  const [isAway, setAway] = useState(false)
  const outline = useOutline()
  if (last === undefined) return null
  const served = isAway ? null : tiles
  const whole = viewOf(trail, shape)
  const factor = chosen ?? (trail.length === 1 && served === null ? aloneWidth / whole.width : 1)
  const view = zoomed({ ...whole, middle: factor < 1 ? flatOf(last) : whole.middle }, factor)
  const at = drawing(view)
  const points = trail.map((point) => at(flatOf(point)))
  const end = points.at(-1) as Flat
  const radius = accuracy === null ? 0 : (accuracy * metreAt(last.latitude) * size.width) / view.width
  const scale = scaleOf(view)
  const isFar = view.width > outlineWidth
  const zoom = (to: number | null) => {
    setChosen(to)
    setAway(false)
  }
  return (
    <figure class={isFar ? 'map' : 'map near'}>
      <svg viewBox={`0 0 ${size.width} ${size.height}`} role="img" aria-label={w.of(label, placeText(last))}>
        {isFar && <Land rings={outline} at={at} />}
        {served !== null && <Tiles tiles={tilesOf(served.tiles, view, size.width)} onNone={() => setAway(true)} />}
        {radius > 2 && <circle class="exact" cx={end.x} cy={end.y} r={radius} />}
        <polyline class="trail" points={points.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')} />
        {points.slice(0, -1).map(({ x, y }) => (
          <circle key={`${x},${y}`} class="past" cx={x} cy={y} r={4} />
        ))}
        <circle class="here" cx={end.x} cy={end.y} r={8} />
        <g class="scale" transform={`translate(16 ${size.height - 18})`}>
          <path d={`M0 -6V0H${scale.share * size.width}V-6`} />
          <text y={-10}>
            {scale.metres >= 1000 ? `${numberOf(scale.metres / 1000)} km` : `${numberOf(scale.metres)} m`}
          </text>
        </g>
      </svg>
      <figcaption class="row spread">
        <span class="number">
          <a href={`geo:${last.latitude},${last.longitude}`}>{placeText(last)}</a>
          {accuracy !== null && <span class="muted"> ± {numberOf(accuracy, 0)} m</span>}
          {served !== null && <span class="small muted"> {served.attribution}</span>}
          {isAway && <span class="small muted"> {w.away}</span>}
        </span>
        <span class="row">
          <Button tight onClick={() => zoom(factor / stepFactor)}>
            {w.closer}
          </Button>
          <Button tight onClick={() => zoom(factor * stepFactor)}>
            {w.farther}
          </Button>
          <Button tight onClick={() => zoom(null)}>
            {w.all}
          </Button>
        </span>
      </figcaption>
    </figure>
  )
}

/** Those that come; what is below them is seen where one does not. */
function Tiles({ tiles, onNone }: { readonly tiles: readonly Tile[]; onNone(): void }) {
  const [failed, setFailed] = useState<readonly string[]>([])
  const left = tiles.filter(({ url }) => !failed.includes(url))
  const isNone = tiles.length > 0 && left.length === 0
  useEffect(() => {
    if (isNone) onNone()
  }, [isNone])
  return left.map(({ url, x, y, size }) => (
    <image
      key={url}
      href={url}
      x={x}
      y={y}
      width={size}
      height={size}
      onError={() => setFailed((before) => [...before, url].slice(-maxTiles))}
    />
  ))
}

type At = (point: Flat) => Flat

function Land({ rings, at }: { readonly rings: readonly Ring[]; readonly at: At }) {
  return (
    <g class="land">
      {rings.map((ring) => (
        <path
          key={ring[0]?.join()}
          d={pathOf(ring.map(([longitude, latitude]) => at(flatOf({ latitude, longitude }))))}
        />
      ))}
    </g>
  )
}

const placeText = ({ latitude, longitude }: Point): string => `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`

const drawing =
  ({ middle, width, height }: View): At =>
  ({ x, y }) => ({
    x: ((x - middle.x) / width + 0.5) * size.width,
    y: ((y - middle.y) / height + 0.5) * size.height,
  })

const pathOf = (points: readonly Flat[]): string =>
  `M${points.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L')}Z`

type Ring = readonly (readonly [number, number])[]

/** The outline of the land, loaded with the first map. */
function useOutline(): readonly Ring[] {
  const [outline, setOutline] = useState<readonly Ring[]>([])
  useEffect(() => {
    import('./outline.ts').then(({ land }) => setOutline(land())).catch(console.error)
  }, [])
  return outline
}
