import type { PublishedError } from './fault.ts'
import { isoTime } from './result.ts'
import type { SmsStatus } from './status.ts'
import type { TrustLevel } from './trust.ts'

/**
 * A text to a device or person, a command that left as one or as a call, or a received text: the same in lists, events
 * and webhooks. Every key is always present; secrets are masked.
 */
export interface Message {
  /** `message_id`; that of the command where no text was made. */
  readonly id: string
  readonly direction: 'out' | 'in'
  readonly status: SmsStatus | 'received'
  /** It may have been sent, and the hub can't know yet, or ever. */
  readonly in_doubt: boolean
  readonly from: string | null
  readonly to: string | null
  readonly device: string | null
  readonly gateway: string | null
  readonly text: string | null
  /** Its text is shown to nobody, and gone once it is sent. */
  readonly private: boolean
  /** By it a text has more or fewer SMS; null for a call, for data, and where nothing was made. */
  readonly alphabet: 'gsm7' | 'ucs2' | null
  /** SMS of it. */
  readonly parts: number
  readonly parts_delivered: number
  /** Of all texts of the request, where it was for several. */
  readonly batch: string | null
  /** The command, such as `open` or `set door ON`; null for a text. */
  readonly command: string | null
  readonly command_id: string | null
  /** The `id` that the requester gave. */
  readonly client_id: string | null
  /** How well it is proven that a received text is from its device. */
  readonly trust: TrustLevel | null
  /** Why it waits, or how it ended. */
  readonly reason: string | null
  readonly error: PublishedError | null
  /** When it was queued or received. */
  readonly at: string
  /** When it is to be sent, or was; null is at once. */
  readonly send_at: string | null
  readonly sent_at: string | null
  readonly delivered_at: string | null
}

export type Direction = Message['direction']

/** A received text as stored. */
export interface ReceivedText {
  readonly id: string
  readonly from: string
  readonly device: string | null
  readonly gateway: string
  /** Null once it was redacted. */
  readonly text: string | null
  /** `gsm7`, `ucs2`, or of data. */
  readonly encoding: string | null
  readonly parts: number
  readonly trust: TrustLevel | null
  readonly receivedAt: number
}

export function receivedMessage({ encoding, ...received }: ReceivedText): Message {
  const { id, from, device, gateway, text, parts, trust, receivedAt } = received
  return {
    id,
    direction: 'in',
    status: 'received',
    in_doubt: false,
    from,
    to: null,
    device,
    gateway,
    text,
    private: false,
    alphabet: encoding === 'gsm7' || encoding === 'ucs2' ? encoding : null,
    parts,
    parts_delivered: parts,
    batch: null,
    command: null,
    command_id: null,
    client_id: null,
    trust,
    reason: null,
    error: null,
    at: isoTime(receivedAt),
    send_at: null,
    sent_at: null,
    delivered_at: null,
  }
}
