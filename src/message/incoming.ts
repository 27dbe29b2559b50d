import type { Address } from './address.ts'
import type { DeliveryReport } from './report.ts'
import type { Concat } from './segment.ts'

/** A text that came in, or a segment of one, whichever kind of gateway it came through. */
export interface IncomingSegment {
  readonly from: Address
  readonly text?: string
  /** Hex, for a message of octets. */
  readonly data?: string
  readonly encoding: 'gsm7' | 'ucs2' | 'data'
  /** Octets for nobody in particular: no port, not compressed. */
  readonly mayBeText: boolean
  /** null for a message of its own. */
  readonly concat: Concat | null
  /** When its service centre took it, in ms by its own clock; null where that can't be read. */
  readonly scts: number | null
  /** The service centre whose time that is. */
  readonly centre: string | null
  /** How it came, as far as a forger could not easily do the same; null where the gateway does not show it. */
  readonly route: string | null
  /** Only a part of it could be read. */
  readonly damaged: boolean
}

/** What a filed message turns out to be. */
export type Incoming =
  | { readonly kind: 'text'; readonly segment: IncomingSegment }
  | { readonly kind: 'report'; readonly report: DeliveryReport }
  | { readonly kind: 'undecodable'; readonly reason: string; readonly detail: Readonly<Record<string, unknown>> }

/** Reads what a kind of gateway brings in one of its forms. */
export type Decoder = (body: string) => Incoming
