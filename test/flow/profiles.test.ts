import { expect, test } from '@jest/globals'
import { commandsOf, type Device, makeDevice } from '../../src/device/device.ts'
import { DeviceConfig } from '../../src/device/device-config.ts'
import { sampleDevices } from '../../src/device/sample.ts'
import type { Command, CommandExample } from '../../src/device/schema/command.ts'
import { SimulatedWorld } from '../../src/simulator/world.ts'
import { allProfiles } from '../device/library.ts'
import { SimulatedBroker, SimulatedClock, SimulatedHub } from '../support/simulation.ts'

const hubNumber = '+491700000001'

/** A device of a hub, and what is asked of it: every command that it has. */
interface Member {
  readonly device: Device
  readonly config: Record<string, unknown>
  readonly asks: { readonly command: string; readonly params: Readonly<Record<string, unknown>> }[]
}

/** One device for each profile, each variant of it, and each setting that brings other commands. */
function members(): Member[] {
  const all: Member[] = []
  const asked = new Set<string>()
  const only = process.env.PROFILE
  for (const profile of allProfiles().filter(({ id }) => only === undefined || id === only)) {
    for (const sample of sampleDevices(profile)) {
      const config = {
        profile: profile.id,
        number: `+49151${String(10_000_000 + all.length)}`,
        unproven: 'true',
        settings: sample.configured,
        ...(sample.dialect.variant !== '' && { variant: sample.dialect.variant }),
      }
      const device = makeDevice(`d${all.length}`, DeviceConfig.parse(config), profile, { hubNumber })
      const asks = Object.entries(commandsOf(device)).flatMap(([command, row]) => {
        const key = `${profile.id} ${sample.dialect.variant} ${command}`
        if (asked.has(key)) return []
        asked.add(key)
        return [{ command, params: paramsFor(device, row) }]
      })
      if (asks.length > 0) all.push({ device, config, asks })
    }
  }
  return all
}

/** Those of an example of this variant, one under the same settings first. */
function paramsFor(device: Device, { examples }: Command): CommandExample['params'] {
  const mine = examples.filter(({ variant }) => (variant ?? device.dialect.variant) === device.dialect.variant)
  const fits = mine.find(({ settings }) =>
    Object.entries(settings).every(([name, value]) => device.settings[name] === value),
  )
  const { counter: _, ...params } = (fits ?? mine[0])?.params ?? {}
  return params
}

/** How a command may end where its device is there and does what its profile says. */
function isGood(command: Command, { status, ok }: Record<string, any>): boolean {
  if (command.reply.expect === 'required') return status === 'replied' && ok !== false
  return ['replied', 'sent', 'delivered'].includes(status) && ok !== false
}

/** Devices of one hub: a test of all of them would take as long as a loaded machine likes. */
const perHub = 25
const fleets = ((all) =>
  Array.from({ length: Math.ceil(all.length / perHub) }, (_, i) => {
    const fleet = all.slice(i * perHub, (i + 1) * perHub)
    const [first, last] = [fleet[0] as Member, fleet.at(-1) as Member]
    return [first.device.profile.id, last.device.profile.id, fleet] as const
  }))(members())

test.each(fleets)('the simulated devices of %s to %s answer every command, through the hub', async (_, __, fleet) => {
  const clock = new SimulatedClock(7)
  const broker = new SimulatedBroker(clock)
  const world = new SimulatedWorld({
    clock,
    devices: fleet.map(({ device }) => device),
    number: hubNumber,
    behaviour: { acceptMs: [100, 200], deliverMs: [100, 200], reportMs: [50, 100] },
  })
  const config = {
    gateways: { home: { type: 'modem', path: 'simulated', number: hubNumber } },
    devices: Object.fromEntries(fleet.map(({ device, config: row }) => [device.id, row])),
    limits: { client_per_hour: 'none', device_per_day: 'none', gateway_per_day: 'none' },
  }
  const hub = new SimulatedHub(JSON.stringify(config), clock, broker, world.modem)
  await hub.start()
  const left = new Map(fleet.map(({ device, asks }) => [device.id, [...asks]]))
  const running = new Map<string, string>()
  const bad: string[] = []
  let seen = 0
  for (const end = clock.monotonic() + 48 * 3_600_000; clock.monotonic() < end; ) {
    for (const { device } of fleet) {
      const next = running.has(device.id) ? undefined : left.get(device.id)?.shift()
      if (next === undefined) continue
      const id = `${device.id} ${next.command}`
      running.set(device.id, id)
      broker.press(
        `${device.id}/command/${next.command}`,
        JSON.stringify({ args: next.params, id, confirm: device.id, force: true, ttl: 86_400 }),
      )
    }
    if (running.size === 0) break
    await clock.advance(15_000)
    for (; seen < broker.published.length; seen++) {
      const { topic, payload } = broker.published[seen] as { topic: string; payload: string }
      if (!topic.endsWith('/result')) continue
      const result = JSON.parse(payload) as Record<string, any>
      if (!result.final || running.get(result.device) !== result.id) continue
      running.delete(result.device)
      const { device } = fleet.find((member) => member.device.id === result.device) as Member
      const name = String(result.id).split(' ')[1] as string
      if (!isGood(device.dialect.commands[name] as Command, result)) {
        const { status, ok, error, reply } = result
        const what = error?.message ?? reply?.text ?? ''
        bad.push(`${device.profile.id} ${device.dialect.variant} ${name}: ${status} ${ok} ${what}`.slice(0, 300))
      }
    }
  }
  await hub.kill()
  expect([...running.values()]).toEqual([])
  expect(bad).toEqual([])
})
