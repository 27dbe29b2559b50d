import { describe, expect, test } from '@jest/globals'
import { type EventKind, eventKinds, type RecordedEvent } from '../../src/message/hub-event.ts'
import { type TopicPattern, topics } from '../../src/message/topics.ts'
import { messagesOf, retainedOf } from '../../src/mqtt/outlet/messages-of.ts'

const recorded = (event: Partial<RecordedEvent> & { readonly kind: EventKind }): RecordedEvent => {
  return { subject: '', data: '{}', replaced: null, replyTo: null, ...event }
}

const made = (event: Parameters<typeof recorded>[0]) => messagesOf(recorded(event), 'hub')

/**
 * Topics that the hub does not publish by way of events: it writes them as it comes and goes, or keeps nothing of them.
 */
const direct: readonly TopicPattern[] = ['bridge/state', 'bridge/logging']

const subjects: Readonly<Partial<Record<EventKind, readonly string[]>>> = {
  sms_status: [''],
  repeated_sms_status: [''],
  unkept_sms_status: [''],
  received: [''],
  hub_event: [''],
  info: [''],
  health: [''],
  devices: ['', '2'],
  profile: ['acme/x1'],
  answer: ['health_check', 'queue/pause'],
}

describe('the outlet to MQTT', () => {
  test('has every topic that the hub publishes on, retained where the table has it', () => {
    const kinds = (Object.keys(eventKinds) as EventKind[]).filter((kind) => !('isText' in eventKinds[kind]))
    const found = kinds.flatMap((kind) => (subjects[kind] ?? ['x']).flatMap((subject) => made({ kind, subject })))
    const expected = Object.entries(topics).filter(
      ([pattern, { direction }]) => direction === 'out' && !direct.includes(pattern as TopicPattern),
    )
    const filled = (pattern: string) =>
      `hub/${pattern}`
        .replace('{page}', '2')
        .replace('{manufacturer}/{family}', 'acme/x1')
        .replace('response/{verb}', 'response/health_check')
        .replace('{group}/{verb}', 'queue/pause')
        .replace(/\{\w+\}/, 'x')
    // A repetition, and a rejection of which nothing is kept, is published where a first one is.
    const of = (kinds: readonly EventKind[]) =>
      kinds.flatMap((kind) => made({ kind, subject: subjects[kind]?.[0] ?? 'x' }))
    for (const origin of ['repeated', 'unkept'] as const)
      expect(of([`${origin}_result`, `${origin}_sms_status`])).toEqual(of(['result', 'sms_status']))
    expect([...new Set(found.map(({ topic, retain }) => `${topic} ${retain}`))].sort()).toEqual(
      expected.map(([pattern, { retain }]) => `${filled(pattern)} ${retain}`).sort(),
    )
  })

  test('publishes the data as it was recorded, octet for octet', () => {
    const data = '{"b":1,"a":"\\u0000 ü"}'
    expect(made({ kind: 'state', subject: 'gate', data })).toEqual([
      { topic: 'hub/gate', payload: data, retain: true, correlation: null },
    ])
  })

  test('empties the topic of a state that is withdrawn', () => {
    for (const kind of ['state', 'availability', 'location', 'gateway', 'gateway_availability'] as const)
      expect(made({ kind, subject: 'x', data: null })).toMatchObject([{ payload: '', retain: true }])
  })

  test('answers who asked beside the own topic, and only there where there is none', () => {
    const replyTo = JSON.stringify({ kind: 'mqtt', topic: 'mine/answers', correlation: 'AQI=' })
    const answer = { topic: 'mine/answers', payload: '{}', retain: false, correlation: Buffer.from([1, 2]) }
    expect(made({ kind: 'result', subject: 'gate', replyTo })).toEqual([
      { topic: 'hub/gate/result', payload: '{}', retain: false, correlation: null },
      answer,
    ])
    expect(made({ kind: 'result', replyTo })).toEqual([answer])
  })

  test('takes what left an announcement down before the new one', () => {
    const [removal, document, ...others] = made({
      kind: 'announcement',
      subject: 'homeassistant/device/x/config',
      replaced: '{"cmps":{"a":{"p":"sensor"},"b":{"p":"switch"}}}',
      data: '{"cmps":{"b":{"p":"switch"}}}',
    })
    expect(JSON.parse(removal?.payload ?? '').cmps).toEqual({ a: { p: 'sensor' }, b: { p: 'switch' } })
    expect(document?.payload).toBe('{"cmps":{"b":{"p":"switch"}}}')
    expect(others).toEqual([])
  })

  test.each([
    { kind: 'result', subject: '' },
    { kind: 'state', subject: 'a/b' },
    { kind: 'state', subject: '+' },
    { kind: 'announcement', subject: '' },
    { kind: 'of a newer hub' as EventKind, subject: 'x' },
  ] as const)('refuses what has no topic: %j', (event) => {
    expect(() => made(event)).toThrow()
    expect(() => retainedOf(recorded(event), 'hub')).toThrow()
  })
})

test('all states are published in the order of the kinds, announcements first', () => {
  const lasting = (Object.keys(eventKinds) as EventKind[]).filter((kind) => eventKinds[kind].lasts)
  expect(lasting.sort()[0]).toBe('announcement')
})
