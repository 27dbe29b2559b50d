import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { removalBetween } from '../../src/message/discovery.ts'
import { messagesOf, retainedOf } from '../../src/mqtt/outlet/messages-of.ts'
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'
import { temporaryFolder } from '../support/folder.ts'

const stores: Store[] = []
afterAll(() => Promise.all(stores.map((store) => store.close())))

const document = (cmps: object) => JSON.stringify({ dev: { ids: ['x'] }, cmps })

test('a component that left is named by its platform alone, and those that stay are whole', () => {
  const before = document({ a: { p: 'sensor', stat_t: 't' }, b: { p: 'switch', cmd_t: 't' } })
  const removal = removalBetween(before, document({ b: { p: 'switch', cmd_t: 'u' } }))
  expect(JSON.parse(removal ?? '').cmps).toEqual({ a: { p: 'sensor' }, b: { p: 'switch', cmd_t: 'u' } })
})

test('a component whose platform changed is removed as what it was', () => {
  const removal = removalBetween(
    document({ a: { p: 'cover', cmd_t: 't' } }),
    document({ a: { p: 'button', cmd_t: 't' } }),
  )
  expect(JSON.parse(removal ?? '').cmps).toEqual({ a: { p: 'cover' } })
})

test('nothing is removed where nothing left, and single messages have no components', () => {
  expect(removalBetween(document({ a: { p: 'sensor' } }), document({ a: { p: 'sensor' }, b: { p: 'tag' } }))).toBeNull()
  expect(removalBetween('{"stat_t":"a"}', '{"stat_t":"b"}')).toBeNull()
})

test('what was announced is known over a restart: the removal goes out once, and the document is what stays', async () => {
  const path = join(temporaryFolder(), 'store.db')
  const open = async () => {
    const store = await SqliteStore.open({ path, durable: false })
    stores.push(store)
    return store
  }
  const topic = 'homeassistant/device/x/config'
  const whole = document({ a: { p: 'sensor' }, b: { p: 'sensor' } })
  const less = document({ b: { p: 'sensor' } })
  const announcement = (data: string) => [{ kind: 'announcement', subject: topic, data } as const]
  const first = await open()
  expect(await first.run('show', { events: announcement(whole) })).toBe(1)
  await first.close()
  const second = await open()
  expect(await second.run('show', { events: announcement(less) })).toBe(1)
  expect(await second.run('show', { events: announcement(less) })).toBe(0)
  const waiting = await second.run('waitingEvents', { outlet: 'mqtt', known: [], limit: 10 })
  const sent = waiting.flatMap((event) => messagesOf(event, 'hub'))
  expect(sent.every((message) => message.topic === topic && message.retain)).toBe(true)
  expect(sent.map(({ payload }) => JSON.parse(payload).cmps)).toEqual([
    JSON.parse(whole).cmps,
    { a: { p: 'sensor' }, b: { p: 'sensor' } },
    { b: { p: 'sensor' } },
  ])
  const standing = await second.run('currentStates', { kind: '', subject: '', limit: 10 })
  expect(standing.map((row) => retainedOf(row, 'hub'))).toMatchObject([{ topic, payload: less }])
})
