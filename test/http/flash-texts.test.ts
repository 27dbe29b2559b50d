import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { decodePdu } from '../../src/sms/decode-pdu.ts'
import { packSeptets } from '../../src/sms/septets.ts'
import { type HttpHub, startHttpHub } from '../support/http-hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { until } from '../support/patience.ts'
import { accepted } from '../support/world.ts'

let hub: HttpHub
beforeAll(async () => {
  hub = await startHttpHub({ dialects: ['gammu_gateway', 'smseagle'] })
})
afterAll(() => hub.close())

let last = 0
const someone = () => `+49151500${String(++last).padStart(5, '0')}`

/** TP-DCS of what the network has accepted for a number, part by part. */
async function codings(to: string, parts = 1): Promise<number[]> {
  await until(() => accepted(hub.world.world, to).length >= parts)
  return accepted(hub.world.world, to).map(({ pdu }) => {
    const tpdu = decodePdu(pdu)
    return tpdu.type === 'submit' ? tpdu.dcs : -1
  })
}

const post = (path: string, body: object) => hub.ask('POST', path, { body })

// TS 23.038 clause 4: bit 4 says that bits 1 and 0 are the class, which is 0; bit 3 is UCS-2.
test.each([
  ['that is flash', { text: 'hello', flash: true }, [0x10]],
  ['that is flash, in UCS-2', { text: 'Привет', flash: true }, [0x18]],
  ['that is flash, of several parts', { text: 'x'.repeat(200), flash: true }, [0x10, 0x10]],
  ['that is not', { text: 'hello', flash: false }, [0x00]],
  ['without the key', { text: 'hello' }, [0x00]],
])('a text %s has its class', async (_, body, dcs) => {
  const to = someone()
  expect((await post('/v1/messages', { to, ...body })).status).toBe(202)
  expect(await codings(to, dcs.length)).toEqual(dcs)
})

test('every member of a group, and every text of several, is flash', async () => {
  const [one, other] = [someone(), someone()]
  const messages = [one, other].map((to) => ({ to, text: `for ${to}` }))
  expect((await post('/v1/messages', { messages, flash: true })).status).toBe(202)
  expect([await codings(one), await codings(other)]).toEqual([[0x10], [0x10]])
})

test('an id that was used without it is another text', async () => {
  const to = someone()
  expect((await post('/v1/messages', { to, text: 'x', id: 'flash-or-not' })).status).toBe(202)
  const other = await post('/v1/messages', { to, text: 'x', id: 'flash-or-not', flash: true })
  expect(other).toMatchObject({ status: 422, json: { code: 'duplicate' } })
})

test('over MQTT it is the same key', async () => {
  const to = someone()
  const client = await TestClient.connect(hub.mqttUrl, {}, 'smshub/sms/status')
  await client.publish('smshub/sms/send', { to, text: 'hello', flash: true })
  expect(await codings(to)).toEqual([0x10])
  await client.publish('smshub/sms/send', { to, text: 'hello', flash: 'maybe', id: 'wrong' })
  const refused = await client.wait(({ json }) => json.client_id === 'wrong' || json.status === 'rejected')
  expect(refused.json).toMatchObject({ status: 'rejected', error: { message: '"flash" must be true or false' } })
  await client.close()
})

describe('a private text', () => {
  const code = 'Your code is 481516'
  /** As it may stand in a file: itself, in Base64, and as a TPDU has it, in septets and in UCS-2. */
  const written = [
    Buffer.from(code),
    Buffer.from(Buffer.from(code).toString('base64').replace(/=+$/, '')),
    ...[
      Buffer.from(packSeptets([...code].map((sign) => sign.charCodeAt(0)))).subarray(0, -1),
      Buffer.from(code, 'utf16le').swap16(),
    ].flatMap((octets) => [
      octets,
      Buffer.from(octets.toString('hex')),
      Buffer.from(octets.toString('hex').toUpperCase()),
    ]),
  ]
  const holding = (octets: Buffer) => written.some((form) => octets.includes(form))
  const files = () =>
    readdirSync(hub.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))

  test('reaches its recipient, and is in no answer, no list, no event, no line of the log and no file', async () => {
    const [to, byMqtt, later, other] = [someone(), someone(), someone(), someone()]
    const watcher = await TestClient.connect(hub.mqttUrl, {}, '#')
    // What it has missed is kept for it.
    const absent = { clientId: 'absent', clean: false }
    const sleeper = await TestClient.connect(hub.mqttUrl, absent, '#')
    await sleeper.close()
    const answers = [
      await post('/v1/messages', { to, text: code, private: true, id: 'otp' }),
      await post('/v1/messages', { to, text: code, private: true, id: 'otp' }),
      await post('/v1/messages', { to, text: `${code}.`, private: true, id: 'otp' }),
      await post('/v1/messages', { to, text: code, private: true, dry_run: true }),
      await post('/v1/messages', { to, text: code, private: 'maybe' }),
      await post('/v1/messages', {
        messages: [{ to: later, text: code }],
        private: true,
        send_at: '2100-01-01T00:00Z',
      }),
      await post('/v1/messages', {
        messages: [{ to: later, text: code }],
        private: true,
        send_at: new Date(Date.now() + 3_600_000).toISOString(),
      }),
      await post('/v1/devices/gate/commands/open', { text: code, private: true }),
    ]
    expect(answers.map(({ status, json }) => [status, json.private ?? json.code ?? null])).toEqual([
      [202, true],
      [202, true],
      [422, 'duplicate'],
      [200, null],
      [422, 'invalid_payload'],
      [422, 'invalid_payload'],
      [202, null],
      [422, 'invalid_payload'],
    ])
    const mqtt = JSON.stringify({ to: byMqtt, text: code, private: true, id: 'mqtt' })
    await watcher.publish('smshub/sms/send', mqtt)
    const escaped = mqtt
      .replace('"private"', String.raw`"\u0070rivate"`)
      .replace('"mqtt"', '"escaped"')
      .replace(byMqtt, other)
    await watcher.publish('smshub/sms/send', escaped)
    await watcher.publish('smshub/sms/send', { to: 'nobody at all', text: code, private: true, id: 'wrong' })
    await watcher.publish('smshub/sms/send', { to: byMqtt, text: code, private: 'yes', id: 'no flag' })
    await watcher.wait(({ json }) => json?.client_id === 'mqtt' && json.status === 'sent')
    await watcher.wait(
      ({ json }) => json?.status === 'rejected' && json.error.message === '"private" must be true or false',
    )
    await until(() => accepted(hub.world.world, to).length === 1 && accepted(hub.world.world, byMqtt).length === 1)
    const textIn = (number: string) => {
      const tpdu = decodePdu(accepted(hub.world.world, number)[0]?.pdu ?? '')
      return tpdu.type === 'submit' ? tpdu.text : null
    }
    await until(() => accepted(hub.world.world, other).length === 1)
    expect([to, byMqtt, other].map(textIn)).toEqual([code, code, code])

    const waiting = (await hub.ask('GET', `/v1/messages?status=queued&to=${encodeURIComponent(later)}`)).json.data
    expect(waiting).toMatchObject([{ status: 'queued', text: null, private: true }])
    const shown = [
      ...answers,
      ...(await Promise.all(
        [
          '/v1/messages',
          `/v1/messages/${answers[0]?.json.id}`,
          '/v1/messages?q=481516',
          '/v1/conversations',
          `/v1/conversations/${encodeURIComponent(to)}`,
          '/v1/queue',
          '/v1/gateways/home/trace',
        ].map((path) => hub.ask('GET', path)),
      )),
    ]
    for (const { text } of shown) expect(text).not.toMatch(/481516/)
    expect(JSON.stringify(await hub.hub.request('history', {}))).not.toMatch(/481516/)
    expect(watcher.received.filter(({ text }) => text.includes('481516'))).toEqual([])
    expect(hub.log.filter(({ message }) => message.includes('481516'))).toEqual([])
    // Who has the files can't try all short codes: no plain hash of a request is in one.
    const plain = createHash('sha256').update('sms/send').update('\0').update(mqtt)
    const print = plain.digest('base64url').slice(0, 22)
    expect(files().filter((file) => readFileSync(file).includes(print))).toEqual([])

    // It can be seen where it waits, in no backup, and not any more behind its end.
    await hub.hub.request('backup', {})
    // What it was made from is removed by a process of its own.
    await until(() => !files().some((file) => file.includes('.copying')))
    const held = files().filter((file) => holding(readFileSync(file)))
    expect(held.map((file) => basename(file).replace(/-wal$/, ''))).toContain('smshub.db')
    expect(held.filter((file) => file.includes('backups'))).toEqual([])
    expect(files().filter((file) => file.includes('backups'))).not.toEqual([])
    expect((await post(`/v1/messages/${waiting[0].id}/cancel`, {})).status).toBe(200)
    await until(() => !files().some((file) => holding(readFileSync(file))))
    const woken = await TestClient.connect(hub.mqttUrl, absent)
    await woken.wait(({ json }) => json?.client_id === 'mqtt')
    expect(woken.received.filter(({ text }) => text.includes('481516'))).toEqual([])
    await Promise.all([watcher.close(), woken.close()])
  })
})

test('other programs ask for it in their own way', async () => {
  const [one, other, plain] = [someone(), someone(), someone()]
  const key = hub.keys.owner
  const authorization = `Basic ${Buffer.from(`admin:${key}`).toString('base64')}`
  const sent = await hub.ask('POST', '/sms', {
    as: null,
    headers: { authorization },
    body: { text: 'x', number: one, flash: true },
  })
  expect(sent.status).toBe(200)
  const eagle = (to: string, flash: string) =>
    hub.ask('GET', `/http_api/send_sms?${new URLSearchParams({ access_token: key, to, message: 'x', flash })}`)
  expect([(await eagle(other, '1')).status, (await eagle(plain, '0')).status]).toEqual([200, 200])
  expect([await codings(one), await codings(other), await codings(plain)]).toEqual([[0x10], [0x10], [0x00]])
})
