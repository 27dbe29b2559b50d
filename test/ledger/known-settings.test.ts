import { describe, expect, test } from '@jest/globals'
import { dialectsOf } from '../../src/api/device-dialects.ts'
import { changeState } from '../../src/ledger/devices/devices.ts'
import { type Heard, type HeardWords, hear, heardOf, type Tally } from '../../src/ledger/devices/dialects.ts'
import { beginChange, learnSettings } from '../../src/ledger/devices/learned-settings.ts'
import { deviceOf } from '../device/library.ts'
import { day, Ledger } from '../support/ledger.ts'
import { Recorder } from '../support/recorder.ts'

const learn = ({ engine }: Ledger, device: string, value: string) =>
  learnSettings(engine, device, { password: { value, over: null } })

test('a reader gets the devices whose settings have changed since, and no others', () => {
  const ledger = new Ledger()
  for (let i = 0; i < 100; i++) learn(ledger, `device${i}`, 'a')
  const first = ledger.run('knownSettings', { since: 0 })
  expect(first.devices).toHaveLength(100)
  expect(ledger.run('knownSettings', { since: first.revision }).devices).toEqual([])
  learn(ledger, 'device7', 'a')
  expect(ledger.run('knownSettings', { since: first.revision }).devices).toEqual([])
  learn(ledger, 'device7', 'b')
  beginChange(ledger.engine, 'device9', 'cmd', { password: 'c' })
  const second = ledger.run('knownSettings', { since: first.revision })
  expect(second.devices.map(({ id }) => id).sort()).toEqual(['device7', 'device9'])
  expect(second.devices.find(({ id }) => id === 'device7')?.learned.password?.value).toBe('b')
})

test('a change after the removal of the device that changed last is reported', () => {
  const ledger = new Ledger()
  for (const id of ['one', 'two']) learn(ledger, id, 'a')
  const { revision } = ledger.run('knownSettings', { since: 0 })
  ledger.run('dropDevices', { ids: ['two'], held: {}, now: ledger.now })
  learn(ledger, 'one', 'b')
  expect(ledger.run('knownSettings', { since: revision }).devices.map(({ id }) => id)).toEqual(['one'])
})

describe('the dialect of a device', () => {
  const among = ['none', 'german', 'old']
  const said = (dialect: string, isProven = true, profile = 'a/b'): HeardWords => ({
    profile,
    dialect,
    among,
    isProven,
  })
  /** Texts by the first letter of their dialect; small ones anybody can have written. */
  const shownBy = (texts: string): Heard | null =>
    [...texts].reduce<Heard | null>((known, letter) => {
      const dialect = among.find((one) => one.startsWith(letter.toLowerCase())) as string
      return hear(known, said(dialect, letter === letter.toUpperCase()), 7)
    }, null)

  test.each([
    ['g', 'german', false],
    ['gnnnn', 'german', false],
    ['gN', 'none', false],
    ['GN', 'none', false],
    ['GNG', 'german', false],
    ['GGG', 'german', true],
    ['GGGnnnnnnnn', 'german', true],
    ['GGGNN', 'german', true],
    ['GGGNNGNN', 'german', true],
    ['GGGNNoooN', 'none', true],
    ['NNNGGG', 'german', true],
    ['ggggggg', 'german', false],
  ])('after %s it is %s', (texts, leads, isSettled) => {
    expect(shownBy(texts)).toMatchObject({ leads, isSettled })
  })

  test('is counted, of the profile of now and of the dialects that it has', () => {
    expect(shownBy('GgN')?.tallies).toEqual({
      german: { texts: 2, proven: 1, last: 7 },
      none: { texts: 1, proven: 1, last: 7 },
    })
    const renamed = hear(shownBy('GGG'), { ...said('old'), among: ['none', 'old'] }, 9)
    expect(renamed).toMatchObject({ leads: 'old', isSettled: false, tallies: { old: { texts: 1 } } })
    const other = hear(shownBy('GGG'), said('none', false, 'c/d'), 9)
    expect(other).toMatchObject({ profile: 'c/d', leads: 'none', isSettled: false })
    expect(Object.keys(other.tallies)).toEqual(['none'])
  })

  const text = (ledger: Ledger, words: HeardWords | null) =>
    changeState(ledger.engine, { device: 'gate', values: {}, at: ledger.now, seenAt: ledger.now, fields: [], words })
  const known = (ledger: Ledger) => ledger.run('knownSettings', { since: 0 }).devices[0]?.speech

  test('costs a text no statement while nothing of it is news', () => {
    const ledger = new Ledger()
    for (let i = 0; i < 3; i++) text(ledger, said('german'))
    const { revision } = ledger.run('knownSettings', { since: 0 })
    const taken = (words: HeardWords | null) => new Recorder(ledger).of(() => text(ledger, words)).length
    expect(taken(said('german'))).toBe(taken(null))
    expect(taken(said('none', false))).toBe(taken(null))
    expect(ledger.run('knownSettings', { since: revision }).devices).toEqual([])
    expect(heardOf(ledger.engine, 'gate')?.tallies.german?.texts).toBe(4)
  })

  test('goes when it is erased, and with the device', () => {
    const ledger = new Ledger()
    text(ledger, said('german'))
    expect(known(ledger)).toEqual({ profile: 'a/b', layer: 'german', isSettled: false })
    const { revision } = ledger.run('knownSettings', { since: 0 })
    ledger.run('erase', { device: 'gate', numbers: [], address: null, fields: [], now: ledger.now })
    expect(ledger.run('knownSettings', { since: revision }).devices).toMatchObject([{ id: 'gate', speech: null }])
    expect(heardOf(ledger.engine, 'gate')).toBeNull()
    text(ledger, said('german'))
    ledger.run('dropDevices', { ids: ['gate'], held: {}, now: ledger.now })
    expect(ledger.run('knownSettings', { since: 0 }).devices).toEqual([])
  })

  test('was never shown after now, though the clock was ahead', () => {
    const ledger = new Ledger()
    const { now } = ledger
    ledger.now += 365 * day
    text(ledger, said('german'))
    ledger.run('acceptClock', { now })
    expect(ledger.read('deviceSight', { device: 'gate' }).heard?.tallies.german?.last).toBe(now)
  })

  test('is shown with what was heard of each that its profile has', () => {
    const device = deviceOf('beninca/call', '{ dialect: italian }')
    const heard = { ...(shownBy('GGG') as Heard), profile: 'beninca/call' }
    const tallies = {
      italian: { texts: 3, proven: 2, last: Date.parse('2026-11-22T12:00:00Z') },
      gone: heard.tallies.german as Tally,
    }
    const nothing = { texts: 0, proven: 0, last_at: null }
    expect(dialectsOf(device, { ...heard, tallies })).toEqual([
      { dialect: 'none', label: null, ...nothing, first: null, sends: false },
      {
        dialect: 'italian',
        label: 'Firmware in Italian',
        texts: 3,
        proven: 2,
        last_at: '2026-11-22T12:00:00.000Z',
        first: 'owner',
        sends: true,
      },
    ])
    expect(dialectsOf(deviceOf('beninca/call'), { ...heard, tallies, profile: 'a/b' })).toEqual([
      { dialect: 'none', label: null, ...nothing, first: null, sends: true },
      { dialect: 'italian', label: 'Firmware in Italian', ...nothing, first: null, sends: false },
    ])
    expect(dialectsOf(deviceOf('generic/text'), null)).toEqual([])
  })
})
