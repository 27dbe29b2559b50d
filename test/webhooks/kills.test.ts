import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess } from '../support/hub-process.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { patienceMs, until } from '../support/patience.ts'
import { accepts, hangs, Receiver } from '../support/receiver.ts'
import { smshub } from '../support/run-cli.ts'

const hub = new HubProcess(temporaryFolder())
const panel = await Receiver.start()
afterAll(async () => {
  await hub.kill()
  await panel.stop()
})

const texts = 5

test(
  'a hub that is killed at any step of a delivery loses no event, and makes one delivery of each',
  async () => {
    const broker = await freePort()
    const config = `
mqtt: { broker: { listen: 127.0.0.1:${broker} } }
http: { enabled: false }
gateways: { home: { type: modem, path: /dev/there-is-none } }
sms: { destinations: any }
limits: { client_per_hour: none, device_per_day: none, client_queue: 1000 }
webhooks: { allow_networks: 127.0.0.0/8 }
`
    await hub.start({ config })
    const ask = (...words: string[]) => smshub(['--config', join(hub.folder, 'smshub.yaml'), ...words], hub.folder)
    expect((await ask('webhook', 'add', panel.url, '--id', 'panel', '--type', 'message.queued')).code).toBe(0)
    const client = await TestClient.connect(`mqtt://127.0.0.1:${broker}`, {}, '')
    const acknowledged: string[] = []
    const send = async () => {
      const ids = Array.from({ length: texts }, (_, i) => `${acknowledged.length + i}`)
      await Promise.all(
        ids.map((id) => client.publish('smshub/sms/send', { to: '+4915112345678', text: `text ${id}`, id })),
      )
      acknowledged.push(...ids)
    }
    const calls = () => panel.calls.length

    /** Each kills the hub, and resolves with the wait for what is acknowledged only by the next run. */
    const killedAt: Readonly<Record<string, () => Promise<() => Promise<void>>>> = {
      // The acknowledgement leaves behind the commit of the events; deliveries are made of them a moment later.
      'committed, no delivery made': async () => {
        panel.answer = accepts
        await send()
        await hub.kill()
        return async () => {}
      },
      'in flight': async () => {
        panel.answer = hangs
        const before = calls()
        const sent = send()
        await until(() => calls() > before)
        await hub.kill()
        return () => sent
      },
      'answered, not noted': async () => {
        let killed: Promise<unknown> | null = null
        panel.answer = (response) => {
          response.once('finish', () => {
            killed ??= hub.kill()
          })
          response.writeHead(204).end()
        }
        const sent = send()
        await until(() => killed !== null)
        await killed
        return () => sent
      },
    }
    for (let round = 0; round < 2; round++)
      for (const kill of Object.values(killedAt)) {
        const rest = await kill()
        panel.answer = accepts
        await hub.start({ config })
        await rest()
      }

    const idsOf = (text: string) =>
      new Set(panel.calls.filter(({ json }) => json.data.client_id === text).map(({ id }) => id)).size
    await until(
      () => acknowledged.every((text) => idsOf(text) > 0),
      () => `${acknowledged.filter((text) => idsOf(text) === 0)} are missing of ${acknowledged.length}`,
    )
    // Nothing waits, and nothing was given up.
    await until(async () => /^panel +ok +0 +0 /m.test((await ask('webhook', 'list')).out))
    expect(acknowledged).toHaveLength(2 * 3 * texts)
    // What was in flight came again, under the id that the receiver knows. A publish whose acknowledgement was lost comes
    // again too: that is no other event.
    const changes = new Set(panel.calls.map(({ json }) => `${json.type} ${json.data.client_id}`))
    const events = new Set(panel.calls.map(({ id, json }) => `${json.type} ${json.data.client_id} ${id}`))
    expect([changes.size, events.size, new Set(panel.ids).size]).toEqual(Array(3).fill(acknowledged.length))
    expect(calls()).toBeGreaterThan(acknowledged.length)
    await client.close()
  },
  patienceMs,
)
