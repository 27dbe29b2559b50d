import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { hashPassword } from '../../src/config/password.ts'
import { freePort } from '../support/folder.ts'
import { type StartedHub, startHub } from '../support/hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { accepted, gateNumber, hubYaml, startWorld, type TestWorld } from '../support/world.ts'

const settle = (ms = 300) => new Promise((resolve) => setTimeout(resolve, ms))

describe('the embedded broker with users', () => {
  let world: TestWorld
  let started: StartedHub
  let url: string
  let yaml: string
  const as = (username: string, options: object = {}, filter = '') =>
    TestClient.connect(url, { username, password: `${username}-secret`, ...options }, filter)

  beforeAll(async () => {
    world = await startWorld()
    const port = await freePort()
    url = `mqtt://127.0.0.1:${port}`
    const password = async (user: string) => await hashPassword(`${user}-secret`)
    const users = {
      boss: { password: await password('boss'), role: 'admin' },
      watcher: { password: await password('watcher'), role: 'reader' },
      guest: { password: await password('guest'), role: 'operator', devices: ['gate'], commands: ['open'] },
      keeper: { password: await password('keeper'), role: 'admin', devices: ['gate'] },
      setter: { password: await password('setter'), write: ['smshub/+/set/#'], read: ['smshub/boiler/#'] },
    }
    yaml = hubYaml({
      mqtt: JSON.stringify({ broker: { listen: `127.0.0.1:${port}`, users } }),
      path: world.path,
    })
    started = await startHub(yaml)
  })

  afterAll(async () => {
    await started.hub.stop()
    await world.world.close()
  })

  test('lets nobody in without the right password', async () => {
    for (const options of [
      {},
      { username: 'boss' },
      { username: 'boss', password: 'boss' },
      { username: '__proto__', password: 'x' },
    ])
      await expect(TestClient.connect(url, { ...options, reconnectPeriod: 0 }, '')).rejects.toThrow(
        /authorized|password/i,
      )
  })

  test('a client that may read cannot open the gate: by publish, by will, by a session, by a payload', async () => {
    const before = accepted(world.world, gateNumber).length
    const watcher = await as('watcher')
    for (const topic of [
      'smshub/gate/command/open',
      'smshub/gate/set',
      'smshub/gate/set/gate',
      'smshub/gate/send',
      'smshub/sms/send',
    ])
      await watcher.publish(topic, topic.endsWith('sms/send') ? { to: gateNumber, text: '1234CC' } : 'OPEN')
    await watcher.publish('smshub/gate', 'a state of my own')
    await watcher.close()
    const will = { topic: 'smshub/gate/command/open', payload: Buffer.from('PRESS'), qos: 1 as const, retain: false }
    await expect(as('watcher', { will, reconnectPeriod: 0 })).rejects.toThrow(/authorized/i)
    // With admin rights too: a network that fails must open nothing.
    await expect(as('boss', { will, reconnectPeriod: 0 })).rejects.toThrow(/authorized/i)
    await settle()
    expect(accepted(world.world, gateNumber).length).toBe(before)
  })

  test('a right to one command of one device is a right to nothing else', async () => {
    const guest = await as('guest', {}, 'smshub/gate/result')
    const before = accepted(world.world, gateNumber).length
    for (const [topic, payload] of [
      ['smshub/gate/command/relay_time', '{"seconds": 9}'],
      ['smshub/gate/command', 'open'],
      ['smshub/gate/command', '{"command": "relay_time", "args": {"seconds": 9}}'],
      ['smshub/gate/set', '{"command": "relay_time", "args": {"seconds": 9}}'],
      ['smshub/boiler/command/status', ''],
    ] as const)
      await guest.publish(topic, payload)
    await settle()
    expect(accepted(world.world, gateNumber).length).toBe(before)
    await guest.publish('smshub/gate/command/open', { id: 'guest-1' })
    await guest.final('gate', ({ id }) => id === 'guest-1')
    expect(accepted(world.world, gateNumber).length).toBe(before + 1)
    await guest.close()
    const setter = await as('setter')
    await setter.publish('smshub/gate/set', '{"command": "relay_time", "args": {"seconds": 9}}')
    await settle()
    expect(accepted(world.world, gateNumber).length).toBe(before + 1)
    await setter.close()
  })

  test('an administrator of one device is one of that device only, and none of the hub', async () => {
    const keeper = await as('keeper', {}, 'smshub/gate/result')
    const boss = await as('boss', {}, 'smshub/bridge/response/#')
    for (const [topic, payload] of [
      ['smshub/boiler/command/status', ''],
      ['smshub/bridge/request/queue/pause', '{}'],
      ['smshub/bridge/request/device/remove', '{"id": "boiler"}'],
      ['smshub/bridge/request/device/command', '{"device": "boiler", "command": "status"}'],
      ['smshub/sms/send', { to: gateNumber, text: '1234CC' }],
    ] as const)
      await keeper.publish(topic, payload)
    for (const filter of ['#', 'smshub/boiler/result', 'smshub/sms/received'])
      await expect(keeper.client.subscribeAsync(filter)).rejects.toThrow(/subscribe|unspecified|error/i)
    await keeper.publish('smshub/gate/command/open', { id: 'keeper-1' })
    await keeper.final('gate', ({ id }) => id === 'keeper-1')
    await boss.publish('smshub/bridge/request/device/list', '{}')
    const { json } = await boss.wait(({ topic }) => topic === 'smshub/bridge/response/device/list')
    expect(json.data.devices.map(({ id }: { id: string }) => id)).toContain('boiler')
    expect(boss.received).toHaveLength(1)
    await keeper.close()
    await boss.close()
  })

  test('another’s results can’t be subscribed to, nor by a wider filter, nor under $', async () => {
    const guest = await as('guest')
    for (const filter of [
      'smshub/boiler/result',
      'smshub/+/result',
      'smshub/#',
      '#',
      '+/gate/result',
      '$SYS/#',
      '$share/a/smshub/gate',
      'constructor',
    ]) {
      await expect(guest.client.subscribeAsync(filter)).rejects.toThrow(/subscribe|unspecified|error/i)
    }
    await guest.close()
  })

  test('what was refused in one SUBSCRIBE with something allowed stays refused after a reconnect', async () => {
    const options = { clientId: 'leak', clean: false }
    const first = await as('guest', options)
    await first.client
      .subscribeAsync({ 'smshub/gate/result': { qos: 1 }, 'smshub/boiler/result': { qos: 1 } })
      .catch(() => {})
    await first.client.endAsync()
    const boss = await as('boss', {}, 'smshub/+/result')
    await boss.publish('smshub/boiler/command/status', '')
    await boss.final('boiler')
    await boss.publish('smshub/gate/command/relay_time', { seconds: 1 })
    await boss.final('gate')
    const again = await as('guest', options)
    await again.final('gate')
    await settle(500)
    expect(again.received.filter(({ topic }) => topic.includes('boiler'))).toEqual([])
    await again.close()
    await boss.close()
  })

  test('a session belongs to its user: nobody else takes it over by its client id', async () => {
    const mine = await as('boss', { clientId: 'mine', clean: false }, 'smshub/boiler/result')
    await expect(as('guest', { clientId: 'mine', reconnectPeriod: 0 })).rejects.toThrow(/identifier/i)
    await mine.client.endAsync()
    await expect(as('guest', { clientId: 'mine', clean: false, reconnectPeriod: 0 })).rejects.toThrow(/identifier/i)
  })

  test('sessions, owed and retained messages are there after a restart', async () => {
    const owner = await as('boss', { clientId: 'night', clean: false })
    await owner.client.subscribeAsync(['smshub/gate/result', 'notes/#'], { qos: 1 })
    await owner.client.endAsync()
    const boss = await as('boss', { clientId: 'day' })
    await boss.publish('notes/kept', 'still here', { retain: true })
    await boss.publish('notes/owed', 'for the night')
    await boss.close()
    await started.hub.stop()
    started = await startHub(yaml, { folder: started.folder })
    const again = await as('boss', { clientId: 'night', clean: false })
    await again.wait(({ topic }) => topic === 'notes/owed')
    await again.close()
    const fresh = await as('boss', {}, '#')
    await fresh.wait(({ topic, text, retain }) => topic === 'notes/kept' && text === 'still here' && retain)
    await fresh.wait(({ topic, retain }) => topic === 'smshub/gate' && retain)
    await fresh.close()
  })

  test('every refusal is reported, once for a while', async () => {
    const boss = await as('boss', {}, 'smshub/bridge/event')
    const watcher = await as('watcher', { clientId: 'noisy' })
    await Promise.all(Array.from({ length: 20 }, () => watcher.publish('smshub/gate/command/open', 'PRESS')))
    await boss.wait(({ json }) => json.type === 'refused' && json.data.client === 'noisy')
    await settle()
    expect(boss.received.filter(({ json }) => json.data?.client === 'noisy')).toHaveLength(1)
    await watcher.close()
    await boss.close()
  })
})
