import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from '@jest/globals'
import { makeCertificates } from '../support/certificates.ts'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess } from '../support/hub-process.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { patienceMs } from '../support/patience.ts'
import { smshub } from '../support/run-cli.ts'
import { gateNumber, hubYaml, startWorld, type TestWorld } from '../support/world.ts'

/** A password that stands nowhere else. */
const password = '7391'
const devices = `
devices:
  gate: { profile: king-pigeon/rtu5024, variant: classic, number: "${gateNumber}", settings: { password: !secret gate } }
`

let hub: HubProcess | null = null
let world: TestWorld | null = null
afterEach(async () => {
  await hub?.kill()
  await world?.world.close()
  hub = null
  world = null
})

/** A hub that has opened the gate with its password. */
async function used(folder: string): Promise<{ hub: HubProcess; port: number }> {
  world = await startWorld({ yaml: devices.replace('!secret gate', `"${password}"`) })
  const port = await freePort()
  writeFileSync(join(folder, 'secrets.yaml'), `gate: "${password}"\n`, { mode: 0o600 })
  hub = new HubProcess(folder)
  await hub.start({ config: hubYaml({ mqtt: `{ broker: { listen: 127.0.0.1:${port} } }`, path: world.path, devices }) })
  const client = await TestClient.connect(`mqtt://127.0.0.1:${port}`)
  await client.publish('smshub/gate/command/open', 'PRESS')
  expect((await client.final('gate')).json).toMatchObject({ ok: true })
  await client.close()
  return { hub, port }
}

/** Everything below a folder that users other than its owner can open. */
function exposed(folder: string): string[] {
  const below = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))
  return [folder, ...below].filter((path) => (statSync(path).mode & 0o077) !== 0)
}

function holding(folder: string, secret: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile() && readFileSync(path).includes(secret))
}

describe('the data folder', () => {
  test('and everything in it, its backups and their copies of secrets, are for their owner alone', async () => {
    const folder = temporaryFolder()
    process.umask(0o022)
    const { hub: running, port } = await used(folder)
    const client = await TestClient.connect(`mqtt://127.0.0.1:${port}`)
    await client.publish('smshub/bridge/request/backup', '{}')
    await client.wait(({ topic, json }) => topic === 'smshub/bridge/response/backup' && json.status === 'ok')
    await client.close()
    const target = join(folder, 'copy')
    expect((await smshub(['backup', target], folder)).code).toBe(0)
    await running.kill()
    expect(existsSync(join(target, 'secrets.yaml'))).toBe(true)
    expect([...exposed(join(folder, 'data')), ...exposed(target)]).toEqual([])
  })

  test('of an earlier version: its files are closed, and who can look into it is named with the fix', async () => {
    const folder = temporaryFolder()
    const data = join(folder, 'data')
    mkdirSync(data)
    chmodSync(data, 0o755)
    const { hub: running } = await used(folder)
    expect(running.stderr).toContain(`chmod 700 ${data}`)
    await running.stop()
    chmodSync(join(data, 'smshub.db'), 0o644)
    chmodSync(data, 0o700)
    await running.start({ config: 'mqtt: { broker: { listen: 127.0.0.1:0 } }\nhttp: { enabled: false }\n' })
    expect(exposed(data)).toEqual([])
    expect(running.stderr).not.toContain('chmod')
  })

  test('holds no password any more when its command has ended: neither store, log of the store nor the hub’s own log', async () => {
    const folder = temporaryFolder()
    const { hub: running } = await used(folder)
    for (let waited = 0; waited < patienceMs && holding(join(folder, 'data'), password).length > 0; waited += 50)
      await new Promise((resolve) => setTimeout(resolve, 50))
    expect(holding(join(folder, 'data'), password)).toEqual([])
    expect(running.stderr).not.toContain(password)
  })

  test('nor do a backup that is made then, and the trace of the modem', async () => {
    const folder = temporaryFolder()
    await used(folder)
    for (let waited = 0; waited < patienceMs && holding(join(folder, 'data'), password).length > 0; waited += 50)
      await new Promise((resolve) => setTimeout(resolve, 50))
    const target = join(folder, 'copy')
    expect((await smshub(['backup', target], folder)).code).toBe(0)
    expect(holding(target, password)).toEqual([join(target, 'secrets.yaml')])
    const trace = await smshub(['modem', 'trace', 'home'], folder)
    expect(trace.out).toContain('AT+CMGS')
    const hex = Buffer.from(password).toString('hex')
    expect(`${trace.out}${trace.err}`).not.toMatch(new RegExp(`${password}|${hex}`, 'i'))
  })
})

test.each(['secrets.yaml', 'key.pem'])('%s that others can read is named with the fix', async (name) => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'secrets.yaml'), 'gate: "1234"\n', { mode: 0o600 })
  const { cert, key } = makeCertificates().server
  copyFileSync(cert, join(folder, 'cert.pem'))
  copyFileSync(key, join(folder, 'key.pem'))
  chmodSync(join(folder, 'key.pem'), 0o600)
  writeFileSync(
    join(folder, 'smshub.yaml'),
    `${devices}mqtt: { server: mqtts://127.0.0.1, cert: cert.pem, key: key.pem }\n`,
  )
  const before = await smshub(['config', 'check'], folder)
  expect(before).toMatchObject({ code: 0, err: expect.not.stringContaining('chmod') })
  chmodSync(join(folder, name), 0o640)
  expect((await smshub(['config', 'check'], folder)).err).toContain(`chmod 600 ${join(folder, name)}`)
})

describe('the socket of the command line', () => {
  /** A data folder whose path is too long for a socket. */
  const long = () => {
    const folder = join(temporaryFolder(), 'x'.repeat(90))
    mkdirSync(folder, { mode: 0o700 })
    return folder
  }

  test('of a data folder with a long path is found, in a folder that only its owner enters', async () => {
    const folder = long()
    const { hub: running } = await used(folder)
    expect((await smshub(['healthcheck'], folder)).code).toBe(0)
    await running.stop()
    expect((await smshub(['healthcheck'], folder)).code).toBe(1)
  })

  test.each(['socket', 'folder'])(
    'is not used when its %s belongs to another user, and the message says so',
    async (what) => {
      if (process.getuid?.() !== 0) return
      const folder = what === 'socket' ? temporaryFolder() : long()
      writeFileSync(join(folder, 'smshub.yaml'), 'data: .\n')
      const { chownSync, rmSync } = await import('node:fs')
      const { tmpdir } = await import('node:os')
      const asked: string[] = []
      const theirs = createServer((socket) => socket.on('data', (data) => asked.push(String(data))))
      if (what === 'socket') {
        const path = join(folder, 'smshub.sock')
        await new Promise<void>((resolve) => theirs.listen(path, resolve))
        chownSync(path, 65_534, 65_534)
      } else {
        chownSync(folder, 4_711, 4_711)
        mkdirSync(join(tmpdir(), 'smshub-4711'), { recursive: true })
        chownSync(join(tmpdir(), 'smshub-4711'), 65_534, 65_534)
        const { createHash } = await import('node:crypto')
        const hash = createHash('sha256').update(folder).digest('hex').slice(0, 16)
        await new Promise<void>((resolve) => theirs.listen(join(tmpdir(), 'smshub-4711', `${hash}.sock`), resolve))
      }
      const { code, err } = await smshub(
        ['devices', 'add', 'x', '--profile', 'generic/text', '--number', '+491'],
        folder,
      )
      theirs.close()
      rmSync(join(tmpdir(), 'smshub-4711'), { recursive: true, force: true })
      expect(err).toContain('belongs to another user')
      expect(code).not.toBe(0)
      expect(asked).toEqual([])
    },
  )
})
