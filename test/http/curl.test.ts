import { spawn } from 'node:child_process'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { installed } from '../support/brokers.ts'
import { type HttpHub, startHttpHub } from '../support/http-hub.ts'
import { until } from '../support/patience.ts'
import { accepted, gateNumber } from '../support/world.ts'

let hub: HttpHub
beforeAll(async () => {
  hub = await startHttpHub()
})
afterAll(() => hub.close())

/** What a person reads who types it: the headers, and the body. */
async function curl(...args: readonly string[]): Promise<{ readonly head: string; readonly body: any }> {
  const key = ['-H', `Authorization: Bearer ${hub.keys.owner}`]
  // Not spawnSync: the hub that it calls is in this process.
  const child = spawn('curl', ['-sS', '-i', ...key, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.on('data', (chunk) => {
    text += chunk
  })
  expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0)
  const at = text.indexOf('\r\n\r\n')
  return { head: text.slice(0, at), body: JSON.parse(text.slice(at + 4)) }
}

test('curl walks through: a text, the gate, a list, a mistake', async () => {
  if (!installed('curl', ['--version'])) return
  const { url } = hub
  const text = JSON.stringify({ to: 'owner', text: 'Hello from curl' })
  const sent = await curl(`${url}/v1/messages`, '--json', text, '-H', 'Idempotency-Key: "walk"')
  expect(sent.head).toMatch(/^HTTP\/1\.1 202 Accepted\r\n/)
  const place = /\r\nlocation: (\S+)/i.exec(sent.head)?.[1]
  await until(() => accepted(hub.world.world, '+4915112345670').length === 1)
  expect((await curl(`${url}${place}`)).body).toMatchObject({ id: sent.body.id, text: 'Hello from curl' })
  const again = await curl(`${url}/v1/messages`, '--json', text, '-H', 'Idempotency-Key: "walk"')
  expect(again.head).toMatch(/\r\nidempotency-replayed: true/i)

  const opened = await curl('-X', 'POST', `${url}/v1/devices/gate/commands/open`)
  expect(opened.body).toMatchObject({ device: 'gate', command: 'open' })
  await until(() => accepted(hub.world.world, gateNumber).length === 1)

  const listed = await curl('-G', `${url}/v1/messages`, '-d', 'direction=out', '-d', 'limit=1')
  expect(listed.body.data).toHaveLength(1)
  const mistake = await curl(`${url}/v1/messages`, '--json', '{"to": "ownr", "text": "x"}')
  expect(mistake.head).toMatch(/^HTTP\/1\.1 422 .*\r\n(?:.*\r\n)*content-type: application\/problem\+json/i)
  expect(mistake.body.detail).toMatch(/did you mean "owner"/)
  expect(accepted(hub.world.world, '+4915112345670')).toHaveLength(1)
})
