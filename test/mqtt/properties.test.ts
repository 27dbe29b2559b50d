import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { IPublishPacket } from 'mqtt'
import { hasMosquitto, mosquitto, type OtherBroker } from '../support/brokers.ts'
import { freePort } from '../support/folder.ts'
import { type StartedHub, startHub } from '../support/hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { accepted, gateNumber, hubYaml, startWorld, type TestWorld } from '../support/world.ts'

const external = hasMosquitto() ? describe : describe.skip

external('MQTT 5 at mosquitto', () => {
  let world: TestWorld
  let broker: OtherBroker
  let started: StartedHub
  let client: TestClient
  const packets: IPublishPacket[] = []

  beforeAll(async () => {
    world = await startWorld()
    const port = await freePort()
    broker = await mosquitto(port)
    started = await startHub(
      hubYaml({
        mqtt: `{ server: "${broker.url}", response_topics: ["panel/#"] }`,
        path: world.path,
        more: 'log: { mqtt: info }',
      }),
    )
    client = await TestClient.connect(broker.url, { protocolVersion: 5 }, '')
    client.client.on('message', (_topic, _payload, packet) => packets.push(packet))
    await client.client.subscribeAsync('#', { qos: 1 })
    await client.wait(({ topic, text }) => topic === 'smshub/gateway/home/availability' && text === 'online')
  })

  afterAll(async () => {
    await client.close()
    await started.hub.stop()
    await broker.stop()
    await world.world.close()
  })

  const answers = (topic: string) => packets.filter((packet) => packet.topic === topic)

  test('the answer goes to the response topic too, with its correlation data and what it is outside the payload', async () => {
    const properties = { responseTopic: 'panel/answers', correlationData: Buffer.from([1, 2, 3]) }
    await client.publish('smshub/gate/command/open', 'PRESS', { properties })
    const { json } = await client.wait(({ topic }) => topic === 'panel/answers')
    const [packet] = answers('panel/answers')
    expect(packet?.properties).toMatchObject({
      contentType: 'application/json',
      payloadFormatIndicator: true,
      userProperties: { 'smshub-id': json.command_id, 'smshub-status': 'replied' },
    })
    expect([...(packet?.properties?.correlationData ?? [])]).toEqual([1, 2, 3])
  })

  test('requests are answered there as well', async () => {
    const properties = { responseTopic: 'panel/health', correlationData: Buffer.from('7') }
    await client.publish('smshub/bridge/request/health_check', '', { properties })
    const { json } = await client.wait(({ topic }) => topic === 'panel/health')
    expect(json.status).toBe('ok')
    expect(answers('panel/health')[0]?.properties?.correlationData?.toString()).toBe('7')
  })

  test('an answer is never a command: not to the hub itself, and not to the broker', async () => {
    const before = accepted(world.world, gateNumber).length
    for (const responseTopic of ['smshub/gate/command/open', '$SYS/x', 'smshub/bridge/request/device/remove'])
      await client.publish('smshub/bridge/request/health_check', '', { properties: { responseTopic } })
    await client.wait(
      () => client.received.filter(({ topic }) => topic === 'smshub/bridge/response/health_check').length >= 4,
    )
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(accepted(world.world, gateNumber).length).toBe(before)
    expect(answers('smshub/gate/command/open').filter(({ payload }) => payload.length > 10)).toEqual([])
  })

  test('a key in a user property makes two publishes one command', async () => {
    const before = accepted(world.world, gateNumber).length
    const properties = { userProperties: { 'idempotency-key': 'once' } }
    const open = () => client.publish('smshub/boiler/command/status', '', { properties })
    await open()
    const { json } = await client.final('boiler', ({ id }) => id === 'once')
    await open()
    await client.wait(
      () =>
        client.results('boiler').filter(({ command_id, final }) => final && command_id === json.command_id).length > 1,
    )
    expect(new Set(client.results('boiler').map(({ command_id }) => command_id)).size).toBe(1)
    expect(accepted(world.world, gateNumber).length).toBe(before)
  })

  test('message expiry is the time to live', async () => {
    const away = client.next(({ topic, text }) => topic === 'smshub/gateway/home/availability' && text === 'offline')
    world.world.modem.unplug()
    await away
    const properties = { messageExpiryInterval: 1, userProperties: { 'idempotency-key': 'late' } }
    await client.publish('smshub/gate/command/open', 'PRESS', { properties })
    const { json } = await client.final('gate', ({ id }) => id === 'late')
    expect(json).toMatchObject({ status: 'expired', error: { code: 'ttl_expired' } })
    world.world.modem.plugIn()
  })

  test('the log is there, numbers masked', async () => {
    const { json } = await client.wait(({ topic }) => topic === 'smshub/bridge/logging')
    expect(Object.keys(json)).toEqual(['time', 'level', 'namespace', 'message'])
    for (const { text } of client.received.filter(({ topic }) => topic === 'smshub/bridge/logging'))
      expect(text).not.toMatch(/\d{9,}/)
  })
})
