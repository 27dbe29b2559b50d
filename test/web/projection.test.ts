import { describe, expect, test } from '@jest/globals'
import { land } from '../../src/web/parts/map/outline.ts'
import {
  distanceOf,
  flatOf,
  metreAt,
  type Point,
  pointOf,
  scaleOf,
  viewOf,
  zoomed,
} from '../../src/web/parts/map/projection.ts'
import { tilesOf } from '../../src/web/parts/map/tiles.ts'
import { joined, maxTrail, trailOf } from '../../src/web/parts/map/trail.ts'

const berlin = { latitude: 52.520008, longitude: 13.404954 }
const sydney = { latitude: -33.8688, longitude: 151.2093 }

describe('a position on the map', () => {
  test('is where OpenStreetMap has it', () => {
    // https://tile.openstreetmap.org/12/2200/1343.png shows Berlin.
    const { x, y } = flatOf(berlin)
    expect([Math.floor(x * 2 ** 12), Math.floor(y * 2 ** 12)]).toEqual([2200, 1343])
  })

  test.each([berlin, sydney, { latitude: 0, longitude: 0 }, { latitude: 84.9, longitude: -179.9 }])(
    'comes back from the flat world: %j',
    (point: Point) => {
      const back = pointOf(flatOf(point))
      expect(back.latitude).toBeCloseTo(point.latitude, 9)
      expect(back.longitude).toBeCloseTo(point.longitude, 9)
    },
  )

  test('beyond the end of the projection is at its end', () => {
    expect(flatOf({ latitude: 90, longitude: 0 }).y).toBeCloseTo(flatOf({ latitude: 85.05, longitude: 0 }).y, 9)
  })
})

describe('what is shown', () => {
  const shape = 16 / 9

  test('of one point, some hundred metres around it', () => {
    const view = viewOf([berlin], shape)
    expect(view.middle).toEqual(flatOf(berlin))
    expect(view.width / metreAt(berlin.latitude)).toBeCloseTo(400, 0)
  })

  test('of a trail, all of it with a margin', () => {
    const trail = [berlin, { latitude: 52.6, longitude: 13.3 }, { latitude: 52.4, longitude: 13.5 }]
    const { middle, width, height } = viewOf(trail, shape)
    for (const { x, y } of trail.map(flatOf)) {
      expect(Math.abs(x - middle.x)).toBeLessThan(width / 2)
      expect(Math.abs(y - middle.y)).toBeLessThan(height / 2)
    }
    expect(width / height).toBeCloseTo(shape, 6)
  })

  test('without a point is the world, and no step shows more than twice of it', () => {
    expect(viewOf([], shape).width).toBe(1)
    expect(zoomed(viewOf([], shape), 1000).width).toBe(2)
  })

  test.each([1, 2, 8, 64, 1024])('at %i times, the scale is round and at most a third wide', (factor) => {
    const { metres, share } = scaleOf(zoomed(viewOf([berlin], shape), factor))
    expect(String(metres)).toMatch(/^(?:0\.0*)?[125]0*$/)
    expect(share).toBeLessThanOrEqual(1 / 3)
    expect(share).toBeGreaterThan(1 / 9)
  })
})

describe('tiles of the owner', () => {
  const template = 'https://tiles.example.org/{z}/{x}/{y}.png'
  const shape = 16 / 9

  test('cover the view without gaps, with the one of the point among them', () => {
    const view = zoomed(viewOf([berlin], shape), 32)
    const tiles = tilesOf(template, view, 800)
    const left = Math.min(...tiles.map(({ x }) => x))
    const right = Math.max(...tiles.map(({ x, size }) => x + size))
    const top = Math.min(...tiles.map(({ y }) => y))
    const bottom = Math.max(...tiles.map(({ y, size }) => y + size))
    expect([left <= 0, right >= 800, top <= 0, bottom >= 800 / shape]).toEqual([true, true, true, true])
    const zoom = Number(/\/(\d+)\/\d+\/\d+\.png$/.exec(tiles[0]?.url ?? '')?.[1])
    const { x, y } = flatOf(berlin)
    const own = `https://tiles.example.org/${zoom}/${Math.floor(x * 2 ** zoom)}/${Math.floor(y * 2 ** zoom)}.png`
    expect(tiles.map(({ url }) => url)).toContain(own)
    // Neither blurred nor in needless detail.
    for (const { size } of tiles) expect([size > 128, size < 512]).toEqual([true, true])
  })

  test('are few, and those that there are: at any zoom, and around the world', () => {
    for (const factor of [0.001, 1, 1_000, 1_000_000]) {
      const tiles = tilesOf(template, zoomed(viewOf([{ latitude: 0, longitude: 179.99 }], shape), factor), 800)
      expect(tiles.length).toBeLessThanOrEqual(64)
      for (const { url } of tiles) {
        const [z = 0, x = 0, y = 0] = url.match(/\d+/g)?.map(Number) ?? []
        expect([z <= 19, x < 2 ** z, y < 2 ** z]).toEqual([true, true, true])
      }
    }
  })
})

test('a distance is that of the sphere', () => {
  // Berlin to Sydney, 16 090 km.
  expect(distanceOf(berlin, sydney) / 1000).toBeCloseTo(16_090, -2)
  expect(distanceOf(berlin, berlin)).toBe(0)
})

test('the outline is in degrees, closed, and Europe is land', () => {
  const rings = land()
  expect(rings.length).toBeGreaterThan(100)
  for (const ring of rings)
    for (const [longitude, latitude] of ring) {
      expect(Math.abs(longitude)).toBeLessThanOrEqual(180)
      expect(Math.abs(latitude)).toBeLessThanOrEqual(90)
    }
  const around = rings.filter((ring) => isInside(ring, [10, 50]))
  expect(around).toHaveLength(1)
})

function isInside(ring: readonly (readonly [number, number])[], [x, y]: readonly [number, number]): boolean {
  let inside = false
  ring.forEach(([x1, y1], at) => {
    const [x2, y2] = ring[(at + 1) % ring.length] as readonly [number, number]
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside
  })
  return inside
}

describe('the trail of a device', () => {
  const now = Date.parse('2026-11-22T12:00:00Z')
  const known = (hoursAgo: number, state: unknown) => ({
    timestamp: new Date(now - hoursAgo * 3_600_000).toISOString(),
    data: { device: 'van', state },
  })

  test('is where it was in the last day, by its states; those without a position, or with that of a cell tower, are no place', () => {
    const trail = trailOf(
      [
        known(25, { ...sydney }),
        known(23, { ...berlin, speed: 3 }),
        known(22, { latitude: null, longitude: null, battery: 70 }),
        known(21, { latitude: '52', longitude: '13' }),
        known(20, { latitude: 1, longitude: 1, fix: false }),
        known(2, null),
        { timestamp: known(1, null).timestamp, data: {} },
        known(1, { ...sydney }),
      ],
      now,
    )
    expect(trail).toEqual([berlin, sydney])
  })

  test('has a place once while it stands there, and again when it comes back', () => {
    expect(joined([berlin, berlin, sydney, sydney, berlin])).toEqual([berlin, sydney, berlin])
  })

  test('is bounded: the latest places of many', () => {
    const many = Array.from({ length: 500 }, (_, at) => ({ latitude: at / 10, longitude: 0 }))
    const shown = joined(many)
    expect(shown.length).toBe(maxTrail)
    expect(shown.at(-1)).toEqual(many.at(-1))
  })
})
