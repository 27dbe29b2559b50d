import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { sampleDevices } from '../../src/device/sample.ts'
import type { DiscoveryContext } from '../../src/homeassistant/component.ts'
import { deviceMessages, gatewayMessages, hubMessages } from '../../src/homeassistant/documents.ts'
import { matches } from '../../src/mqtt/filter.ts'
import { profileOf } from '../device/library.ts'
import { accessOf } from '../support/access.ts'
import { componentsOf, pressesOf } from './client.ts'
import { homeModem } from './own-gateway.ts'

const context: DiscoveryContext = {
  baseTopic: 'smshub',
  prefix: 'homeassistant',
  instance: 'a1b2',
  version: '0.1.0',
}
const profiles = [
  'king-pigeon/rtu5024',
  'coban/tk103',
  'king-pigeon/rtu5020',
  'xavax/feelsafe',
  'zota/smart',
  'digiflex/cm743',
]
const components = [
  ...hubMessages(context, ['mum', 'Jürgen'], 'device', { restart: true, logLevel: true }),
  ...gatewayMessages(context, homeModem, 'device'),
  ...profiles.flatMap((id) =>
    sampleDevices(profileOf(id)).flatMap((device) => deviceMessages(context, device, 'device')),
  ),
].flatMap(({ payload }) => componentsOf(JSON.parse(payload)))

/** Raw texts are for an administrator: the entity waits disabled. */
const used = components.flatMap(pressesOf).filter(({ topic }) => topic !== 'smshub/sample/send')
const topics = components.flatMap((one) => [
  ...Object.entries(one).flatMap(([key, topic]) => (/(?<!command_)topic$/.test(key) ? [topic as string] : [])),
  ...(one.availability ?? []).map(({ topic }: { topic: string }) => topic),
])

describe('what is announced is allowed', () => {
  test('to the role of the embedded broker', () => {
    const access = accessOf({ ha: { role: 'home_assistant' } }, ['mum', 'Jürgen'])
    expect(used.length).toBeGreaterThan(20)
    expect(
      used.map(({ topic, payload }) => access.refusesPublish('ha', topic, payload)).filter((reason) => reason),
    ).toEqual([])
    expect(topics.filter((topic) => !access.mayRead('ha', topic))).toEqual([])
  })

  test('to the user of the rules for mosquitto', () => {
    const acl = readFileSync(fileURLToPath(new URL('../../docker/mosquitto/acl', import.meta.url)), 'utf8')
    const [, own = ''] = acl.split('user homeassistant\n')
    const rules = own.split('\nuser ')[0]?.matchAll(/^topic (\w+) (.*)$/gm) ?? []
    const allowed = [...rules].flatMap(([, how, filter]) => (how === 'read' ? [] : [filter as string]))
    const refused = used.filter(({ topic }) => !allowed.some((filter) => matches(filter, topic)))
    expect(refused).toEqual([])
  })

  test('but the hub as a whole is not for a user that is narrowed to some devices', () => {
    const access = accessOf({ ha: { role: 'home_assistant', devices: ['gate'] } })
    expect(access.refusesPublish('ha', 'smshub/gate/set/gate', 'OPEN')).toBeNull()
    for (const topic of ['smshub/bridge/request/queue/pause', 'smshub/bridge/request/restart', 'smshub/sms/send'])
      expect(access.refusesPublish('ha', topic, '{}')).toMatch(/may not publish/)
    expect(access.mayRead('ha', 'smshub/sms/received')).toBe(false)
  })
})
