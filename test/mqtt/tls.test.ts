import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from '@jest/globals'
import { hasMosquitto, installed } from '../support/brokers.ts'
import { type Certificates, makeCertificates } from '../support/certificates.ts'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { startHub } from '../support/hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { until } from '../support/patience.ts'

let child: ChildProcess | null = null
afterEach(() => void child?.kill('SIGKILL'))

const options = ({ ca, client }: Certificates) => ({
  ca: readFileSync(ca),
  cert: readFileSync(client.cert),
  key: readFileSync(client.key),
})

const runnable = installed('openssl', ['version']) ? test : test.skip

runnable(
  'the embedded broker speaks TLS on both of its doors, and asks for a certificate when it is told to',
  async () => {
    const certificates = makeCertificates()
    const { ca, server } = certificates
    const [port, webPort] = [await freePort(), await freePort()]
    const broker = {
      listen: 'none',
      tls: { listen: `127.0.0.1:${port}`, ...server, ca },
      websocket: { listen: `127.0.0.1:${webPort}`, tls: server },
    }
    const { hub } = await startHub(`mqtt: { broker: ${JSON.stringify(broker)} }\nhttp: { enabled: false }`)
    const known = await TestClient.connect(`mqtts://127.0.0.1:${port}`, options(certificates), 'smshub/bridge/state')
    await known.wait(({ text }) => text === 'online')
    await known.close()
    const web = await TestClient.connect(
      `wss://127.0.0.1:${webPort}/mqtt`,
      { ca: readFileSync(ca) },
      'smshub/bridge/state',
    )
    await web.wait(({ text }) => text === 'online')
    await web.close()
    await expect(
      TestClient.connect(`mqtts://127.0.0.1:${port}`, { ca: readFileSync(ca), reconnectPeriod: 0 }, ''),
    ).rejects.toThrow(/certificate|handshake|ECONNRESET|alert/i)
    await hub.stop()
  },
)

const external =
  hasMosquitto() && installed('openssl', ['version']) ? test.each([5, 4] as const) : test.skip.each([5, 4] as const)

external('mosquitto over TLS with a private authority and a client certificate, protocol %i', async (version) => {
  const certificates = makeCertificates()
  const { ca, server, client } = certificates
  const folder = temporaryFolder()
  execFileSync('chmod', ['-R', 'a+rX', folder, join(ca, '..')])
  const port = await freePort()
  writeFileSync(
    join(folder, 'mosquitto.conf'),
    `listener ${port} 127.0.0.1\nallow_anonymous true\nuser root\ncafile ${ca}\ncertfile ${server.cert}\nkeyfile ${server.key}\nrequire_certificate true\nuse_identity_as_username true\nlog_dest stderr\nlog_type all\n`,
  )
  let told = ''
  const run = async () => {
    told = ''
    const broker = spawn('mosquitto', ['-c', join(folder, 'mosquitto.conf')], { stdio: ['ignore', 'ignore', 'pipe'] })
    child = broker
    broker.stderr.on('data', (chunk) => {
      told += chunk
    })
    await until(
      () => /mosquitto version \S+ running/.test(told),
      () => told,
    )
    return broker
  }
  const first = await run()
  const mqtt = { server: `mqtts://127.0.0.1:${port}`, ca, ...client, protocol: version }
  const { hub } = await startHub(`mqtt: ${JSON.stringify(mqtt)}\nhttp: { enabled: false }`)
  const url = `mqtts://127.0.0.1:${port}`
  const watcher = await TestClient.connect(url, options(certificates), 'smshub/#')
  await watcher.wait(({ topic, text }) => topic === 'smshub/bridge/state' && text === 'online')
  const info = await watcher.wait(({ topic }) => topic === 'smshub/bridge/info')
  expect(info.json.version).toBe('test')
  // In the words of mosquitto, p2 is MQTT 3.1.1; c0 is a session that is kept.
  const known = () => /as smshub-\w+ \((p\d, c\d), k\d+, u'client'\)/.exec(told)
  await until(
    () => known() !== null,
    () => told,
  )
  expect(known()?.[1]).toBe(version === 5 ? 'p5, c0' : 'p2, c0')
  // A broker without a memory comes back: the hub tells it every retained topic again.
  watcher.received.length = 0
  const gone = new Promise((resolve) => first.once('exit', resolve))
  first.kill('SIGKILL')
  await gone
  await run()
  await watcher.wait(({ topic }) => topic === 'smshub/bridge/info')
  // What is published while a client subscribes reaches it without the flag: then the next one finds it retained.
  for (let isRetained = false; !isRetained; ) {
    const late = await TestClient.connect(url, options(certificates), 'smshub/bridge/info')
    isRetained = (await late.wait(({ topic }) => topic === 'smshub/bridge/info')).retain
    await late.close()
  }
  await watcher.close()
  await hub.stop()
})
