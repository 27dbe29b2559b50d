import { describe, expect, test } from '@jest/globals'
import { eventSchemas, webhookSchemas } from '../../src/api/public-events.ts'
import { contentOf } from '../../src/ledger/webhooks/content.ts'
import { happenings } from '../../src/message/happenings.ts'
import { deviceOf, type EventKind, eventKinds, eventOf, type HubEvent, happening } from '../../src/message/hub-event.ts'
import { maySee, publicEventOf, publicKinds } from '../../src/message/public-event.ts'
import {
  type PublicEventType,
  publicEventTypes,
  publicTypeNames,
  selects,
  typeFilters,
} from '../../src/message/public-event-types.ts'
import type { Rights } from '../../src/message/rights.ts'
import { commandStatuses, smsStatuses } from '../../src/message/status.ts'
import { Ledger, second } from '../support/ledger.ts'

const at = Date.parse('2026-11-22T17:40:12.031Z')

/** Kinds that programs do not see, by decision. */
const notPublic: readonly EventKind[] = [
  'repeated_result',
  'repeated_sms_status',
  'unkept_result',
  'unkept_sms_status',
  'location',
  'gateway_availability',
  'info',
  'health',
  'devices',
  'profile',
  'answer',
  'announcement',
  'dialect',
  'dialect_state',
]

/** What the ledger emits while a text and a command of a device live, with a reply and a late report. */
function emitted(): HubEvent[] {
  const ledger = new Ledger()
  ledger.queue()
  ledger.sent(ledger.write(), 7)
  ledger.report(7)
  ledger.command()
  const seq = ledger.write()
  ledger.sent(seq, 8)
  ledger.report(8, { recipient: '+4915112345602' })
  ledger.pass(second)
  ledger.reply(seq)
  ledger.queue({ expiresAt: ledger.now + second })
  ledger.pass(2 * second)
  return ledger.run('waitingEvents', { outlet: 'mqtt', known: [], limit: 1_000 }).map(eventOf)
}

const sms = (status: string, device: string | null = null): HubEvent => {
  const event = emitted().find(({ kind }) => kind === 'sms_status') as HubEvent<'sms_status'>
  return { ...event, data: { ...event.data, status: status as never, device } }
}

const result = (over: Partial<HubEvent<'result'>['data']>): HubEvent => {
  const event = emitted().find(({ kind }) => kind === 'result') as HubEvent<'result'>
  return { ...event, data: { ...event.data, ...over } }
}

describe('the table of public events', () => {
  test('every kind of event is public, or is known not to be', () => {
    expect([...publicKinds, ...notPublic].sort()).toEqual(Object.keys(eventKinds).sort())
  })

  test('whatever the ledger emits has the form of its type, and none is left out', () => {
    const seen = new Set<string>()
    for (const event of emitted()) {
      const made = publicEventOf(event, at)
      if (made === null) throw new Error(`${event.kind} has no type`)
      const { device, ...body } = made
      // By it the store finds the events of a device.
      expect(deviceOf(event)).toBe(device)
      expect(eventSchemas[made.type].schema.safeParse(body)).toMatchObject({ success: true })
      for (const isThin of [false, true]) {
        const sent = JSON.parse(contentOf(made, 7, isThin))
        expect(webhookSchemas[made.type].schema.safeParse(sent)).toMatchObject({ success: true })
      }
      expect(made.timestamp).toBe('2026-11-22T17:40:12.031Z')
      seen.add(made.type)
    }
    expect([...seen].sort()).toEqual([
      'command.completed',
      'command.updated',
      'message.delivered',
      'message.expired',
      'message.queued',
      'message.sending',
      'message.sent',
    ])
  })

  test('every status of a text is a type of its own', () => {
    expect(smsStatuses.map((status) => publicEventOf(sms(status), at)?.type)).toEqual(
      smsStatuses.map((status) => `message.${status}`),
    )
  })

  test.each([
    [{ status: 'queued', final: false, ok: null }, 'command.updated'],
    [{ status: 'in_doubt', final: false, ok: null }, 'command.updated'],
    [{ status: 'replied', final: true, ok: true }, 'command.completed'],
    [{ status: 'sent', final: true, ok: true }, 'command.completed'],
    [{ status: 'delivered', final: true, ok: null }, 'command.completed'],
    [{ status: 'replied', final: true, ok: false }, 'command.failed'],
  ] as const)('a result with %j is %s', (over, type) => {
    expect(publicEventOf(result(over), at)?.type).toBe(type)
  })

  test('every other final status of a command is a failure', () => {
    const ended = commandStatuses.filter((status) => !['replied', 'sent', 'delivered'].includes(status))
    for (const status of ended)
      expect(publicEventOf(result({ status, final: true, ok: null }), at)?.type).toBe('command.failed')
  })

  test('the answer to a request about a text to a person is no event of a device', () => {
    expect(publicEventOf({ ...result({}), subject: '' } as HubEvent, at)).toBeNull()
  })

  test('every event of the hub itself has a type, and one of another version has none', () => {
    for (const [name, type] of Object.entries(happenings))
      expect(publicEventOf(happening(name as keyof typeof happenings, { a: 1 }), at)).toEqual({
        type,
        timestamp: '2026-11-22T17:40:12.031Z',
        data: { a: 1 },
        device: null,
      })
    expect(publicEventOf(happening('toString' as never, {}), at)).toBeNull()
    expect(publicEventOf(happening('of_tomorrow' as never, {}), at)).toBeNull()
  })

  test('every type has a source, but for the test of a webhook', () => {
    const fromMessages = smsStatuses.map((status): PublicEventType => `message.${status}`)
    const others: PublicEventType[] = [
      'message.received',
      'call.received',
      'command.updated',
      'command.completed',
      'command.failed',
      'device.event',
      'device.state',
      'device.online',
      'device.offline',
      'gateway.state',
    ]
    const sources = [...fromMessages, ...others, ...Object.values(happenings)]
    expect(publicTypeNames.filter((type) => !sources.includes(type))).toEqual(['hub.ping'])
  })

  test('a received text is a message as in the list of messages', () => {
    const made = publicEventOf(
      {
        kind: 'received',
        subject: '',
        data: {
          id: 'in_1',
          from: '+4915112345678',
          device: 'gate',
          gateway: 'home',
          trust: 'number',
          text: 'opened',
          received_at: '2026-11-22T17:40:11.000Z',
          smsc_at: null,
          parts: 1,
          parsed: true,
          encoding: 'gsm7',
        },
      },
      at,
    )
    const { device, ...body } = made ?? {}
    expect(eventSchemas['message.received'].schema.safeParse(body)).toMatchObject({ success: true })
    expect([device, body]).toMatchObject([
      'gate',
      { type: 'message.received', data: { id: 'in_1', direction: 'in', status: 'received', text: 'opened' } },
    ])
  })

  test('a state names its device or gateway, and a withdrawn one is no event', () => {
    const made = (event: HubEvent) => publicEventOf(event, at)
    expect(made({ kind: 'state', subject: 'gate', data: { gate: 'open' } })).toMatchObject({
      type: 'device.state',
      device: 'gate',
      data: { device: 'gate', state: { gate: 'open' } },
    })
    expect(made({ kind: 'availability', subject: 'gate', data: true })?.type).toBe('device.online')
    expect(made({ kind: 'availability', subject: 'gate', data: false })?.type).toBe('device.offline')
    expect(made({ kind: 'gateway', subject: 'home', data: { status: 'ready' } as never })).toMatchObject({
      type: 'gateway.state',
      data: { gateway: 'home', status: 'ready' },
    })
    expect(made({ kind: 'state', subject: 'gate', data: null })).toBeNull()
    expect(made({ kind: 'availability', subject: 'gate', data: null })).toBeNull()
    expect(made({ kind: 'gateway', subject: 'home', data: null })).toBeNull()
  })
})

describe('who sees which event', () => {
  const sees = (rights: Rights | null, device: string | null) =>
    publicTypeNames.filter((type) => maySee(rights, { type, device }))
  const areas = (types: readonly string[]) => [...new Set(types.map((type) => type.split('.')[0]))]

  test('an administrator, and the hub itself, see all', () => {
    expect(sees({ role: 'admin' }, null)).toEqual(publicTypeNames)
    expect(sees(null, null)).toEqual(publicTypeNames)
  })

  test('nobody without a role sees any', () => expect(sees({}, 'gate')).toEqual([]))

  test('a reader sees devices, their texts and gateways, and no texts of people', () => {
    expect(areas(sees({ role: 'reader' }, null))).toEqual(['command', 'device', 'gateway'])
    expect(maySee({ role: 'reader' }, { type: 'message.received', device: 'gate' })).toBe(true)
    expect(sees({ role: 'reader' }, 'gate')).toEqual(publicTypeNames)
  })

  test('somebody who is restricted to devices sees these, the gateways, and nothing of others', () => {
    const rights: Rights = { role: 'admin', devices: ['gate'] }
    expect(sees(rights, 'gate')).toEqual(publicTypeNames)
    expect(sees(rights, 'van')).toEqual([])
    expect(areas(sees(rights, null))).toEqual(['call', 'gateway'])
  })

  test('the events of a webhook are for administrators', () => {
    expect(maySee({ role: 'home_assistant' }, { type: 'webhook.failing', device: null })).toBe(false)
  })
})

describe('filters of types', () => {
  test.each([
    [['message.*'], 'message.sent', true],
    [['message.*'], 'message', false],
    [['command.*', 'message.received'], 'message.received', true],
    [['command.*', 'message.received'], 'message.sent', false],
    [['*'], 'message.sent', false],
    [[], 'message.sent', false],
  ])('%j selects %s: %s', (filters, type, selected) => expect(selects(filters, type)).toBe(selected))

  test('every filter that is offered selects something', () => {
    for (const filter of typeFilters) expect(publicTypeNames.some((type) => selects([filter], type))).toBe(true)
    expect(typeFilters).toContain('device.*')
  })

  test('the form of every type is known', () => {
    expect(Object.keys(eventSchemas)).toEqual(Object.keys(publicEventTypes))
  })
})
