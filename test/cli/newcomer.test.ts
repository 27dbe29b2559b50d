import { spawn, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess, mainFile } from '../support/hub-process.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { smshub } from '../support/run-cli.ts'
import { gateNumber } from '../support/world.ts'

const gate = `devices: { gate: { profile: king-pigeon/rtu5024, variant: classic, number: "${gateNumber}", settings: { password: "7391" } } }`

describe('a failed start ends with the reason and the fix', () => {
  test.each([
    'mqtt: { broker: { listen: 127.0.0.1:PORT } }\nhttp: { enabled: false }',
    'mqtt: { broker: { listen: 127.0.0.1:0 } }\nhttp: { listen: 127.0.0.1:PORT }',
  ])('when the port is taken: %s', async (places) => {
    const port = await freePort()
    const holder = createServer()
    await new Promise<void>((resolve) => holder.listen(port, '127.0.0.1', resolve))
    const cwd = temporaryFolder()
    writeFileSync(
      join(cwd, 'smshub.yaml'),
      `${places.replace('PORT', String(port))}\ngateways: { home: { type: simulated } }\n`,
    )
    const { code, err } = await smshub([], cwd)
    holder.close()
    expect(code).toBe(78)
    const last = err.trim().split('\n').at(-1)
    expect(last).toMatch(
      new RegExp(`port ${port} on 127.0.0.1 is in use by another program: .*(mqtt: \\{ server:|http: \\{ listen:)`),
    )
    expect(err).not.toContain('the store is closed')
  })

  test('when Node.js is too old', () => {
    const old = 'data:text/javascript,Object.defineProperty(process.versions,"node",{value:"18.19.0"})'
    const { status, stderr } = spawnSync(process.execPath, ['--import', old, mainFile, 'config', 'check'], {
      encoding: 'utf8',
    })
    expect(stderr).toMatch(/^smshub: needs Node.js 20\.19 or newer, this is 18\.19\.0/)
    expect(status).toBe(78)
  })
})

test('a wrong password at a broker is logged with the server, the user and the keys', async () => {
  // A broker that refuses everybody: CONNACK of MQTT 5 with reason 134.
  const broker = createServer((socket) => socket.on('data', () => socket.end(Buffer.from([0x20, 3, 0, 134, 0]))))
  await new Promise<void>((resolve) => broker.listen(0, '127.0.0.1', resolve))
  const { port } = broker.address() as { port: number }
  const hub = new HubProcess(temporaryFolder())
  hub.launch({
    config: `mqtt: { server: "mqtt://127.0.0.1:${port}", username: hub, password: wrong }\nhttp: { enabled: false }\n`,
  })
  await hub.logged(new RegExp(`mqtt://127.0.0.1:${port} refused user ..?hub.*mqtt.username and mqtt.password`))
  expect(hub.stderr).not.toContain('"wrong"')
  await hub.kill()
  broker.close()
})

test.each([
  ['schema', 'config'],
  ['schema', 'asyncapi'],
  ['devices', 'list', '--json'],
])('smshub %s %s into a reader that ends early ends quietly', async (...args) => {
  const child = spawn(process.execPath, [mainFile, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let err = ''
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  child.stdout.once('data', () => child.stdout.destroy())
  await new Promise((resolve) => child.once('exit', resolve))
  expect(err).toBe('')
})

test('a dry run is found by the command line, delivers to contacts, masks passwords and keeps nothing', async () => {
  const hub = new HubProcess(temporaryFolder())
  const port = await freePort()
  await hub.start({
    config: `mqtt: { broker: { listen: 127.0.0.1:${port} } }\nhttp: { enabled: false }\ncontacts: { mum: "+4915112345699" }\n${gate}\n`,
    args: ['--dry-run'],
  })
  await hub.logged(/clients find the broker/)
  const client = await TestClient.connect(`mqtt://127.0.0.1:${port}`)
  await client.publish('smshub/sms/send', { to: 'mum', text: 'hello' })
  await client.wait(({ topic, json }) => topic === 'smshub/sms/status' && json.status === 'delivered')
  await client.publish('smshub/gate/command/open', 'PRESS')
  expect((await client.final('gate')).json).toMatchObject({ ok: true })
  await client.close()
  expect((await smshub(['healthcheck'], hub.folder)).code).toBe(0)
  expect((await smshub(['queue', 'list'], hub.folder)).err).toBe('the queue is empty\n')
  expect((await smshub(['modem', 'list'], hub.folder)).out).toContain('gateway simulated: ready')
  expect((await smshub(['history', 'gate'], hub.folder)).out).toContain('replied')
  expect(hub.stderr).toContain('***CC')
  expect(hub.stderr).not.toContain('7391')
  await hub.stop()
  expect(readdirSync(hub.folder)).toEqual(['smshub.yaml'])
  expect((await smshub(['healthcheck'], hub.folder)).code).toBe(1)
})

test('a dry run beside the running hub leaves the command line to that', async () => {
  const hub = new HubProcess(temporaryFolder())
  const config = async () =>
    `mqtt: { broker: { listen: 127.0.0.1:${await freePort()} } }\nhttp: { enabled: false }\ngateways: { home: { type: simulated } }\n`
  await hub.start({ config: await config() })
  await hub.logged(/clients find the broker/)
  const dry = new HubProcess(temporaryFolder())
  await dry.start({ config: `${await config()}data: ${join(hub.folder, 'data')}\n`, args: ['--dry-run'] })
  await dry.logged(/a hub runs on .*reach that one/)
  await dry.stop()
  expect((await smshub(['healthcheck'], hub.folder)).code).toBe(0)
  await hub.stop()
})

test('smshub device list is understood, and what no command is, is named', async () => {
  expect((await smshub(['device', 'list', 'rtu5024'])).out).toContain('king-pigeon/rtu5024')
  expect((await smshub(['devcies', 'list'])).err).toContain('did you mean "devices"')
  expect((await smshub(['gateway', 'list'])).code).toBe(2)
})

test('package.json lists which install scripts are needed and which are not', () => {
  const root = fileURLToPath(new URL('../../', import.meta.url))
  const { allowScripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  expect(allowScripts).toEqual({
    'better-sqlite3': true,
    '@serialport/bindings-cpp': true,
    '@parcel/watcher': false,
    '@swc/core': false,
  })
})
