import type { FiledMessage } from '../ledger/inbox/inbox.ts'
import type { Decoder, Incoming } from '../message/incoming.ts'

/** Decodes a stored message with the decoder of its form. Messages without a decoder are kept. */
export function decode({ form, body }: FiledMessage, decoders: Readonly<Record<string, Decoder>>): Incoming {
  const decoder = Object.hasOwn(decoders, form) ? decoders[form] : undefined
  return decoder?.(body) ?? { kind: 'undecodable', reason: `no gateway here brings ${form}`, detail: {} }
}
