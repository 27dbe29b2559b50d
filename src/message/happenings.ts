import type { PublicEventType } from './public-event-types.ts'

/**
 * Every event of the hub itself, with its type for programs: `bridge/event` has the name, and the public events have
 * the type.
 */
export const happenings = {
  conversation_read: 'conversation.read',
  device_added: 'device.added',
  device_removed: 'device.removed',
  gateway_back: 'gateway.up',
  gateway_lost: 'gateway.down',
  queue_paused: 'queue.paused',
  queue_resumed: 'queue.resumed',
  webhook_failing: 'webhook.failing',
  clock_behind: 'hub.clock_behind',
  clock_right: 'hub.clock_right',
  refused: 'hub.refused',
  text_flood: 'hub.text_flood',
  undecodable: 'hub.undecodable',
  unknown_text: 'hub.unknown_text',
  unmatched_report: 'hub.unmatched_report',
} as const satisfies Readonly<Record<string, PublicEventType>>

export type HappeningType = keyof typeof happenings
