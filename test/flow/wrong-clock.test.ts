import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { SimulatedDevice } from '../../src/simulator/device/simulated-device.ts'
import { SimulatedModem } from '../../src/simulator/modem/simulated-modem.ts'
import { SimulatedNetwork } from '../../src/simulator/network/network.ts'
import { SimulatedBroker, SimulatedClock, SimulatedHub } from '../support/simulation.ts'
import { hubNumber, hubYaml } from '../support/world.ts'

const second = 1_000
const minute = 60 * second
const day = 1_440 * minute
const year = 365 * day
const number = '+4915112345610'

const devices = `
devices:
  tag:
    profile: generic/text
    number: "${number}"
    timing: { per_day: 10 }
    commands:
      ask: { text: ASK, repeat: safe, reply: { expect: none } }
      open: { text: OPEN, repeat: never, reply: { expect: none } }
      numbered: { text: "N {counter:hex4}", repeat: safe, reply: { expect: none } }
      lit: { text: LIT, repeat: safe, reply: { expect: none } }
      dark: { text: DARK, repeat: safe, reply: { expect: none } }
    properties: { output_1: { entity: switch, on: lit, off: dark } }
  box: { profile: king-pigeon/rtu5024, variant: classic, number: "+4915112345611" }
`

function make() {
  const clock = new SimulatedClock(7)
  const network = new SimulatedNetwork({ clock })
  const modem = new SimulatedModem({ network, number: hubNumber })
  new SimulatedDevice({ network, number, answerer: { answer: () => [] } })
  const broker = new SimulatedBroker(clock)
  const hub = new SimulatedHub(hubYaml({ mqtt: '{}', path: 'simulated', devices }), clock, broker, modem)
  const jsons = (topic: string): Record<string, any>[] =>
    broker.published.filter((one) => one.topic === `smshub/${topic}`).map(({ payload }) => JSON.parse(payload))
  const clockEvents = () => jsons('bridge/event').filter(({ type }) => type.startsWith('clock'))
  const sent = () => network.log.of('accepted').map(({ text }) => text)
  const restart = async () => {
    await hub.kill()
    await hub.start()
    await clock.advance(20 * second)
  }
  return { clock, broker, hub, jsons, clockEvents, sent, restart }
}

test('after a clock was ahead, unsafe commands wait with the reason, until the clock is accepted by a request', async () => {
  const { clock, broker, hub, jsons, clockEvents, sent, restart } = make()
  clock.wallOffset = year
  await hub.start()
  await clock.advance(20 * second)
  broker.press('tag/command/ask', '{}')
  await clock.advance(minute)
  expect(sent()).toEqual(['ASK'])

  clock.wallOffset = 0
  await restart()
  expect(clockEvents().at(-1)).toMatchObject({
    type: 'clock_behind',
    data: { time: expect.stringMatching(/^2026/) },
  })
  broker.press('tag/command/open', '{ "ttl": 3600 }')
  await clock.advance(minute)
  expect(jsons('tag/result').at(-1)).toMatchObject({ status: 'queued', reason: 'clock' })
  broker.press('tag/command/ask', '{ "priority": "high" }')
  await clock.advance(10 * minute)
  expect(jsons('bridge/health').at(-1)).toMatchObject({ clock: 'behind', clock_newest: expect.stringMatching(/^2027/) })

  await restart()
  expect(sent()).not.toContain('OPEN')
  broker.press('bridge/request/clock/accept', '{}')
  await clock.advance(minute)
  expect(jsons('bridge/response/clock/accept').at(-1)).toMatchObject({ status: 'ok' })
  expect(sent()).toContain('OPEN')
  expect(clockEvents().at(-1)).toMatchObject({ type: 'clock_right' })
  for (const { elapsed_ms } of jsons('tag/result')) expect(elapsed_ms).toBeLessThan(day)

  await restart()
  broker.press('tag/command/open', '{ "force": true }')
  await clock.advance(minute)
  expect(sent().filter((text) => text === 'OPEN')).toHaveLength(2)
  await hub.kill()
})

test('a quota that was used up while the clock was ahead is not used up', async () => {
  const { clock, broker, hub, jsons, sent, restart } = make()
  clock.wallOffset = year
  await hub.start()
  await clock.advance(20 * second)
  for (let i = 0; i < 8; i++) {
    broker.press('tag/command/ask', '{}')
    await clock.advance(minute)
  }
  broker.press('tag/command/ask', '{}')
  await clock.advance(minute)
  expect(jsons('tag/result').at(-1)).toMatchObject({ status: 'rejected', error: { code: 'rate_limited' } })
  clock.wallOffset = 0
  await restart()
  broker.press('tag/command/ask', '{}')
  await clock.advance(minute)
  expect(sent()).toHaveLength(9)
  await hub.kill()
})

test('a hub that starts in 1970 and gets its time later sends what waited, and its waits are as long as they were', async () => {
  const { clock, broker, hub, jsons, clockEvents, sent, restart } = make()
  await hub.start()
  await clock.advance(20 * second)
  broker.press('tag/command/ask', '{}')
  await clock.advance(minute)
  clock.wallOffset = -56 * year
  await restart()
  broker.press('tag/command/open', '{ "ttl": 600 }')
  await clock.advance(10 * second)
  expect(jsons('tag/result').at(-1)).toMatchObject({ status: 'queued', reason: 'clock' })
  clock.wallOffset = 0
  await clock.advance(2 * minute + 10 * second)
  expect(sent()).toEqual(['ASK', 'OPEN'])
  expect(clockEvents().map(({ type }) => type)).toEqual(['clock_behind', 'clock_right'])
  for (const { elapsed_ms } of jsons('tag/result')) expect(elapsed_ms).toBeLessThan(day)
  await hub.kill()
})

test('a clock that is set right while the hub runs leaves nothing in the future', async () => {
  const { clock, broker, hub, jsons, clockEvents, sent, restart } = make()
  clock.wallOffset = year
  await hub.start()
  await clock.advance(20 * second)
  broker.press('tag/command/ask', '{}')
  await clock.advance(minute)
  clock.wallOffset = 0
  await clock.advance(minute)
  await restart()
  broker.press('tag/command/open', '{}')
  await clock.advance(minute)
  expect(sent()).toEqual(['ASK', 'OPEN'])
  expect(clockEvents()).toEqual([])
  for (const { elapsed_ms } of jsons('tag/result')) expect(elapsed_ms).toBeLessThan(day)
  await hub.kill()
})

test('what is for later leaves at its time of the wall clock, however that is set, and over a restart', async () => {
  const { clock, broker, hub, jsons, sent, restart } = make()
  await hub.start()
  await clock.advance(20 * second)
  const at = (ms: number) => new Date(clock.wall() + ms).toISOString().replace('Z', '+00:00')
  const [inAnHour, inTwo, tomorrow] = [60 * minute, 120 * minute, day].map(at)
  broker.press('tag/command/open', JSON.stringify({ send_at: inAnHour, id: 'open' }))
  broker.press('sms/send', JSON.stringify({ to: number, text: 'two', send_at: inTwo, priority: 'high' }))
  broker.press('sms/send', JSON.stringify({ to: number, text: 'tomorrow', send_at: tomorrow, ttl: 600 }))
  broker.press('tag/command/ask', '{}')
  await clock.advance(58 * minute)
  expect(sent()).toEqual(['ASK'])
  expect(jsons('tag/result').find(({ id }) => id === 'open')).toMatchObject({
    status: 'queued',
    send_at: inAnHour?.replace('+00:00', 'Z'),
  })
  await clock.advance(2 * minute + 10 * second)
  expect(sent()).toEqual(['ASK', 'OPEN'])

  // Half an hour is lost, and found.
  clock.wallOffset = -30 * minute
  await clock.advance(61 * minute)
  expect(sent()).toHaveLength(2)
  clock.wallOffset = 0
  await clock.advance(minute + 10 * second)
  expect(sent()).toEqual(['ASK', 'OPEN', 'two'])

  await hub.kill()
  await clock.advance(day - 120 * minute - 30 * second)
  await restart()
  await clock.advance(minute)
  expect(sent()).toEqual(['ASK', 'OPEN', 'two', 'tomorrow'])
  await hub.kill()
})

test("what can't be made before its time is refused with what to do, and a past time is now while its life lasts", async () => {
  const { clock, broker, hub, jsons, sent } = make()
  await hub.start()
  await clock.advance(20 * second)
  const refused = async (topic: string, payload: object) => {
    broker.press(topic, JSON.stringify(payload))
    await clock.advance(second)
    const device = topic.replace(/\/.*/, '')
    return jsons(device === 'sms' ? 'sms/status' : `${device}/result`).at(-1)?.error?.message
  }
  const text = { to: number, text: 'x' }
  expect(await refused('sms/send', { ...text, send_at: '2026-12-24T18:00:00' })).toMatch(/offset from UTC, such as/)
  expect(await refused('sms/send', { ...text, send_at: 1_798_131_600 })).toMatch(/offset from UTC, such as/)
  expect(await refused('tag/command/open', { send_at: '2028-12-24T18:00:00Z' })).toMatch(/a year ahead at most: 2027-/)
  const send_at = '2026-12-24T18:00:00+01:00'
  for (const dry_run of [true, false])
    expect(await refused('tag/command/numbered', { send_at, dry_run })).toMatch(/in the order of their numbers/)
  expect(await refused('tag/set/output_1', { value: 'TOGGLE', send_at })).toMatch(
    /output_1 will be then: send ON or OFF/,
  )
  for (const dry_run of [true, false])
    expect(await refused('box/command/change_password', { new: '4321', confirm: 'box', send_at, dry_run })).toMatch(
      /which settings of box hold/,
    )
  expect(await refused('tag/set/output_1', { value: 'ON', send_at })).toBeUndefined()
  const ago = (ms: number) => new Date(clock.wall() - ms).toISOString()
  for (const command of ['open', 'ask'])
    expect(await refused(`tag/command/${command}`, { send_at: ago(5 * 60 * minute), ttl: 600 })).toMatch(/that is over/)
  for (const dry_run of [true, false])
    expect(await refused('tag/command/open', { send_at: ago(2 * minute), dry_run })).toMatch(/for 120 s: that is over/)
  expect(jsons('tag/result').at(-1)).toMatchObject({ status: 'expired', error: { code: 'ttl_expired' } })
  expect(await refused('sms/send', { ...text, send_at: ago(day) })).toMatch(/for 86400 s: that is over/)
  expect(jsons('sms/status').at(-1)).toMatchObject({ status: 'expired' })
  expect(sent()).toEqual([])
  broker.press('tag/command/open', JSON.stringify({ send_at: ago(minute) }))
  await clock.advance(minute)
  expect(sent()).toEqual(['OPEN'])
  await hub.kill()
})

test('what is for later goes to no device and no contact that has changed since, be it before a start', async () => {
  const { clock, broker, hub, jsons, sent, restart } = make()
  const file = join(hub.folder, 'smshub.yaml')
  const edit = (change: (yaml: string) => string) => writeFileSync(file, change(readFileSync(file, 'utf8')))
  edit(
    (yaml) => `${yaml}contacts: { anna: "+4915112345620", ben: "+4915112345621" }\nrequests: { add_devices: true }\n`,
  )
  await hub.start()
  await clock.advance(20 * second)
  const send_at = new Date(clock.wall() + 60 * minute).toISOString()
  const press = async (topic: string, payload: object) => {
    broker.press(topic, JSON.stringify(payload))
    await clock.advance(second)
  }
  const cancelled = (topic: string) => jsons(topic).filter(({ status }) => status === 'cancelled')
  const old = '+4915112345612'
  const commands = { lock: { text: 'LOCK', repeat: 'safe', reply: { expect: 'none' } } }
  await press('bridge/request/device/add', { id: 'gate', profile: 'generic/text', number: old, commands })
  await press('gate/command/lock', { send_at })
  for (const to of ['gate', 'box', 'anna', 'ben', old]) await press('sms/send', { to, text: `to ${to}`, send_at })
  await press('tag/command/open', { send_at })
  await press('box/command/open', { send_at })

  const update = (change: object) => press('bridge/request/device/update', { id: 'gate', ...change })
  const reason = expect.stringMatching(/^gate was changed since it was scheduled: request it again/)
  await update({ name: 'Gate' })
  await update({ commands: { ...commands, other: { ...commands.lock, text: 'OTHER' } } })
  expect(cancelled('gate/result')).toEqual([])
  await update({ commands: { lock: { ...commands.lock, text: 'LOCK ALL' } } })
  expect(cancelled('gate/result')).toMatchObject([{ reason }])
  expect(cancelled('sms/status').map(({ to }) => to)).toEqual([old])
  await press('gate/command/lock', { send_at })
  await update({ number: '+4915112345613' })
  expect(cancelled('gate/result')).toMatchObject([{ reason }, { reason }])
  await press('gate/command/lock', { send_at })
  // With the device goes all that is for its number.
  await press('bridge/request/device/remove', { id: 'gate' })
  expect(cancelled('gate/result')).toHaveLength(3)
  expect(cancelled('sms/status').map(({ to }) => to)).toContain(old)
  expect(cancelled('tag/result')).toEqual([])

  expect(cancelled('box/result')).toEqual([])
  edit((yaml) =>
    yaml
      .replaceAll(number, '+4915112345614')
      .replace('+4915112345620', '+4915112345622')
      .replace('variant: classic', 'variant: classic, settings: { password: "4712" }'),
  )
  await restart()
  expect(cancelled('tag/result')).toHaveLength(1)
  // Its text has the old password in it.
  expect(cancelled('box/result')).toHaveLength(1)
  await clock.advance(61 * minute)
  expect(sent().sort()).toEqual(['to ben', 'to box'])
  await hub.kill()
})
