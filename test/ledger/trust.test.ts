import { expect, test } from '@jest/globals'
import { learnRoute, noteContradiction, noteQuestion, trustRecord } from '../../src/ledger/devices/sources.ts'
import { day, Ledger, minute } from '../support/ledger.ts'

test('answers are counted by their way, and a flood of other ways takes no known one away', () => {
  const { engine } = new Ledger()
  for (let i = 0; i < 5; i++) learnRoute(engine, 'gate', 'home', i)
  for (let i = 0; i < 100; i++) learnRoute(engine, 'gate', `forged ${i}`, 10 + i)
  learnRoute(engine, 'other', 'home', 1)
  const { routes } = trustRecord(engine, 'gate', 200)
  expect(routes.home).toBe(5)
  expect(Object.keys(routes).length).toBeLessThanOrEqual(17)
})

test('the last question is remembered with what it was about, those of a day are counted', () => {
  const { engine } = new Ledger()
  for (let i = 0; i < 3; i++) noteQuestion(engine, 'gate', { at: i * 15 * minute, claimed: { door: i === 2 } })
  expect(trustRecord(engine, 'gate', 31 * minute)).toMatchObject({
    askedAt: [30 * minute, 15 * minute, 0],
    claimed: { door: true },
  })
  noteContradiction(engine, 'gate')
  expect(trustRecord(engine, 'gate', 31 * minute).claimed).toBeNull()
  noteQuestion(engine, 'gate', { at: 2 * day, claimed: {} })
  expect(trustRecord(engine, 'gate', 2 * day).askedAt).toEqual([2 * day])
})

test('an erased number is in no way any more', () => {
  const ledger = new Ledger()
  learnRoute(ledger.engine, 'gate', 'international 491710760001, international, 4915112345678, +00:00', 1)
  const subject = { device: null, numbers: ['+4915112345678'], address: null, fields: null, now: ledger.now }
  ledger.run('erase', subject)
  expect(trustRecord(ledger.engine, 'gate', 2).routes).toEqual({})
})
