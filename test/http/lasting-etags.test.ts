import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess } from '../support/hub-process.ts'
import { patienceMs, until } from '../support/patience.ts'

const yard = {
  id: 'yard',
  profile: 'king-pigeon/rtu5024',
  variant: 'classic',
  number: '+4915112345671',
  settings: { password: '7777' },
}

const hub = new HubProcess(temporaryFolder())
let url: string
let config: string
beforeAll(async () => {
  const [http, broker] = [await freePort(), await freePort()]
  url = `http://127.0.0.1:${http}`
  config = `mqtt: { broker: { listen: 127.0.0.1:${broker} } }\nhttp: { listen: "127.0.0.1:${http}" }\n`
  await restart()
}, patienceMs)
afterAll(() => hub.kill())

async function restart(): Promise<void> {
  await hub.kill()
  await hub.start({ config })
  await until(() =>
    fetch(`${url}/healthz`)
      .then(() => true)
      .catch(() => false),
  )
}

async function ask(method: string, path: string, headers: Readonly<Record<string, string>> = {}, body?: object) {
  const type = body === undefined ? {} : { 'content-type': 'application/json' }
  return fetch(`${url}${path}`, {
    method,
    headers: { ...headers, ...type },
    ...(body && { body: JSON.stringify(body) }),
  })
}

const etag = async () => (await ask('GET', '/v1/devices/yard')).headers.get('etag') ?? ''
const change = async (body: object, tag: string) =>
  (await ask('PATCH', '/v1/devices/yard', { 'if-match': tag }, body)).status

test(
  'an ETag is that of the content: it outlasts restarts, and changes with all that can be changed',
  async () => {
    expect((await ask('POST', '/v1/devices', {}, yard)).status).toBe(201)
    const first = await etag()
    expect(first).toMatch(/^"[\w-]{22}"$/)
    await restart()
    expect(await etag()).toBe(first)
    expect((await ask('GET', '/v1/devices/yard', { 'if-none-match': first })).status).toBe(304)
    // What was seen before the restart can be changed after it.
    expect(await change({ name: 'Yard' }, first)).toBe(200)
    const named = await etag()
    expect(named).not.toBe(first)
    expect(await change({ name: 'Other' }, first)).toBe(412)
    // Nothing of it is shown.
    expect(await change({ settings: { password: '7778' } }, named)).toBe(200)
    const protectedBy = await etag()
    expect(protectedBy).not.toBe(named)
    await restart()
    expect(await change({ name: null, settings: { password: '7777' } }, protectedBy)).toBe(200)
    expect(await etag()).toBe(first)
  },
  patienceMs,
)

test(
  'nobody can find a password by trying which has the ETag that is shown: another installation has other ones',
  async () => {
    const before = await etag()
    const key = join(hub.folder, 'data', 'revision-key')
    if (process.platform !== 'win32') expect(statSync(key).mode & 0o077).toBe(0)
    rmSync(key)
    await restart()
    expect(await etag()).not.toBe(before)
    expect(await change({ name: 'Yard' }, before)).toBe(412)
  },
  patienceMs,
)
