import { expect, test } from '@jest/globals'
import { Metrics } from '../../src/http/metrics.ts'
import type { Observations } from '../../src/message/events.ts'
import type { HubEvent } from '../../src/message/hub-event.ts'
import { Emitter } from '../../src/util/emitter.ts'

const counts = { queued: 0, open: 0, publications: 0, parked: 0, quarantined: 0, copies: 0, strangers: 0 }

test('the figures count texts by their steps, and commands of devices by how they end', async () => {
  const events = new Emitter<Observations>((_, error) => {
    throw error
  })
  const metrics = new Metrics(
    { events, counts: async () => ({ ...counts, oldestQueuedAt: null }), mqttConnected: () => true },
    '1.0.0',
  )
  const publish = (kind: HubEvent['kind'], subject: string, data: object) =>
    events.emit('published', { event: { kind, subject, data } as unknown as HubEvent, topics: [] })
  publish('received', '', { from: '+491' })
  for (const status of ['queued', 'sent', 'sent']) publish('sms_status', '', { status })
  publish('result', 'gate', { status: 'sent', final: false, elapsed_ms: 500 })
  publish('result', 'gate', { status: 'replied', final: true, elapsed_ms: 1_500 })
  // The answer to whoever sent a text to a person: that is no command of a device.
  publish('result', '', { status: 'sent', final: true, elapsed_ms: 1_500 })
  publish('state', 'result', { status: 'replied', final: true, elapsed_ms: 1_500 })
  const { body } = await metrics.render()
  const figures = body
    .split('\n')
    .filter((line) => /^smshub_(commands|messages|command_duration_seconds_sum)/.test(line))
  expect(figures).toEqual([
    'smshub_commands_total{status="replied"} 1',
    'smshub_messages_total{direction="in",status="received"} 1',
    'smshub_messages_total{direction="out",status="queued"} 1',
    'smshub_messages_total{direction="out",status="sent"} 2',
    'smshub_command_duration_seconds_sum 1.5',
  ])
})
