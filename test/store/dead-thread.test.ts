import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Fault } from '../../src/message/fault.ts'
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import { temporaryFolder } from '../support/folder.ts'
import { startHub } from '../support/hub.ts'

const { postMessage } = Worker.prototype
/** The writer thread of the store that was asked last. */
let writer: Worker

beforeAll(() => {
  Worker.prototype.postMessage = function (this: Worker, ...args: Parameters<Worker['postMessage']>) {
    writer = this
    return postMessage.apply(this, args)
  }
})

afterAll(() => {
  Worker.prototype.postMessage = postMessage
})

const deaths: Readonly<Record<string, () => unknown>> = {
  'that is ended': () => writer.terminate(),
  // Nothing that the store sends: it fails outside of everything that the thread catches.
  'that throws': () => postMessage.call(writer, null),
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
