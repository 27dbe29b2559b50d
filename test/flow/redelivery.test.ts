import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { generate, type IConnectPacket, type IPublishPacket, type Packet, parser } from 'mqtt-packet'
import { freePort } from '../support/folder.ts'
import { type StartedHub, startHub } from '../support/hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { patienceMs } from '../support/patience.ts'
import { hubYaml, startWorld, type TestWorld } from '../support/world.ts'

/** A client made of bytes: it does what it is told, DUP or not, DISCONNECT or not. */
class RawClient {
  readonly packets: Packet[] = []
  readonly #socket: Socket
  #waiting: (() => void)[] = []

  private constructor(socket: Socket) {
    this.#socket = socket
    const reader = parser()
    reader.on('packet', (packet) => {
      this.packets.push(packet)
      for (const wake of this.#waiting.splice(0)) wake()
    })
    socket.on('data', (data) => reader.parse(data))
    socket.on('error', () => {})
    socket.on('close', () => {
      for (const wake of this.#waiting.splice(0)) wake()
    })
  }

  static async open(port: number, clientId: string, more: Partial<IConnectPacket> = {}): Promise<RawClient> {
    const socket = connect(port, '127.0.0.1')
    await new Promise((resolve) => socket.once('connect', resolve))
    const client = new RawClient(socket)
    client.send({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clientId,
      clean: false,
      keepalive: 60,
      ...more,
    })
    await client.until(() => client.packets.some(({ cmd }) => cmd === 'connack') || socket.destroyed)
    return client
  }

  get closed(): boolean {
    return this.#socket.destroyed
  }

  send(...packets: Packet[]): void {
    this.#socket.write(Buffer.concat(packets.map((packet) => generate(packet))))
  }

  async until(holds: () => boolean, ms = patienceMs): Promise<boolean> {
    const end = performance.now() + ms
    while (!holds() && performance.now() < end && !this.closed) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve)
        setTimeout(resolve, 50)
      })
    }
    return holds()
  }

  acknowledged(messageId: number): Promise<boolean> {
    return this.until(() => this.packets.some((packet) => packet.cmd === 'puback' && packet.messageId === messageId))
  }

  /** As when the network goes: no DISCONNECT. */
  async cut(): Promise<void> {
    this.#socket.destroy()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }

  /** Until the broker has read the DISCONNECT: then it closes. */
  async disconnect(): Promise<void> {
    const closed = new Promise((resolve) => this.#socket.once('close', resolve))
    this.send({ cmd: 'disconnect' })
    await closed
  }
}

let world: TestWorld
let started: StartedHub
let watcher: TestClient
let port: number
let count = 0

function press(messageId: number, more: Partial<IPublishPacket> = {}): IPublishPacket {
  const payload = JSON.stringify({ minutes: messageId, force: true })
  return {
    cmd: 'publish',
    topic: 'smshub/boiler/command/pulse',
    payload,
    qos: 1,
    dup: false,
    retain: false,
    messageId,
    ...more,
  }
}

/** How many there are, once there are as many as there should be and one too many has had its time. */
async function commandsFor(minutes: number, expected: number): Promise<number> {
  const ids = () =>
    new Set(
      watcher
        .results('boiler')
        .filter(({ args }) => args?.minutes === minutes)
        .map(({ command_id }) => command_id),
    )
  await watcher.until(() => ids().size >= expected)
  await new Promise((resolve) => setTimeout(resolve, 200))
  return ids().size
}

beforeAll(async () => {
  world = await startWorld()
  port = await freePort()
  started = await startHub(hubYaml({ mqtt: `{ broker: { listen: 127.0.0.1:${port} } }`, path: world.path }))
  watcher = await TestClient.connect(`mqtt://127.0.0.1:${port}`)
})

afterAll(async () => {
  await watcher.close()
  await started.hub.stop()
  await world.world.close()
})

const nextId = () => ++count

describe('a publish', () => {
  test.each([false, true])(
    'that was not acknowledged before its connection broke is one command (DUP %p)',
    async (dup) => {
      const id = nextId()
      const first = await RawClient.open(port, 'breaks')
      first.send(press(id))
      await first.cut()
      const second = await RawClient.open(port, 'breaks')
      second.send(press(id, { dup }))
      expect(await second.acknowledged(id)).toBe(true)
      expect(await commandsFor(id, 1)).toBe(1)
      await second.disconnect()
    },
  )

  test('whose acknowledgement was lost with the connection is one command, and its result is published again', async () => {
    const id = nextId()
    const first = await RawClient.open(port, 'loses')
    first.send(press(id))
    expect(await first.acknowledged(id)).toBe(true)
    await first.cut()
    const before = watcher.results('boiler').length
    const second = await RawClient.open(port, 'loses')
    second.send(press(id))
    expect(await second.acknowledged(id)).toBe(true)
    expect(await commandsFor(id, 1)).toBe(1)
    await watcher.until(() => watcher.results('boiler').length > before)
    await second.disconnect()
  })

  test('is made anew after a DISCONNECT, although it carries the same message id', async () => {
    const id = nextId()
    for (let i = 0; i < 2; i++) {
      const client = await RawClient.open(port, 'presses')
      client.send(press(id))
      expect(await client.acknowledged(id)).toBe(true)
      await client.disconnect()
    }
    expect(await commandsFor(id, 2)).toBe(2)
  })

  test('of somebody else with the same message id is another command', async () => {
    const id = nextId()
    for (const name of ['one', 'two']) {
      const client = await RawClient.open(port, name)
      client.send(press(id))
      expect(await client.acknowledged(id)).toBe(true)
      await client.cut()
    }
    expect(await commandsFor(id, 2)).toBe(2)
  })

  test('among many in one packet of the network is acknowledged in its turn', async () => {
    const client = await RawClient.open(port, 'burst')
    const ids = Array.from({ length: 60 }, () => nextId() + 500)
    // Commands, refusals and publishes that are none of the hub's, all mixed.
    const topics = [
      'smshub/boiler/command/pulse',
      'smshub/shed/set',
      'somewhere/else',
      'smshub/gate',
      'smshub/boiler/command/nothing',
    ]
    client.send(
      ...ids.map((id, i) => press(id, { topic: topics[i % topics.length] as string, payload: '{"minutes": 1}' })),
    )
    expect(await client.acknowledged(ids.at(-1) as number)).toBe(true)
    const order = client.packets.flatMap((packet) => (packet.cmd === 'puback' ? [packet.messageId] : []))
    expect(order).toEqual(ids)
    await client.disconnect()
  })

  test('at QoS 2 is one command, resent or not', async () => {
    const id = nextId()
    const first = await RawClient.open(port, 'twice')
    first.send(press(id, { qos: 2 }))
    await first.until(() => first.packets.some(({ cmd }) => cmd === 'pubrec'))
    await first.cut()
    const second = await RawClient.open(port, 'twice')
    second.send(press(id, { qos: 2, dup: true }))
    expect(await second.until(() => second.packets.some(({ cmd }) => cmd === 'pubrec'))).toBe(true)
    second.send({ cmd: 'pubrel', messageId: id })
    expect(await commandsFor(id, 1)).toBe(1)
    await second.disconnect()
  })

  test('at QoS 0 is a command', async () => {
    const id = nextId()
    const client = await RawClient.open(port, 'careless')
    const { messageId: _, ...packet } = press(id, { qos: 0 })
    client.send(packet as IPublishPacket)
    expect(await commandsFor(id, 1)).toBe(1)
    await client.disconnect()
  })

  test("to a topic of the hub's own goes nowhere, and is reported to the owner", async () => {
    const client = await RawClient.open(port, 'forger')
    client.send(press(9_999, { topic: 'smshub/gate', payload: '{"gate": "open"}', retain: true }))
    expect(await client.acknowledged(9_999)).toBe(true)
    const { json } = await watcher.wait(
      ({ topic, json: event }) => topic === 'smshub/bridge/event' && event.data?.client === 'forger',
    )
    expect(json).toMatchObject({ type: 'refused', data: { topic: 'smshub/gate' } })
    expect(watcher.received.some(({ topic, text }) => topic === 'smshub/gate' && text.includes('open'))).toBe(false)
    await client.disconnect()
  })
})

test('a client whose last will would be a command is not let in', async () => {
  const will = { topic: 'smshub/gate/command/open', payload: Buffer.from('PRESS'), qos: 1 as const, retain: false }
  const client = await RawClient.open(port, 'schemer', { will })
  const connack = client.packets.find(({ cmd }) => cmd === 'connack')
  expect(connack).toMatchObject({ returnCode: 5 })
})
