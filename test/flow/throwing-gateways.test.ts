import { afterEach, describe, expect, test } from '@jest/globals'
import type { Gateway, GatewayHandlers } from '../../src/gateway/gateway.ts'
import type { SendPermit } from '../../src/message/submit-outcome.ts'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { fastClock, type StartedHub, startHub } from '../support/hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { readyModem } from '../support/ready-state.ts'

/** Minutes of waiting become seconds. */
const speed = 300
const person = '+4915155500001'

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo()
})

type Send = Gateway['submit']

/** A gateway of somebody's making: `sends` one after the other, the last one again and again. */
class ScriptedGateway implements Gateway {
  readonly account = 'account'
  readonly ready = true
  sent = 0
  readonly id: string
  readonly state = readyModem
  readonly can = {}
  readonly #sends: readonly Send[]
  readonly #start: () => void

  constructor(id: string, sends: readonly Send[], start: () => void = () => {}) {
    this.id = id
    this.#sends = sends
    this.#start = start
  }

  start(handlers: GatewayHandlers): void {
    this.#start()
    handlers.changed()
  }

  readonly matching = 'tp_mr'
  readonly window = 1
  readonly validitySeconds = (wanted: number) => wanted

  submit: Send = (segment, permit) => {
    const send = this.#sends[Math.min(this.sent++, this.#sends.length - 1)] as Send
    return send(segment, permit)
  }

  pause(): void {}

  async stop(): Promise<void> {
    throw new Error('it does not stop either')
  }
}

const accepts: Send = async (_, leave) =>
  (await leave()) === 'go' ? { outcome: 'sent', reference: '1' } : { outcome: 'not_sent', reason: 'stop' }
const broken = new Error('the gateway broke')
const throws: Send = () => {
  throw broken
}
const behind =
  (act: () => unknown): Send =>
  async (_, leave: () => Promise<SendPermit>) => {
    await leave()
    return act() as never
  }

async function hubWith(
  gateways: Readonly<Record<string, Gateway>>,
  { folder = temporaryFolder(), clock = fastClock(speed) } = {},
): Promise<StartedHub & { client: TestClient }> {
  const port = await freePort()
  const rows = Object.keys(gateways).map((id) => `  ${id}: { type: modem, path: none }`)
  const yaml = `mqtt: { broker: { listen: 127.0.0.1:${port} } }\ngateways:\n${rows.join('\n')}\nsms: { destinations: any }\nhttp: { enabled: false }`
  const started = await startHub(yaml, {
    clock,
    folder,
    makeGateway: (id) => gateways[id] as Gateway,
  })
  cleanUp.push(() => started.hub.stop())
  const client = await TestClient.connect(`mqtt://127.0.0.1:${port}`)
  cleanUp.push(() => client.close())
  return { ...started, client }
}

const status = (client: TestClient, id: string, fits: (json: Record<string, any>) => boolean) =>
  client.wait(({ topic, json }) => topic === 'smshub/sms/status' && json.client_id === id && fits(json))

describe('a gateway whose hand-over breaks off before the permit', () => {
  const nothingLeft: Readonly<Record<string, Send>> = {
    'throws at once': throws,
    rejects: async () => Promise.reject(broken),
    'answers nonsense': async () => undefined as never,
    'never answers': () => new Promise(() => {}),
  }
  test.each(Object.entries(nothingLeft))('(it %s) sends the text at its next try', async (_, send) => {
    const home = new ScriptedGateway('home', [send, accepts])
    const { client } = await hubWith({ home })
    await client.publish('smshub/sms/send', { id: 'a', to: person, text: 'a' })
    await status(client, 'a', (json) => json.status === 'sent')
    expect(home.sent).toBe(2)
  })
})

describe('a gateway whose hand-over breaks off behind the permit', () => {
  const nobodyKnows: Readonly<Record<string, Send>> = {
    throws: behind(() => {
      throw broken
    }),
    'answers nonsense': behind(() => ({ outcome: 'perhaps' })),
    'never answers': behind(() => new Promise(() => {})),
  }
  test.each(Object.entries(nobodyKnows))(
    '(it %s) leaves the text in doubt, never sent again, and sends the next',
    async (_, send) => {
      const home = new ScriptedGateway('home', [send, accepts])
      const { client } = await hubWith({ home })
      await client.publish('smshub/sms/send', { id: 'a', to: person, text: 'a' })
      await status(client, 'a', (json) => json.in_doubt === true && json.error !== null)
      await client.publish('smshub/sms/send', { id: 'b', to: person, text: 'b' })
      await status(client, 'b', (json) => json.status === 'sent')
      expect(home.sent).toBe(2)
    },
  )
})

test('a gateway that throws at its start stops neither the hub nor another gateway', async () => {
  const bad = new ScriptedGateway('bad', [throws], throws as () => never)
  const good = new ScriptedGateway('good', [accepts])
  const { client, log } = await hubWith({ bad, good })
  for (const id of ['a', 'b', 'c']) await client.publish('smshub/sms/send', { id, to: person, text: id })
  for (const id of ['a', 'b', 'c']) await status(client, id, (json) => json.status === 'sent')
  expect(log.some(({ level, message }) => level === 'error' && message.includes("gateway bad can't be started"))).toBe(
    true,
  )
})

test('a stop does not wait for a gateway that never answers; what it had is in doubt then, and never sent again', async () => {
  const home = new ScriptedGateway('home', [behind(() => new Promise(() => {}))])
  const clock = fastClock(speed)
  const { hub, client, folder, log } = await hubWith({ home }, { clock })
  await client.publish('smshub/sms/send', { id: 'a', to: person, text: 'a' })
  const { json } = await status(client, 'a', ({ status }) => status === 'sending')
  await hub.stop()
  expect(log.some(({ message }) => message.startsWith('stopping submit: not ended within'))).toBe(true)
  const sound = new ScriptedGateway('home', [accepts])
  const { client: next } = await hubWith({ home: sound }, { folder, clock })
  await next.publish('smshub/bridge/request/sms/get', { id: json.command_id })
  const answer = await next.wait(({ topic }) => topic === 'smshub/bridge/response/sms/get')
  expect(answer.json.data).toMatchObject({ status: 'sending', in_doubt: true, reason: 'interrupted' })
  await next.publish('smshub/sms/send', { id: 'b', to: person, text: 'b' })
  await status(next, 'b', (json) => json.status === 'sent')
  expect([home.sent, sound.sent]).toEqual([1, 1])
})
