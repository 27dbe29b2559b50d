import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, expect, test } from '@jest/globals'
import { asFault } from '../../src/store/sqlite/sqlite-fault.ts'
import { installed } from '../support/brokers.ts'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess } from '../support/hub-process.ts'
import { Ledger } from '../support/ledger.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { patienceMs } from '../support/patience.ts'
import { smshub } from '../support/run-cli.ts'
import { hubYaml, startWorld, type TestWorld } from '../support/world.ts'

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

let hub: HubProcess | null = null
let world: TestWorld | null = null
let disk: ChildProcess | null = null

afterEach(async () => {
  disk?.kill('SIGTERM')
  await hub?.kill()
  await world?.world.close()
})

/** From now on nothing that a process writes reaches the disk, as on a file system that has gone read-only. */
async function breakDisk(pid: number): Promise<void> {
  const what = ['-e', 'trace=fdatasync,fsync', '-e', 'inject=fdatasync,fsync:error=EROFS']
  disk = spawn('strace', ['-f', ...what, '-p', String(pid), '-o', '/dev/null'], { stdio: ['ignore', 'ignore', 'pipe'] })
  await once(disk.stderr as NonNullable<typeof disk.stderr>, 'data')
}

async function mendDisk(): Promise<void> {
  const ended = once(disk as ChildProcess, 'exit')
  disk?.kill('SIGTERM')
  await ended
}

test('a disk that takes no commit any more is a failure of the hub, until one succeeds again', async () => {
  if (!installed('strace', ['-V'])) return console.warn('passed over: strace is not installed')
  const [port, http] = [await freePort(), await freePort()]
  world = await startWorld()
  const config = hubYaml({ mqtt: `{ broker: { listen: 127.0.0.1:${port} } }`, path: world.path }).replace(
    'http: { enabled: false }',
    `http: { listen: 127.0.0.1:${http} }`,
  )
  const health = async () => {
    const answer = await fetch(`http://127.0.0.1:${http}/healthz`)
    return { status: answer.status, body: (await answer.json()) as { store: boolean; problems: string[] } }
  }
  const until = async (status: number) => {
    const end = performance.now() + 2 * patienceMs
    while ((await health()).status !== status && performance.now() < end) await pause(100)
    return health()
  }
  hub = new HubProcess(temporaryFolder('smshub-failing-'))
  await hub.start({ config })
  const client = await TestClient.connect(`mqtt://127.0.0.1:${port}`, { clientId: 'press', clean: false })
  await client.wait(({ topic, text }) => topic === 'smshub/gateway/home/availability' && text === 'online')
  expect(await until(200)).toMatchObject({ status: 200 })

  await breakDisk(hub.pid as number)
  let acknowledged = 0
  const told = client.wait(({ topic, json }) => topic === 'smshub/bridge/health' && json.store_trouble !== null)
  client.publish('smshub/gate/command/open', 'PRESS').then(
    () => acknowledged++,
    () => {},
  )
  expect(await until(503)).toMatchObject({ status: 503, body: { store: false } })
  expect((await health()).body.problems[0]).toMatch(/^store: nothing can be written.*SQLITE_IOERR/)
  expect((await told).json.store_trouble).toMatch(/SQLITE_IOERR/)
  expect((await smshub(['healthcheck', '--config', `${hub.folder}/smshub.yaml`])).code).not.toBe(0)
  await hub.logged(/store: nothing can be written/)
  await pause(3_000)
  expect(acknowledged).toBe(0)
  expect(hub.stderr.match(/store: nothing can be written/g)).toHaveLength(1)

  client.received.length = 0
  const right = client.wait(({ topic, json }) => topic === 'smshub/bridge/health' && json.store_trouble === null)
  await mendDisk()
  expect(await until(200)).toMatchObject({ status: 200, body: { store: true } })
  await hub.logged(/the store is writable again/)
  await right
  await client.close()
})

test('a commit of nothing does not show that the disk works, one that changes something does', () => {
  const { engine } = new Ledger()
  engine.begin()
  engine.run('PRAGMA query_only = ON')
  expect(() => engine.attempt(() => engine.run(`INSERT INTO meta VALUES ('a', 'b')`))).toThrow(/readonly/)
  engine.one('SELECT 1')
  engine.run('PRAGMA query_only = OFF')
  engine.commit()
  expect(engine.wrote).toBe(false)
  engine.begin()
  engine.run(`INSERT INTO meta VALUES ('a', 'b')`)
  engine.commit()
  expect(engine.wrote).toBe(true)
})

test.each([
  ['SQLITE_FULL', 'storage_full'],
  ['SQLITE_IOERR_WRITE', 'storage_failed'],
  ['SQLITE_IOERR_FSYNC', 'storage_failed'],
  ['SQLITE_READONLY', 'storage_failed'],
  ['SQLITE_READONLY_DBMOVED', 'storage_failed'],
  ['SQLITE_CANTOPEN', 'storage_failed'],
  ['SQLITE_CORRUPT', 'store_damaged'],
  ['SQLITE_CONSTRAINT', 'internal'],
])('%s is %s: whoever waits for the disk can tell it from a defect', (code, fault) => {
  expect(asFault(Object.assign(new Error('said'), { code }))).toMatchObject({ code: fault })
})
