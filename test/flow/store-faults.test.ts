import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type OperationName, operations } from '../../src/ledger/operations.ts'
import type { FaultCode } from '../../src/message/fault.ts'
import { SimulatedDevice } from '../../src/simulator/device/simulated-device.ts'
import type { ModemFault } from '../../src/simulator/modem/equipment/faults.ts'
import { SimulatedModem } from '../../src/simulator/modem/simulated-modem.ts'
import { SimulatedNetwork } from '../../src/simulator/network/network.ts'
import { encodePdu } from '../../src/sms/encode-pdu.ts'
import { Esme } from '../support/esme.ts'
import { Faults, failingStore, letFail } from '../support/failing-store.ts'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { fastClock, type StartedHub, startHub } from '../support/hub.ts'
import { hour, minute } from '../support/ledger.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { until } from '../support/patience.ts'
import { Receiver } from '../support/receiver.ts'
import { SimulatedBroker, SimulatedClock, SimulatedHub } from '../support/simulation.ts'
import { secret } from '../support/smpp-server.ts'
import { accepted, hubNumber, hubYaml, startWorld, type TestWorld, vanNumber } from '../support/world.ts'

/** Minutes of waiting become seconds. */
const speed = 60
const person = '+4915155500009'
/** A text without the stamp of a service centre. */
const { pdu: unstamped } = encodePdu({
  type: 'deliver',
  smsc: { number: '491710760001', ton: 'international', npi: 1 },
  address: { number: person.slice(1), ton: 'international', npi: 1 },
  scts: null,
  text: 'without a stamp',
})
const codes = ['storage_full', 'storage_failed', 'internal'] as const satisfies readonly FaultCode[]

let world: TestWorld
let started: StartedHub
let client: TestClient
let port: number
let smpp: number
let n = 0
const faults = new Faults()
/** What has failed in one of these tests. */
const everFailed = new Set<OperationName>()
const unhandled: unknown[] = []
const note = (reason: unknown) => unhandled.push(reason)

const publish = (topic: string, data: object) => async () => {
  await client.publish(`smshub/${topic}`, data)
}
const ask = (path: string, data: object = {}) => publish(`bridge/request/${path}`, data)
const fromVan = (text: string) => world.world.network.text({ from: vanNumber, to: hubNumber, text, delayMs: 0 })

/** What a modem does so that a hand-over ends in each way. */
const outcomes: readonly ModemFault[] = [
  { fault: 'error', at: 'before_prompt', command: '+CMGS', cms: 38, times: 1 },
  { fault: 'error', at: 'before_acceptance', command: '+CMGS', cms: 304, times: 1 },
  { fault: 'error', at: 'after_acceptance', command: '+CMGS', cms: 500, times: 1 },
]

/** What makes a hub ask for the operations that a command, a text to a person and a text from a device don't need. */
const causes: readonly (() => Promise<unknown>)[] = [
  async () => (await TestClient.connect(`mqtt://127.0.0.1:${port}`)).close(),
  async () => (await TestClient.connect(`mqtt://127.0.0.1:${port}`, { clientId: 'kept', clean: false })).close(),
  ask('device/add', { id: 'spare', profile: 'elbro/smsb-m21t', number: '+4915155500010' }),
  ask('device/remove', { id: 'spare' }),
  ask('homeassistant/rediscover'),
  async () => {
    // One that there is: of another, nothing is cancelled.
    const known = client.received.find(({ topic }) => topic === 'smshub/sms/status')
    await ask('sms/cancel', { id: known?.json.command_id ?? 'x' })()
  },
  ask('sms/get', { id: 'x' }),
  ask('queue/list'),
  ask('queue/purge', { device: 'boiler' }),
  ask('queue/pause', { device: 'boiler' }),
  ask('queue/resume', { device: 'boiler' }),
  ask('history', { device: 'boiler' }),
  ask('privacy/erase', { number: '+4915155500099', confirm: '+4915155500099' }),
  ask('clock/accept'),
  ask('health_check'),
  ask('gateway/list'),
  () => again(() => started.hub.readings()),
  () => again(() => started.hub.request('quota/list', {})),
  () => again(() => started.hub.request('conversation/read', { device: 'van' })),
  () => again(() => started.hub.liveEvents.page({ after: 'newest', limit: 1, waitMs: 0, wanted: () => true })),
  () => longText(),
  async () => fromVan(`of two parts ${n} ${'x'.repeat(180)}`),
  async () => fromVan(`nothing that this device sends ${n}`),
  async () => world.world.network.call(vanNumber, hubNumber),
  async () => world.world.network.deliver({ from: vanNumber, to: hubNumber, pdu: '07919471170600000451', delayMs: 0 }),
]

/** Asks on this machine, again after each failure that was injected. */
async function again<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      expect(error).toMatchObject({ message: expect.stringContaining('injected into ') })
    }
  }
}

/** Keys, users and sessions, which no topic asks for: what was wanted is so in the end, and a key that is gone is refused. */
async function people(): Promise<void> {
  const { hub } = started
  const { prover } = hub.access
  const [name, peer] = [`user${++n}`, { address: '10.0.0.1', secure: false, isHere: false }]
  const request = (path: string, data: object) => again(() => hub.request(path, data)) as Promise<any>
  const logIn = async (password: string) => {
    const guess = { name, password, address: peer.address, isGone: () => false }
    const begun = await again(() => prover.logIn(guess, peer, 'a browser'))
    return 'session' in begun ? begun.session : ''
  }
  await request('user/add', { name, password: 'correct horse', role: 'admin' })
  const session = await logIn('correct horse')
  const { id, key } = await request('key/add', { label: name, role: 'admin' })
  expect(prover.byKey(key, peer)).toMatchObject({ caller: { name: `key:${id}` } })
  expect(prover.bySession(session, peer)).toMatchObject({ name: `user:${name}` })
  while (!faults.asked.has('noteUses')) await new Promise((resolve) => setTimeout(resolve, 20))
  await request('user/password', { name, password: 'battery staple' })
  expect(prover.bySession(session, peer)).toBeNull()
  await again(async () => prover.logOut(await logIn('battery staple')))
  await request('key/update', { id, networks: ['10.0.0.9'] })
  expect(prover.byKey(key, peer)).toMatchObject({ refused: 'not_allowed' })
  await request('key/remove', { id, confirm: id })
  expect(prover.byKey(key, peer)).toMatchObject({ refused: 'unauthenticated' })
  await request('user/remove', { name, confirm: name })
}

/** A client that binds by SMPP sends a text in two parts until it is taken, and asks for it. */
async function longText(): Promise<void> {
  const esme = new Esme(smpp)
  expect(await esme.bind()).toBe(0)
  for (const seq of [1, 2]) {
    const octets = Uint8Array.from([5, 0, 3, 7, 2, seq, 65])
    let answer: Awaited<ReturnType<typeof esme.submit>> = null
    do answer = await esme.submit('+4915155500011', octets, { esm_class: 0x40 })
    while (answer?.status === 8)
    expect(answer?.status).toBe(0)
    while ((await esme.request('query_sm', { message_id: answer?.id ?? '' }))?.status === 8);
  }
  esme.destroy()
}

/** A webhook, which no topic asks for: what happens reaches it in the end. */
async function hooks(): Promise<void> {
  const receiver = await Receiver.start()
  const [id, device] = [`hook${++n}`, `hooked${n}`]
  const request = (path: string, data: object) => again(() => started.hub.request(path, data)) as Promise<any>
  try {
    await request('webhook/add', { id, url: receiver.url, types: ['device.added'] })
    await request('webhook/test', { id })
    await request('device/add', { id: device, profile: 'generic/text', number: '+4915155500020' })
    await until(() => receiver.devices.includes(device))
    const delivered = async () => {
      const { deliveries } = await request('webhook/deliveries', { id, status: 'delivered' })
      return deliveries[0]?.id
    }
    await until(async () => (await delivered()) !== undefined)
    const before = receiver.calls.length
    await request('webhook/replay', { delivery: await delivered() })
    await until(() => receiver.calls.length > before)
    await request('webhook/rotate', { id })
    await request('webhook/update', { id, enabled: false })
    await request('device/remove', { id: device })
    await request('webhook/remove', { id })
  } finally {
    await receiver.stop()
  }
}

/** A text of a number that is added as a device which reads it: no topic asks for what lay in quarantine. */
async function learning(): Promise<void> {
  const [id, number] = [`learner${++n}`, `+49151555002${n % 90 < 10 ? `0${n % 90}` : n % 90}`]
  const request = (path: string, data: object) => again(() => started.hub.request(path, data)) as Promise<any>
  world.world.network.text({ from: number, to: hubNumber, text: 'LEVEL 5', delayMs: 0 })
  await until(async () => (await request('unknown/groups', { about: number })).groups.length > 0)
  await request('device/add', {
    id,
    profile: 'generic/text',
    number,
    messages: { level: { text: 'LEVEL {level:int}' } },
  })
  expect(await request('unknown/read', { id })).toEqual({ id, read: 1 })
  await request('device/remove', { id })
}

/** What a gateway remembers of its modem and its SIM. */
const memory: readonly OperationName[] = ['bindings', 'noteBinding', 'recallPin', 'notePin']

beforeAll(async () => {
  process.on('unhandledRejection', note)
  const clock = fastClock(speed)
  world = await startWorld({ clock, behaviour: { acceptMs: [100, 200], deliverMs: [100, 200] } })
  // A PIN that is asked for, and a modem that was never seen before.
  world.world.modem.sim.setLock(true)
  world.world.modem.reset()
  for (const name of memory) faults.add(name, 'storage_failed')
  new SimulatedDevice({ network: world.world.network, number: person, answerer: { answer: () => [] } })
  port = await freePort()
  smpp = await freePort()
  const mqtt = `{ broker: { listen: 127.0.0.1:${port} } }`
  const config = hubYaml({
    mqtt,
    path: world.path,
    more: 'sms: { destinations: any }\nrequests: { add_devices: true }\nwebhooks: { allow_networks: 127.0.0.0/8 }'.concat(
      `\nsmppserver: { listen: 127.0.0.1:${smpp}, users: { acme: { password: "${await secret()}", recipients: any, per_hour: none } } }`,
    ),
  }).replace('number: "+491700000001" }', 'number: "+491700000001", pin: "1234" }')
  started = await startHub(config, { clock, makeStore: failingStore(faults) })
  client = await TestClient.connect(`mqtt://127.0.0.1:${port}`, { clientId: 'matrix', clean: false })
  await client.wait(({ topic, text }) => topic === 'smshub/gateway/home/availability' && text === 'online')
  for (const name of faults.struck) everFailed.add(name)
})

afterAll(async () => {
  process.off('unhandledRejection', note)
  await client?.close()
  await started?.hub.stop()
  await world?.world.close()
})

const ends: readonly string[] = ['delivered', 'undelivered', 'failed', 'expired', 'cancelled', 'in_doubt']

/** A command, a text to a person and a text from a device: each comes to its one end. Answers the ends of the first two. */
async function lives(): Promise<readonly unknown[]> {
  const id = `life${++n}`
  const text = `lat: ${((n % 80) + 0.5).toFixed(6)} long: 037.730640 speed: 000.0 03/03/13 16:18   bat:F signal:F  imei:358948010446647`
  await client.publish('smshub/gate/command/open', { id, force: true, ttl: 10_800 })
  await client.publish('smshub/sms/send', { id, to: person, text: id, ttl: 10_800 })
  fromVan(text)
  const isOfText = ({ topic, json }: TestClient['received'][number]) =>
    topic === 'smshub/sms/status' && json.client_id === id && json.to === person
  const command = await client.final('gate', (json) => json.id === id)
  const status = await client.wait((one) => isOfText(one) && ends.includes(one.json.status))
  const received = await client.wait(({ topic, json }) => topic === 'smshub/sms/received' && json.text === text)
  await again(() => started.hub.request('message/delete', { id: received.json.id }))
  expect(client.results('gate').filter((json) => json.id === id && json.final)).toHaveLength(1)
  expect(client.received.filter((one) => isOfText(one) && ends.includes(one.json.status))).toHaveLength(1)
  expect(accepted(world.world, person).filter((one) => one.text === id).length).toBeLessThanOrEqual(1)
  return [command.json.status, status.json.status]
}

test.each(codes)(
  'every operation of the store that fails once with %s ends nothing, leaves nothing stuck and costs no message its end',
  async (code) => {
    faults.struck.clear()
    faults.addAll(code)
    for (const outcome of outcomes) world.world.modem.faults.add(outcome)
    await people()
    await hooks()
    await learning()
    // Several operations stand behind one cause: the first to fail keeps the others from their turn.
    for (let round = 0; round < 3; round++) for (const cause of causes) await cause()
    // What is left over strikes in the second round; in the third one all is well again.
    for (let round = 0; round < 2; round++) await lives()
    // Not those that nothing has asked for.
    faults.clear()
    const [command, text] = await lives()
    expect({ command, text }).toEqual({ command: expect.stringMatching(/^(replied|delivered)$/), text: 'delivered' })
    for (const name of faults.struck) everFailed.add(name)
    expect(unhandled).toEqual([])
    expect(started.hub.fatal).toBeNull()
  },
)

test('a start in which an operation of the store fails ends with that failure, or goes on; the next one succeeds', async () => {
  const folder = temporaryFolder()
  const yaml = 'mqtt: { broker: { listen: 127.0.0.1:0 } }\nhttp: { enabled: false }'
  const inStart = new Faults()
  const begin = async () => startHub(yaml, { folder, makeStore: failingStore(inStart) })
  const { hub } = await begin()
  await hub.stop()
  for (const name of [...inStart.asked.keys()]) {
    inStart.add(name, 'internal')
    await begin().then(
      ({ hub }) => hub.stop(),
      (error: unknown) =>
        expect(error).toMatchObject({ code: 'internal', message: expect.stringContaining(`injected into ${name}`) }),
    )
    inStart.clear()
  }
  for (const name of inStart.struck) everFailed.add(name)
  await (await begin()).hub.stop()
  expect(unhandled).toEqual([])
})

test.each(codes)(
  'a hub whose store fails once in every operation with %s, from its start, goes through hours of them with one end for each message',
  async (code) => {
    const { clock, broker, hub, network, ended } = simulated()
    const inHours = new Faults()
    inHours.addAll(code)
    hub.prepare = (store) => letFail(store, inHours)
    await startedAtLast(() => hub.start())
    await clock.advance(minute)
    broker.refuses = (topic) => (topic === 'smshub/tag/result' ? 'not authorized' : null)
    broker.press('tag/command/ask', '{}')
    await clock.advance(minute)
    broker.refuses = () => null
    broker.press('sms/send', JSON.stringify({ id: 'abroad', to: '+442071838750', text: 'by another one', ttl: 7_200 }))
    network.deliver({ from: person, to: hubNumber, pdu: unstamped, delayMs: 0 })
    await clock.advance(10 * minute)
    // The clock is set right, then by much.
    for (const offset of [10_000, 3 * hour]) {
      clock.wallOffset = offset
      await clock.advance(2 * minute)
    }
    broker.press('bridge/request/device/remove', JSON.stringify({ id: 'spare' }))
    await clock.advance(5 * hour)
    for (const name of inHours.struck) everFailed.add(name)
    inHours.clear()
    // A publish that was refused comes again on the next connection.
    broker.goAway()
    broker.comeBack()
    for (const id of ['one', 'two']) broker.press('sms/send', JSON.stringify({ id, to: person, text: id }))
    broker.press('tag/command/ask', JSON.stringify({ id: 'three' }))
    await clock.advance(10 * minute)
    expect(['abroad', 'one', 'two', 'three'].map(ended)).toEqual([['expired'], ['delivered'], ['delivered'], ['sent']])
    const texts = network.log.of('accepted').map(({ text }) => text)
    expect(texts.filter((text) => text === 'one' || text === 'two')).toEqual(['one', 'two'])
    expect(broker.publishes.filter(({ acknowledged }) => !acknowledged)).toEqual([])
    expect(unhandled).toEqual([])
    await hub.kill()
  },
)

test('no operation of the store is left out', () => {
  expect(Object.keys(operations).filter((name) => !everFailed.has(name as OperationName))).toEqual([])
})

/** A hub on a clock of its own, with a gateway for abroad that is never there. */
function simulated() {
  const clock = new SimulatedClock(7)
  const network = new SimulatedNetwork({ clock })
  const modem = new SimulatedModem({ network, number: hubNumber })
  for (const number of [person, vanNumber]) new SimulatedDevice({ network, number, answerer: { answer: () => [] } })
  const broker = new SimulatedBroker(clock)
  const yaml = `
gateways: { home: { type: modem, path: "/dev/null" }, away: { type: modem, path: "/dev/zero" } }
routes: [ { prefix: "+44", gateways: [ away ] }, { gateways: [ home ] } ]
devices:
  tag:
    profile: generic/text
    number: "${person}"
    commands: { ask: { text: ASK, repeat: safe, reply: { expect: none } } }
  van: { profile: coban/tk103, number: "${vanNumber}" }
limits: { client_per_hour: none, device_per_day: none, gateway_per_day: none }
sms: { destinations: any }
http: { enabled: false }
`
  const hub = new SimulatedHub(yaml, clock, broker, modem)
  /** The ends of what a client named so: a text, or a command. */
  const ended = (id: string) =>
    broker.published.flatMap(({ topic, payload }) => {
      if (topic === 'smshub/tag/result') {
        const { id: own, final, status } = JSON.parse(payload)
        return own === id && final ? [status] : []
      }
      const { client_id: own, status } = topic === 'smshub/sms/status' ? JSON.parse(payload) : {}
      return own === id && ends.includes(status) ? [status] : []
    })
  return { clock, broker, hub, network, ended }
}

/** As whatever starts a hub does it: again until it runs. */
async function startedAtLast(start: () => Promise<unknown>): Promise<void> {
  for (const _ of Object.keys(operations)) {
    try {
      await start()
      return
    } catch (error) {
      expect(error).toMatchObject({ message: expect.stringContaining('injected into ') })
    }
  }
  throw new Error('it never starts')
}
