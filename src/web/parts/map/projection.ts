/** Degrees, as GPS has them (WGS 84). */
export interface Point {
  readonly latitude: number
  readonly longitude: number
}

/** On a square world of width 1: x to the east, y to the south. */
export interface Flat {
  readonly x: number
  readonly y: number
}

/** A part of the world: its middle, and its width and height on the flat world. */
export interface View {
  readonly middle: Flat
  readonly width: number
  readonly height: number
}

/** Beyond it, Mercator's projection has no end. */
const maxLatitude = 85.05
const equatorMetres = 40_075_016.686

/** Web Mercator. */
export function flatOf({ latitude, longitude }: Point): Flat {
  const within = Math.max(-maxLatitude, Math.min(maxLatitude, latitude))
  const sine = Math.sin((within * Math.PI) / 180)
  return { x: (longitude + 180) / 360, y: 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI) }
}

export function pointOf({ x, y }: Flat): Point {
  const latitude = (Math.atan(Math.sinh((0.5 - y) * 2 * Math.PI)) * 180) / Math.PI
  return { latitude, longitude: x * 360 - 180 }
}

/** Width of the flat world that a metre has at a latitude. */
export const metreAt = (latitude: number): number =>
  1 / (equatorMetres * Math.max(0.01, Math.cos((latitude * Math.PI) / 180)))

/** At least this much is shown, so that one point is not shown without its surroundings. */
const minMetres = 400
const margin = 1.3

/** The view that shows all points, with a shape of width to height. */
export function viewOf(points: readonly Point[], shape: number): View {
  const [first] = points
  if (first === undefined) return { middle: { x: 0.5, y: 0.4 }, width: 1, height: 1 / shape }
  const flats = points.map(flatOf)
  const xs = flats.map(({ x }) => x)
  const ys = flats.map(({ y }) => y)
  const [west, east, north, south] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]
  const least = minMetres * metreAt(first.latitude)
  const width = Math.max(least, (east - west) * margin, (south - north) * margin * shape)
  return { middle: { x: (west + east) / 2, y: (north + south) / 2 }, width, height: width / shape }
}

export const zoomed = (view: View, factor: number): View => ({
  ...view,
  width: Math.min(2, view.width * factor),
  height: Math.min(2, view.height * factor),
})

/** A length for a scale: 1, 2 or 5 times a power of ten, at most a third of the width. */
export function scaleOf({ middle, width }: View): { readonly metres: number; readonly share: number } {
  const whole = width / metreAt(pointOf(middle).latitude)
  const power = 10 ** Math.floor(Math.log10(whole / 3))
  const step = [5, 2, 1].find((step) => step * power <= whole / 3) ?? 1
  return { metres: step * power, share: (step * power) / whole }
}

/** Metres between two points, along the sphere. */
export function distanceOf(one: Point, other: Point): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180
  const half = (degrees: number) => Math.sin(radians(degrees) / 2) ** 2
  const h =
    half(other.latitude - one.latitude) +
    Math.cos(radians(one.latitude)) * Math.cos(radians(other.latitude)) * half(other.longitude - one.longitude)
  return (equatorMetres / Math.PI) * Math.asin(Math.min(1, Math.sqrt(h)))
}
