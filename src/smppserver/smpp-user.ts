import type { BindRole } from '../message/smpp-clients.ts'
import type { DefaultAlphabet } from '../smpp/message-alphabet.ts'

/** A system that may bind, as the configuration has it. */
export interface SmppUser {
  /** `system_id`. */
  readonly id: string
  /** Networks that it may connect from; none is anywhere. */
  readonly addresses: readonly string[]
  readonly binds: readonly BindRole[]
  readonly maxBinds: number
  /** Submissions that are stored at once. */
  readonly window: number
  /** Whether it may send to numbers that are neither contacts nor devices. */
  readonly toAny: boolean
  /** Texts an hour; null for that of any client. */
  readonly perHour: number | null
  /** SMS a second; null without a limit. */
  readonly perSecond: number | null
  /** Gateways by the source address that selects them; null where it has no effect. */
  readonly senders: ReadonlyMap<string, string> | null
  readonly alphabet: DefaultAlphabet
  /** Gateways whose texts it gets. */
  readonly receives: readonly string[] | 'all'
  readonly deviceTexts: boolean
  readonly longTexts: 'udh' | 'sar' | 'payload'
  readonly deliverWindow: number
  /** What waits for it is given up after this time. */
  readonly keepMs: number
  /** Within this time the same submission is a repetition; 0 for never. */
  readonly repeatMs: number
}

/** Key of its quotas and the name of its outlet: no other client of the hub has it. */
export const clientOf = (id: string): string => `smpp:${id}`
