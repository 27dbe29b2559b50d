import { expect, test } from '@jest/globals'
import type { Device } from '../../src/device/device.ts'
import { publicValues } from '../../src/device/mask.ts'
import { sampleDevices } from '../../src/device/sample.ts'
import type { DiscoveryContext } from '../../src/homeassistant/component.ts'
import { deviceMessages, gatewayMessages, hubMessages } from '../../src/homeassistant/documents.ts'
import { deviceEvent } from '../../src/ledger/inbox/settle-device.ts'
import { allProfiles } from '../device/library.ts'
import { componentsOf } from './client.ts'
import { render } from './jinja.ts'
import { hasJinja2, type Rendered, type Rendering, renderAll } from './jinja2.ts'
import { homeModem } from './own-gateway.ts'
import { readingsOf, statesOf } from './published.ts'

const context: DiscoveryContext = {
  baseTopic: 'smshub',
  prefix: 'homeassistant',
  instance: 'a1b2',
  version: '0.1.0',
}

/** What people type into Home Assistant. */
const typed = ['ON', 'it\'s "here"', 'Straße {{ x }}\nzwei\t\\', '21.5', '\u{1f6aa}']

/** Every template of a document with every payload that its topic may carry; those of commands with what is typed. */
function renderingsOf(payload: string, published: (topic: string) => readonly string[]): Rendering[] {
  return componentsOf(JSON.parse(payload)).flatMap((component) =>
    Object.entries(component).flatMap(([key, template]): Rendering[] => {
      if (!key.endsWith('template')) return []
      if (/command_template$/.test(key)) return typed.map((value) => [template, null, { value, action: value }])
      const topic =
        component[key.replace(/_(?:value_)?template$/, '_topic')] ?? component.state_topic ?? component.topic
      return published(topic).map((state) => [template, state, {}])
    }),
  )
}

/** Payloads of a device's own topics. */
function publishedBy(device: Device): (topic: string) => readonly string[] {
  const events = readingsOf(device).flatMap((reading, i) => {
    if (reading.event === null) return []
    const event = {
      type: reading.event,
      id: `evt_${i}`,
      level: reading.level,
      values: publicValues(reading),
      trust: 'number',
      unverified: i % 3 === 0,
    } as const
    return [i % 2 === 0, false].map((delayed) => JSON.stringify(deviceEvent(event, 'msg_1', 0, delayed)))
  })
  const late = JSON.stringify({ event_type: 'late_reply', delayed: false, command_id: 'cmd_1' })
  const topics: Readonly<Record<string, readonly string[]>> = {
    'smshub/sample': statesOf(device).map(({ payload }) => payload),
    'smshub/sample/event': [...events, late],
    'smshub/sample/result': ['{"status":"queued","final":false}', '{"status":"replied","final":true}'],
  }
  return (topic) => topics[topic] ?? []
}

/** The same text, or the same JSON: Python and JavaScript space it differently. */
function isSame(a: string, b: string): boolean {
  if (a === b) return true
  try {
    expect(JSON.parse(a)).toEqual(JSON.parse(b))
    return true
  } catch {
    return false
  }
}

function own(template: string, payload: string | null, scope: object): Rendered {
  try {
    const names = payload === null ? scope : { ...scope, value: payload, value_json: JSON.parse(payload) }
    return { text: render(template, { ...names }) }
  } catch (error) {
    return { error: String(error) }
  }
}

function differences(batch: readonly Rendering[]): string[] {
  const rendered = renderAll(batch)
  return batch.flatMap(([template, payload, scope], i) => {
    const real = rendered[i] as Rendered
    const ours = own(template, payload, scope)
    if ('text' in real && 'text' in ours && isSame(real.text, ours.text)) return []
    return [`${template} on ${payload ?? JSON.stringify(scope)}: ${JSON.stringify(real)}, ours ${JSON.stringify(ours)}`]
  })
}

const inJinja = hasJinja2() ? test : test.skip

inJinja('no template of any profile meets a key that is not there, in Jinja itself', () => {
  const batch = new Map<string, Rendering>()
  for (const device of allProfiles().flatMap(sampleDevices)) {
    const published = publishedBy(device)
    const states = new Map(statesOf(device).map(({ values }) => [Object.keys(values).sort().join(), values]))
    for (const values of states.values()) {
      const [message] = deviceMessages(context, device, 'device', values)
      // An entity that came with one text shows every state that has it; the store keeps its key from then on.
      const since = (topic: string) =>
        published(topic).filter((payload) => topic !== 'smshub/sample' || hasAll(payload, Object.keys(values)))
      for (const one of renderingsOf(message?.payload ?? '', since)) batch.set(JSON.stringify(one), one)
    }
  }
  expect(batch.size).toBeGreaterThan(5_000)
  expect(differences([...batch.values()]).slice(0, 20)).toEqual([])
})

const hasAll = (payload: string, keys: readonly string[]): boolean => {
  const state = JSON.parse(payload) as object
  return keys.every((key) => Object.hasOwn(state, key))
}

inJinja('the hub and its gateways make payloads of whatever is typed', () => {
  const contacts = ['mum', 'Jürgen "K." {{ 1 }}', "O'Neil"]
  const messages = [
    ...hubMessages(context, contacts, 'device', { restart: true, logLevel: true }),
    ...gatewayMessages(context, homeModem, 'device'),
  ]
  const received = JSON.stringify({
    id: 'msg_1',
    from: '+491',
    text: 'x'.repeat(300),
    received_at: '2026-11-22T12:00:00Z',
  })
  const topics: Readonly<Record<string, readonly string[]>> = { 'smshub/sms/received': [received] }
  const batch = messages.flatMap(({ payload }) => renderingsOf(payload, (topic) => topics[topic] ?? []))
  expect(batch.length).toBeGreaterThan(20)
  expect(differences(batch)).toEqual([])
  const texts = renderAll(batch).flatMap((one) =>
    'text' in one && one.text.startsWith('{"to"') ? [JSON.parse(one.text)] : [],
  )
  expect(texts).toEqual(contacts.flatMap((to) => typed.map((text) => ({ to, text }))))
})

inJinja('a key that is not there is an error here', () => {
  expect(renderAll([['{{ value_json.speed }}', '{}', {}]])).toEqual([
    { error: expect.stringMatching(/UndefinedError/) },
  ])
  expect(() => render('{{ value_json.speed }}', { value_json: {} })).toThrow(/undefined: speed/)
})
