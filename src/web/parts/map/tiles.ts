import type { View } from './projection.ts'

/** A picture of a part of the map, with its place on the drawing. */
export interface Tile {
  readonly url: string
  readonly x: number
  readonly y: number
  readonly size: number
}

const tileSize = 256
/** As deep as servers of tiles go. */
const maxZoom = 19
/** A drawing needs a dozen; a mistake must not ask for thousands. */
export const maxTiles = 64

/** The tiles that cover a view on a drawing of this width, in the numbering of OpenStreetMap. */
export function tilesOf(template: string, { middle, width, height }: View, drawnWidth: number): Tile[] {
  const zoom = Math.max(0, Math.min(maxZoom, Math.round(Math.log2(drawnWidth / (tileSize * width)))))
  const count = 2 ** zoom
  const size = drawnWidth / (width * count)
  const west = middle.x - width / 2
  const north = middle.y - height / 2
  const columns = between(west * count, (west + width) * count)
  const rows = between(north * count, (north + height) * count).filter((row) => row >= 0 && row < count)
  const tiles = rows.flatMap((row) =>
    columns.map((column) => ({
      // Around the world.
      url: urlOf(template, zoom, ((column % count) + count) % count, row),
      x: (column / count - west) * count * size,
      y: (row / count - north) * count * size,
      size,
    })),
  )
  return tiles.slice(0, maxTiles)
}

const between = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, Math.ceil(to) - Math.floor(from)) }, (_, at) => Math.floor(from) + at)

const urlOf = (template: string, z: number, x: number, y: number): string =>
  template.replace('{z}', String(z)).replace('{x}', String(x)).replace('{y}', String(y))
