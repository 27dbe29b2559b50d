import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { freePort } from '../support/folder.ts'
import { type HttpHub, startHttpHub } from '../support/http-hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { sendMail } from '../support/smtp.ts'
import { hubNumber } from '../support/world.ts'

const shed = '+4915112345691'
const phone = '+4915112345692'

let hub: HttpHub
let client: TestClient
let port: number
beforeAll(async () => {
  port = await freePort()
  hub = await startHttpHub({ yaml: `sms: { destinations: any }\nmail: { listen: "127.0.0.1:${port}" }` })
  client = await TestClient.connect(hub.mqttUrl)
  await hub.hub.request('device/add', { id: 'shed', profile: 'generic/text', number: shed })
  await hub.hub.request('device/add', { id: 'phone', profile: 'generic/phone', number: phone, forwards: true })
})
afterAll(async () => {
  await client.close()
  await hub.close()
})

/** What was published of the text with these words, and its detail. */
async function detailOf(words: string) {
  const { json: published } = await client.wait(
    ({ topic, json }) => topic === 'smshub/sms/received' && json.text.includes(words),
  )
  return { published, detail: (await hub.ask('GET', `/v1/messages/${published.id}`)).json }
}

const mail = [
  'Subject: Tank <b>low</b>',
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  '',
  'level 12 %',
  '--b',
  'Content-Type: image/png; name="tank.png"',
  'Content-Disposition: attachment; filename="tank.png"',
  '',
  'octets',
  '--b--',
].join('\r\n')

test('a received text has everything that was published of it', async () => {
  expect(await sendMail(port, 'tank@house.lan', 'gate@hub.lan', mail)).toMatch(/^250/)
  const { published, detail } = await detailOf('level 12 %')
  expect(detail).toMatchObject({ direction: 'in', text: published.text })
  expect(detail.received).toEqual(published)
  expect(detail.received).toMatchObject({
    via: 'mail',
    subject: 'Tank <b>low</b>',
    attachments: [{ name: 'tank.png', type: 'image/png', octets: expect.any(Number) }],
    smsc_at: null,
  })
})

test('so has an SMS; a text that was sent has none', async () => {
  hub.world.world.network.text({ from: '+4915112345699', to: hubNumber, text: 'from nobody' })
  const { published, detail } = await detailOf('from nobody')
  expect(detail.received).toEqual(published)
  expect(detail.received.smsc_at).toMatch(/^20/)
  const { json } = await hub.ask('POST', '/v1/messages', { body: { to: '+4915112345699', text: 'hello' } })
  expect((await hub.ask('GET', `/v1/messages/${json.id}`)).json).toMatchObject({ direction: 'out', received: null })
})

test('who sees one device is not told which other one has forwarded its text', async () => {
  hub.world.world.network.text({ from: phone, to: hubNumber, text: `From ${shed}:\ndoor ajar` })
  const { published, detail } = await detailOf('door ajar')
  expect(published).toMatchObject({ device: 'shed', forwarded_by: 'phone' })
  expect(detail.received).toEqual(published)
  const { key } = await hub.hub.request('key/add', { label: 'shed alone', role: 'reader', devices: ['shed'] })
  const answer = await fetch(`${hub.url}/v1/messages/${published.id}`, { headers: { authorization: `Bearer ${key}` } })
  const { forwarded_by: _, ...own } = published
  expect(((await answer.json()) as { received: unknown }).received).toEqual(own)
})

test('of a text whose content was removed there is nothing', async () => {
  const { published } = await detailOf('level 12 %')
  expect((await hub.ask('DELETE', `/v1/messages/${published.id}`)).status).toBeLessThan(300)
  const { json, text } = await hub.ask('GET', `/v1/messages/${published.id}`)
  expect(json.received).toBeNull()
  expect(text).not.toMatch(/Tank|tank\.png/)
})
