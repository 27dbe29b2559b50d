import { expect, test } from '@jest/globals'
import { EventClient } from '../support/event-client.ts'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess } from '../support/hub-process.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { patienceMs, until } from '../support/patience.ts'

test(
  'a hub that is killed gives every event of an acknowledged request once to a reader that comes again',
  async () => {
    const [http, broker] = [await freePort(), await freePort()]
    const config = `
mqtt: { broker: { listen: 127.0.0.1:${broker} } }
http: { listen: "127.0.0.1:${http}" }
gateways: { home: { type: modem, path: /dev/there-is-none } }
sms: { destinations: any }
limits: { client_per_hour: none, device_per_day: none, client_queue: 1000 }
`
    const hub = new HubProcess(temporaryFolder())
    await hub.start({ config })
    const reader = new EventClient(`http://127.0.0.1:${http}/v1/events?types=message.*`)
    const connected = async () => {
      await until(async () => (await reader.open().catch(() => 0)) === 200)
    }
    await connected()
    await until(() => reader.lastEventId !== '')
    const client = await TestClient.connect(`mqtt://127.0.0.1:${broker}`, {}, '')
    const acknowledged: string[] = []
    const send = async (id: string) => {
      await client.publish('smshub/sms/send', { to: '+4915112345678', text: `text ${id}`, id })
      acknowledged.push(id)
    }
    for (let round = 0; round < 4; round++) {
      for (let i = 0; i < 10; i++) await send(`${round}-${i}`)
      const last = Array.from({ length: 10 }, (_, i) => send(`${round}-last-${i}`))
      // Some of these are acknowledged, some are sent again when the hub is back.
      await last[round]
      await hub.kill()
      await reader.closed()
      await hub.start({ config })
      await connected()
      await Promise.all(last)
    }
    expect(acknowledged).toHaveLength(80)
    const queued = (): string[] =>
      reader.events.filter(({ event }) => event === 'message.queued').map(({ data }) => data.data.client_id)
    await until(
      () => queued().length >= acknowledged.length,
      () => `${queued().length} of ${acknowledged.length}`,
    )
    // A request that is sent again is no further event.
    expect(queued().sort()).toEqual([...acknowledged].sort())
    const ids = reader.events.map(({ id }) => Number(id))
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b))
    expect(reader.events.filter(({ event }) => event === 'reset')).toEqual([])
    await client.close()
    // A stream that is open does not delay the end.
    expect(await hub.stop()).toMatchObject({ code: 0 })
    await reader.closed()
    reader.close()
  },
  patienceMs,
)
