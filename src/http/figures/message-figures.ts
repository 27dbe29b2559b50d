import { Counter, Histogram, type Registry } from 'prom-client'
import type { PublishedEvent } from '../../message/events.ts'
import type { ReceivedDocument } from '../../message/received.ts'
import type { ResultDocument, SmsStatusDocument } from '../../message/result.ts'
import { commandStatuses, smsStatuses } from '../../message/status.ts'

/** A message that no gateway has had. */
const none = 'none'
/** A gateway that is not in the configuration any more. */
const other = 'other'

/**
 * Messages and commands, counted from published events: the same figures that clients see. Series begin with 0, as the
 * first increase of one that begins with 1 is none for Prometheus.
 */
export function messageFigures(registry: Registry, gateways: readonly string[]): (published: PublishedEvent) => void {
  const registers = [registry]
  const messages = new Counter({
    name: 'smshub_messages_total',
    help: `Steps of messages: direction out by the status that was reached, direction in received; gateway ${none} had not been chosen yet`,
    labelNames: ['direction', 'status', 'gateway'],
    registers,
  })
  const segments = new Counter({
    name: 'smshub_message_segments_total',
    help: 'Segments of messages that the network has accepted (direction out) and that were received (in)',
    labelNames: ['direction', 'gateway'],
    registers,
  })
  const delivery = new Histogram({
    name: 'smshub_delivery_duration_seconds',
    help: 'Time from a message being accepted by the network until its delivery was reported',
    buckets: [1, 2, 5, 10, 30, 60, 300, 900, 3600],
    registers,
  })
  const commands = new Counter({
    name: 'smshub_commands_total',
    help: 'Commands of devices by final status',
    labelNames: ['status'],
    registers,
  })
  const duration = new Histogram({
    name: 'smshub_command_duration_seconds',
    help: 'Time from the request of a command of a device to its final status',
    buckets: [1, 2, 5, 10, 20, 30, 60, 120, 300, 900],
    registers,
  })
  for (const gateway of gateways) {
    for (const status of smsStatuses) messages.inc({ direction: 'out', status, gateway }, 0)
    messages.inc({ direction: 'in', status: 'received', gateway }, 0)
    for (const direction of ['in', 'out']) segments.inc({ direction, gateway }, 0)
  }
  for (const status of commandStatuses) commands.inc({ status }, 0)
  const labelOf = (gateway: string | null) => (gateway === null ? none : gateways.includes(gateway) ? gateway : other)

  function sent({ status, in_doubt, gateway: id, parts, sent_at, at }: SmsStatusDocument): void {
    // Its status is the same as before.
    if (in_doubt && status === 'sending') return
    const gateway = labelOf(id)
    messages.inc({ direction: 'out', status, gateway })
    if (status === 'sent') segments.inc({ direction: 'out', gateway }, parts)
    if (status === 'delivered' && sent_at !== undefined)
      delivery.observe(Math.max(0, Date.parse(at) - Date.parse(sent_at)) / 1000)
  }

  function received({ gateway: id, parts }: ReceivedDocument): void {
    const gateway = labelOf(id)
    messages.inc({ direction: 'in', status: 'received', gateway })
    segments.inc({ direction: 'in', gateway }, parts)
  }

  function ended({ status, elapsed_ms }: ResultDocument): void {
    commands.inc({ status })
    duration.observe(elapsed_ms / 1000)
  }

  return ({ event: { kind, subject, data } }) => {
    if (kind === 'received') received(data)
    else if (kind === 'sms_status' || kind === 'unkept_sms_status') sent(data)
    // Without a subject it answers whoever asked: that is no command of a device.
    else if ((kind === 'result' || kind === 'unkept_result') && subject !== '' && data.final) ended(data)
  }
}
