import { afterEach, expect, test } from '@jest/globals'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { callHub, HttpCarrier, stopAll } from '../support/http-carrier.ts'
import { HubProcess } from '../support/hub-process.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { until } from '../support/patience.ts'

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo()
  await stopAll()
})

const window = 10
const texts = Array.from({ length: 30 }, (_, i) => `text ${i}`)

test('killed while requests are out, the hub sends no text twice, and their reports settle them', async () => {
  const carrier = await new HttpCarrier().listen()
  const hub = new HubProcess(temporaryFolder('smshub-http-'))
  cleanUp.push(() => hub.kill())
  const [port, http] = [await freePort(), await freePort()]
  const account = `user: AC1, secret: secret, sender: "+4915112345600", webhooks: true, window: ${window}`
  const config = `mqtt: { broker: { listen: 127.0.0.1:${port} } }
gateways: { carrier: { type: http, carrier: twilio, base: "http://127.0.0.1:${carrier.port}", ${account}, limits: { day: none } } }
limits: { client_per_hour: none }
sms: { destinations: any }
http: { listen: 127.0.0.1:${http}, url: "http://127.0.0.1:${http}/" }
`
  carrier.next.push(...Array.from({ length: window }, () => 'accepts_and_hangs' as const))
  await hub.start({ config })
  const url = `mqtt://127.0.0.1:${port}`
  const client = await TestClient.connect(url, { clientId: 'sender', clean: false }, 'smshub/sms/status')
  cleanUp.push(() => client.close())
  await Promise.all(
    texts.map((text, i) => client.publish('smshub/sms/send', { id: text, to: `+4915155${100_000 + i}`, text })),
  )
  await until(() => carrier.accepted.length === window)
  await hub.kill()
  await hub.start({ config })
  await until(() => carrier.accepted.length === texts.length)
  expect(carrier.accepted.map(({ text }) => text).sort()).toEqual([...texts].sort())
  // Served after the broker is.
  await until(async () => (await fetch(`http://127.0.0.1:${http}/healthz`).catch(() => null)) !== null)
  for (const { sid, to, fields } of carrier.accepted) {
    const answer = await callHub(fields.StatusCallback ?? '', { MessageSid: sid, MessageStatus: 'delivered', To: to })
    expect(answer.status).toBe(200)
  }
  const delivered = () =>
    new Set(client.received.flatMap(({ json }) => (json.status === 'delivered' ? [json.client_id] : [])))
  await until(() => delivered().size === texts.length)
  expect(carrier.requests).toBe(texts.length)
})
