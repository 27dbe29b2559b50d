import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { CarrierApi } from '../../carrier/carrier-api.ts'
import { filled } from '../../carrier/fill.ts'
import type { Clock } from '../../util/clock.ts'
import { HttpGateway } from './http-gateway.ts'

/** The configuration of an account at a carrier with an HTTP interface. */
export interface HttpConfig {
  readonly user?: string | undefined
  readonly secret?: string | undefined
  readonly sender?: string | undefined
  readonly number?: string | undefined
  readonly account: Readonly<Record<string, string>>
  readonly webhooks: boolean
  readonly signing_secret?: string | undefined
  readonly poll?: number | undefined
  readonly timeout: number
  readonly ca?: string | undefined
  readonly window?: number | undefined
  /** Seconds between two messages. */
  readonly gap: number
}

export interface HttpDeps {
  readonly clock: Clock
  readonly api: CarrierApi
  /** The address of the hub for others, `http.url`; null without one. */
  readonly hubUrl: string | null
}

/** Connections to one carrier at once. */
const usualWindow = 10

export function makeHttp(id: string, row: HttpConfig, { clock, api, hubUrl }: HttpDeps): HttpGateway {
  const { user, secret = '', sender = row.number, account } = row
  const digits = (text: string | undefined) => (api.number !== 'plus' ? text?.replace(/^\+(?=\d)/, '') : text)
  const given = { user, secret, sender: digits(sender) }
  const present = Object.entries(given).filter((one): one is [string, string] => one[1] !== undefined && one[1] !== '')
  return new HttpGateway(
    {
      id,
      api: { ...api, base: filled(api.base, account) ?? api.base },
      account: { ...account, ...Object.fromEntries(present) },
      signingSecret: row.signing_secret ?? secret,
      hookUrl:
        row.webhooks && hubUrl !== null ? `${hubUrl.replace(/\/$/, '')}/hooks/${id}/${hookToken(id, row)}` : null,
      pollSeconds: row.poll ?? null,
      timeoutMs: row.timeout * 1_000,
      gapMs: row.gap * 1_000,
      window: row.window ?? api.window ?? usualWindow,
      ca: row.ca === undefined ? null : readFileSync(row.ca, 'utf8'),
    },
    clock,
  )
}

/** The part of the address that only the carrier knows; the same after each start. */
export function hookToken(id: string, { secret = '', signing_secret = '' }: HttpConfig): string {
  return createHmac('sha256', `${secret}\n${signing_secret}`).update(`hook ${id}`).digest('base64url').slice(0, 24)
}
