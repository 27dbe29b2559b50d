import { beforeEach, describe, expect, test } from '@jest/globals'
import { changeState } from '../../src/ledger/devices/devices.ts'
import { day, hour, Ledger } from '../support/ledger.ts'

let ledger: Ledger

beforeEach(() => {
  ledger = new Ledger()
  const { now } = ledger
  changeState(ledger.engine, { device: 'gate', values: { door: 'open' }, at: now, seenAt: now, fields: ['door'] })
})

describe('what is known of a device', () => {
  test('are its values and when it was seen', () => {
    expect(ledger.read('deviceSight', { device: 'gate' })).toMatchObject({
      state: { door: 'open' },
      location: null,
      lastSeen: ledger.now,
      online: true,
    })
  })

  test('is nothing of one that nobody knows', () => {
    expect(ledger.read('deviceSight', { device: 'other' })).toEqual({
      state: {},
      location: null,
      lastSeen: null,
      online: true,
      heard: null,
    })
  })

  test('is its position', () => {
    const data = { latitude: 52.5, longitude: 13.4 }
    ledger.run('emit', [{ kind: 'location', subject: 'gate', data }])
    expect(ledger.read('deviceSight', { device: 'gate' }).location).toEqual(data)
  })
})

test('signs of life are those of the devices that are named', () => {
  expect(ledger.read('presences', { devices: ['gate', 'other'] })).toEqual({
    gate: { lastSeen: ledger.now, online: true },
    other: { lastSeen: null, online: true },
  })
})

test('silent is a device that owes texts and has sent none for too long', () => {
  const review = (now: number) => ledger.run('reviewPresence', { now, devices: [{ id: 'gate', expectedMs: hour }] })
  review(ledger.now)
  expect(ledger.read('silentDevices', {})).toEqual([])
  review(ledger.now + 2 * day)
  expect(ledger.read('silentDevices', {})).toEqual(['gate'])
  expect(ledger.read('presences', { devices: ['gate'] })).toMatchObject({ gate: { online: false } })
})
