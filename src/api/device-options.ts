import * as z from 'zod'
import type { Device } from '../device/device.ts'
import { specOf } from '../device/parameters/settings.ts'
import { Fault } from '../message/fault.ts'
import { own } from '../util/own.ts'
import { id, orScalar } from './inputs.ts'
import { assertNoSecrets } from './no-secrets.ts'
import { type ApiDeps, type Data, deviceOf, operation } from './operation.ts'

/** Options of a device; its identity (profile, number) is changed by `device/update`. */
const names = [
  'name',
  'variant',
  'dialect',
  'gateway',
  'time_zone',
  'expected',
  'poll',
  'valid_for',
  'trust',
  'alarms',
  'unproven',
  'homeassistant',
  'settings',
] as const

/** As in Zigbee2MQTT: with options a change, answered with `from` and `to`; without, the current options. */
export const deviceOptions = operation({
  summary: 'the current options of a device, or a change of some; null removes one',
  input: orScalar(
    'id',
    z.strictObject({
      id,
      options: z.strictObject(Object.fromEntries(names.map((name) => [name, z.unknown().optional()]))).optional(),
    }),
  ),
  output: z.looseObject({ id }),
  async run({ id, options }, deps, { surface }) {
    const { fleet, profiles } = deps
    const before = deviceOf(id, fleet)
    const from = optionsOf(before, deps)
    if (options === undefined) return { id, options: from, settings: settingsOf(before), changeable: isOurs(id, deps) }
    if (surface === 'mqtt') assertNoSecrets(id, { ...options, profile: before.profile.id }, profiles)
    if (Object.keys(options).length === 0)
      throw new Fault('invalid_payload', `options is empty; there is ${names.join(', ')}`)
    await fleet.update(id, options)
    const to = optionsOf(deviceOf(id, fleet), deps)
    const changed = (all: Data) =>
      Object.fromEntries(Object.keys(options).map((name) => [name, own(all, name) ?? null]))
    return { id, from: changed(from), to: changed(to), restart_required: false }
  },
})

const isOurs = (id: string, { fleet }: ApiDeps): boolean => fleet.rowOf(id) !== null

/** As written by the owner; a secret is shown as present only. */
function optionsOf(device: Device, { fleet, config }: ApiDeps): Data {
  const row: Data = fleet.rowOf(device.id) ?? config.devices[device.id] ?? {}
  const written = names.flatMap((name) => (own(row, name) === undefined ? [] : [[name, row[name]]]))
  const settings = Object.entries((row.settings as Data | undefined) ?? {}).map(([name, value]) => [
    name,
    specOf(device.dialect.settings, name)?.secret === true ? '***' : value,
  ])
  return { ...Object.fromEntries(written), settings: Object.fromEntries(settings) }
}

/** Settings that the owner may set. */
function settingsOf({ dialect }: Device): Data {
  return Object.fromEntries(
    Object.entries(dialect.settings).map(([name, { label, secret, default: fallback }]) => [
      name,
      { label, secret: secret || undefined, default: secret ? undefined : fallback },
    ]),
  )
}
