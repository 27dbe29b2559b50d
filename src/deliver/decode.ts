import type { FiledMessage } from '../ledger/inbox/inbox.ts'
import type { Decoder, Incoming } from '../message/incoming.ts'

/** Reads a filed message as the kind of gateway does that brings this form. What nobody here reads is kept. */
export function decode({ form, body }: FiledMessage, decoders: Readonly<Record<string, Decoder>>): Incoming {
  const decoder = Object.hasOwn(decoders, form) ? decoders[form] : undefined
  return decoder?.(body) ?? { kind: 'undecodable', reason: `no gateway here brings ${form}`, detail: {} }
}
