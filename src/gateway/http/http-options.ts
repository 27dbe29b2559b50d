import type { CarrierApi } from '../../carrier/carrier-api.ts'

/** An account at a carrier, and its interface. */
export interface HttpOptions {
  readonly id: string
  readonly api: CarrierApi
  /** What is filled into the requests: `user`, `secret`, `sender` and keys of the carrier's own. */
  readonly account: Readonly<Record<string, string>>
  /** What webhooks are signed with. */
  readonly signingSecret: string
  /** Where the carrier reaches the hub, with the secret part of the path; null where it can't. */
  readonly hookUrl: string | null
  /** Seconds between two questions instead of those of the interface. */
  readonly pollSeconds: number | null
  readonly timeoutMs: number
  readonly gapMs: number
  readonly window: number
  /** PEM. */
  readonly ca: string | null
}
