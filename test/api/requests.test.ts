import { spawn } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess, mainFile } from '../support/hub-process.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { accepted, boilerNumber, gateNumber, hubYaml, startWorld, type TestWorld } from '../support/world.ts'

let world: TestWorld
let hub: HubProcess
let config: string
let client: TestClient
let port: number
let transaction = 0

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Asks over `bridge/request` and waits for the answer. */
async function ask(path: string, data: object | string = {}): Promise<Record<string, any>> {
  const number = ++transaction
  const before = client.received.length
  const answers = () =>
    client.received.slice(before).filter(({ topic, json }) => {
      return topic === `smshub/bridge/response/${path}` && (typeof data === 'string' || json.transaction === number)
    })
  await client.publish(
    `smshub/bridge/request/${path}`,
    typeof data === 'string' ? data : { ...data, transaction: number },
  )
  await client.until(() => answers().length > 0)
  return answers()[0]?.json ?? {}
}

/** The command line beside the running hub. */
function smshub(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [mainFile, ...args], { cwd: hub.folder })
    let out = ''
    let err = ''
    child.stdout.on('data', (chunk) => {
      out += chunk
    })
    child.stderr.on('data', (chunk) => {
      err += chunk
    })
    child.on('close', (code) => resolve({ code, out, err }))
  })
}

async function connect(): Promise<void> {
  client = await TestClient.connect(`mqtt://127.0.0.1:${port}`)
  await client.wait(({ topic, text }) => topic === 'smshub/gateway/home/availability' && text === 'online')
}

const textsTo = (number: string) => accepted(world.world, number).length

beforeAll(async () => {
  world = await startWorld()
  port = await freePort()
  hub = new HubProcess(temporaryFolder())
  config = hubYaml({
    mqtt: `{ broker: { listen: 127.0.0.1:${port} } }`,
    path: world.path,
    more: 'requests: { add_devices: true }',
  })
  await hub.start({ config })
  await connect()
})

afterAll(async () => {
  await client?.close()
  await hub?.kill()
  await world?.world.close()
})

describe('a paused queue', () => {
  test('lets nothing out, takes everything in, is seen, and holds over a crash until it is resumed', async () => {
    expect((await ask('queue/pause')).data.paused).toMatchObject([{ since: expect.stringMatching(/Z$/) }])
    await client.wait(({ topic, json }) => topic === 'smshub/bridge/event' && json.type === 'queue_paused')
    await client.wait(({ topic, json }) => topic === 'smshub/bridge/health' && json.paused.length === 1)
    await hub.logged(/the queue is paused/)
    const before = textsTo(boilerNumber)
    await client.publish('smshub/boiler/set/target_temperature', { value: 19, id: 'paused' })
    await client.wait(({ topic, json }) => topic === 'smshub/boiler/result' && json.status === 'queued')
    await client.publish('smshub/gate/command/open', { id: 'short', ttl: 1 })
    expect((await client.final('gate', ({ id }) => id === 'short')).json.status).toBe('expired')
    await client.close()
    await hub.kill()
    await hub.start({ config })
    await hub.logged(/the queue is paused: .*queue resume ends it/)
    await connect()
    await pause(500)
    expect(textsTo(boilerNumber)).toBe(before)
    const listed = await smshub('queue', 'list', '--device', 'boiler')
    expect(listed).toMatchObject({ code: 0, err: expect.stringMatching(/^the queue is paused since/) })
    const row = listed.out.trim().split('\n').at(-1) ?? ''
    expect(row.split(/ {2,}/).slice(1, 4)).toEqual(['queued', 'boiler', 'temperature'])
    expect((await ask('queue/resume')).data).toEqual({ paused: [] })
    expect((await client.final('boiler', ({ id }) => id === 'paused')).json.status).toBe('replied')
    await client.wait(({ topic, json }) => topic === 'smshub/bridge/health' && json.paused.length === 0)
  })

  test('of one device leaves the others alone', async () => {
    expect((await ask('queue/pause', 'boiler')).data.paused).toMatchObject([{ device: 'boiler' }])
    const before = textsTo(boilerNumber)
    await client.publish('smshub/boiler/get', { id: 'held' })
    await client.publish('smshub/gate/command/open', { id: 'free', force: true })
    expect((await client.final('gate', ({ id }) => id === 'free')).json.status).toBe('replied')
    // The whole queue is another pause: its end is not the end of this one.
    expect((await ask('queue/resume')).data.paused).toMatchObject([{ device: 'boiler' }])
    expect(textsTo(boilerNumber)).toBe(before)
    await ask('queue/resume', { device: 'boiler' })
    expect((await client.final('boiler', ({ id }) => id === 'held')).json.status).toBe('replied')
  })

  test('of a gateway holds what would go through it', async () => {
    expect((await smshub('queue', 'pause', '--gateway', 'home')).err).toMatch(/of gateway home is paused/)
    const before = textsTo(gateNumber)
    await client.publish('smshub/gate/command/open', { id: 'stopped', force: true })
    await pause(400)
    expect(textsTo(gateNumber)).toBe(before)
    expect((await smshub('queue', 'resume', '--gateway', 'home')).err).toBe('nothing is paused\n')
    expect((await client.final('gate', ({ id }) => id === 'stopped')).json.status).toBe('replied')
  })
})

describe('queue/purge', () => {
  test('cancels what waits, each with its final result: of one device, then all of it', async () => {
    await ask('queue/pause')
    const before = textsTo(gateNumber) + textsTo(boilerNumber)
    for (let n = 0; n < 3; n++) await client.publish('smshub/boiler/send', `text ${n}`)
    await client.publish('smshub/gate/command/open', { id: 'purged', force: true })
    expect((await ask('queue/purge', { device: 'boiler' })).data).toEqual({ cancelled: 3 })
    await client.until(
      () => client.results('boiler').filter(({ status, final }) => status === 'cancelled' && final).length === 3,
    )
    for (let n = 0; n < 90; n++) await client.publish('smshub/van/send', `text ${n}`)
    for (let n = 0; n < 30; n++) await client.publish('smshub/sms/send', { to: boilerNumber, text: `raw ${n}` })
    expect((await ask('queue/purge')).data).toEqual({ cancelled: 121 })
    const { json } = await client.final('gate', ({ id }) => id === 'purged')
    expect(json).toMatchObject({ status: 'cancelled', ok: null, reason: 'on request' })
    await client.until(() => client.results('van').filter(({ status }) => status === 'cancelled').length === 90)
    expect((await ask('health_check')).data.queued).toBe(0)
    await ask('queue/resume')
    expect(textsTo(gateNumber) + textsTo(boilerNumber)).toBe(before)
  })

  test('on the command line needs --all for everything', async () => {
    expect(await smshub('queue', 'purge')).toMatchObject({ code: 1, err: expect.stringMatching(/--all/) })
    expect(await smshub('queue', 'purge', '--all')).toMatchObject({ code: 0, out: '0 cancelled\n' })
  })
})

describe('device/options', () => {
  test('shows a device’s options without its number and secrets, and changes those of a device in the store', async () => {
    const file = await ask('device/options', 'gate')
    expect(file.data).toMatchObject({ id: 'gate', options: { variant: 'classic' }, changeable: false })
    const row = { id: 'shed', profile: 'elbro/smsb-m21t', number: '+4915112345681', name: 'Shed' }
    expect(await ask('device/add', row)).toMatchObject({ status: 'ok' })
    const options = { name: 'Garden shed', valid_for: '10m', expected: '26h' }
    expect((await ask('device/options', { id: 'shed', options })).data).toEqual({
      id: 'shed',
      from: { name: 'Shed', valid_for: null, expected: null },
      to: { name: 'Garden shed', valid_for: '10m', expected: '26h' },
      restart_required: false,
    })
    const { data } = await ask('device/options', { id: 'shed', options: { valid_for: null } })
    expect(data).toMatchObject({ from: { valid_for: '10m' }, to: { valid_for: null } })
    const told = JSON.stringify((await ask('device/options', { id: 'shed' })).data)
    expect(told).not.toContain('4915112345681')
    expect(JSON.parse(told)).toMatchObject({ changeable: true, options: { name: 'Garden shed', expected: '26h' } })
    await ask('device/remove', 'shed')
  })
})

describe('log_level', () => {
  test('changes what is logged, and what of it is published on bridge/logging', async () => {
    expect((await ask('log_level', { level: 'error', mqtt: 'warning' })).data).toEqual({ level: 'error', mqtt: 'warn' })
    await ask('queue/pause', 'van')
    await client.wait(({ topic, json }) => topic === 'smshub/bridge/logging' && /of van is paused/.test(json.message))
    expect(hub.stderr).not.toMatch(/of van is paused/)
    expect((await ask('log_level', 'info')).status).toBe('ok')
    await ask('log_level', { mqtt: 'none' })
    await ask('queue/resume', 'van')
    await hub.logged(/of van is resumed/)
    expect(client.received.some(({ topic, text }) => topic.endsWith('/logging') && text.includes('is resumed'))).toBe(
      false,
    )
  })
})

describe('backup', () => {
  test('is a folder for the owner alone with everything in it, and the eighth takes the first one’s place', async () => {
    const folders: string[] = []
    for (let n = 0; n < 8; n++) folders.push((await ask('backup')).data.folder)
    const data = join(hub.folder, 'data')
    const [first = '', last = ''] = [folders[0], folders[7]]
    expect(readdirSync(join(data, last)).sort()).toEqual(['instance', 'smshub.db', 'smshub.yaml'])
    expect(statSync(join(data, last)).mode & 0o077).toBe(0)
    expect(existsSync(join(data, first))).toBe(false)
    expect(readdirSync(join(data, 'backups'))).toHaveLength(7)
  })
})

describe('bad input', () => {
  test.each([
    ['queue/pause', { device: 'nobody' }, 'unknown_device', /no device "nobody"/],
    ['queue/pause', { gateway: 'nowhere' }, 'no_gateway', /there is home/],
    ['queue/pause', { device: 'gate', gateway: 'home' }, 'invalid_payload', /not both/],
    ['queue/pause', { devcie: 'gate' }, 'invalid_payload', /devcie/],
    ['queue/pause', { device: '__proto__' }, 'unknown_device', /__proto__/],
    ['queue/pause', { gateway: 'constructor' }, 'no_gateway', /constructor/],
    ['queue/resume', { device: 7 }, 'invalid_payload', /device/],
    ['queue/resume', 'nobody', 'unknown_device', /nobody/],
    ['queue/purge', { all: true }, 'invalid_payload', /all/],
    ['queue/purge', { device: ['gate'] }, 'invalid_payload', /device/],
    ['queue/purge', '[]', 'invalid_payload', /must be a table of keys, not a list/],
    ['log_level', {}, 'invalid_payload', /error, warn/],
    ['log_level', { level: 'loud' }, 'invalid_payload', /level/],
    ['log_level', 'toString', 'invalid_payload', /level/],
    ['restart', { now: true }, 'invalid_payload', /now/],
    ['restart', '[1]', 'invalid_payload', /must be a table of keys, not a list/],
    ['backup', { folder: '/etc' }, 'invalid_payload', /folder/],
    ['device/options', {}, 'invalid_payload', /id/],
    ['device/options', 'nobody', 'unknown_device', /nobody/],
    ['device/options', { id: 'gate', options: { name: 'x' } }, 'not_allowed', /smshub\.yaml/],
    ['device/options', { id: 'gate', options: { number: '+491511' } }, 'invalid_payload', /number/],
    ['device/options', { id: 'gate', options: {} }, 'invalid_payload', /options is empty/],
    ['device/options', { id: 'gate', options: { settings: { password: '1' } } }, 'not_allowed', /secrets/],
    ['device/options', { id: 'gate', options: 'name' }, 'invalid_payload', /options/],
  ])('the request %s %j is refused with %s', async (path, data, code, expected) => {
    const json = await ask(path, data)
    expect(json).toMatchObject({ status: 'error', error_code: code, data: {} })
    expect(json.error).toMatch(expected)
    expect((await ask('queue/list')).data.paused).toEqual([])
  })
})

describe('restart', () => {
  test('is answered first, then the hub ends in order with the code for another start', async () => {
    const offline = client.wait(({ topic, text }) => topic === 'smshub/bridge/state' && text === 'offline')
    expect(await ask('restart')).toMatchObject({ status: 'ok' })
    await offline
    expect(await hub.exited()).toEqual({ code: 75, signal: null })
    await client.close()
    await hub.start({ config })
    await connect()
    expect((await ask('health_check')).status).toBe('ok')
    expect(hub.running).toBe(true)
  })
})

describe('a request', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)

  test('whose transaction is nested too deeply is refused in words, and the hub goes on', async () => {
    for (const depth of [16, 1_000, 100_000]) {
      const refused = await ask('health_check', `{"transaction": ${nested(depth)}}`)
      expect(refused).toMatchObject({ status: 'error', error_code: 'invalid_payload' })
      expect(refused.error).toMatch(/nested deeper than 16 levels/)
    }
    expect(await ask('health_check')).toMatchObject({ status: 'ok' })
  })

  test('is answered with its transaction as it was, whatever that is', async () => {
    const answer = await ask('health_check', `{"transaction": ${nested(15)}}`)
    expect(answer.status).toBe('ok')
    expect(JSON.stringify(answer.transaction)).toBe(nested(15))
  })
})
