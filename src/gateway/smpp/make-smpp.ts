import { readFileSync } from 'node:fs'
import type { Cause } from '../../message/submit-outcome.ts'
import type { DefaultAlphabet } from '../../smpp/message-alphabet.ts'
import type { PartForm } from '../../smpp/message-body.ts'
import type { Clock } from '../../util/clock.ts'
import { SmppGateway } from './smpp-gateway.ts'
import type { BindMode, Plan, ValidityForm } from './smpp-options.ts'

/** The configuration of an account at an SMSC. */
export interface SmppConfig {
  readonly host: readonly string[]
  readonly port: number
  /** Paths of PEM files. */
  readonly tls: {
    readonly ca?: string | undefined
    readonly cert?: string | undefined
    readonly key?: string | undefined
    readonly server_name?: string | undefined
  } | null
  readonly system_id: string
  readonly password: string
  readonly system_type: string
  readonly bind: BindMode
  readonly address_range: string
  readonly sender?: string | undefined
  readonly number?: string | undefined
  readonly sender_plan: Plan
  readonly recipient_plan: Plan
  readonly service_type: string
  readonly alphabet: DefaultAlphabet
  readonly data_coding: number
  readonly parts: PartForm
  readonly validity: ValidityForm
  readonly receipts: 'marked' | 'text'
  readonly statuses: Readonly<Record<string, Cause['next']>>
  readonly enquire_link: number
  readonly response_timeout: number
  readonly window?: number | undefined
  /** Seconds between two messages. */
  readonly gap: number
}

/** SMSCs close connections of those that have more under way than agreed; ten is what most allow. */
const usualWindow = 10

export function makeSmpp(id: string, row: SmppConfig, { clock }: { readonly clock: Clock }): SmppGateway {
  const { tls } = row
  const pem = (path: string | undefined) => (path === undefined ? undefined : readFileSync(path, 'utf8'))
  const options = {
    id,
    hosts: row.host,
    port: row.port,
    tls: tls && { ca: pem(tls.ca), cert: pem(tls.cert), key: pem(tls.key), serverName: tls.server_name },
    systemId: row.system_id,
    password: row.password,
    systemType: row.system_type,
    bind: row.bind,
    addressRange: row.address_range,
    sender: row.sender ?? row.number ?? '',
    senderPlan: row.sender_plan,
    recipientPlan: row.recipient_plan,
    serviceType: row.service_type,
    alphabet: row.alphabet,
    dataCoding: row.data_coding,
    parts: row.parts,
    validity: row.validity,
    receiptsByText: row.receipts === 'text',
    statuses: new Map(Object.entries(row.statuses).map(([code, next]) => [Number.parseInt(code, 16), next])),
    window: row.window ?? usualWindow,
    gapMs: row.gap * 1000,
    enquireMs: row.enquire_link * 1000,
    responseMs: row.response_timeout * 1000,
  }
  return new SmppGateway(options, clock)
}
