import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type Server } from 'node:http'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { loadConfig } from '../../src/config/load.ts'
import { installed, reachable } from '../support/brokers.ts'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { TestClient } from '../support/mqtt-client.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')

let child: ChildProcess | null = null
let broker: ChildProcess | null = null
let server: Server | null = null
afterEach(async () => {
  const running = child !== null && child.exitCode === null && child.signalCode === null
  const gone = new Promise((resolve) => (running ? child?.once('exit', resolve) : resolve(null)))
  child?.kill('SIGTERM')
  await gone
  broker?.kill()
  server?.close()
  child = null
  broker = null
  server = null
})

/** The folder that the image's last stage has, from the Dockerfile's own COPY lines. */
function stage(): string {
  const app = join(temporaryFolder(), 'app')
  mkdirSync(app)
  for (const path of [app, dirname(app)]) chmodSync(path, 0o755)
  const [, last = ''] = read('docker/Dockerfile').split(/^FROM .*\n(?=RUN[\s\S]*tini)/m)
  for (const [, from, what = ''] of last.matchAll(/^COPY (--from=build )?(.*)$/gm)) {
    const names = what
      .split(' ')
      .slice(0, -1)
      .map((name) => name.replace(/^\/app\//, ''))
    for (const name of names) {
      if (name === 'node_modules') symlinkSync(join(root, name), join(app, name))
      else cpSync(join(root, name), join(app, name), { recursive: true })
      expect({ name, built: from !== undefined }).toEqual({ name, built: ['node_modules', 'dist'].includes(name) })
    }
  }
  return app
}

/** Whether somebody who is not root may read the repository. */
function isReadable(): boolean {
  for (let path = root; ; path = dirname(path)) {
    if ((statSync(path).mode & 0o005) !== 0o005) return false
    if (path === dirname(path)) return true
  }
}

function launch(app: string, data: string, more: Record<string, string>): () => string {
  let said = ''
  child = spawn(process.execPath, ['docker/start.mjs'], {
    cwd: app,
    env: { PATH: process.env.PATH, SMSHUB_DATA: data, ...(isReadable() ? {} : { SMSHUB_RUN_AS: 'root' }), ...more },
  })
  child.stderr?.on('data', (chunk) => {
    said += chunk
  })
  return () => said
}

test('what the last stage copies runs as the image would, serves clients, and passes its own health check', async () => {
  const app = stage()
  const data = temporaryFolder()
  const [port, http] = [await freePort(), await freePort()]
  writeFileSync(
    join(data, 'smshub.yaml'),
    `mqtt: { broker: { listen: 127.0.0.1:${port} } }\ngateways: { home: { type: simulated } }\n`,
  )
  const said = launch(app, data, { SMSHUB_HTTP__LISTEN: `127.0.0.1:${http}` })
  await reachable(port).catch((error) => {
    throw new Error(`${error}: ${said()}`)
  })
  const client = await TestClient.connect(`mqtt://127.0.0.1:${port}`, {}, 'smshub/bridge/state')
  await client.wait(({ text }) => text === 'online')
  const health = spawnSync(process.execPath, ['dist/main.js', 'healthcheck'], {
    cwd: app,
    env: { ...process.env, SMSHUB_DATA: data },
    encoding: 'utf8',
  })
  expect(health.status).toBe(0)
  expect(JSON.parse(health.stdout)).toMatchObject({ ok: true, mqtt: true })
  if (process.getuid?.() === 0 && isReadable()) {
    const status = readFileSync(`/proc/${child?.pid}/status`, 'utf8')
    expect(/^Uid:\s+(\d+)/m.exec(status)?.[1]).toBe('1000')
    expect(statSync(join(data, 'smshub.db')).uid).toBe(1000)
  }
  await client.close()
})

test('a link in the data folder that leads out of it gives nothing away, and one that leads nowhere stops nothing', () => {
  if (process.getuid?.() !== 0 || !isReadable()) return
  const app = stage()
  const [data, outside] = [temporaryFolder(), temporaryFolder()]
  writeFileSync(join(outside, 'secret'), 'of root', { mode: 0o600 })
  symlinkSync(join(outside, 'secret'), join(data, 'link'))
  symlinkSync(join(outside, 'nothing'), join(data, 'dangling'))
  const { status, stderr } = spawnSync(process.execPath, [join(app, 'docker/start.mjs'), '--version'], {
    env: { ...process.env, SMSHUB_DATA: data },
    encoding: 'utf8',
  })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(statSync(join(outside, 'secret')).uid).toBe(0)
  expect(statSync(data).mode & 0o077).toBe(0)
})

test('without a hub the health check fails', () => {
  const health = spawnSync(process.execPath, [join(root, 'dist/main.js'), 'healthcheck', '--data', temporaryFolder()])
  expect(health.status).toBe(1)
})

const withBroker = installed('mosquitto', ['-h']) ? test : test.skip

withBroker(
  'under the Supervisor the app takes its options and the broker’s credentials, and its page knows who opens it',
  async () => {
    const app = stage()
    const [data, config] = [temporaryFolder(), temporaryFolder()]
    chmodSync(config, 0o755)
    const [port, supervisor, http, ingress] = [await freePort(), await freePort(), await freePort(), await freePort()]
    const folder = temporaryFolder()
    spawnSync('mosquitto_passwd', ['-b', '-c', join(folder, 'passwords'), 'addons', 'from-the-supervisor'])
    writeFileSync(
      join(folder, 'mosquitto.conf'),
      `listener ${port} 127.0.0.1\npassword_file ${folder}/passwords\nuser root\n`,
    )
    broker = spawn('mosquitto', ['-c', join(folder, 'mosquitto.conf')], { stdio: 'ignore' })
    await reachable(port)
    const asked = new Set<string>()
    server = createServer((request, response) => {
      asked.add(`${request.url} ${request.headers.authorization}`)
      const others: Record<string, object> = {
        '/addons/self/info': { slug: '1a2b3c4d_smshub', ingress: true },
        '/info': { homeassistant: '2026.11.3' },
      }
      const other = others[request.url ?? '']
      if (other !== undefined) return response.end(JSON.stringify({ result: 'ok', data: other }))
      const credentials = {
        host: '127.0.0.1',
        port,
        username: 'addons',
        password: 'from-the-supervisor',
        ssl: false,
        protocol: '3.1.1',
      }
      return response.end(JSON.stringify({ result: 'ok', data: credentials }))
    }).listen(supervisor, '127.0.0.1')
    const options = {
      modems: [{ id: 'home', port: '/dev/serial/by-id/none', pin: '' }],
      admins: ['ann'],
      region: 'DE',
      log_level: 'warning',
    }
    writeFileSync(join(data, 'options.json'), JSON.stringify(options))
    writeFileSync(
      join(config, 'smshub.yaml'),
      `devices: { gate: { profile: king-pigeon/rtu5024, variant: classic, number: "015112345678" } }
http: { ingress: { roles: { guest: reader } } }
`,
    )
    launch(app, data, {
      SUPERVISOR_TOKEN: 'token',
      SUPERVISOR_URL: `http://127.0.0.1:${supervisor}`,
      SMSHUB_APP_OPTIONS: join(data, 'options.json'),
      SMSHUB_APP_CONFIG: config,
      SMSHUB_HTTP__LISTEN: `127.0.0.1:${http}`,
      // In place of its own address, and of that of the Supervisor.
      SMSHUB_HTTP__INGRESS__LISTEN: `127.0.0.1:${ingress}`,
      SMSHUB_HTTP__INGRESS__FROM: '["127.0.0.1"]',
    })
    const credentials = { username: 'addons', password: 'from-the-supervisor' }
    const client = await TestClient.connect(`mqtt://127.0.0.1:${port}`, credentials)
    await client.wait(({ topic, text }) => topic === 'smshub/bridge/state' && text === 'online')
    await client.wait(
      ({ topic, json }) => topic === 'smshub/bridge/info' && json.gateways.includes('home') && json.devices === 1,
    )
    const asks = ['/addons/self/info', '/info', '/services/mqtt'].map((path) => `${path} Bearer token`)
    expect([...asked].sort()).toEqual(asks)
    const { json } = await client.wait(({ topic }) => /^homeassistant\/device\/smshub_\w+_gate\/config$/.test(topic))
    expect(json.dev.cu).toBe('homeassistant://app/1a2b3c4d_smshub/devices/gate')
    await reachable(ingress)
    const roleOf = async (user: string, name: string) => {
      const headers = { 'x-remote-user-id': user, 'x-remote-user-name': name }
      const answer = await fetch(`http://127.0.0.1:${ingress}/v1/session`, { headers })
      return ((await answer.json()) as { caller: { role: string } | null }).caller?.role
    }
    // The one of the options, one of smshub.yaml, and everybody else who is signed in to Home Assistant.
    const ids = [await roleOf('c0ffee', 'ann'), await roleOf('guest', 'bob'), await roleOf('decade', 'eve')]
    expect(ids).toEqual(['admin', 'reader', 'operator'])
    await client.close()
  },
)

test('compose files, the app and the repository are what their readers expect', () => {
  const file = join(temporaryFolder(), 'smshub.yaml')
  writeFileSync(file, 'http: { ingress: {} }\nmail: {}\n')
  const { http, mail } = loadConfig({ config: file, env: {}, cwd: '/' }).config
  const mails = mail?.listen.port
  for (const file of ['docker/compose.yaml', 'docker/compose.homeassistant.yaml']) {
    expect(read(file)).toContain(`# - "${mails}:${mails}" # for mails`)
    const { services, volumes } = parse(read(file)) as { services: Record<string, any>; volumes: object }
    const hub = services.smshub
    expect(hub).toMatchObject({ read_only: true, cap_drop: ['ALL'], build: { dockerfile: 'docker/Dockerfile' } })
    for (const volume of Object.values(services).flatMap((service) => service.volumes ?? [])) {
      const [source = ''] = String(volume).split(':')
      if (!source.startsWith('.')) expect(Object.keys(volumes)).toContain(source)
    }
  }
  const app = parse(read('docker/homeassistant-app/config.yaml'))
  expect(app).toMatchObject({ slug: 'smshub', arch: ['aarch64', 'amd64'], services: ['mqtt:want'] })
  const { listen } = http.ingress ?? {}
  expect(app).toMatchObject({ ingress: true, ingress_port: listen?.port, ingress_stream: true, panel_admin: true })
  // Nothing is open unless its owner opens it.
  expect(app.ports).toEqual({ [`${mails}/tcp`]: null })
  expect(app.version).toBe(JSON.parse(read('package.json')).version)
  for (const key of ['name', 'version', 'slug', 'description', 'arch']) expect(app[key]).toBeTruthy()
  for (const file of ['Dockerfile', 'DOCS.md', 'README.md', 'CHANGELOG.md', 'apparmor.txt', 'translations/en.yaml'])
    expect(existsSync(join(root, 'docker/homeassistant-app', file))).toBe(true)
  expect(parse(read('repository.yaml')).name).toBeTruthy()
  const apps = (readdirSync(root, { recursive: true, encoding: 'utf8' }) as string[]).filter(
    (path) => /(^|\/)config\.(yaml|yml|json)$/.test(path) && !path.includes('node_modules'),
  )
  // The Supervisor takes every file of that name for an app.
  expect(apps).toEqual(['docker/homeassistant-app/config.yaml'])
})

withBroker('the mosquitto beside the hub keeps its promises, and gives each user its rights', async () => {
  const folder = temporaryFolder()
  const port = await freePort()
  for (const user of ['smshub', 'homeassistant']) {
    const create = user === 'smshub' ? ['-c'] : []
    spawnSync('mosquitto_passwd', ['-b', ...create, join(folder, 'passwords'), user, user])
  }
  writeFileSync(join(folder, 'acl'), read('docker/mosquitto/acl'))
  const conf = read('docker/mosquitto/mosquitto.conf')
    .replace('listener 1883', `listener ${port} 127.0.0.1`)
    .replaceAll('/mosquitto/config', folder)
    .replaceAll('/mosquitto/data', folder)
  writeFileSync(join(folder, 'mosquitto.conf'), `${conf}\nuser root\n`)
  broker = spawn('mosquitto', ['-c', join(folder, 'mosquitto.conf')], { stdio: 'ignore' })
  const as = (username: string, filter: string) =>
    TestClient.connect(`mqtt://127.0.0.1:${port}`, { username, password: username }, filter)
  await reachable(port)
  const hub = await as('smshub', 'smshub/#')
  const assistant = await as('homeassistant', 'smshub/#')
  for (const topic of [
    'smshub/gate/set/gate',
    'smshub/gate/set',
    'smshub/gate/command/open',
    'smshub/sms/send',
    'smshub/gate',
    'smshub/gate/send',
    'smshub/sms/send/4915112345699',
    'smshub/bridge/request/device/remove',
  ])
    await assistant.publish(topic, 'x')
  await hub.publish('smshub/gate', 'state')
  await hub.wait(({ text }) => text === 'state')
  expect(hub.received.map(({ topic }) => topic)).toEqual([
    'smshub/gate/set/gate',
    'smshub/gate/set',
    'smshub/gate/command/open',
    // What entities of Home Assistant publish: the hub sends to devices and contacts only.
    'smshub/sms/send',
    'smshub/gate/send',
    'smshub/sms/send/4915112345699',
    'smshub/gate',
  ])
  await hub.close()
  await assistant.close()
})
