import type { Clock } from '../../../util/clock.ts'
import type { Token } from './framer.ts'

/** Receives what is not unsolicited. */
export interface Listener {
  token(token: Token): void
  /** The modem has reset: it has forgotten the command. */
  reset(sign: string): void
  lost(reason: string): void
}

/** The line as its listeners use it. */
export interface Line {
  readonly clock: Clock
  /** Why the port is lost; null while it is there. */
  readonly lost: string | null
  listen(listener: Listener | null, of?: { readonly prefix?: string; readonly echo: string } | null): void
  write(data: string): void
  /** Ends early when the port is lost. */
  sleep(ms: number): Promise<void>
}
