import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { makeDevices } from '../../src/config/devices.ts'
import { loadConfig } from '../../src/config/load.ts'
import { ProfileFiles } from '../../src/config/profiles.ts'
import { composeCommand } from '../../src/device/compose.ts'
import { commandsOf } from '../../src/device/device.ts'
import { sampleDevice } from '../../src/device/sample.ts'
import { recogniseCommand } from '../../src/device/simulate.ts'
import { SimulatedDevice } from '../../src/sim/device.ts'
import { SimulatedModem } from '../../src/sim/modem.ts'
import { SimulatedNetwork } from '../../src/sim/network.ts'
import { profileAnswerer } from '../../src/sim/world.ts'
import { profileIds, profileOf } from '../device/library.ts'
import { temporaryFolder } from '../support/folder.ts'
import { SimulatedBroker, SimulatedClock, SimulatedHub } from '../support/simulation.ts'
import { hubNumber, quick } from '../support/world.ts'

interface Subject {
  readonly name: string
  /** Its row in the configuration. */
  readonly row: object
  readonly commands: readonly {
    readonly name: string
    readonly params: object
    readonly expects: keyof typeof endings
  }[]
}

/** How a command may end, by what its device is expected to say. */
const endings = {
  required: ['replied'],
  optional: ['replied', 'sent', 'delivered', 'unconfirmed'],
  none: ['sent', 'delivered'],
}

/** One device for every variant of every profile, with a number of its own and the settings of the profile's examples. */
const subjects: readonly Subject[] = profileIds
  .flatMap((id) => [...profileOf(id).dialects.keys()].map((variant) => ({ id, variant })))
  .map(({ id, variant }, i) => {
    const device = sampleDevice(profileOf(id), variant, { hub_number: hubNumber })
    // The hub takes a new password over, the simulated device keeps its old one: those commands come last.
    const rows = Object.entries(commandsOf(device))
    const changing = (row: (typeof rows)[number]): number => Number(Object.keys(row[1].secret).length > 0)
    const commands = rows
      .sort((a, b) => changing(a) - changing(b))
      .flatMap(([name, { examples, reply, text }]) => {
        const usable = examples.filter((one) => (one.variant ?? variant) === variant)
        const example = usable.find(({ settings }) => Object.keys(settings).every((key) => key === 'hub_number'))
        const { counter: _, ...params } = example?.params ?? {}
        if (example === undefined || text === undefined) return []
        // Whoever gets a text that two commands make can't know which one was meant.
        const [sent] = composeCommand(device, name, params, { now: '2026-11-22T12:00:00Z' }).texts
        const isMeant = recogniseCommand(device, sent?.text ?? '')?.command === name
        return isMeant ? [{ name, params, expects: reply.expect }] : []
      })
    const { hub_number: _, ...settings } = device.settings
    const row = {
      profile: id,
      number: `+4915120${String(i).padStart(6, '0')}`,
      unproven: true,
      settings,
      ...(variant !== '' && { variant }),
    }
    return { name: `${id}${variant && `/${variant}`}`.replace(/[^a-z0-9]+/g, '_'), row, commands }
  })

const yaml = `
gateways: { home: { type: modem, path: simulated, number: "${hubNumber}" } }
devices:
${subjects.map(({ name, row }) => `  ${name}: ${JSON.stringify(row)}`).join('\n')}
limits: { client_per_hour: none, device_per_day: none, gateway_per_day: none }
`

/** The devices as the hub knows them, on the other side of the air. */
function populate(network: SimulatedNetwork): void {
  const file = join(temporaryFolder(), 'smshub.yaml')
  writeFileSync(file, yaml)
  const { config } = loadConfig({ config: file, env: {}, cwd: '/' })
  for (const device of makeDevices(config, new ProfileFiles()).values()) {
    if (device.recipient === null) continue
    const answerer = profileAnswerer(device, 500)
    new SimulatedDevice({ network, number: device.recipient, answerer })
  }
}

test('the simulated device of every profile answers every command of its profile through the hub', async () => {
  const clock = new SimulatedClock(1)
  const network = new SimulatedNetwork({ clock, behaviour: quick })
  const modem = new SimulatedModem({ network, number: hubNumber })
  const broker = new SimulatedBroker(clock)
  populate(network)
  const hub = new SimulatedHub(yaml, clock, broker, modem)
  await hub.start()
  await clock.advance(60_000)

  const finals = new Map<string, Record<string, any>>()
  let read = 0
  const readResults = (): void => {
    for (const { topic, payload } of broker.published.slice(read)) {
      const [, device] = /^smshub\/(\w+)\/result$/.exec(topic) ?? []
      const result = device === undefined ? null : JSON.parse(payload)
      if (result?.final === true) finals.set(`${device} ${result.id}`, result)
    }
    read = broker.published.length
  }

  const wrong: string[] = []
  const rounds = Math.max(...subjects.map(({ commands }) => commands.length))
  for (let round = 0; round < rounds; round++) {
    const open = subjects.flatMap(({ name, commands }) => {
      const command = commands[round]
      return command === undefined ? [] : [{ device: name, ...command }]
    })
    for (const { device, name, params } of open)
      broker.press(`${device}/command/${name}`, JSON.stringify({ ...params, id: name, confirm: device, force: true }))
    for (let waited = 0; waited < 30 && !open.every(({ device, name }) => finals.has(`${device} ${name}`)); waited++) {
      await clock.advance(20_000)
      readResults()
    }
    for (const { device, name, expects } of open) {
      const result = finals.get(`${device} ${name}`)
      if (!endings[expects].includes(result?.status) || result?.ok === false)
        wrong.push(`${device} ${name}: ${JSON.stringify(result?.error ?? result ?? 'no result')}`)
    }
  }
  await hub.kill()
  expect(wrong).toEqual([])
  expect(finals.size).toBe(subjects.flatMap(({ commands }) => commands).length)
}, 600_000)
