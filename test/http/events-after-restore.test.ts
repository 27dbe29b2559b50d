import { afterAll, expect, test } from '@jest/globals'
import { EventClient } from '../support/event-client.ts'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess } from '../support/hub-process.ts'
import { patienceMs, until } from '../support/patience.ts'
import { smshub } from '../support/run-cli.ts'

const hub = new HubProcess(temporaryFolder())
afterAll(() => hub.kill())

test(
  'a reader that knows more than a restored backup is told to load everything again, however much has happened since',
  async () => {
    const [http, broker] = [await freePort(), await freePort()]
    const config = `mqtt: { broker: { listen: 127.0.0.1:${broker} } }\nhttp: { listen: "127.0.0.1:${http}" }\n`
    const url = `http://127.0.0.1:${http}/v1`
    const start = async () => {
      await hub.start({ config })
      await until(() =>
        fetch(`${url}/events`)
          .then(({ ok }) => ok)
          .catch(() => false),
      )
    }
    let devices = 0
    const add = async (count: number) => {
      for (let i = 0; i < count; i++) {
        const row = { id: `d${devices++}`, profile: 'generic/text', number: `+49151123${45_000 + devices}` }
        const { status } = await fetch(`${url}/devices`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(row),
        })
        expect(status).toBe(201)
      }
    }
    const reader = () => new EventClient(`${url}/events?types=device.added`)
    const [ahead, level] = [reader(), reader()]
    await start()
    for (const one of [ahead, level]) expect(await one.open()).toBe(200)
    await add(2)
    await Promise.all([ahead.has(2), level.has(2)])
    // This one is away from now on.
    level.close()
    await level.closed()
    expect((await smshub(['backup', 'copy'], hub.folder)).code).toBe(0)
    await add(3)
    await ahead.has(5)
    const lost = Number(ahead.lastEventId)
    await hub.stop()
    await ahead.closed()
    expect((await smshub(['restore', 'copy', '--force'], hub.folder)).code).toBe(0)
    await start()
    // More than were lost: a number that is given twice would be passed by now.
    await add(12)
    expect(await ahead.open()).toBe(200)
    const seen = await ahead.has(6)
    expect(seen[5]).toMatchObject({ event: 'reset' })
    expect(Number(seen[5]?.id)).toBeGreaterThan(lost)
    await add(1)
    expect((await ahead.has(7))[6]?.data.data.device).toBe('d17')
    const page = await fetch(`${url}/events?after=${lost}`)
    expect(await page.json()).toMatchObject({ reset: true, data: [] })
    // One who knew nothing but what was restored misses nothing, and is told nothing.
    expect(await level.open()).toBe(200)
    const whole = await level.has(15)
    expect(whole.map(({ event, data }) => [event, data.data.device])).toEqual(
      ['d0', 'd1', ...Array.from({ length: 13 }, (_, i) => `d${5 + i}`)].map((device) => ['device.added', device]),
    )
    for (const one of [ahead, level]) one.close()
  },
  patienceMs,
)
