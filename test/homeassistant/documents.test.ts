import { describe, expect, test } from '@jest/globals'
import { sampleDevices } from '../../src/device/sample.ts'
import type { DiscoveryContext } from '../../src/homeassistant/component.ts'
import { announcedIn, deviceMessages, gatewayMessages, hubMessages } from '../../src/homeassistant/documents.ts'
import type { AnnouncedGateway } from '../../src/homeassistant/hub-parts.ts'
import { deviceOf, profileIds, profileOf } from '../device/library.ts'
import { homeLink, homeModem } from './own-gateway.ts'
import { componentsOf, problemsOf } from './validator.ts'

const context: DiscoveryContext = {
  baseTopic: 'smshub',
  prefix: 'homeassistant',
  instance: 'a1b2',
  version: '0.1.0',
}

const able = { restart: true, logLevel: true }

const check = (messages: readonly { topic: string; payload: string }[]): string[] =>
  messages.flatMap(({ topic, payload }) => problemsOf(topic, payload))

describe.each(profileIds)('%s', (id) => {
  test('gives documents that Home Assistant takes, whole and entity by entity', () => {
    for (const device of sampleDevices(profileOf(id))) {
      for (const mode of ['device', 'components'] as const) {
        const messages = deviceMessages(context, device, mode, {
          zone_3: 'on',
          output_4: 'ON',
          input_1: true,
          temperature_2: 20,
        })
        expect(check(messages)).toEqual([])
        expect(messages.every(({ topic }) => announcedIn(context, topic)?.subject === '_sample')).toBe(true)
      }
    }
  })

  test('keeps switches and buttons that do harm disabled, and shows panels and locks', () => {
    const shown = ['alarm_control_panel', 'lock', 'select', 'cover', 'valve', 'climate', 'siren']
    for (const device of sampleDevices(profileOf(id))) {
      const dangerous = Object.entries(device.dialect.commands).filter(([, { danger }]) => danger !== undefined)
      const [message] = deviceMessages(context, device, 'device')
      for (const component of componentsOf(JSON.parse(message?.payload ?? ''))) {
        const asked = dangerous.some(([name]) => component.command_topic === `smshub/sample/command/${name}`)
        const property = device.dialect.properties[component.command_topic?.split('/set/')[1] ?? '']
        if (shown.includes(property?.entity ?? '')) expect(component.enabled_by_default).toBeUndefined()
        else if (asked || JSON.stringify(component).includes('confirm\\"'))
          expect(component.enabled_by_default).toBe(false)
      }
    }
  })
})

test('the hub and its gateways are devices, and everybody under contacts can be texted', () => {
  expect(check(hubMessages(context, ['mum', 'Jürgen K.', 'Анна', 'Иван'], 'device', able))).toEqual([])
  expect(check(hubMessages(context, ['mum'], 'components', able))).toEqual([])
  expect(check(gatewayMessages(context, homeModem, 'device'))).toEqual([])
  const [message] = gatewayMessages(context, homeModem, 'device')
  expect(JSON.parse(message?.payload ?? '').dev.via_device).toBe('smshub_a1b2')
})

test.each(['http://hub.lan:8080', 'http://hub.lan:8080/', 'https://lan.example/hub/'])(
  'with the page at %s, each device links to its place there',
  (page) => {
    const linked = { ...context, page }
    const base = page.replace(/\/?$/, '/')
    const [gate] = sampleDevices(profileOf('king-pigeon/rtu5024'))
    const messages = [
      ...deviceMessages(linked, gate as NonNullable<typeof gate>, 'device'),
      ...gatewayMessages(linked, homeModem, 'device'),
      ...hubMessages(linked, [], 'device', able),
    ]
    expect(check(messages)).toEqual([])
    expect(messages.map(({ payload }) => JSON.parse(payload).dev.cu)).toEqual([
      `${base}#/devices/sample`,
      `${base}#/gateways/${homeModem.id}`,
      `${base}#/home`,
    ])
  },
)

test('without a page there are no links', () => {
  const [message] = hubMessages(context, [], 'device', able)
  expect(JSON.parse(message?.payload ?? '').dev).not.toHaveProperty('cu')
})

test('a gateway has the entities of what it publishes: a link to a carrier has no signal, no balance and no calls', () => {
  const keysOf = (gateway: AnnouncedGateway) => {
    const [message] = gatewayMessages(context, gateway, 'device')
    return Object.keys(JSON.parse(message?.payload ?? '').cmps)
  }
  expect(check(gatewayMessages(context, homeLink, 'device'))).toEqual([])
  expect(keysOf(homeLink)).toEqual(['status', 'queue', 'sent_today', 'address', 'peer', 'connected_at', 'last_error'])
  expect(keysOf(homeModem)).toEqual([
    ...['status', 'network', 'operator', 'signal_dbm', 'signal_percent', 'storage_used', 'queue', 'sent_today'],
    ...['balance', 'technology', 'model', 'firmware', 'last_error', 'call', 'trigger_incoming_call'],
  ])
})

test('what commands is there as long as the hub is; what shows is there as long as the device is', () => {
  const gate = deviceOf('king-pigeon/rtu5024', 'variant: classic\nsettings: { relay_mode: latch }')
  const [message] = deviceMessages(context, gate, 'device')
  const parts = Object.fromEntries(
    componentsOf(JSON.parse(message?.payload ?? '')).map(({ key, availability }) => [
      key,
      availability.map(({ topic }: { topic: string }) => topic),
    ]),
  )
  expect(parts.output_1).toEqual(['smshub/bridge/state'])
  const van = deviceOf('coban/tk103')
  const [other] = deviceMessages(context, van, 'device')
  const location = componentsOf(JSON.parse(other?.payload ?? '')).find(({ key }) => key === 'location')
  expect(location?.availability).toHaveLength(2)
})

test('another hub’s documents are not ours', () => {
  for (const topic of [
    'homeassistant/device/smshub_a1b/config',
    'homeassistant/device/smshub_a1b22_gate/config',
    'homeassistant/sensor/zigbee_a1b2/x/config',
    'homeassistant/device/smshub_a1b2/state',
  ])
    expect(announcedIn(context, topic)).toBeNull()
  expect(announcedIn(context, 'homeassistant/device/smshub_a1b2/config')).toEqual({ shape: 'device', subject: '' })
})

test('the validator finds what Home Assistant would not take', () => {
  const good = {
    dev: { ids: ['x'] },
    o: { name: 'smshub' },
    cmps: { a: { p: 'sensor', uniq_id: 'x_a', stat_t: 't', dev_cla: 'temperature', unit_of_meas: '°C' } },
  }
  const say = (change: object, part: object = {}) =>
    problemsOf(
      'homeassistant/device/x/config',
      JSON.stringify({ ...good, cmps: { a: { ...good.cmps.a, ...part } }, ...change }),
    ).join()
  expect(say({})).toBe('')
  expect(say({ '~': 'base' })).toMatch(/drops it all/)
  expect(say({ dev: {} })).toMatch(/identifiers/)
  expect(say({ o: {} })).toMatch(/origin/)
  expect(say({}, { uniq_id: undefined })).toMatch(/unique_id/)
  expect(say({}, { unit_of_meas: 'V' })).toMatch(/not measured/)
  expect(say({}, { dev_cla: 'heat' })).toMatch(/device_class/)
  expect(say({}, { ent_cat: 'config' })).toMatch(/configuration/)
  expect(say({}, { object_ids: 'a' })).toMatch(/unknown/)
  expect(say({}, { stat_t: 'a/+' })).toMatch(/topic/)
  expect(say({ cmps: { a: { p: 'oven', uniq_id: 'x' } } })).toMatch(/platform/)
  expect(say({ cmps: { a: { p: 'cover', uniq_id: 'x', cmd_t: 'a#' } } })).toMatch(/topic/)
})
