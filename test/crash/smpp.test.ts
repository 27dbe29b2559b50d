import { afterEach, expect, test } from '@jest/globals'
import { SimulatedSmsc } from '../../src/simulator/smsc/simulated-smsc.ts'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess } from '../support/hub-process.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { until } from '../support/patience.ts'
import { testClock as clock } from '../support/world.ts'

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo()
})

const window = 100
const texts = Array.from({ length: 300 }, (_, i) => `text ${i}`)

test('killed within a window of a hundred, the hub loses nothing and sends nothing twice', async () => {
  // It answers nothing, so that the window is full when the hub is killed.
  const smsc = await new SimulatedSmsc({ clock, accounts: { hub: 'secret' } }).listen()
  cleanUp.push(() => smsc.close())
  const hub = new HubProcess(temporaryFolder('smshub-smpp-'))
  cleanUp.push(() => hub.kill())
  const port = await freePort()
  const config = `mqtt: { broker: { listen: 127.0.0.1:${port} } }
gateways: { carrier: { type: smpp, host: 127.0.0.1, port: ${smsc.port}, system_id: hub, password: secret, window: ${window}, limits: { day: none } } }
limits: { client_per_hour: none }
sms: { destinations: any }
http: { enabled: false }
`
  await hub.start({ config })
  const client = await TestClient.connect(
    `mqtt://127.0.0.1:${port}`,
    { clientId: 'sender', clean: false },
    'smshub/sms/status',
  )
  cleanUp.push(() => client.close())
  smsc.next.push(...texts.map(() => 'silence' as const))
  await Promise.all(
    texts.map((text, i) => client.publish('smshub/sms/send', { id: text, to: `+4915155${100_000 + i}`, text })),
  )
  await until(() => smsc.accepted.length === window)
  await hub.kill()
  expect(smsc.accepted).toHaveLength(window)
  smsc.next.length = 0
  await hub.start({ config })
  const statuses = (found: (json: Record<string, unknown>) => boolean) =>
    new Set(client.received.flatMap(({ json }) => (found(json) ? [json.client_id as string] : [])))
  const delivered = () => statuses(({ status }) => status === 'delivered')
  const inDoubt = () => statuses(({ in_doubt, status }) => in_doubt === true || status === 'in_doubt')
  await until(() => delivered().size === texts.length - window && inDoubt().size >= window)
  const sent = smsc.accepted.map(({ text }) => text)
  expect(new Set(sent).size).toBe(sent.length)
  expect([...sent].sort()).toEqual([...texts].sort())
  expect(smsc.mostUnanswered).toBe(window)
  const unknown = new Set(sent.slice(0, window))
  for (const text of texts) expect([text, delivered().has(text)]).toEqual([text, !unknown.has(text)])
})
