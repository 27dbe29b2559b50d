import { describe, expect, test } from '@jest/globals'
import { sampleDevices } from '../../../src/device/sample.ts'
import type { DiscoveryContext } from '../../../src/mqtt/homeassistant/component.ts'
import { deviceMessages, gatewayMessages, hubMessages, isOurs } from '../../../src/mqtt/homeassistant/documents.ts'
import { deviceOf, profileIds, profileOf } from '../../device/library.ts'
import { componentsOf, problemsOf } from './validator.ts'

const context: DiscoveryContext = { baseTopic: 'smshub', prefix: 'homeassistant', instance: 'a1b2', version: '0.1.0' }

const check = (messages: readonly { topic: string; payload: string }[]): string[] =>
  messages.flatMap(({ topic, payload }) => problemsOf(topic, payload))

describe.each(profileIds)('%s', (id) => {
  test('gives documents that Home Assistant takes, whole and entity by entity', () => {
    for (const device of sampleDevices(profileOf(id))) {
      for (const mode of ['device', 'components'] as const) {
        const messages = deviceMessages(context, device, mode, ['zone_3', 'output_4', 'input_1', 'temperature_2'])
        expect(check(messages)).toEqual([])
        expect(messages.every(({ topic }) => isOurs(context, topic))).toBe(true)
      }
    }
  })

  test('keeps what is dangerous disabled', () => {
    for (const device of sampleDevices(profileOf(id))) {
      const dangerous = Object.entries(device.dialect.commands).filter(([, { danger }]) => danger !== undefined)
      const [message] = deviceMessages(context, device, 'device')
      for (const component of componentsOf(JSON.parse(message?.payload ?? ''))) {
        const asked = dangerous.some(([name]) => component.command_topic === `smshub/sample/command/${name}`)
        if (asked || JSON.stringify(component).includes('confirm\\"')) expect(component.enabled_by_default).toBe(false)
      }
    }
  })
})

test('the hub and its gateways are devices, and everybody under contacts can be texted', () => {
  expect(check(hubMessages(context, ['mum', 'Jürgen K.'], 'device'))).toEqual([])
  expect(check(hubMessages(context, ['mum'], 'components'))).toEqual([])
  expect(check(gatewayMessages(context, 'home', 'device'))).toEqual([])
  const [message] = gatewayMessages(context, 'home', 'device')
  expect(JSON.parse(message?.payload ?? '').dev.via_device).toBe('smshub_a1b2')
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
    'other/device/smshub_a1b2/config',
  ])
    expect(isOurs(context, topic)).toBe(false)
  expect(isOurs(context, 'homeassistant/device/smshub_a1b2/config')).toBe(true)
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
  expect(say({}, { object_id: 'a' })).toMatch(/unknown/)
  expect(say({}, { stat_t: 'a/+' })).toMatch(/topic/)
  expect(say({ cmps: { a: { p: 'oven', uniq_id: 'x' } } })).toMatch(/platform/)
  expect(say({ cmps: { a: { p: 'cover', uniq_id: 'x', cmd_t: 'a#' } } })).toMatch(/topic/)
})
