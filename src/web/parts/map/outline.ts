import { landOutline } from './land-outline.ts'

type Ring = readonly (readonly [longitude: number, latitude: number])[]

/** The outline of the land in degrees: each ring is a point, and the steps to the next ones. */
export const land = (): readonly Ring[] => landOutline.map(ringOf)

function ringOf(text: string): Ring {
  const numbers = text.split(' ').map(Number)
  const ring: [number, number][] = []
  let [x, y] = [0, 0]
  for (let at = 0; at + 1 < numbers.length; at += 2) {
    x += numbers[at] as number
    y += numbers[at + 1] as number
    ring.push([x / 10, y / 10])
  }
  return ring
}
