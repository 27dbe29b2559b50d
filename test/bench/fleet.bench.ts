import { test } from '@jest/globals'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess } from '../support/hub-process.ts'
import { TestClient } from '../support/mqtt-client.ts'

/**
 * Twenty thousand devices on the embedded broker: how long the hub takes to start, how quickly it answers while it
 * announces them to Home Assistant, and how long that takes. Figures, never a verdict: machines are noisy.
 * DEVICES=1000 is another number of them.
 */
const count = Number(process.env.DEVICES ?? 20_000)

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

function note(name: string, value: string): void {
  console.log(`${name.padEnd(64)} ${value}`)
}

function report(name: string, samples: readonly number[]): void {
  const sorted = [...samples].sort((a, b) => a - b)
  const at = (share: number) => (sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN).toFixed(1)
  note(name, `p50 ${at(0.5)}  p99 ${at(0.99)}  most ${at(1)} ms  (${sorted.length})`)
}

/** What a question costs: from the publish to the message that fits. */
async function asked(
  client: TestClient,
  topic: string,
  payload: string,
  answer: string,
  settled?: (text: string) => boolean,
): Promise<number> {
  const start = performance.now()
  const answered = new Promise<void>((resolve) => {
    const listener = (from: string, message: Buffer) => {
      if (from !== answer || settled?.(message.toString()) === false) return
      client.client.off('message', listener)
      resolve()
    }
    client.client.on('message', listener)
  })
  await client.publish(topic, payload)
  await answered
  return performance.now() - start
}

const healthCheck = (client: TestClient) =>
  asked(client, 'smshub/bridge/request/health_check', '{}', 'smshub/bridge/response/health_check')

test(`${count} devices`, async () => {
  const profiles = ['coban/tk103', 'elbro/smsb-m21t', 'king-pigeon/rtu5024, variant: classic']
  const rows = Array.from(
    { length: count },
    (_, i) => `  device-${i}: { profile: ${profiles[i % 3]}, number: "+4916${10_000_000 + i}" }`,
  )
  const port = await freePort()
  const url = `mqtt://127.0.0.1:${port}`
  const config = `mqtt: { broker: { listen: 127.0.0.1:${port} } }\ndevices:\n${rows.join('\n')}\nhttp: { enabled: false }\nrequests: { add_devices: true }\n`
  const hub = new HubProcess(temporaryFolder('smshub-fleet-'))
  const start = async (name: string) => {
    const began = performance.now()
    hub.launch({ config, env: { NODE_OPTIONS: '' } })
    await hub.logged(/"msg":"connected: /)
    note(name, `${Math.round(performance.now() - began)} ms`)
    return performance.now()
  }
  try {
    const connected = await start(`first start with ${count} devices`)
    const announced = new Set<string>()
    const home = await TestClient.connect(url, { clientId: 'home' }, '')
    home.client.on('message', (topic) => announced.add(topic))
    await home.client.subscribeAsync('homeassistant/#', { qos: 1 })
    const client = await TestClient.connect(url, { clientId: 'asker' }, '')
    await client.client.subscribeAsync(['smshub/bridge/response/#', 'smshub/+/result', 'smshub/sms/status'], { qos: 1 })
    const health: number[] = []
    while (announced.size < count + 1) {
      health.push(await healthCheck(client))
      await pause(20)
    }
    note('until all of them are announced', `${((performance.now() - connected) / 1000).toFixed(1)} s`)
    report('health_check while they are announced', health)
    home.received.length = 0
    await home.close()
    await pause(6_000)
    const repeated = async (name: string, runs: number, ask: (i: number) => Promise<number>) => {
      const samples: number[] = []
      for (let i = 0; i < runs; i++) samples.push(await ask(i))
      report(name, samples)
    }
    await repeated('health_check afterwards', 100, () => healthCheck(client))
    await repeated('a command to a device that is not there, until it is refused', 100, (i) =>
      asked(client, `smshub/devise-${i}/command/open`, 'PRESS', `smshub/devise-${i}/result`),
    )
    await repeated('a text to the number of a device, until it is queued', 50, (i) =>
      asked(client, `smshub/sms/send/4916${10_000_000 + count - 1 - i}`, `text ${i}`, 'smshub/sms/status'),
    )
    await repeated('a device more, until it is announced and told', 10, async (i) => {
      const row = { id: `more-${i}`, profile: 'coban/tk103', number: `+4917${10_000_000 + i}` }
      return asked(client, 'smshub/bridge/request/device/add', JSON.stringify(row), 'smshub/bridge/response/device/add')
    })
    await client.close()
    await hub.stop()
    await start('second start')
    await pause(3_000)
    const later = await TestClient.connect(url, { clientId: 'asker' }, 'smshub/bridge/response/#')
    const second: number[] = []
    for (let i = 0; i < 100; i++) {
      second.push(await healthCheck(later))
      await pause(20)
    }
    report('health_check after the second start', second)
    await later.close()
  } finally {
    await hub.kill()
  }
}, 600_000)
