import type { Cause } from '../../message/submit-outcome.ts'
import type { DefaultAlphabet } from '../../smpp/message-alphabet.ts'
import type { PartForm } from '../../smpp/message-body.ts'

export const bindModes = ['transceiver', 'both', 'transmitter'] as const
/** `both`: a transmitter and a receiver, on a connection each. */
export type BindMode = (typeof bindModes)[number]

export const validityForms = ['relative', 'absolute', 'none'] as const
export type ValidityForm = (typeof validityForms)[number]

/** Type of number and numbering plan (SMPP 3.4 clauses 5.2.5, 5.2.6). */
export interface Plan {
  readonly ton?: number | undefined
  readonly npi?: number | undefined
}

/** The account at an SMSC, and how that takes texts. */
export interface SmppOptions {
  readonly id: string
  /** The next one is tried where one does not answer. */
  readonly hosts: readonly string[]
  readonly port: number
  readonly tls: SmppTls | null
  readonly systemId: string
  readonly password: string
  readonly systemType: string
  readonly bind: BindMode
  readonly addressRange: string
  /** Who the texts are from; empty leaves it to the SMSC. */
  readonly sender: string
  readonly senderPlan: Plan
  readonly recipientPlan: Plan
  readonly serviceType: string
  readonly alphabet: DefaultAlphabet
  readonly dataCoding: number
  readonly parts: PartForm
  readonly validity: ValidityForm
  /** Receipts have no mark in `esm_class`: their words count. */
  readonly receiptsByText: boolean
  readonly statuses: ReadonlyMap<number, Cause['next']>
  readonly window: number
  readonly gapMs: number
  readonly enquireMs: number
  readonly responseMs: number
}

/** PEM. */
export interface SmppTls {
  readonly ca?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
  /** The name in the certificate, where it is not the host. */
  readonly serverName?: string | undefined
}
