import { describe, expect, test } from '@jest/globals'
import { stateKeysOf } from '../../src/device/describe/state-fields.ts'
import type { Device } from '../../src/device/device.ts'
import { messagesOf } from '../../src/device/device.ts'
import { publicValues } from '../../src/device/mask.ts'
import { readText } from '../../src/device/receive/read.ts'
import { sampleDevices } from '../../src/device/sample.ts'
import type { DiscoveryContext } from '../../src/homeassistant/component.ts'
import { deviceMessages } from '../../src/homeassistant/documents.ts'
import type { NewSubmission } from '../../src/ledger/outbox/new-submission.ts'
import { acceptPublish } from '../../src/mqtt/accept-publish.ts'
import { accept } from '../../src/submit/accept.ts'
import { type ComposeDeps, compose } from '../../src/submit/compose.ts'
import { profileIds, profileOf } from '../device/library.ts'
import { componentsOf, pressesOf, wrongState } from './client.ts'

const context: DiscoveryContext = {
  baseTopic: 'smshub',
  prefix: 'homeassistant',
  instance: 'a1b2',
  version: '0.1.0',
}

/** What a publish of Home Assistant comes to: `sent` with the texts of an act, or why there are none. */
function outcomeOf(device: Device, topic: string, payload: string): { said: string; texts: readonly string[] } {
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
  const deps: ComposeDeps = {
    print: String,
    device: (id) => (id === device.id ? device : undefined),
    devices: () => [device],
    behind: () => [device],
    contacts: new Map(),
    destinations: 'registered',
    region: undefined,
    gateways: ['home'],
    numberOf: () => '+491700000001',
    pool: { routeOf: () => '' },
    newId: (prefix) => `${prefix}_1`,
    counters: new Map(),
  }
  const accepted = acceptPublish(publish)
  const asked = accepted === null ? [] : accept(accepted, (prefix) => `${prefix}_1`)
  const made = asked.map((one) => {
    const item = compose(one, deps, 0)
    return 'whenOn' in item ? item.unknown : item
  })
  if (made.length === 0) return { said: 'nothing was asked', texts: [] }
  return {
    said: made
      .map((one) => (one.error === undefined ? faultIn(one, device) : `${one.error.code}: ${one.error.message}`))
      .join(),
    texts: made.flatMap((one) => (one.error === undefined ? textsOf(one) : [])),
  }
}

/** All that an act sends: its first text and those behind it. */
const textsOf = ({ segments, steps }: NewSubmission): string[] => [
  segments.join(''),
  ...steps.map((step) => step.segments.join('')),
]

/** `sent`, or what is wrong with what would be: holes that were not filled, another recipient, nothing to say. */
function faultIn(made: NewSubmission, device: Device): string {
  const { recipient, ring } = made
  if (recipient !== device.recipient) return `goes to ${recipient}`
  if (ring !== null) return ring > 0 ? 'sent' : 'rings for nothing'
  const broken = textsOf(made).find((text) => text === '' || /undefined|\bnull\b|NaN|\[object/.test(text))
  return broken === undefined ? 'sent' : `broken text ${JSON.stringify(broken)}`
}

/** Entities whose choices are different things: two that make one text are a mistake. */
const differs = ['switch', 'siren', 'cover', 'valve', 'lock', 'select', 'number']

describe.each(profileIds)('%s in Home Assistant', (id) => {
  test('every entity that can be used makes a text of whatever it can be used for', () => {
    const wrong: string[] = []
    for (const sample of sampleDevices(profileOf(id))) {
      const device: Device = { ...sample, hubNumber: '+491700000001' }
      const [message] = deviceMessages(context, device, 'device')
      for (const component of componentsOf(JSON.parse(message?.payload ?? '{}'))) {
        const presses = pressesOf(component)
        const topics = Object.keys(component).filter((key) => key.endsWith('command_topic'))
        for (const key of topics)
          if (!presses.some(({ topic }) => topic === component[key]))
            wrong.push(`${component.key}: nobody presses ${key}`)
        const texts = new Map<string, string>()
        for (const { topic, payload, word } of presses) {
          const { said, texts: sent } = outcomeOf(device, topic, payload)
          // An alarm panel always shows its DISARM.
          const hopeless = word === 'DISARM' && /takes/.test(said)
          if (said !== 'sent' && !hopeless) wrong.push(`${component.key} ${word}: ${said}`)
          const other = texts.get(sent.join('\n'))
          if (differs.includes(component.platform) && sent.length > 0 && other !== undefined && other !== word)
            wrong.push(`${component.key}: ${word} and ${other} are one text, ${sent.join(' + ')}`)
          texts.set(sent.join('\n'), word)
        }
      }
    }
    expect([...new Set(wrong)]).toEqual([])
  })

  test('every state that a device of it can report is one that Home Assistant knows', () => {
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
        const [message] = deviceMessages(context, device, 'device', state)
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
