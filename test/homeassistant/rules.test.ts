import { describe, expect, test } from '@jest/globals'
import { misspelled } from '../../src/device/describe/labels.ts'
import type { Device } from '../../src/device/device.ts'
import { patternsIn } from '../../src/device/profile/places.ts'
import { sampleDevices } from '../../src/device/sample.ts'
import { callsOf } from '../../src/device/send/intent.ts'
import type { DiscoveryContext } from '../../src/homeassistant/component.ts'
import { deviceMessages, gatewayMessages, hubMessages } from '../../src/homeassistant/documents.ts'
import { deviceOf, profileIds, profileOf } from '../device/library.ts'
import { componentsOf } from './client.ts'
import { render } from './jinja.ts'
import { homeModem } from './own-gateway.ts'
import { answersOf, readingsOf, statesOf } from './published.ts'
import { expanded, problemsOf } from './validator.ts'

type Json = Record<string, any>

const context: DiscoveryContext = {
  baseTopic: 'smshub',
  prefix: 'homeassistant',
  instance: 'a1b2',
  version: '0.1.0',
}
const hub = hubMessages(context, ['mum', 'family'], 'device', { restart: true, logLevel: true })
const own = [...hub, ...gatewayMessages(context, homeModem, 'device')]

const isText = (value: unknown) => typeof value === 'string' && value !== ''
const isTextOrNull = (value: unknown) => value === null || isText(value)
const isNumber = (value: unknown) => typeof value === 'number'
const isFalse = (value: unknown) => value === false
const listOf =
  (...words: readonly string[]) =>
  (value: unknown) =>
    Array.isArray(value) && value.every((word) => words.includes(word))
/** Home Assistant's defaults that are not what this hub means: the keys must be there, with what this says of them. */
const explicit: Readonly<Record<string, Readonly<Record<string, (value: unknown) => boolean>>>> = {
  alarm_control_panel: {
    code_arm_required: isFalse,
    code_disarm_required: isFalse,
    code_trigger_required: isFalse,
    supported_features: listOf('arm_home', 'arm_away', 'arm_night', 'arm_vacation', 'arm_custom_bypass', 'trigger'),
  },
  climate: {
    modes: listOf('off', 'heat'),
    temperature_unit: (unit) => unit === 'C' || unit === 'F',
    temp_step: isNumber,
  },
  cover: {
    payload_open: isTextOrNull,
    payload_close: isTextOrNull,
    payload_stop: isTextOrNull,
    device_class: (kind) => ['garage', 'gate', 'door', 'blind', 'shutter', 'awning'].includes(String(kind)),
  },
  device_tracker: { source_type: (type) => type === 'gps' },
  number: { min: isNumber, max: isNumber, step: isNumber, mode: (mode) => mode === 'box' || mode === 'slider' },
  siren: { support_duration: isFalse, support_volume_set: isFalse, command_template: isText },
  text: { min: isNumber, max: isNumber },
}

/** What is wrong with the components of a document, by rules that hold for each of them. */
function broken(components: readonly Json[]): string[] {
  const names = new Set<string>()
  return components.flatMap((one) => {
    const { key, platform, name, icon, device_class: kind, qos, default_entity_id: id, object_id: object } = one
    const problems: string[] = []
    if (qos !== 1) problems.push(`qos ${qos}`)
    for (const [needed, holds] of Object.entries(explicit[platform] ?? {}))
      if (!holds(one[needed])) problems.push(`${needed} is ${JSON.stringify(one[needed])}`)
    if (one.retain !== undefined) problems.push('commands are never retained')
    if (platform !== 'device_automation') {
      if (icon === undefined && kind === undefined) problems.push('neither icon nor device class')
      if (icon !== undefined && !/^mdi:[a-z0-9-]+$/.test(icon)) problems.push(`icon ${icon}`)
      if (!/^[a-z_]+\.[a-z0-9]+(_[a-z0-9]+)*$/.test(id)) problems.push(`default_entity_id ${id}`)
      if (names.has(id)) problems.push(`${id} is there twice`)
      names.add(id)
      if (id !== `${platform}.${object}`) problems.push(`object_id ${object}`)
      if (name === undefined) problems.push('no name')
      if (name !== null && names.has(`${platform} ${name}`)) problems.push(`"${name}" is there twice`)
      names.add(`${platform} ${name}`)
      if (name !== null && !/^[\p{Lu}\p{N}]/u.test(name)) problems.push(`"${name}" begins small`)
      if (name !== null && (misspelled(name).length > 0 || name.includes('?') || name.length > 40))
        problems.push(`"${name}" is no label`)
    }
    return problems.map((problem) => `${key} (${platform}): ${problem}`)
  })
}

/** Fields of the device's state that a template names. */
const fieldsIn = (template: string): string[] =>
  [...template.matchAll(/value_json\.(\w+)/g)].map(([, field]) => field as string)

const always = ['last_seen', 'reporting']

/** An example with output 1 stands for all of them. */
const isLike = (one: string, other: string): boolean => {
  const plain = (name: string) => name.replace(/_(?:\d+|[a-z]|bm\d)(?=_|$)/, '_#')
  return plain(one) === plain(other)
}

/** Fields in the patterns of messages: an example need not have all that a text may say. */
const written = ({ dialect }: Device): string[] =>
  patternsIn(dialect).flatMap(({ pattern, path }) =>
    path.startsWith('commands.')
      ? []
      : [...pattern.source.matchAll(/\{([a-z]\w*#?\w*)/g)].map(([, name]) => name as string),
  )

describe.each(profileIds)('%s', (id) => {
  test('follows the rules of Home Assistant entity by entity, whole and in single messages', () => {
    for (const device of sampleDevices(profileOf(id))) {
      const state = Object.assign({}, ...statesOf(device).map(({ values }) => values))
      const [document] = deviceMessages(context, device, 'device', state)
      expect(Buffer.byteLength(document?.payload ?? '')).toBeLessThan(64 * 1024)
      const components = componentsOf(JSON.parse(document?.payload ?? ''))
      expect(broken(components)).toEqual([])
      const single = deviceMessages(context, device, 'components', state).map(({ topic, payload }) => {
        const [, platform, , key] = topic.split('/')
        return { ...expanded(JSON.parse(payload)), platform, key }
      })
      expect(broken(single)).toEqual([])
      expect(single.map(({ key }) => key)).toEqual(components.map(({ key }) => key))
    }
  })

  test('announces a state only where a text can deliver it, and assumes what no answer proves', () => {
    const wrong: string[] = []
    for (const device of sampleDevices(profileOf(id))) {
      const states = statesOf(device)
      const delivered = new Set(states.flatMap(({ values }) => Object.keys(values)))
      const answered = answersOf(device)
      const [document] = deviceMessages(context, device, 'device')
      for (const component of componentsOf(JSON.parse(document?.payload ?? ''))) {
        const { key, platform, value_template: template = '', state_value_template: other = template } = component
        const fields = fieldsIn(other).filter((field) => !field.endsWith('_target'))
        if (component.state_topic === 'smshub/sample')
          for (const field of fields)
            if (![...delivered, ...written(device), ...always].some((name) => isLike(name, field)))
              wrong.push(`${key} (${platform}): ${field} never comes`)
        const row = device.dialect.properties[key]
        if (row === undefined || !['switch', 'lock', 'number', 'select', 'siren'].includes(platform)) continue
        const read = readingsOf(device)
        const proven = [...callsOf(device, row).values()].every(({ command }) => {
          const reads: readonly string[] = device.dialect.commands[command]?.reply.reads ?? []
          const answers = [
            ...answered.filter((one) => one.command === command),
            ...read.filter(({ message }) => reads.includes(message)),
          ]
          return answers.some(({ values }) => Object.keys(values).some((name) => isLike(name, key)))
        })
        if (!proven && component.optimistic !== true)
          wrong.push(`${key} (${platform}): no answer proves it, and it is not optimistic`)
      }
    }
    expect([...new Set(wrong)]).toEqual([])
  })
})

test('the hub and its gateways follow the same rules', () => {
  for (const { payload } of own) expect(broken(componentsOf(JSON.parse(payload)))).toEqual([])
})

test('an owner names, dresses, leaves out and places what Home Assistant shows', () => {
  const van = deviceOf(
    'coban/tk103',
    `
homeassistant:
  name: The van
  area: Garage
  entities: { battery: { name: Charge, icon: "mdi:battery", enabled: "false" }, command_locate: "false" }
`,
  )
  const [message] = deviceMessages(context, van, 'device', { firmware: 'V5.1', imei: '358948010446647' })
  const { dev, cmps } = JSON.parse(message?.payload ?? '')
  expect(dev).toMatchObject({ name: 'The van', sa: 'Garage', sw: 'V5.1', sn: '358948010446647' })
  expect(cmps.battery).toMatchObject({ name: 'Charge', ic: 'mdi:battery', en: false })
  expect(cmps.command_locate).toBeUndefined()
  expect(deviceMessages(context, deviceOf('coban/tk103', 'homeassistant: "false"'), 'device')).toEqual([])
  expect(() => deviceOf('coban/tk103', 'homeassistant: { entities: { battery: { icn: x } } }')).toThrow(/icn/)
})

test('the hub shows what was texted to it: the last text, and each of them as an event', () => {
  const components = componentsOf(JSON.parse(hub[0]?.payload ?? ''))
  const shown = (key: string, message: object) => {
    const { value_template: template = '', ...component } = components.find((one) => one.key === key) ?? {}
    return { ...component, shown: render(template, { value_json: message }) }
  }
  const text = 'ä'.repeat(300)
  expect(shown('last_text', { from: '+4915112345678', text })).toMatchObject({
    platform: 'sensor',
    state_topic: 'smshub/sms/received',
    json_attributes_topic: 'smshub/sms/received',
    shown: text.slice(0, 255),
  })
  const event = shown('text_received', { from: '+4915112345678', text })
  expect(event).toMatchObject({ platform: 'event', state_topic: 'smshub/sms/received', event_types: ['received'] })
  expect(JSON.parse(event.shown)).toEqual({ from: '+4915112345678', text, event_type: 'received' })
  const trigger = components.find(({ key }) => key === 'trigger_text_received')
  expect(trigger).toMatchObject({
    platform: 'device_automation',
    topic: 'smshub/sms/received',
    subtype: 'text_received',
  })
  expect(trigger).not.toHaveProperty('payload')
})

test('members of families that the owner has named are entities too, whatever the name', () => {
  const gate = deviceOf('pyronix/enforcer', 'settings: { password: "1234" }')
  const names = ['output_Garage-Door', 'output_Küche 1', "output_it's {{ x }}"]
  for (const mode of ['device', 'components'] as const)
    for (const { topic, payload } of deviceMessages(
      context,
      gate,
      mode,
      Object.fromEntries(names.map((name) => [name, 'ON'])),
    ))
      expect(problemsOf(topic, payload)).toEqual([])
  const [document] = deviceMessages(context, gate, 'device', Object.fromEntries(names.map((name) => [name, 'ON'])))
  const state = Object.fromEntries(names.map((name, i) => [name, i === 0 ? 'ON' : 'OFF']))
  const shown = componentsOf(JSON.parse(document?.payload ?? ''))
    .filter(({ key }) => /^output_(?:Garage|K|it)/.test(key))
    .map(({ value_template }) => render(value_template, { value_json: state }))
  expect(shown).toEqual(['ON', 'OFF', 'OFF'])
})

test.each([
  ['eldes/esim', 'on', 'off', 'settings: { password: "1111" }'],
  ['tell/pager7', 'ON', 'OFF', '{}'],
])('a zone of %s that is %s or %s is a binary sensor', (profile, on, off, config) => {
  const panel = deviceOf(profile, config)
  const [document] = deviceMessages(context, panel, 'device', { zone_1: on })
  const zone = componentsOf(JSON.parse(document?.payload ?? '')).find(({ key }) => key === 'zone_1')
  expect(zone).toMatchObject({ platform: 'binary_sensor', payload_on: on, payload_off: off })
})

test('a device that is called like a gateway is not one', () => {
  const [gateway] = gatewayMessages(context, homeModem, 'device')
  const device = { ...deviceOf('coban/tk103'), id: 'gateway_home' }
  expect(deviceMessages(context, device, 'device')[0]?.topic).not.toBe(gateway?.topic)
})

test('contacts whose names share no letter of the Latin alphabet are all there', () => {
  const [message] = hubMessages(context, ['Анна', 'Иван', 'a b', 'a_b'], 'device', { restart: true, logLevel: true })
  const notify = componentsOf(JSON.parse(message?.payload ?? '')).filter(({ platform }) => platform === 'notify')
  expect(notify.map(({ name }) => name)).toEqual(['Text to Анна', 'Text to Иван', 'Text to a b', 'Text to a_b'])
})
