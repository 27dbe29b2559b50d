import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { freePort } from '../support/folder.ts'
import { type StartedHub, startHub } from '../support/hub.ts'
import {
  type ConnectOptions,
  connectPacket,
  type Delivered,
  deliveredIn,
  packetOf,
  publishPacket,
  RawClient,
  subscribePacket,
  text,
  unsubscribePacket,
  word,
} from '../support/raw-client.ts'

const octets = (...values: number[]) => Buffer.from(values)
const badUtf8 = [octets(0x61, 0xff), octets(0xc0, 0x80), octets(0xed, 0xa0, 0x80), octets(0xf4, 0x90, 0x80, 0x80)]

/** Packets of a connected client that break a rule; the connection ends and the refusal is reported. */
const violations: readonly (readonly [string, string, Buffer])[] = [
  ['1.5.3-1', 'a topic that is not UTF-8', publishPacket(badUtf8[0] as Buffer, 'x')],
  ['1.5.3-1', 'a topic with an overlong encoding', publishPacket(badUtf8[1] as Buffer, 'x')],
  ['1.5.3-1', 'a topic with a surrogate', publishPacket(badUtf8[2] as Buffer, 'x', { qos: 1 })],
  ['1.5.3-1', 'a topic beyond U+10FFFF', publishPacket(badUtf8[3] as Buffer, 'x', { qos: 2 })],
  ['1.5.3-1', 'a filter that is not UTF-8', subscribePacket([[badUtf8[0] as Buffer, 0]])],
  ['1.5.3-2', 'a topic with U+0000', publishPacket('a\u0000b', 'x')],
  ['1.5.3-2', 'a filter with U+0000', subscribePacket([['a\u0000b', 0]])],
  ['2.2.2-2', 'SUBSCRIBE without its reserved bits', packetOf(0x80, word(1), text('a'), octets(0))],
  ['2.2.2-2', 'UNSUBSCRIBE without its reserved bits', packetOf(0xa0, word(1), text('a'))],
  ['2.2.2-2', 'PUBREL without its reserved bits', packetOf(0x60, word(1))],
  ['2.2.2-2', 'PUBACK with reserved bits', packetOf(0x41, word(1))],
  ['2.2.2-2', 'PINGREQ with reserved bits', packetOf(0xc1)],
  ['3.14.1-1', 'DISCONNECT with reserved bits', packetOf(0xe1)],
  ['2.2.1', 'packet type 0', packetOf(0x00)],
  ['2.2.1', 'packet type 15', packetOf(0xf0)],
  ['2.2.1', 'CONNACK of a client', packetOf(0x20, octets(0, 0))],
  ['2.2.1', 'SUBACK of a client', packetOf(0x90, word(1), octets(0))],
  ['2.2.1', 'PINGRESP of a client', packetOf(0xd0)],
  ['2.2.3', 'a length of five octets', octets(0x30, 0xff, 0xff, 0xff, 0xff, 0x01)],
  ['2.3.1-1', 'PUBLISH with packet identifier 0', publishPacket('a', 'x', { qos: 1, id: 0 })],
  ['2.3.1-1', 'SUBSCRIBE with packet identifier 0', subscribePacket([['a', 0]], 0)],
  ['2.3.1-1', 'UNSUBSCRIBE with packet identifier 0', unsubscribePacket(['a'], 0)],
  ['2.3.1-1', 'PUBACK with packet identifier 0', packetOf(0x40, word(0))],
  ['3.1.0-2', 'a second CONNECT', connectPacket()],
  ['3.3.1-2', 'DUP at QoS 0', publishPacket('a', 'x', { dup: true })],
  ['3.3.1-4', 'QoS 3', packetOf(0x36, text('a'), word(1))],
  ['3.3.2-2', '+ in a topic', publishPacket('a/+/b', 'x')],
  ['3.3.2-2', '# in a topic', publishPacket('a/#', 'x', { qos: 1 })],
  ['4.7.3-1', 'an empty topic', publishPacket('', 'x')],
  ['4.7.3-1', 'an empty filter', subscribePacket([['', 0]])],
  ['4.7.1-2', '# that is not last', subscribePacket([['a/#/b', 0]])],
  ['4.7.1-2', '# within a level', subscribePacket([['a#', 0]])],
  ['4.7.1-3', '+ within a level', subscribePacket([['a/b+', 0]])],
  ['4.7.1-3', '+ within a level of UNSUBSCRIBE', unsubscribePacket(['+a'])],
  ['3.8.3-3', 'SUBSCRIBE without a filter', packetOf(0x82, word(1))],
  ['3.10.3-2', 'UNSUBSCRIBE without a filter', packetOf(0xa2, word(1))],
  ['3.8.3-4', 'SUBSCRIBE at QoS 3', subscribePacket([['a', 3]])],
  ['3.8.3-4', 'SUBSCRIBE with reserved bits of its QoS', subscribePacket([['a', 0x41]])],
  ['2.2.3', 'PUBLISH shorter than its topic', packetOf(0x30, word(9), Buffer.from('a'))],
  ['2.2.3', 'PUBACK with an octet too many', packetOf(0x40, word(1), octets(0))],
  ['2.2.3', 'PINGREQ with a body', packetOf(0xc0, octets(0))],
  ['4.7', 'a topic of 101 levels', publishPacket('/'.repeat(100), 'x')],
  ['4.7', 'a filter of 101 levels', subscribePacket([['+/'.repeat(100), 0]])],
]

/** CONNECT packets that break a rule: what comes back before the connection ends. */
const connects: readonly (readonly [string, string, ConnectOptions, number | null])[] = [
  ['3.1.3-8', 'an empty client id without a clean session', { id: '', clean: false }, 2],
  ['3.1.2-2', 'protocol level 5', { level: 5 }, 1],
  ['3.1.2-2', 'protocol level 99', { level: 99 }, 1],
  ['3.1.2-1', 'another protocol', { protocol: 'HTTP' }, null],
  ['3.1.2-3', 'the reserved flag', { flags: 3 }, null],
  ['3.1.2-13', 'a QoS of no will', { flags: 0x0a }, null],
  ['3.1.2-15', 'RETAIN of no will', { flags: 0x22 }, null],
  ['3.1.2-14', 'a will at QoS 3', { will: { topic: 'a', payload: 'x', flags: 0x18 } }, null],
  ['3.1.2-22', 'a password without a user name', { password: 'x' }, null],
  ['1.5.3-1', 'a client id that is not UTF-8', { id: badUtf8[0] as Buffer }, null],
  ['1.5.3-2', 'a client id with U+0000', { id: 'a\u0000' }, null],
  ['3.3.2-2', 'a will on a wildcard', { will: { topic: 'a/#', payload: 'x' } }, null],
  ['4.7.3-1', 'a will without a topic', { will: { topic: '', payload: 'x' } }, null],
  ['1.5.3-1', 'a will whose topic is not UTF-8', { will: { topic: badUtf8[0] as Buffer, payload: 'x' } }, null],
]

describe('the embedded broker keeps MQTT 3.1.1:', () => {
  let started: StartedHub
  let port: number
  const refused: { client: string; reason: string }[] = []

  beforeAll(async () => {
    port = await freePort()
    started = await startHub(`mqtt: { broker: { listen: 127.0.0.1:${port} } }\nhttp: { enabled: false }`)
    started.hub.events.on('refused', (one) => refused.push(one))
  })

  afterAll(() => started.hub.stop())

  let next = 0
  const connected = (options: ConnectOptions = {}) => RawClient.connected(port, { id: `c${next++}`, ...options })
  const subscribed = async (filters: readonly (readonly [string, number])[], options: ConnectOptions = {}) => {
    const client = await connected(options)
    client.send(subscribePacket(filters))
    const suback = await client.next(9)
    return { client, granted: [...(suback?.body.subarray(2) ?? [])] }
  }
  /** Publishes and waits until the broker has taken it. */
  const publish = async (topic: string, payload: string, options: { qos?: 1 | 2; retain?: boolean } = {}) => {
    const client = await connected()
    client.send(publishPacket(topic, payload, { qos: 1, ...options }))
    await client.packet()
    if (options.qos === 2) {
      client.send(packetOf(0x62, word(1)))
      await client.packet()
    }
    client.end()
  }
  const delivered = async (client: RawClient): Promise<Delivered[]> =>
    (await client.untilPong()).filter(({ type }) => type === 3).map(deliveredIn)
  /** Publishes on a topic that the client also takes, and waits for it: everything before has come by then. */
  const upTo = async (client: RawClient, topic: string): Promise<Delivered[]> => {
    await publish(topic, 'the end')
    const all: Delivered[] = []
    for (;;) {
      const packet = await client.next(3)
      if (packet === null) return all
      const one = deliveredIn(packet)
      if (one.payload === 'the end') return all
      all.push(one)
    }
  }

  test.each(violations)('[MQTT-%s] %s ends the connection and is reported', async (_clause, _what, packet) => {
    const client = await connected()
    const known = refused.length
    client.send(packet)
    await client.closed()
    if (packet[0] !== 0x10) expect(refused.length).toBeGreaterThan(known)
  })

  test.each(connects)('[MQTT-%s] CONNECT with %s is answered and ended', async (_clause, _what, options, code) => {
    const client = await RawClient.open(port)
    client.send(connectPacket(options))
    const answer = await client.packet()
    expect(answer === null ? null : answer.body[1]).toBe(code)
    await client.closed()
  })

  test('[MQTT-3.1.0-1] a packet before CONNECT ends the connection', async () => {
    const client = await RawClient.open(port)
    client.send(publishPacket('a', 'x'))
    await client.closed()
  })

  test('[MQTT-3.1.3-6] an empty client id with a clean session is given one', async () => {
    const client = await connected({ id: '' })
    expect(await client.untilPong()).toEqual([])
    client.end()
  })

  test('packets that come octet by octet, or many at once, are the same packets', async () => {
    const { client } = await subscribed([['drip/#', 1]])
    const sender = await connected()
    const packet = publishPacket('drip/one', 'x'.repeat(300), { qos: 1, id: 7 })
    for (const octet of packet) {
      sender.send(octets(octet))
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect((await sender.next(4))?.body.readUInt16BE(0)).toBe(7)
    sender.send(
      Buffer.concat(Array.from({ length: 20 }, (_, n) => publishPacket(`drip/${n}`, 'y', { qos: 1, id: n + 1 }))),
    )
    for (let n = 0; n < 20; n++) expect((await sender.next(4))?.body.readUInt16BE(0)).toBe(n + 1)
    expect(await upTo(client, 'drip/end')).toHaveLength(21)
    client.end()
    sender.end()
  })

  test.each([
    [
      [
        ['over/#', 0],
        ['over/a', 1],
      ],
      1,
    ],
    [
      [
        ['over/a', 0],
        ['over/+', 2],
        ['over/#', 1],
      ],
      2,
    ],
    [
      [
        ['over/#', 1],
        ['over/a', 0],
      ],
      1,
    ],
    [
      [
        ['over/+', 0],
        ['+/a', 0],
      ],
      0,
    ],
  ] as const)('[MQTT-3.3.5-1] overlapping filters %j deliver once, at the highest QoS', async (filters, qos) => {
    const { client } = await subscribed(filters.map(([filter, granted]) => [filter, granted]))
    await publish('over/a', 'x', { qos: 2 })
    const got = (await upTo(client, 'over/a')).filter(({ topic }) => topic === 'over/a')
    expect(got.map((one) => one.qos)).toEqual([qos])
    client.end()
  })

  test('[MQTT-3.8.4-6] a wildcard filter delivers at the QoS that it was granted, retained messages too', async () => {
    await publish('grant/kept', 'x', { qos: 2, retain: true })
    const { client, granted } = await subscribed([['grant/+', 1]])
    expect(granted).toEqual([1])
    await publish('grant/live', 'x', { qos: 2 })
    const got = await upTo(client, 'grant/end')
    expect(got.map(({ topic, qos, retain }) => ({ topic, qos, retain }))).toEqual([
      { topic: 'grant/kept', qos: 1, retain: true },
      { topic: 'grant/live', qos: 1, retain: false },
    ])
    client.end()
  })

  test('[MQTT-3.3.1-9] [MQTT-3.3.1-1] what waited for an absent client comes without RETAIN, again with DUP', async () => {
    const options = { id: 'absent', clean: false }
    const { client } = await subscribed([['owed/#', 1]], options)
    client.send(packetOf(0xe0))
    await client.closed()
    await publish('owed/state', 'x', { retain: true })
    const first = await connected(options)
    const once = deliveredIn((await first.next(3)) as never)
    expect(once).toMatchObject({ topic: 'owed/state', retain: false, dup: false, qos: 1 })
    first.end()
    await first.closed()
    const second = await connected(options)
    const again = deliveredIn((await second.next(3)) as never)
    expect(again).toMatchObject({ topic: 'owed/state', retain: false, dup: true, id: once.id })
    second.send(packetOf(0x40, word(again.id as number)))
    expect(await second.untilPong()).toEqual([])
    second.end()
    await second.closed()
    const third = await connected(options)
    expect(await delivered(third)).toEqual([])
    third.end()
  })

  test('[MQTT-3.2.2-2] session present is set for a session without filters, and not for a new one', async () => {
    const connack = async (options: ConnectOptions) => {
      const client = await RawClient.open(port)
      client.send(connectPacket(options))
      const answer = await client.packet()
      client.send(packetOf(0xe0))
      await client.closed()
      return [...(answer?.body ?? [])]
    }
    expect(await connack({ id: 'present', clean: false })).toEqual([0, 0])
    expect(await connack({ id: 'present', clean: false })).toEqual([1, 0])
    expect(await connack({ id: 'present', clean: true })).toEqual([0, 0])
    expect(await connack({ id: 'present', clean: false })).toEqual([0, 0])
  })

  test('[MQTT-4.7.2-1] wildcards in front take no topic that begins with $', async () => {
    const { client } = await subscribed([
      ['#', 1],
      ['+/new/clients', 1],
    ])
    await publish('dollar/x', 'x')
    const topics = (await upTo(client, 'dollar/end')).map(({ topic }) => topic)
    expect(topics).toContain('dollar/x')
    expect(topics.filter((topic) => topic.startsWith('$'))).toEqual([])
    client.end()
  })

  test('[MQTT-3.3.1-10] an empty retained message is delivered and clears what was retained', async () => {
    const { client } = await subscribed([['clear/#', 1]])
    await publish('clear/a', 'x', { retain: true })
    const sender = await connected()
    sender.send(publishPacket('clear/a', '', { retain: true }))
    await sender.untilPong()
    sender.end()
    const got = await upTo(client, 'clear/end')
    expect(got.map(({ payload, retain }) => ({ payload, retain }))).toEqual([
      { payload: 'x', retain: false },
      { payload: '', retain: false },
    ])
    client.end()
    const { client: late } = await subscribed([['clear/#', 1]])
    expect(await delivered(late)).toEqual([])
    late.end()
  })

  test('[MQTT-3.8.4-3] subscribing again brings the retained messages again and one copy of each new one', async () => {
    await publish('again/kept', 'x', { retain: true })
    const { client } = await subscribed([['again/#', 1]])
    expect(await upTo(client, 'again/mark')).toHaveLength(1)
    client.send(subscribePacket([['again/#', 0]], 2))
    expect([...((await client.next(9))?.body ?? [])]).toEqual([0, 2, 0])
    await publish('again/live', 'y')
    const got = await upTo(client, 'again/end')
    expect(got.map(({ topic, qos }) => [topic, qos])).toEqual([
      ['again/kept', 0],
      ['again/live', 0],
    ])
    client.end()
  })

  test('[MQTT-3.10.4-1] [MQTT-3.10.4-5] UNSUBSCRIBE ends the filter that is equal, and is answered for any', async () => {
    const { client } = await subscribed([
      ['un/a', 1],
      ['un/+', 1],
    ])
    client.send(unsubscribePacket(['un/+', 'never/was'], 9))
    expect([...((await client.next(11))?.body ?? [])]).toEqual([0, 9])
    await publish('un/b', 'x')
    await publish('un/a', 'y')
    expect((await upTo(client, 'un/a')).map(({ topic }) => topic)).toEqual(['un/a'])
    client.end()
  })

  test('[MQTT-4.3.3-2] a QoS 2 publish that comes twice before its PUBREL is delivered once', async () => {
    const { client } = await subscribed([['exactly/#', 2]])
    const sender = await connected()
    sender.send(publishPacket('exactly/once', 'x', { qos: 2, id: 5 }))
    await sender.next(5)
    sender.send(publishPacket('exactly/once', 'x', { qos: 2, id: 5, dup: true }))
    await sender.next(5)
    sender.send(packetOf(0x62, word(5)))
    await sender.next(7)
    expect(await upTo(client, 'exactly/end')).toHaveLength(1)
    client.end()
    sender.end()
  })

  test('[MQTT-3.1.2-8] [MQTT-3.1.2-10] a will is published when the connection breaks, never after DISCONNECT', async () => {
    const { client } = await subscribed([['will/#', 1]])
    const will = { topic: 'will/a', payload: 'gone', flags: 8 }
    const polite = await connected({ will })
    polite.send(packetOf(0xe0))
    await polite.closed()
    expect(await upTo(client, 'will/end')).toEqual([])
    const broken = await connected({ will })
    broken.send(publishPacket('', 'x'))
    expect(deliveredIn((await client.next(3)) as never)).toMatchObject({ topic: 'will/a', payload: 'gone' })
    client.end()
  })

  test('[MQTT-3.1.2-24] a client that is silent for one and a half keep alives is put out', async () => {
    const client = await connected({ keepAlive: 1 })
    await client.closed()
  })

  test('[MQTT-3.1.4-2] a second connection by the same client id takes over', async () => {
    const first = await connected({ id: 'twice' })
    const second = await connected({ id: 'twice' })
    await first.closed()
    expect(await second.untilPong()).toEqual([])
    second.end()
  })
})
