import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { sweptFilters } from '../../src/homeassistant/announcer.ts'
import { inboundFilters } from '../../src/message/topics.ts'
import { withoutOverlaps } from '../../src/mqtt/external/hub-filters.ts'
import { hasMosquitto, mosquitto, type OtherBroker } from '../support/brokers.ts'
import { freePort } from '../support/folder.ts'
import { fastClock, type StartedHub, startHub } from '../support/hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { accepted, boilerNumber, gateNumber, hubYaml, startWorld, type TestWorld } from '../support/world.ts'

const external = hasMosquitto() ? describe : describe.skip

external('a broker that is not the hub’s own', () => {
  let world: TestWorld
  let broker: OtherBroker
  let client: TestClient

  beforeAll(async () => {
    world = await startWorld()
    broker = await mosquitto(await freePort())
    client = await TestClient.connect(broker.url, { protocolVersion: 5 })
  })

  const running: StartedHub[] = []
  const worlds: TestWorld['world'][] = []
  const start = async (config: string, options: Parameters<typeof startHub>[1] = {}) => {
    const started = await startHub(config, options)
    running.push(started)
    return started
  }

  afterEach(async () => {
    await Promise.all(running.splice(0).map(({ hub }) => hub.stop()))
    for (const own of worlds.splice(0)) await own.close()
  })

  afterAll(async () => {
    await client.close()
    await broker.stop()
    await world.world.close()
  })

  const yaml = (base: string, more: string) =>
    hubYaml({ mqtt: `{ server: "${broker.url}", base_topic: ${base}, ${more} }`, path: world.path }).replace(
      'client_per_hour: none',
      'client_per_hour: 3',
    )
  const ready = (base: string) =>
    client.wait(({ topic, text }) => topic === `${base}/gateway/home/availability` && text === 'online')

  test('names who asks by the topic, each with a quota, ids and answers of its own, and takes no other commands', async () => {
    await start(yaml('named', 'identity: topic, response_topics: ["panel/#"]'))
    await ready('named')
    const press = (who: string, id: string, responseTopic?: string) =>
      client.publish(
        `named/${who}boiler/command/status`,
        { id },
        responseTopic === undefined ? {} : { properties: { responseTopic } },
      )
    await press('', 'plain')
    for (let i = 0; i < 3; i++) await press('as/alice/', `a${i}`)
    await press('as/bob/', 'a0', 'named/reply/bob/here')
    await press('as/bob/', 'b1', 'named/reply/alice/here')
    await press('as/bob/', 'b2', 'panel/here')
    const ids = () =>
      client
        .results('boiler')
        .filter(({ final }) => final)
        .map(({ id }) => id)
    await client.until(() => ids().length >= 6)
    for (const answer of ['panel/here', 'named/reply/bob/here']) await client.wait(({ topic }) => topic === answer)
    const all = client.results('boiler').filter(({ final }) => final)
    expect(ids()).not.toContain('plain')
    expect(all.filter(({ error }) => error?.code === 'rate_limited').map(({ id }) => id)).toEqual(['a2', 'b2'])
    expect(all.find(({ id }) => id === 'a2')?.error.details.quota).toBe('client:alice')
    expect(new Set(all.filter(({ id }) => id === 'a0').map(({ command_id }) => command_id)).size).toBe(2)
    const answered = client.received.map(({ topic }) => topic).filter((topic) => /^(panel|named\/reply)\//.test(topic))
    expect([...new Set(answered)].sort()).toEqual(['named/reply/bob/here', 'panel/here'])
  })

  test('takes from each user what is well-formed and their own, by whatever QoS, and answers or passes over the rest', async () => {
    await start(yaml('guarded', 'identity: topic').replace('client_per_hour: 3', 'client_per_hour: none'))
    await ready('guarded')
    const from = client.received.length
    const press = (topic: string, payload: string | object, options = {}) =>
      client.publish(`guarded/${topic}`, payload, options)
    // No user, or more than one: nobody's.
    for (const topic of ['as', 'as/alice', 'as//boiler/command/status', 'as/alice/as/bob/boiler/command/status'])
      await press(topic, { id: 'stray' })
    await press('boiler/command/status', { id: 'stray' })
    // Nothing that can be carried out.
    for (const payload of ['{"id":', '[', '[{"id":"stray"}]', '[]', '{"id":"stray","id":"other"}', '['.repeat(5_000)])
      await press('as/alice/boiler/command/status', payload)
    const arm = (payload: string | object) => press('as/alice/van/set/alarm_state', payload)
    for (const payload of [
      '{"value": "ARM_AWAY", "confirm": ',
      '["ARM_AWAY"]',
      { value: ['ARM_AWAY'], confirm: 'van' },
      { value: { value: 'ARM_AWAY' }, confirm: 'van' },
      { value: 'ARM_AWAY; DISARM', confirm: 'van' },
      { value: 'DISARM', confirm: 'gate' },
      { value: 'DISARM', confirm: ['van'] },
    ])
      await arm(payload)
    for (const qos of [0, 1, 2] as const) await press('as/alice/boiler/command/status', { id: `q${qos}` }, { qos })
    await press('as/alice/boiler/command/status', { id: 'kept' }, { retain: true })
    const results = (device: string) =>
      client.received
        .slice(from)
        .filter(({ topic, json }) => topic === `guarded/${device}/result` && json.final === true)
        .map(({ json }) => json)
    const ended = () => results('boiler').filter(({ status }) => status === 'replied' || status === 'unconfirmed')
    await client.until(() => ended().length >= 4)
    expect(
      ended()
        .map(({ id }) => id)
        .sort(),
    ).toEqual(['kept', 'q0', 'q1', 'q2'])
    await client.until(() => results('van').length >= 7)
    expect(results('van').filter(({ status }) => status !== 'rejected')).toEqual([])
    expect(results('boiler').filter(({ id }) => id === 'stray' || id === 'other')).toEqual([])
    // What is retained is cleared: it would come again with each subscription.
    await client.wait(({ topic, text }) => topic === 'guarded/as/alice/boiler/command/status' && text === '')
  })

  test('a session that a killed run left with wider filters brings no command twice', async () => {
    const base = 'homeassistant'
    const wanted = inboundFilters.map((filter) => ({ filter: `${base}/${filter}`, isCommand: true }))
    const swept = sweptFilters(base).map((filter) => ({ filter, isCommand: false }))
    const killed = await TestClient.connect(broker.url, { clientId: 'killed', clean: false }, '')
    for (const { filter } of withoutOverlaps([...wanted, ...swept]))
      await killed.client.subscribeAsync(filter, { qos: 1 })
    await killed.close()
    await start(`${yaml(base, 'client_id: killed')}\nhomeassistant: { discovery: none }`)
    await ready(base)
    const from = client.received.length
    for (const command of ['status', 'supply']) await client.publish(`${base}/boiler/command/${command}`, '')
    const results = () => client.received.slice(from).filter(({ topic }) => topic === `${base}/boiler/result`)
    const ids = (command: string) =>
      new Set(results().flatMap(({ json }) => (json.command === command ? [json.command_id] : [])))
    await client.until(() => results().some(({ json }) => json.command === 'supply' && json.final === true))
    expect([ids('status').size, ids('supply').size]).toEqual([1, 1])
  })

  test('that names nobody: one caller who uses up the quota of a device leaves that of the others', async () => {
    const started = await start(yaml('shared', 'identity: none'))
    await ready('shared')
    for (let i = 0; i < 6; i++) await client.publish('shared/gate/command/relay_time', { id: `g${i}`, seconds: 5 })
    await client.publish('shared/boiler/command/status', { id: 'other' })
    const { json } = await client.final('boiler', ({ id }) => id === 'other')
    expect(json.status).toBe('replied')
    const limited = client.results('gate').filter(({ error }) => error?.details?.quota === 'client:broker to gate')
    expect(limited.length).toBeGreaterThan(0)
    expect(started.log.some(({ message }) => message.startsWith('refused broker: gate'))).toBe(true)
  })

  test('attack 10: no answer goes where the client may not publish itself', async () => {
    await start(yaml('deputy', 'identity: none'))
    await ready('deputy')
    const topics = [
      'deputy/bridge/state',
      'deputy/gate/availability',
      'deputy/gate',
      'deputy/gate/command/open',
      'deputy/reply',
      'zigbee2mqtt/lock/set',
      'homeassistant/switch/x/config',
      '$SYS/x',
      `deputy/reply/${'x'.repeat(1_000)}`,
    ]
    const before = client.received.length
    for (const responseTopic of topics)
      await client.publish('deputy/bridge/request/health_check', '', { properties: { responseTopic } })
    const correlationData = Buffer.alloc(60_000, 1)
    await client.publish('deputy/bridge/request/health_check', '', {
      properties: { responseTopic: 'deputy/reply/long', correlationData },
    })
    await client.publish('deputy/bridge/request/health_check', '', {
      properties: { responseTopic: 'deputy/reply/me/now' },
    })
    await client.wait(({ topic, json }) => topic === 'deputy/reply/me/now' && json.status === 'ok')
    const seen = client.received
      .slice(before)
      .filter(({ json }) => json.status === 'ok' && json.data?.uptime_s !== undefined)
    expect(new Set(seen.map(({ topic }) => topic))).toEqual(
      new Set(['deputy/bridge/response/health_check', 'deputy/reply/me/now']),
    )
    expect(accepted(world.world, gateNumber).filter(({ text }) => text === '1234CC')).toEqual([])
  })

  test.each([5, 4] as const)(
    'whose session holds filters of an earlier version, which overlap, delivers each text once (MQTT protocol %s)',
    async (protocol) => {
      const [base, clientId] = [`old${protocol}`, `old${protocol}`]
      const earlier = await TestClient.connect(
        broker.url,
        { clientId, clean: false, protocolVersion: protocol, properties: { sessionExpiryInterval: 600 } },
        '',
      )
      await earlier.client.subscribeAsync([`${base}/sms/send`, `${base}/+/send`, `${base}/sms/send/+`], { qos: 1 })
      await earlier.client.endAsync()
      await start(yaml(base, `client_id: ${clientId}, protocol: ${protocol}`))
      await ready(base)
      const texts = ['first', 'second'].map((text) => `${text} ${protocol}`)
      for (const text of texts) await client.publish(`${base}/sms/send`, { to: gateNumber, text })
      await client.publish(`${base}/sms/send`, { to: boilerNumber, text: 'behind', id: base })
      const sent = () => accepted(world.world, gateNumber).map(({ text }) => text as string)
      const ended = () =>
        client.received.filter(({ topic, json }) => topic === `${base}/sms/status` && json.status === 'sent')
      await client.until(() => ended().length >= 3)
      expect(sent().filter((text) => texts.includes(text))).toEqual(texts)
    },
  )

  test.each([5, 4] as const)(
    'gives the session to a second hub with the same client id: both say so, and wait (MQTT protocol %s)',
    async (protocol) => {
      const clock = fastClock(20)
      const more = `client_id: twin${protocol}, protocol: ${protocol}`
      for (const _ of [1, 2]) {
        const { world: own, path } = await startWorld()
        worlds.push(own)
        await start(hubYaml({ mqtt: `{ server: "${broker.url}", base_topic: twin, ${more} }`, path }), { clock })
      }
      const named = () =>
        running.filter(
          ({ hub, log }) =>
            hub.healthy.problems.some((problem) => problem.includes(`the MQTT client id "twin${protocol}"`)) &&
            log.some(({ message }) => message.startsWith('session taken over')),
        ).length
      await client.until(() => named() > 0)
    },
  )
})
