import type { Address } from './address.ts'
import type { DeliveryReport } from './report.ts'
import type { Concat } from './segment.ts'
import type { TrustLevel } from './trust.ts'

/** A file of a mail: its name and type only, as it is not kept. */
export interface Attachment {
  readonly name: string | null
  readonly type: string
  readonly octets: number
}

/** What a text has besides where it was a mail. */
export interface Mail {
  /** Ids of the devices that it may be of: those of its recipient, its user or its sender. */
  readonly devices: readonly string[]
  /** How well it is proven that it is from one of them. */
  readonly proof: TrustLevel
  readonly subject: string | null
  /** Its text without the subject; empty where it has none. */
  readonly body: string
  readonly attachments: readonly Attachment[]
}

/** A received text, or a segment of one, from any kind of gateway. */
export interface IncomingSegment {
  readonly from: Address
  readonly text?: string
  /** Hex, for a message of octets. */
  readonly data?: string
  readonly encoding: 'gsm7' | 'ucs2' | 'utf8' | 'data'
  /** Octets without a port, not compressed: they may be text. */
  readonly mayBeText: boolean
  /** Octets for WAP Push, as notifications of an MMS are. */
  readonly isWapPush: boolean
  /** null for a message of its own. */
  readonly concat: Concat | null
  /** When its service centre accepted it, in ms by the centre's clock; null where that can't be read. */
  readonly scts: number | null
  /** The service centre whose clock that is. */
  readonly centre: string | null
  /** Properties of its route that are hard to forge; null where the gateway does not show them. */
  readonly route: string | null
  /** Only part of it could be decoded. */
  readonly damaged: boolean
  readonly mail?: Mail
}

/** A stored message, decoded. */
export type Incoming =
  | { readonly kind: 'text'; readonly segment: IncomingSegment }
  | { readonly kind: 'report'; readonly report: DeliveryReport }
  | { readonly kind: 'undecodable'; readonly reason: string; readonly detail: Readonly<Record<string, unknown>> }

/** Decodes one form of messages of a kind of gateway. */
export type Decoder = (body: string) => Incoming
