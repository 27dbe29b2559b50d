import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import mqtt from 'mqtt'
import { generate, type Packet } from 'mqtt-packet'
import { seededRandom } from '../../src/util/random.ts'
import { freePort } from '../support/folder.ts'
import { type StartedHub, startHub } from '../support/hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { hubYaml, startWorld, type TestWorld } from '../support/world.ts'

const connectPacket = (clientId: string): Packet => ({
  cmd: 'connect',
  protocolId: 'MQTT',
  protocolVersion: 4,
  clientId,
  clean: true,
  keepalive: 0,
})
/** Octets that both ends of a connection hold at the most, far more than systems do by themselves. */
const buffersOfTcp = 32 * 1024 * 1024
const publishPacket = (topic: string, payload: string | Buffer = 'x'): Packet => ({
  cmd: 'publish',
  topic,
  payload,
  qos: 0,
  dup: false,
  retain: false,
})

describe('the embedded broker with hostile clients', () => {
  let world: TestWorld
  let started: StartedHub
  let port: number
  const refused: { client: string; reason: string }[] = []

  beforeAll(async () => {
    world = await startWorld()
    port = await freePort()
    const mqtt = `{ broker: { listen: 127.0.0.1:${port}, limits: { publishes_per_second: 200, burst: 400 } } }`
    started = await startHub(hubYaml({ mqtt, path: world.path }))
    started.hub.events.on('refused', (one) => refused.push(one))
  })

  afterAll(async () => {
    await started.hub.stop()
    await world.world.close()
  })

  const raw = (): Promise<Socket> =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(socket))
      socket.on('error', () => {})
    })

  const closed = (socket: Socket): Promise<void> =>
    socket.destroyed
      ? Promise.resolve()
      : new Promise((resolve) => {
          socket.resume()
          socket.once('close', () => resolve())
        })

  async function alive(): Promise<void> {
    const client = await TestClient.connect(`mqtt://127.0.0.1:${port}`, {}, 'smshub/boiler/#')
    await client.publish('smshub/boiler/set/target_temperature', '900')
    const { json } = await client.wait(
      ({ topic, json: result }) => topic === 'smshub/boiler/result' && result.status === 'rejected',
    )
    expect(json.error.code).toBe('out_of_range')
    await client.close()
  }

  test.each(['__proto__', 'constructor', 'toString', 'a\u0001b', 'x'.repeat(300), '#', '../../etc', '\u202e'])(
    'client id %j',
    async (id) => {
      const client = await TestClient.connect(
        `mqtt://127.0.0.1:${port}`,
        { clientId: id, reconnectPeriod: 0 },
        '',
      ).catch(() => null)
      await client?.client
        .subscribeAsync(['constructor', '__proto__', 'smshub/__proto__/result', 'hasOwnProperty/#'])
        .catch(() => {})
      for (const topic of [
        'smshub/__proto__/set',
        'smshub/constructor/command/open',
        'smshub/gate/command/__proto__',
        'smshub/gate/set/constructor',
      ])
        await client?.publish(topic, '{"__proto__": {"x": 1}, "constructor": 1}')
      await client?.close()
      await alive()
    },
  )

  test.each([
    ['a wildcard', 'smshub/+/set'],
    ['a hash', 'smshub/#'],
    ['a hundred and one levels', Array(101).fill('a').join('/')],
    ['five thousand slashes', '/'.repeat(5000)],
  ])('a publish to %s ends the connection and nothing else', async (_, topic) => {
    const socket = await raw()
    socket.write(generate(connectPacket('deep')))
    const before = refused.length

    socket.write(publishOctets(topic))
    await closed(socket)
    expect(refused.length).toBeGreaterThan(before)
    await alive()
  })

  test('a packet that announces fifty mebibytes is refused at its header', async () => {
    const socket = await raw()
    socket.write(generate(connectPacket('large')))
    const length = 50 * 1024 * 1024
    const header = Buffer.from([
      0x30,
      (length & 0x7f) | 0x80,
      ((length >> 7) & 0x7f) | 0x80,
      ((length >> 14) & 0x7f) | 0x80,
      length >> 21,
    ])
    socket.write(header)
    await closed(socket)
    expect(refused.some(({ reason }) => /262144 octets/.test(reason))).toBe(true)
    await alive()
  })

  test('random octets, before and after CONNECT', async () => {
    const random = seededRandom(5)
    for (let i = 0; i < 60; i++) {
      const socket = await raw()
      if (i % 2 === 0) socket.write(generate(connectPacket(`fuzz-${i}`)))
      socket.write(Buffer.from(Array.from({ length: 200 }, () => Math.floor(random() * 256))))
      await new Promise((resolve) => setTimeout(resolve, 5))
      socket.destroy()
    }
    await alive()
  })

  test('a flood of one client is slowed down, others are served; what is not its turn yet is left on the wire', async () => {
    const socket = await raw()
    socket.write(generate(connectPacket('flood')))
    const one = generate(publishPacket('smshub/gate/set/nothing', '{"a":1}'))
    const chunk = Buffer.concat(Array(2000).fill(one))
    /** Octets that have left this end: the broker has read them, or they are in the buffers of TCP. */
    const taken = () => socket.bytesWritten - socket.writableLength
    const began = performance.now()
    const pump = setInterval(() => {
      for (let n = 0; n < 100 && socket.writableLength < 1_000_000; n++) socket.write(chunk)
    }, 5)
    try {
      for (let n = 0; n < 20; n++) {
        await alive()
        await new Promise((resolve) => setTimeout(resolve, 75))
      }
    } finally {
      clearInterval(pump)
    }
    expect(taken()).toBeGreaterThan(chunk.length)
    const allowed = 400 + (200 * (performance.now() - began)) / 1000
    expect(taken()).toBeLessThan(allowed * one.length + buffersOfTcp)
    socket.destroy()
    await alive()
  })

  test('a web page of anybody’s can’t connect to the WebSocket of this machine', async () => {
    const webPort = await freePort()
    const other = await startHub(
      `mqtt: { broker: { listen: none, websocket: { listen: 127.0.0.1:${webPort} } } }\nhttp: { enabled: false }`,
    )
    const url = `ws://127.0.0.1:${webPort}/mqtt`
    const page = mqtt.connect(url, {
      wsOptions: { headers: { origin: 'https://evil.example' } },
      reconnectPeriod: 0,
    })
    const outcome = await new Promise((resolve) => {
      page.on('error', () => resolve('refused'))
      page.on('close', () => resolve('refused'))
      page.on('connect', () => resolve('connected'))
    })
    expect(outcome).toBe('refused')
    const client = await TestClient.connect(url, {}, 'smshub/bridge/state')
    await client.wait(({ text }) => text === 'online')
    await client.close()
    await other.hub.stop()
  })
})

/** A QoS 0 publish, whatever its topic. */
function publishOctets(topic: string): Buffer {
  const name = Buffer.from(topic)
  const length = name.length + 3
  const digits = []
  for (let rest = length; ; ) {
    const digit = rest % 128
    rest = Math.floor(rest / 128)
    digits.push(rest > 0 ? digit | 0x80 : digit)
    if (rest === 0) break
  }
  return Buffer.concat([Buffer.from([0x30, ...digits, name.length >> 8, name.length & 0xff]), name, Buffer.from('x')])
}
