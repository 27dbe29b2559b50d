import { expect, test } from '@jest/globals'
import { beginChange, learnSettings } from '../../src/ledger/devices/learned-settings.ts'
import { Ledger } from '../support/ledger.ts'

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
  ledger.run('dropDevices', { ids: ['two'], now: ledger.now })
  learn(ledger, 'one', 'b')
  expect(ledger.run('knownSettings', { since: revision }).devices.map(({ id }) => id)).toEqual(['one'])
})
