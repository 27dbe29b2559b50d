import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { seesAll } from '../../src/ledger/about.ts'
import type { Fault } from '../../src/message/fault.ts'
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import { temporaryFolder } from '../support/folder.ts'
import { startHub } from '../support/hub.ts'

const { postMessage } = Worker.prototype
/** The thread that was asked last. */
let thread: Worker

beforeAll(() => {
  Worker.prototype.postMessage = function (this: Worker, ...args: Parameters<Worker['postMessage']>) {
    thread = this
    return postMessage.apply(this, args)
  }
})

afterAll(() => {
  Worker.prototype.postMessage = postMessage
})

const deaths: Readonly<Record<string, () => unknown>> = {
  'that is ended': () => thread.terminate(),
  // Nothing that the store sends: it fails outside of everything that the thread catches.
  'that throws': () => postMessage.call(thread, null),
}

describe.each(Object.entries(deaths))('a writer thread %s', (_, die) => {
  test('is known to the store: calls reject, and it can be closed', async () => {
    const store = await SqliteStore.open({ path: join(temporaryFolder(), 'smshub.db') })
    const fatal: Fault[] = []
    store.onFatal = (fault) => fatal.push(fault)
    await store.run('counts', undefined)
    die()
    await expect(
      (async () => {
        for (;;) await store.run('counts', undefined)
      })(),
    ).rejects.toThrow(/the store's thread/)
    expect(store.fatal).toBe(fatal[0])
    expect(fatal).toHaveLength(1)
    await expect(store.run('counts', undefined)).rejects.toBe(store.fatal)
    await expect(store.runEarly('counts', undefined)).rejects.toBe(store.fatal)
    await expect(store.backup(join(temporaryFolder(), 'copy.db'))).rejects.toBe(store.fatal)
    await store.close()
  })

  test('ends the hub with the reason, in seconds', async () => {
    const { hub } = await startHub('mqtt: { broker: { listen: 127.0.0.1:0 } }\nhttp: { enabled: false }')
    const fatal = new Promise<Fault>((resolve) => hub.events.on('fatal', resolve))
    await hub.readings()
    die()
    expect((await fatal).message).toMatch(/the store's thread/)
    expect(hub.healthy.ok).toBe(false)
    await hub.stop()
  })
})

test.each(Object.entries(deaths))(
  'a reader thread %s fails one list at the most, and others are read',
  async (_, die) => {
    const store = await SqliteStore.open({ path: join(temporaryFolder(), 'smshub.db') })
    await store.run('counts', undefined)
    // Equal ones are read once, and fail together.
    const lists = Array.from({ length: 5 }, (_, i) =>
      store.read('conversations', { sight: seesAll, limit: 1 + i, place: null }),
    )
    die()
    const failed = (await Promise.allSettled(lists)).filter(({ status }) => status === 'rejected')
    expect(failed.length).toBeLessThanOrEqual(1)
    expect(store.fatal).toBeNull()
    await store.run('counts', undefined)
    await store.close()
  },
)
