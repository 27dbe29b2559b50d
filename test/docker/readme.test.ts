import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { loadConfig } from '../../src/config/load.ts'
import { makeDevices } from '../../src/config/make-devices.ts'
import { ProfileFiles } from '../../src/config/profiles.ts'
import { dialectNames } from '../../src/message/dialect-names.ts'
import { makeCertificates } from '../support/certificates.ts'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { type StartedHub, startHub } from '../support/hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { patienceMs } from '../support/patience.ts'
import { accepted, hubNumber, hubYaml, startWorld, type TestWorld } from '../support/world.ts'

const page = readFileSync(fileURLToPath(new URL('../../docker/README.md', import.meta.url)), 'utf8')
const block = (name: string) => new RegExp(`\`\`\`yaml ${name}\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? ''

/** `| what it was | topic | payload, or a key of the event |` of every table behind "Coming from". */
const rows = [...(page.split('## Coming from')[1] ?? '').matchAll(/^\| (.+?) +\| `([^`]+)` +\| `([^`]+)` +\|$/gm)].map(
  ([, was = '', topic = '', given = '']) => ({ was, topic, given }),
)
const isCall = ({ topic }: { topic: string }) => /\/send(\/|$)/.test(topic)

test('the configuration of the broker is one', () => {
  const file = join(temporaryFolder(), 'smshub.yaml')
  writeFileSync(file, block('broker'))
  const { server } = makeCertificates()
  copyFileSync(server.cert, join(dirname(file), 'server.pem'))
  copyFileSync(server.key, join(dirname(file), 'server.key'))
  expect(Object.keys(loadConfig({ config: file, env: {}, cwd: '/' }).config.mqtt.broker.users ?? {})).toEqual([
    'me',
    'panel',
    'board',
  ])
})

test('the configuration for mails is one', () => {
  const file = join(temporaryFolder(), 'smshub.yaml')
  const hash = `scrypt:15:8:1:${'A'.repeat(22)}:${'A'.repeat(43)}`
  const clear = block('mail').replace('scrypt:…', hash)
  const load = (yaml: string) => {
    writeFileSync(file, yaml)
    return loadConfig({ config: file, env: {}, cwd: '/' })
  }
  // A certificate is the owner's.
  expect(() => load(clear)).toThrow(/mail\.users: nobody can log in without TLS/)
  expect(load(clear.replace('mail:', 'mail:\n  clear_passwords: true')).config.mail?.users.panel?.devices).toEqual([
    'panel',
  ])
})

test('the configuration for mails on the page of profiles is one, and makes its device', () => {
  const file = join(temporaryFolder(), 'smshub.yaml')
  const devicesPage = readFileSync(fileURLToPath(new URL('../../devices/README.md', import.meta.url)), 'utf8')
  writeFileSync(file, /```yaml mail\n([\s\S]*?)```/.exec(devicesPage)?.[1] ?? '')
  const { config } = loadConfig({ config: file, env: {}, cwd: '/' })
  expect([...makeDevices(config, new ProfileFiles()).keys()]).toEqual(['camera'])
  expect(config.mail).toMatchObject({ networks: ['192.168.1.20'] })
})

test('every interface of another program is switched on in its example', () => {
  const file = join(temporaryFolder(), 'smshub.yaml')
  writeFileSync(file, block('dialects'))
  expect(loadConfig({ config: file, env: {}, cwd: '/' }).config.http.dialects).toEqual(dialectNames)
  for (const name of dialectNames) expect(page).toMatch(new RegExp(`\\| \`${name}\` +\\|`))
})

describe('those who move in find', () => {
  let world: TestWorld
  let started: StartedHub
  let client: TestClient
  const mum = '+4915112345699'

  beforeAll(async () => {
    world = await startWorld()
    const port = await freePort()
    const more = `${block('contacts').replace('}', ', dad: "+4915112345698" }')}\n${block('sms2mqtt')}`
    started = await startHub(hubYaml({ mqtt: `{ broker: { listen: 127.0.0.1:${port} } }`, path: world.path, more }))
    client = await TestClient.connect(`mqtt://127.0.0.1:${port}`)
    await client.wait(({ topic, text }) => topic === 'smshub/gateway/home/availability' && text === 'online')
    world.world.network.text({ from: mum, to: hubNumber, text: 'hello hub' })
  })

  afterAll(async () => {
    await client.close()
    await started.hub.stop()
    await world.world.close()
  })

  test('a page with calls and events of four programs', () => {
    expect(rows.filter(isCall).length).toBeGreaterThanOrEqual(7)
    expect(rows.filter((row) => !isCall(row)).length).toBeGreaterThanOrEqual(10)
  })

  test.each(rows.filter(isCall))('$was: $topic $given', async ({ topic, given }) => {
    const before = accepted(world.world, mum).length
    await client.publish(topic, given)
    for (let waited = 0; accepted(world.world, mum).length === before && waited < patienceMs; waited += 50)
      await new Promise((resolve) => setTimeout(resolve, 50))
    expect(accepted(world.world, mum).at(-1)?.text).toBe('hello')
    expect(accepted(world.world, mum).length).toBe(before + 1)
  })

  test.each(rows.filter((row) => !isCall(row)))('$was: $topic with $given', async ({ topic, given }) => {
    await client.wait(
      (message) => message.topic === topic && (message.text === given || Object.hasOwn(message.json, given)),
    )
  })

  test('a refusal that names both ways out', async () => {
    await client.publish('smshub/sms/send', { to: '+4915119999999', text: 'hello' })
    const { json } = await client.wait(
      ({ topic, json: told }) => topic === 'smshub/sms/status' && told.to === '+4915119999999',
    )
    expect(json.error.message).toMatch(/contacts:.*destinations: any/)
  })
})
