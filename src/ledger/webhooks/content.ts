import type { PublicEvent } from '../../message/public-event.ts'

/** Standard Webhooks asks for less. */
const maxOctets = 20_000

/** What names something and carries no content of it: what a receiver needs to ask the hub for the rest. */
export const thinNames: readonly string[] = [
  'id',
  'command_id',
  'message_id',
  'client_id',
  'device',
  'gateway',
  'webhook',
  'direction',
  'status',
  'command',
  'final',
  'ok',
  'event_type',
]

/**
 * The body of a message to an endpoint, the same for every attempt. `seq` puts events in order, as they can arrive in
 * another one. Of one that would be too long only the names are left.
 */
export function contentOf({ type, timestamp, data }: PublicEvent, seq: number, isThin: boolean): string {
  const thin = Object.fromEntries(Object.entries(data).filter(([name]) => thinNames.includes(name)))
  const write = (fields: object) => JSON.stringify({ type, timestamp, data: { ...fields, seq } })
  if (isThin) return write(thin)
  const full = write(data)
  return Buffer.byteLength(full) < maxOctets ? full : write({ ...thin, truncated: true })
}
