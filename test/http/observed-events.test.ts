import { expect, test } from '@jest/globals'
import { Metrics } from '../../src/http/metrics.ts'
import type { Observations } from '../../src/message/events.ts'
import type { GatewayDocument } from '../../src/message/gateway-state.ts'
import type { HubEvent } from '../../src/message/hub-event.ts'
import type { Readings } from '../../src/message/readings.ts'
import { Emitter } from '../../src/util/emitter.ts'

const readings: Readings = {
  now: 100_000,
  healthy: true,
  mqttConnected: true,
  smpp: [],
  gateways: {},
  stored: {
    queued: 0,
    scheduled: 0,
    open: 0,
    quarantined: 0,
    oldestReadyAt: null,
    outlets: {},
    quotas: {},
    webhooks: {},
  },
}
const modem: GatewayDocument = {
  status: 'ready',
  network: 'roaming',
  signal_dbm: -71,
  storage_used: null,
  storage_total: null,
  last_error: null,
  recovering: null,
  recoveries: { reopen: 2 },
  queue: 3,
  sent_today: 4,
}

function observed() {
  const events = new Emitter<Observations>((_, error) => {
    throw error
  })
  const metrics = new Metrics({ version: '1.0.0', gateways: ['home'] })
  metrics.observe(events)
  return {
    events,
    publish: (kind: HubEvent['kind'], subject: string, data: object) =>
      events.emit('published', { event: { kind, subject, data } as unknown as HubEvent, topics: [] }),
    /** Lines that begin like this; of counters, those that are not 0. */
    lines: async (beginning: RegExp, over: Partial<Readings> = {}) => {
      const { body } = await metrics.render({ ...readings, ...over })
      return body.split('\n').filter((line) => beginning.test(line) && !/_total\{.*\} 0$/.test(line))
    },
  }
}

test('the figures count texts by their steps, and commands of devices by how they end', async () => {
  const { publish, lines } = observed()
  publish('received', '', { from: '+491', gateway: 'home', parts: 2 })
  publish('sms_status', '', { status: 'queued', gateway: null, parts: 3 })
  publish('sms_status', '', { status: 'sending', gateway: 'home', parts: 3 })
  // In doubt from here on, and still the same status.
  publish('sms_status', '', { status: 'sending', in_doubt: true, gateway: 'home', parts: 3 })
  for (const gateway of ['home', 'of last year']) publish('sms_status', '', { status: 'sent', gateway, parts: 3 })
  const [sent_at, at] = ['2026-11-22T12:00:00.000Z', '2026-11-22T12:00:07.500Z']
  publish('sms_status', '', { status: 'delivered', gateway: 'home', parts: 3, sent_at, at })
  publish('result', 'gate', { status: 'sent', final: false, elapsed_ms: 500 })
  publish('result', 'gate', { status: 'replied', final: true, elapsed_ms: 1_500 })
  // Rejected ones count, kept or not.
  for (const kind of ['result', 'unkept_result'] as const)
    publish(kind, 'gate', { status: 'rejected', final: true, elapsed_ms: 0 })
  // The answer to whoever sent a text to a person: that is no command of a device.
  publish('result', '', { status: 'sent', final: true, elapsed_ms: 1_500 })
  publish('state', 'result', { status: 'replied', final: true, elapsed_ms: 1_500 })
  const figures = await lines(/^smshub_(commands|messages|message_|(command|delivery)_duration_seconds_sum)/)
  expect(new Set(figures)).toEqual(
    new Set([
      'smshub_messages_total{direction="in",status="received",gateway="home"} 1',
      'smshub_messages_total{direction="out",status="sending",gateway="home"} 1',
      'smshub_messages_total{direction="out",status="sent",gateway="home"} 1',
      'smshub_messages_total{direction="out",status="delivered",gateway="home"} 1',
      'smshub_messages_total{direction="out",status="queued",gateway="none"} 1',
      'smshub_messages_total{direction="out",status="sent",gateway="other"} 1',
      'smshub_message_segments_total{direction="in",gateway="home"} 2',
      'smshub_message_segments_total{direction="out",gateway="home"} 3',
      'smshub_message_segments_total{direction="out",gateway="other"} 3',
      'smshub_delivery_duration_seconds_sum 7.5',
      'smshub_commands_total{status="replied"} 1',
      'smshub_commands_total{status="rejected"} 2',
      'smshub_command_duration_seconds_sum 1.5',
    ]),
  )
})

test('a gateway is shown as it is: what is not known any more is left out', async () => {
  const { lines } = observed()
  const figures = /^smshub_(gateway|quota)_/
  const stored = { ...readings.stored, quotas: { home: { day: 0.25, month: 1 } } }
  expect(await lines(figures, { gateways: { home: modem }, stored })).toEqual([
    'smshub_gateway_up{gateway="home"} 1',
    'smshub_gateway_registered{gateway="home"} 1',
    'smshub_gateway_signal_dbm{gateway="home"} -71',
    'smshub_gateway_queue_messages{gateway="home"} 3',
    'smshub_gateway_recoveries_total{gateway="home",rung="reopen"} 2',
    'smshub_quota_used_ratio{gateway="home",window="day"} 0.25',
    'smshub_quota_used_ratio{gateway="home",window="month"} 1',
  ])
  const gone: GatewayDocument = { ...modem, status: 'offline', network: 'unknown', signal_dbm: null }
  const { network: _, signal_dbm: __, storage_used: ___, storage_total: ____, ...link } = modem
  const degraded: GatewayDocument = { ...link, status: 'degraded', recoveries: {} }
  expect(await lines(figures, { gateways: { home: gone, carrier: degraded } })).toEqual([
    'smshub_gateway_up{gateway="home"} 0',
    'smshub_gateway_up{gateway="carrier"} 1',
    'smshub_gateway_registered{gateway="home"} 0',
    'smshub_gateway_queue_messages{gateway="home"} 3',
    'smshub_gateway_queue_messages{gateway="carrier"} 3',
    'smshub_gateway_recoveries_total{gateway="home",rung="reopen"} 2',
  ])
})

test('what waits is shown with its age, and the events of each outlet', async () => {
  const { lines } = observed()
  const outlets = { mqtt: { waiting: 7, parked: 1 } }
  const stored = {
    ...readings.stored,
    queued: 5,
    scheduled: 3,
    open: 2,
    quarantined: 1,
    oldestReadyAt: 40_000,
    outlets,
  }
  const figures = /^smshub_(queue|outlet|mqtt_connected|healthy)/
  expect(await lines(figures, { stored, mqttConnected: false, healthy: false })).toEqual([
    'smshub_healthy 0',
    'smshub_mqtt_connected 0',
    'smshub_queue_messages{state="queued"} 5',
    'smshub_queue_messages{state="scheduled"} 3',
    'smshub_queue_messages{state="open"} 2',
    'smshub_queue_messages{state="quarantined"} 1',
    'smshub_queue_oldest_seconds 60',
    'smshub_outlet_events{outlet="mqtt",state="waiting"} 7',
    'smshub_outlet_events{outlet="mqtt",state="parked"} 1',
  ])
  // An outlet that is removed, and a clock that was set back.
  const later = { ...readings.stored, oldestReadyAt: 200_000 }
  expect(await lines(/^smshub_(queue_oldest|outlet)/, { stored: later })).toEqual(['smshub_queue_oldest_seconds 0'])
})

test('attempts of webhooks are counted by outcome, and what waits is shown; of one that is removed nothing stays', async () => {
  const { lines } = observed()
  const webhooks = { panel: { ok: 7, failed: 2, dead: 0, backlog: 3 } }
  expect(await lines(/^smshub_webhook/, { stored: { ...readings.stored, webhooks } })).toEqual([
    'smshub_webhook_deliveries_total{endpoint="panel",outcome="ok"} 7',
    'smshub_webhook_deliveries_total{endpoint="panel",outcome="failed"} 2',
    'smshub_webhook_backlog{endpoint="panel"} 3',
  ])
  expect(await lines(/^smshub_webhook/)).toEqual([])
})

test('requests are counted by the pattern of their route', async () => {
  const { events, lines } = observed()
  events.emit('answered', { route: '/v1/messages/:id', method: 'GET', code: 200, seconds: 0.25 })
  events.emit('answered', { route: '/v1/events', method: 'GET', code: 200, seconds: null })
  events.emit('answered', { route: null, method: 'PROPFIND', code: 404, seconds: 0.5 })
  events.emit('unproven', { kind: 'key' })
  expect(await lines(/^smshub_auth/)).toEqual(['smshub_auth_failures_total{kind="key"} 1'])
  expect(await lines(/^smshub_api_(requests_total|request_duration_seconds_(sum|count))/)).toEqual([
    'smshub_api_requests_total{route="/v1/messages/:id",method="GET",code="200"} 1',
    'smshub_api_requests_total{route="/v1/events",method="GET",code="200"} 1',
    'smshub_api_requests_total{route="other",method="PROPFIND",code="404"} 1',
    'smshub_api_request_duration_seconds_sum{route="/v1/messages/:id"} 0.25',
    'smshub_api_request_duration_seconds_count{route="/v1/messages/:id"} 1',
    'smshub_api_request_duration_seconds_sum{route="other"} 0.5',
    'smshub_api_request_duration_seconds_count{route="other"} 1',
  ])
})
