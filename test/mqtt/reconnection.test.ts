import { describe, expect, test } from '@jest/globals'
import { Reconnection } from '../../src/mqtt/external/reconnection.ts'
import { SessionMarker } from '../../src/mqtt/external/session-marker.ts'
import { FakeClock } from '../fake-clock.ts'

describe('reconnecting to a broker', () => {
  test('waits longer after each failed attempt, up to half a minute', () => {
    const way = new Reconnection(new FakeClock(), 'hub')
    const waits = Array.from({ length: 12 }, () => way.ended(false))
    expect(waits[0]).toBeLessThan(700)
    expect(waits.at(-1)).toBeGreaterThan(20_000)
    expect(Math.max(...waits)).toBeLessThan(38_000)
    expect(way.trouble).toBeNull()
  })

  test('is soon after a connection that lasted', async () => {
    const clock = new FakeClock()
    const way = new Reconnection(clock, 'hub')
    for (let i = 0; i < 8; i++) way.ended(false)
    way.connected()
    await clock.advance(60_000)
    expect(way.ended(false)).toBeLessThan(700)
  })

  test('waits ever longer while another client takes the session, and names it', async () => {
    const clock = new FakeClock()
    const way = new Reconnection(clock, 'hub')
    const waits: number[] = []
    for (let i = 0; i < 10; i++) {
      way.connected()
      await clock.advance(8_000)
      waits.push(way.ended(true))
      expect(way.trouble).toContain('session taken over: another client uses the MQTT client id "hub"')
    }
    expect(waits[0]).toBeGreaterThan(7_000)
    expect(waits.at(-1)).toBeGreaterThan(400_000)
    expect(Math.max(...waits)).toBeLessThanOrEqual(750_000)
    way.connected()
    await clock.advance(3_600_000)
    expect(way.trouble).toBeNull()
  })

  test('knows a takeover without a reason code by connections that end as soon as they are made', async () => {
    const clock = new FakeClock()
    const way = new Reconnection(clock, 'hub')
    for (let i = 0; i < 3; i++) {
      expect(way.trouble).toBeNull()
      way.connected()
      await clock.advance(100)
      way.ended(false)
    }
    expect(way.trouble).toContain('session taken over')
  })
})

describe('the marker of a connection', () => {
  test('is sent again until it comes back, and what does not come back is reported', async () => {
    const clock = new FakeClock()
    const sent: string[] = []
    let missing = 0
    const marker = new SessionMarker({
      clock,
      topic: 'm',
      send: (payload) => sent.push(payload),
      missing: () => missing++,
    })
    marker.connected(true)
    marker.begin()
    await clock.advance(300_000)
    expect(new Set(sent).size).toBe(1)
    expect([sent.length > 5, missing, marker.isLive]).toEqual([true, 1, false])
    marker.arrived('something')
    expect(marker.isLive).toBe(false)
    marker.arrived(sent[0] as string)
    expect(marker.isLive).toBe(true)
    const count = sent.length
    await clock.advance(300_000)
    expect(sent.length).toBe(count)
    marker.lost()
    marker.connected(true)
    marker.begin()
    marker.arrived(sent[0] as string)
    expect(marker.isLive).toBe(false)
  })
})
