import type { Clock } from '../../util/clock.ts'
import { HilinkGateway } from './hilink-gateway.ts'

/** The configuration of a box with a HiLink page. */
export interface HilinkConfig {
  readonly address: string
  readonly user: string
  readonly password?: string | undefined
  /** Seconds, as the others. */
  readonly poll: number
  readonly timeout: number
  readonly gap: number
}

export function makeHilink(id: string, row: HilinkConfig, { clock }: { readonly clock: Clock }): HilinkGateway {
  const { address, user, password = null, poll, timeout, gap } = row
  const times = { pollMs: poll * 1_000, timeoutMs: timeout * 1_000, gapMs: gap * 1_000 }
  return new HilinkGateway({ id, address, user, password, ...times }, clock)
}
