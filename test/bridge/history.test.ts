import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { request } from '../../src/cli/control.ts'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess } from '../support/hub-process.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { patienceMs } from '../support/patience.ts'
import { smshub } from '../support/run-cli.ts'
import {
  boilerNumber,
  devicesYaml,
  gateNumber,
  hubNumber,
  hubYaml,
  startWorld,
  type TestWorld,
} from '../support/world.ts'

const mum = '+4915112345699'
let world: TestWorld
let hub: HubProcess
let client: TestClient
let transaction = 0

async function ask(path: string, data: object): Promise<Record<string, any>> {
  const number = ++transaction
  await client.publish(`smshub/bridge/request/${path}`, { ...data, transaction: number })
  const { json } = await client.wait(
    ({ topic, json }) => topic === `smshub/bridge/response/${path}` && json.transaction === number,
  )
  return json
}

beforeAll(async () => {
  world = await startWorld()
  const port = await freePort()
  hub = new HubProcess(temporaryFolder())
  const mqtt = `{ broker: { listen: 127.0.0.1:${port} } }`
  const config = hubYaml({ mqtt, path: world.path, devices: devicesYaml, more: `contacts: { mum: "${mum}" }` })
  await hub.start({ config })
  client = await TestClient.connect(`mqtt://127.0.0.1:${port}`)
  await client.wait(({ topic, text }) => topic === 'smshub/gateway/home/availability' && text === 'online')
  await client.publish('smshub/gate/command/open', 'PRESS')
  await client.final('gate')
  await client.publish('smshub/boiler/set/target_temperature', '21')
  await client.final('boiler')
  await client.publish('smshub/sms/send', { to: 'mum', text: 'the gate is open' })
  await client.wait(({ topic, json }) => topic === 'smshub/sms/status' && json.to === mum && json.status === 'sent')
  world.world.network.text({ from: mum, to: hubNumber, text: 'thank you' })
  await client.wait(({ topic, json }) => topic === 'smshub/sms/received' && json.text === 'thank you')
})

afterAll(async () => {
  await client?.close()
  await hub?.kill()
  await world?.world.close()
})

test('history of a device, a number, a contact and all, a page at a time, by request', async () => {
  const gate = (await ask('history', { device: 'gate' })).data.entries
  expect(gate.map(({ direction, status }: any) => [direction, status])).toEqual([
    ['in', 'received'],
    ['out', 'replied'],
  ])
  expect(gate[1]).toMatchObject({ command: 'open', ok: true, number: gateNumber, reply: expect.any(String) })
  for (const whom of [{ contact: 'mum' }, { about: 'mum' }, { number: mum }, { about: '004915112345699' }])
    expect((await ask('history', whom)).data.entries.map(({ text }: any) => text)).toEqual([
      'thank you',
      'the gate is open',
    ])
  expect((await ask('history', { about: gateNumber })).data.entries).toEqual(gate)
  const all: any[] = []
  let cursor: string | null = null
  do {
    const page: Record<string, any> = (await ask('history', { limit: 2, ...(cursor !== null && { cursor }) })).data
    expect(page.entries.length).toBeLessThanOrEqual(2)
    all.push(...page.entries)
    cursor = page.next
  } while (cursor !== null)
  const other = Buffer.from('inbox:9.9').toString('base64url')
  expect((await ask('history', { cursor: other })).error).toContain('the previous page of this list')
  expect(all).toEqual((await ask('history', {})).data.entries)
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
  expect(all.length).toBeGreaterThanOrEqual(6)
  expect((await ask('history', { until: '1d' })).data.entries).toEqual([])
})

test.each([
  [{ since: 'yesterday' }, /an age like 12h or 7d/],
  [{ contact: 'dad' }, /no contact "dad"; .*mum/],
  [{ device: 'gate', number: mum }, /name one of/],
  [{ limit: 5000 }, /history.limit: must be at most 500/],
  [{ sinse: '7d' }, /unknown key "sinse"; did you mean "since"/],
  [{ device: ['gate'] }, /history.device: must be a text, not a list/],
])('history of %j names what is wrong', async (data, error) => {
  expect((await ask('history', data)).error).toMatch(error)
})

test('smshub history and queue list show tables with a header', async () => {
  const { out, code } = await smshub(['history', 'gate', '--since', '1h'], hub.folder)
  expect(code).toBe(0)
  expect(out).toMatch(/^time .*who +what +outcome\n.* -> +gate +open +replied .*\n.* <- +gate/)
  expect((await smshub(['history', 'mum', '--json'], hub.folder)).out.trim().split('\n')).toHaveLength(2)
  await ask('queue/pause', {})
  await client.publish('smshub/gate/command/open', { id: 'waits' })
  await client.wait(({ topic, json }) => topic === 'smshub/gate/result' && json.id === 'waits')
  const listed = (await smshub(['queue', 'list'], hub.folder)).out
  expect(listed).toMatch(
    /^id +status +for +command +gateway +age +send at +reason\n\S+ +queued +gate +open +(any|home) +\d+s/,
  )
  // Figures are of this moment, not of a minute ago.
  expect((await smshub(['modem', 'list'], hub.folder)).out).toMatch(/^gateway home: ready .* queue 1 +sent today 3/)
  await ask('queue/purge', {})
  await ask('queue/resume', {})
})

test('smshub history shows what its filters leave', async () => {
  const shown = async (...options: string[]) => {
    const { code, out, err } = await smshub(['history', '--json', ...options], hub.folder)
    expect({ options, code, err: err.replace(/^nothing like that.*\n/, '') }).toEqual({ options, code: 0, err: '' })
    return out.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
  }
  const received = await shown('--device', 'gate', '--direction', 'in')
  expect(received.length).toBeGreaterThan(0)
  for (const entry of received) expect(entry).toMatchObject({ device: 'gate', direction: 'in', status: 'received' })
  expect(await shown('gate', '--status', 'replied')).toEqual([expect.objectContaining({ command: 'open' })])
  expect(await shown('--search', 'THANK you')).toEqual([expect.objectContaining({ text: 'thank you', number: mum })])
  expect(await shown('--search', mum.slice(-6), '--direction', 'out')).toEqual([
    expect.objectContaining({ text: 'the gate is open' }),
  ])
  expect((await shown('--gateway', 'home')).length).toBeGreaterThan(3)
  expect(await shown('--gateway', 'other')).toEqual([])
  expect(await shown('--until', '2020-01-01', '--since', '2019-01-01')).toEqual([])
  const wrong = await smshub(['history', '--status', 'nonsense'], hub.folder)
  expect([wrong.code === 0, wrong.err]).toEqual([false, expect.stringContaining('replied')])
  expect((await smshub(['history', 'gate', '--device', 'gate'], hub.folder)).err).toContain('name one of')
  const help = (await smshub(['history', '--help'], hub.folder)).out
  for (const option of ['device', 'direction', 'status', 'gateway', 'search', 'since', 'until'])
    expect(help).toContain(`--${option} <`)
})

test('a command that failed leaves one line in the log', async () => {
  await client.publish('smshub/gate/command/nonsense', { id: 'bad' })
  await client.wait(({ topic, json }) => topic === 'smshub/gate/result' && json.id === 'bad')
  await hub.logged(/"level":"warn".*gate nonsense: rejected: /)
  expect(hub.stderr.match(/nonsense: /g)).toHaveLength(1)
})

/** Files of the data folder but its backups that hold these octets. */
function holding(octets: string | Buffer): string[] {
  const data = join(hub.folder, 'data')
  return readdirSync(data, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.startsWith('backups') && statSync(join(data, name)).isFile())
    .filter((name) => readFileSync(join(data, name)).includes(octets))
}

test('what a message says is deleted from the store on request, and the rest of it stays', async () => {
  const isEnded = ({ topic, json }: TestClient['received'][number]) =>
    topic === 'smshub/sms/status' && json.to === mum && ['delivered', 'undelivered'].includes(json.status)
  await client.wait(isEnded)
  const before: Record<string, any>[] = (await ask('history', {})).data.entries
  const told = before.filter(({ text, device, direction }) =>
    direction === 'in' ? device === 'gate' : text === 'the gate is open',
  )
  expect(told).toHaveLength(2)
  for (const { id, text } of told) {
    expect({ text, holding: holding(text) }).not.toEqual({ text, holding: [] })
    await request(join(hub.folder, 'data'), 'message/delete', { id })
  }
  const traces = () => told.filter(({ text }) => holding(text).length > 0)
  for (let waited = 0; traces().length > 0 && waited < patienceMs; waited += 50)
    await new Promise((resolve) => setTimeout(resolve, 50))
  expect(traces()).toEqual([])
  const left = before.map((entry) => ({
    ...entry,
    ...(told.includes(entry) && { text: null }),
    ...(entry.reply !== null && told.some(({ text }) => text === entry.reply) && { reply: null }),
  }))
  expect((await ask('history', {})).data.entries).toEqual(left)
  const [{ text: said } = {}] = told
  expect(hub.stderr).not.toContain(said)
})

test('erasing a contact and a device leaves nothing of them in the store, and names the backups that do', async () => {
  const { folder } = (await ask('backup', {})).data
  expect((await ask('privacy/erase', { contact: 'mum' })).status).toBe('error')
  expect((await ask('privacy/erase', { contact: 'mum', confirm: 'dad' })).error).toContain('"confirm": "mum"')
  expect(holding('thank you')).not.toEqual([])
  const erased = (await ask('privacy/erase', { contact: 'mum', confirm: 'mum' })).data
  expect(erased).toMatchObject({ commands: 1, received: 1, unfinished: 0, backups: [folder] })
  const refused = await smshub(['privacy', 'erase', 'boiler'], hub.folder)
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('--yes') })
  expect(await smshub(['privacy', 'erase', 'boiler', '--yes'], hub.folder)).toMatchObject({
    code: 0,
    err: expect.stringContaining(folder),
  })
  const traces = () =>
    ['thank you', 'the gate is open', mum, boilerNumber].filter((octets) => holding(octets).length > 0)
  for (let waited = 0; traces().length > 0 && waited < patienceMs; waited += 50)
    await new Promise((resolve) => setTimeout(resolve, 50))
  expect(traces()).toEqual([])
  expect((await ask('history', { device: 'boiler' })).data.entries).toEqual([])
  expect((await ask('history', { device: 'gate' })).data.entries.length).toBeGreaterThan(0)
})

test('a device that is removed with erase: true is forgotten with its past', async () => {
  await smshub(['devices', 'add', 'lamp', '--profile', 'generic/text', '--number', '+4915112345777'], hub.folder)
  await client.publish('smshub/lamp/send', 'hello lamp')
  // Nobody has the number. What is still on its way can't be called back, and stays.
  await client.wait(
    ({ topic, json }) => topic === 'smshub/sms/status' && json.device === 'lamp' && json.status === 'undelivered',
  )
  await ask('device/remove', { id: 'lamp', erase: true })
  expect((await ask('history', { device: 'lamp' })).data.entries).toEqual([])
})

test('a backup is restored by smshub restore, beside what was there, and a flat copy is warned of', async () => {
  const backup = join(hub.folder, 'copy')
  expect((await smshub(['backup', backup], hub.folder)).code).toBe(0)
  const place = temporaryFolder()
  const restored = await smshub(['restore', backup], place)
  expect(restored.err).toBe('')
  expect(readdirSync(place).sort()).toEqual(['data', 'smshub.yaml'])
  expect(existsSync(join(place, 'data/smshub.db'))).toBe(true)
  expect((await smshub(['restore', backup], place)).err).toContain('--force')
  expect((await smshub(['restore', backup, '--force'], place)).code).toBe(0)
  expect((await smshub(['restore', backup], hub.folder)).err).toContain('stop it first')
  expect((await smshub(['restore', place], place)).err).toContain('no smshub.db')
  const flat = new HubProcess(temporaryFolder())
  mkdirSync(flat.folder, { recursive: true })
  writeFileSync(join(flat.folder, 'smshub.db'), readFileSync(join(backup, 'smshub.db')))
  await flat.start({
    config: `mqtt: { broker: { listen: 127.0.0.1:${await freePort()} } }\nhttp: { enabled: false }\n`,
  })
  expect(flat.stderr).toMatch(/smshub.db is not used.*smshub restore/)
  await flat.kill()
})
