import type { RetainedMessage } from '../../message/broker-session.ts'

/** A packet in the form of aedes. */
export interface BrokerPacket {
  cmd: string
  brokerId?: string
  brokerCounter?: number
  topic: string
  payload: Uint8Array | string
  qos: number
  retain: boolean
  dup?: boolean
  messageId?: number | undefined
}

/** A row of the store as a packet. Its origin is its position, as the run that made it has ended. */
export function restored(
  { seq, qos, messageId }: { readonly seq: number; readonly qos: number; readonly messageId: number | null },
  { topic, payload }: { readonly topic: string; readonly payload: Uint8Array },
): BrokerPacket {
  return {
    cmd: 'publish',
    brokerId: 'saved',
    brokerCounter: seq,
    topic,
    payload: bufferOf(payload),
    qos,
    retain: false,
    dup: false,
    messageId: messageId ?? undefined,
  }
}

/** A copy without packet identifier. */
export function copyOf({
  cmd,
  brokerId,
  brokerCounter,
  topic,
  payload,
  qos,
  retain,
  dup = false,
}: BrokerPacket): BrokerPacket {
  const origin = { ...(brokerId !== undefined && { brokerId }), ...(brokerCounter !== undefined && { brokerCounter }) }
  return { cmd, ...origin, topic, payload, qos, retain, dup, messageId: undefined }
}

export function retainedPacket({ topic, payload, qos }: RetainedMessage): BrokerPacket {
  return {
    cmd: 'publish',
    topic,
    payload: bufferOf(payload),
    qos,
    retain: true,
  }
}

/** A copy: a payload is a slice of the received chunk, which must not be retained for it. */
export function octets(payload: Uint8Array | string): Uint8Array {
  return typeof payload === 'string' ? new TextEncoder().encode(payload) : new Uint8Array(payload)
}

export function detached(payload: Uint8Array | string): Uint8Array | string {
  return typeof payload === 'string' ? payload : Buffer.from(payload)
}

/** The same octets. */
export function bufferOf(payload: Uint8Array): Buffer {
  return Buffer.from(payload.buffer, payload.byteOffset, payload.length)
}
