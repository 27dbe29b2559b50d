import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import mqtt from 'mqtt'
import { sampleDevices } from '../../src/device/sample.ts'
import type { DiscoveryContext } from '../../src/homeassistant/component.ts'
import { deviceMessages, gatewayMessages, hubMessages } from '../../src/homeassistant/documents.ts'
import { profileIds, profileOf } from '../device/library.ts'
import { accessOf } from '../support/access.ts'
import { hasMosquitto, reachable } from '../support/brokers.ts'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { homeModem } from './own-gateway.ts'
import { componentsOf } from './validator.ts'

const context: DiscoveryContext = {
  baseTopic: 'smshub',
  prefix: 'homeassistant',
  instance: 'a1b2',
  version: '0.1.0',
}
const contacts = ['mum', 'Jürgen K.']

/** Every topic that some entity of discovery publishes to. */
const announced = [
  ...new Set(
    [
      ...profileIds.flatMap((id) =>
        sampleDevices(profileOf(id)).flatMap((device) =>
          deviceMessages(context, device, 'device', { zone_3: true, output_4: true }),
        ),
      ),
      ...hubMessages(context, contacts, 'device', { restart: true, logLevel: true }),
      ...gatewayMessages(context, homeModem, 'device'),
    ].flatMap(({ payload }) =>
      componentsOf(JSON.parse(payload)).flatMap((component) =>
        Object.entries(component).flatMap(([key, value]) => (key.endsWith('command_topic') ? [String(value)] : [])),
      ),
    ),
  ),
]

const access = accessOf(
  {
    ha: { role: 'home_assistant' },
    one: { role: 'home_assistant', devices: ['gate'] },
    some: { role: 'home_assistant', commands: ['open'] },
    panel: { role: 'operator' },
    sender: { role: 'home_assistant', write: ['smshub/sms/send'] },
  },
  [...contacts, 'gate', '+4915112345678'],
)
const text = (to: unknown) => JSON.stringify({ to, text: 'hi' })

describe('the role home_assistant', () => {
  test('may publish to every topic that discovery announces', () => {
    expect(announced.length).toBeGreaterThan(100)
    expect(announced).toContain('smshub/sms/send')
    expect(announced.filter((topic) => access.refusesPublish('ha', topic, text('mum')) !== null)).toEqual([])
  })

  test.each([
    ['a contact', text('mum')],
    ['another contact', text('Jürgen K.')],
    ['a device', text('gate')],
    ['the number of a device', text('+4915112345678')],
    ['several of them', text(['mum', 'gate'])],
  ])('may text %s', (_, payload) => {
    expect(access.refusesPublish('ha', 'smshub/sms/send', payload)).toBeNull()
  })

  test.each([
    ['a number', text('+4917100000001')],
    ['a number beside a contact', text(['mum', '+4917100000001'])],
    ['a number behind a contact', text('mum;+4917100000001')],
    ['a number by another key', JSON.stringify({ TO: '+4917100000001', text: 'hi' })],
    ['nobody', JSON.stringify({ text: 'hi' })],
    ['something that is no JSON', 'mum'],
    ['a list', '[{"to":"mum","text":"hi"}]'],
  ])('may not text %s', (_, payload) => {
    expect(access.refusesPublish('ha', 'smshub/sms/send', payload)).toMatch(/may not publish/)
    expect(access.refusesPublish('sender', 'smshub/sms/send', payload)).toBeNull()
  })

  test('a name in the topic is as good as one in the payload, and a number as bad', () => {
    expect(access.refusesPublish('ha', 'smshub/sms/send/mum', 'hi')).toBeNull()
    expect(access.refusesPublish('ha', 'smshub/sms/send/4917100000001', 'hi')).toMatch(/may not publish/)
  })

  test.each(['one', 'some', 'panel'])('narrowed, or another role (%s), texts nobody', (user) => {
    expect(access.refusesPublish(user, 'smshub/sms/send', text('mum'))).toMatch(/may not publish/)
    if (user !== 'one') expect(access.refusesPublish(user, 'smshub/gate/send', 'x')).toMatch(/may not publish/)
    expect(access.refusesPublish(user, 'smshub/boiler/send', 'x')).toMatch(/may not publish/)
  })

  test('narrowed to a device sees the discovery of that device only, by whichever filter', () => {
    for (const filter of ['homeassistant/#', 'homeassistant/+/+/config', 'homeassistant/device/+/config'])
      expect(access.maySubscribe('one', filter)).toBe(true)
    const seen = (topic: string) => access.mayRead('one', topic)
    expect(seen('homeassistant/device/smshub_a1b2_gate/config')).toBe(true)
    expect(seen('homeassistant/switch/smshub_a1b2_gate/output_1/config')).toBe(true)
    expect(seen('homeassistant/status')).toBe(true)
    expect(seen('homeassistant/device/smshub_a1b2_boiler/config')).toBe(false)
    expect(seen('homeassistant/device/smshub_a1b2_gate2/config')).toBe(false)
    expect(seen('homeassistant/device/smshub_a1b2/config')).toBe(false)
    expect(seen('homeassistant/light/kitchen/config')).toBe(false)
    expect(access.refusesPublish('one', 'homeassistant/device/smshub_a1b2_boiler/config', '')).toMatch(/may not/)
    expect(access.refusesPublish('one', 'homeassistant/status', 'online')).toBeNull()
    expect(access.mayRead('ha', 'homeassistant/light/kitchen/config')).toBe(true)
  })
})

const withMosquitto = hasMosquitto() ? describe : describe.skip

withMosquitto('mosquitto with the access list that is shipped', () => {
  let child: ChildProcess
  let url: string

  beforeAll(async () => {
    const folder = temporaryFolder('smshub-acl-')
    const passwords = join(folder, 'passwords')
    writeFileSync(passwords, '')
    for (const user of ['smshub', 'homeassistant', 'nodered'])
      execFileSync('mosquitto_passwd', ['-b', passwords, user, 'secret'])
    const acl = fileURLToPath(new URL('../../docker/mosquitto/acl', import.meta.url))
    const port = await freePort()
    url = `mqtt://127.0.0.1:${port}`
    const file = join(folder, 'mosquitto.conf')
    writeFileSync(
      file,
      `listener ${port} 127.0.0.1\nallow_anonymous false\npassword_file ${passwords}\nacl_file ${acl}\nuser root\n`,
    )
    child = spawn('mosquitto', ['-c', file], { stdio: 'ignore' })
    await reachable(port)
  })

  afterAll(() => {
    child.kill('SIGTERM')
  })

  test('lets Home Assistant publish to every topic that discovery announces, and to no state', async () => {
    // MQTT 5: mosquitto answers a publish that it refuses with reason code 135.
    const client = await mqtt.connectAsync(url, {
      username: 'homeassistant',
      password: 'secret',
      protocolVersion: 5,
      reconnectPeriod: 0,
    })
    const refused = async (topics: readonly string[]) => {
      const outcomes = await Promise.all(
        topics.map(async (topic) => {
          const passed = await client.publishAsync(topic, 'x', { qos: 1 }).then(
            () => true,
            () => false,
          )
          return passed ? [] : [topic]
        }),
      )
      return outcomes.flat()
    }
    expect(await refused(announced)).toEqual([])
    const states = ['smshub/gate', 'smshub/gate/availability', 'smshub/gate/result', 'smshub/bridge/request/backup']
    expect(await refused(states)).toEqual(states)
    await client.endAsync(true)
  })
})
