import { describe, expect, test } from '@jest/globals'
import type { Device } from '../../../src/device/device.ts'
import { messagesOf } from '../../../src/device/device.ts'
import { publicValues } from '../../../src/device/mask.ts'
import { readText } from '../../../src/device/read.ts'
import { sampleDevices } from '../../../src/device/sample.ts'
import { stateKeysOf } from '../../../src/device/state-fields.ts'
import type { DiscoveryContext } from '../../../src/mqtt/homeassistant/component.ts'
import { deviceMessages } from '../../../src/mqtt/homeassistant/documents.ts'
import { accept } from '../../../src/submit/accept.ts'
import { type ComposeRooms, compose } from '../../../src/submit/compose.ts'
import { profileIds, profileOf } from '../../device/library.ts'
import { componentsOf, pressesOf, wrongState } from './client.ts'

const context: DiscoveryContext = { baseTopic: 'smshub', prefix: 'homeassistant', instance: 'a1b2', version: '0.1.0' }

/** What a publish of Home Assistant comes to: the text, or why there is none. */
function textOf(device: Device, topic: string, payload: string): string {
  const publish = {
    client: 'ha',
    connection: '1',
    messageId: null,
    duplicate: false,
    topic: topic.slice('smshub/'.length),
    payload: new TextEncoder().encode(payload),
    retained: false,
    clearing: 'no' as const,
    waited: false,
    expirySeconds: null,
    response: null,
  }
  const rooms: ComposeRooms = {
    device: (id) => (id === device.id ? device : undefined),
    devices: () => [device],
    contacts: new Map(),
    destinations: 'registered',
    region: undefined,
    gateways: ['home'],
    numberOf: () => '+491700000001',
    pool: { routeOf: () => '' },
    newId: (prefix) => `${prefix}_1`,
  }
  const asked = accept(publish, (prefix) => `${prefix}_1`)?.asked ?? []
  return (
    asked
      .map((one) => {
        const made = compose(one, publish, rooms, 0, new Map())
        return made.error === undefined ? 'sent' : `${made.error.code}: ${made.error.message}`
      })
      .join() || 'nothing was asked'
  )
}

describe.each(profileIds)('%s in Home Assistant', (id) => {
  test('every entity that can be used makes a text', () => {
    const wrong: string[] = []
    for (const sample of sampleDevices(profileOf(id))) {
      const device: Device = { ...sample, hubNumber: '+491700000001' }
      const [message] = deviceMessages(context, device, 'device')
      for (const component of componentsOf(JSON.parse(message?.payload ?? '{}'))) {
        for (const { topic, payload, word } of pressesOf(component)) {
          const outcome = textOf(device, topic, payload)
          // An alarm panel always shows its DISARM.
          const hopeless = word === 'DISARM' && /takes/.test(outcome)
          if (outcome !== 'sent' && !hopeless) wrong.push(`${component.key} ${word}: ${outcome}`)
        }
      }
    }
    expect([...new Set(wrong)]).toEqual([])
  })

  test('every state that a device of it can tell is one that Home Assistant knows', () => {
    const wrong: string[] = []
    for (const device of sampleDevices(profileOf(id))) {
      const unknown = Object.fromEntries(stateKeysOf(device).map((field) => [field, null]))
      const states = [unknown]
      for (const message of Object.values(messagesOf(device)))
        for (const { text } of message.examples)
          for (const reading of readText(device, text, {
            receivedAt: '2026-11-22T12:00:00Z',
            scts: '2026-11-22T12:00:00Z',
          }))
            states.push({ ...unknown, ...publicValues(reading) } as typeof unknown)
      for (const state of states) {
        const [message] = deviceMessages(context, device, 'device', Object.keys(state))
        for (const component of componentsOf(JSON.parse(message?.payload ?? '{}'))) {
          if (component.state_topic !== 'smshub/sample') continue
          const problem = wrongState(component, JSON.stringify({ ...state, last_seen: null }))
          if (problem !== null) wrong.push(problem)
        }
      }
    }
    expect([...new Set(wrong)]).toEqual([])
  })
})
