import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { installed } from '../support/brokers.ts'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess, mainFile } from '../support/hub-process.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { mutant } from '../support/mutant.ts'
import { patienceMs, until } from '../support/patience.ts'
import { accepted, gateNumber, hubNumber, hubYaml, startWorld, type TestWorld, vanNumber } from '../support/world.ts'

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

interface Setting {
  readonly world: TestWorld
  readonly hub: HubProcess
  readonly config: string
  readonly url: string
}

/** Tests run beside each other, as most of them wait: each ends its own hub and world. */
async function within<T>(use: (setting: Setting) => Promise<T>): Promise<T> {
  const world = await startWorld()
  const hub = new HubProcess(temporaryFolder('smshub-durable-'))
  try {
    const port = await freePort()
    const config = hubYaml({ mqtt: `{ broker: { listen: 127.0.0.1:${port} } }`, path: world.path })
    return await use({ world, hub, config, url: `mqtt://127.0.0.1:${port}` })
  } finally {
    await hub.kill()
    await world.world.close()
  }
}

/** The hub is killed as soon as it has acknowledged a press, with its commit held up: did the gate still open? */
function killedAfterAcknowledgement(main: string, heldMs: number, waitMs: number): Promise<number> {
  return within(async ({ world, hub, config, url }) => {
    await hub.start({ config, main, env: { SMSHUB_COMMIT_DELAY: String(heldMs) } })
    const client = await TestClient.connect(url, { reconnectPeriod: 0 }, '')
    await client.publish('smshub/gate/command/open', 'PRESS')
    await hub.kill()
    await client.close()
    await hub.start({ config, main })
    for (let waited = 0; waited < waitMs && accepted(world.world, gateNumber).length === 0; waited += 50)
      await pause(50)
    return accepted(world.world, gateNumber).length
  })
}

describe('what is acknowledged is on the disk', () => {
  test.concurrent('a press that was acknowledged opens the gate although the hub is killed at once', async () => {
    expect(await killedAfterAcknowledgement(mainFile, 400, patienceMs)).toBe(1)
  })

  test.concurrent('a hub that acknowledges before its commit is caught by this suite', async () => {
    const early = mutant(
      'submit/index.js',
      'await enqueue(items, addressed)',
      '{ refused: [] }; enqueue(items, addressed)',
    )
    // Held for longer than it takes to kill the hub, on any machine.
    expect(await killedAfterAcknowledgement(early, 2_500, 4_000)).toBe(0)
  })

  test.concurrent('nothing is acknowledged to a client, and no text deleted from the SIM, while a commit is held up', () =>
    within(async ({ world, hub, config, url }) => {
      await hub.start({ config, env: { SMSHUB_COMMIT_DELAY: '1000' } })
      const client = await TestClient.connect(url)
      await client.wait(({ topic, text }) => topic === 'smshub/gateway/home/availability' && text === 'online')
      await pause(1_100)
      const start = performance.now()
      await client.publish('smshub/gate/command/open', 'PRESS')
      expect(performance.now() - start).toBeGreaterThan(900)
      world.world.network.text({ from: vanNumber, to: hubNumber, text: 'stockade! lat: 1.5 long: 2.5', delayMs: 0 })
      const { memories } = world.world.modem
      const arrived = () => world.world.network.log.of('delivered').find(({ text }) => text?.startsWith('stockade'))
      await until(() => arrived() !== undefined && memories.SM.used + memories.ME.used === 0)
      expect(Date.now() - (arrived()?.at as number)).toBeGreaterThan(900)
      await client.close()
    }))

  test.concurrent('a permit that comes more than 3 s after it was asked for sends nothing', () =>
    within(async ({ world, hub, config, url }) => {
      await hub.start({ config, env: { SMSHUB_COMMIT_DELAY: '3300' } })
      const client = await TestClient.connect(url)
      await client.wait(({ topic, text }) => topic === 'smshub/gateway/home/availability' && text === 'online')
      await client.publish('smshub/gate/command/open', { id: 'late', ttl: 45 })
      const returned = await client.wait(({ json }) => json.id === 'late' && json.error?.code === 'modem_error')
      expect(returned.json.error.message).toMatch(/^the permit came \d+ s after it was asked for$/)
      expect((await client.final('gate', ({ id }) => id === 'late')).json).toMatchObject({ status: 'expired' })
      expect(accepted(world.world, gateNumber)).toEqual([])
      await client.close()
    }))

  test.concurrent('a system call trace shows the disk before the acknowledgement', async () => {
    if (!installed('strace', ['-V'])) return
    await within(async ({ hub, config, url }) => {
      const trace = join(hub.folder, 'trace')
      const under = [
        'strace',
        '-f',
        '-qq',
        '-xx',
        '-s',
        '16',
        '-e',
        'trace=fdatasync,fsync,write,writev,sendto,sendmsg',
        '-o',
        trace,
      ]
      await hub.start({ config, under })
      const watcher = await TestClient.connect(url)
      await watcher.wait(({ topic, text }) => topic === 'smshub/gateway/home/availability' && text === 'online')
      await watcher.close()
      const client = await TestClient.connect(url, {}, '')
      await pause(500)
      const before = readFileSync(trace, 'utf8').length
      await client.publish('smshub/sms/send', { to: gateNumber, text: 'trace me' })
      await client.close()
      const octets = /"\\x30\\x30\\x33\\x31/
      let calls: readonly string[] = []
      const at = (pattern: RegExp, from = 0) => calls.findIndex((line, i) => i >= from && pattern.test(line))
      await until(() => {
        calls = readFileSync(trace, 'utf8').slice(before).split('\n')
        return at(octets) > -1
      })
      const synced = /f(data)?sync\(.*= 0|f(data)?sync resumed.*= 0/
      // PUBACK: 0x40, remaining length 2 (MQTT 3.1.1 clause 3.4).
      const puback = at(/"\\x40(\\x02|", iov_len=1\}, \{iov_base="\\x02)/)
      expect(puback).toBeGreaterThan(-1)
      expect(at(synced)).toBeGreaterThan(-1)
      expect(at(synced)).toBeLessThan(puback)
      // AT+CMGS may go out before its claim is durable; the first octet of the PDU ("0031") may not.
      const asked = at(/\\x41\\x54\\x2b\\x43\\x4d\\x47\\x53/)
      const pdu = at(octets)
      expect(asked).toBeGreaterThan(-1)
      expect(pdu).toBeGreaterThan(asked)
      expect(at(synced, asked)).toBeLessThan(pdu)
    })
  })
})

describe('the data folder', () => {
  test.concurrent('belongs to one hub: a second one reports which', () =>
    within(async ({ hub, config }) => {
      await hub.start({ config })
      const second = new HubProcess(hub.folder)
      second.launch({ config: config.replace(/listen: 127.0.0.1:\d+/, 'listen: 127.0.0.1:0') })
      expect(await second.exited()).toEqual({ code: 78, signal: null })
      expect(second.stderr).toContain(`in use by the hub with process id ${hub.pid}`)
    }))

  test.concurrent('with a damaged store is refused, and a copy is kept', () =>
    within(async ({ hub, config }) => {
      await hub.start({ config })
      await hub.stop()
      const store = join(hub.folder, 'data/smshub.db')
      const octets = readFileSync(store)
      octets.fill(0x5a, 4096, octets.length / 2)
      writeFileSync(store, octets)
      hub.launch({ config })
      expect(await hub.exited()).toEqual({ code: 78, signal: null })
      expect(hub.stderr).toMatch(/is damaged: .*A copy is kept as /)
      const copy = /A copy is kept as (\S+)\./.exec(hub.stderr)?.[1] as string
      expect(readFileSync(copy).equals(octets)).toBe(true)
    }))

  test.concurrent('that a newer hub wrote is left alone', () =>
    within(async ({ hub, config }) => {
      await hub.start({ config })
      await hub.stop()
      const store = join(hub.folder, 'data/smshub.db')
      const octets = readFileSync(store)
      // PRAGMA user_version: octets 60 to 63 of the file's header.
      octets.writeUInt32BE(9999, 60)
      writeFileSync(store, octets)
      hub.launch({ config })
      expect(await hub.exited()).toEqual({ code: 78, signal: null })
      expect(hub.stderr).toContain('written by a newer smshub')
    }))

  test.concurrent('that can not be written is named', () =>
    within(async ({ hub, config }) => {
      writeFileSync(join(hub.folder, 'data'), 'a file where the folder should be')
      hub.launch({ config })
      expect(await hub.exited()).toEqual({ code: 78, signal: null })
      expect(hub.stderr).toMatch(/the data folder .* can't be written/)
    }))

  // Beside no other: its flood keeps this process busy, and one of the tests has to kill its hub within 2.5 s.
  test('on a full disk takes nothing in, loses nothing, and goes on when there is room', async () => {
    const disk = temporaryFolder('smshub-disk-')
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk]).status === 0
    if (!mounted) return console.warn('passed over: no small disk can be mounted here (root is needed)')
    try {
      await within(async ({ hub, config, url }) => {
        mkdirSync(join(disk, 'data'))
        const small = `${config}\ndata: ${join(disk, 'data')}\n`
        const more = 'sms: { destinations: any }\n'
        await hub.start({ config: small + more })
        const client = await TestClient.connect(url, { clientId: 'flood', clean: false }, '')
        let acknowledged = 0
        const text = 'x'.repeat(150)
        for (let i = 0; i < 4_000; i++) {
          client.publish(`smshub/sms/send/49151${20_000_000 + i}`, `${i} ${text}`).then(
            () => acknowledged++,
            () => {},
          )
        }
        await hub.logged(/the disk is (nearly )?full|storage_full|database or disk is full/)
        // What it had taken in before is still acknowledged.
        let taken = -1
        for (; taken !== acknowledged; await pause(1_000)) taken = acknowledged
        expect(hub.running).toBe(true)
        expect(taken).toBeLessThan(4_000)
        await pause(500)
        expect(acknowledged).toBe(taken)
        spawnSync('mount', ['-o', 'remount,size=64m', disk])
        await until(() => acknowledged >= 4_000)
        expect(acknowledged).toBe(4_000)
        expect(hub.running).toBe(true)
        await client.close()
      })
    } finally {
      spawnSync('umount', ['-l', disk])
    }
  })
})
