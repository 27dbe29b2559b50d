import { readFileSync } from 'node:fs'
import type { Config } from '../config/schema.ts'
import type { SmppServerConfig } from '../config/smppserver-config.ts'
import type { SmppClientState } from '../message/smpp-clients.ts'
import type { SmppDoor, SmppDoorDeps } from '../smppserver/smpp-door.ts'
import { clientOf, type SmppUser } from '../smppserver/smpp-user.ts'
import { passwordProof } from './door-passwords.ts'

export interface SmppPartDeps extends Omit<SmppDoorDeps, 'settings' | 'prove'> {
  readonly config: Pick<Config, 'smppserver'>
  /** A wrong password was given. */
  unproven(): void
}

/** The door for systems that bind by SMPP, where it is configured. */
export class SmppPart {
  readonly #deps: SmppPartDeps
  #door: SmppDoor | null = null

  constructor(deps: SmppPartDeps) {
    this.#deps = deps
  }

  /** Whether it listens; null where it is not configured. */
  get isOpen(): boolean | null {
    return this.#deps.config.smppserver === undefined ? null : (this.#door?.isOpen ?? false)
  }

  get clients(): readonly SmppClientState[] {
    return this.#door?.clients ?? []
  }

  async start(): Promise<void> {
    const { config } = this.#deps
    const { smppserver } = config
    if (smppserver === undefined) return
    const { SmppDoor } = await import('../smppserver/smpp-door.ts')
    const { listen, cert, key } = smppserver
    this.#door = new SmppDoor({
      ...this.#deps,
      settings: {
        listen,
        tls: cert === undefined || key === undefined ? null : { cert: readFileSync(cert), key: readFileSync(key) },
        users: Object.entries(smppserver.users).map(([id, row]) => userOf(id, row)),
      },
      prove: passwordProof(smppserver.users, this.#deps),
    })
    await this.#door.start()
  }

  async stop(): Promise<void> {
    await this.#door?.stop()
  }
}

const dayMs = 86_400_000

function userOf(id: string, row: SmppServerConfig['users'][string]): SmppUser {
  return {
    id,
    addresses: row.addresses,
    binds: row.binds,
    maxBinds: row.max_binds,
    window: row.window,
    toAny: row.recipients === 'any',
    // No limit at all is one that is never reached.
    perHour: row.per_hour === undefined ? null : (row.per_hour ?? Number.POSITIVE_INFINITY),
    perSecond: row.per_second,
    senders: row.senders === undefined ? null : new Map(Object.entries(row.senders)),
    alphabet: row.alphabet,
    receives: row.receives.includes('all') ? 'all' : row.receives,
    deviceTexts: row.device_texts,
    longTexts: row.long_texts,
    deliverWindow: row.deliver_window,
    keepMs: row.keep_days * dayMs,
    repeatMs: row.repeat_window * 1_000,
  }
}

/** The outlets of those who may bind, with the events that they get. */
export const smppOutlets = (config: SmppServerConfig | undefined): Record<string, 'answers' | 'texts'> =>
  Object.fromEntries(
    Object.entries(config?.users ?? {}).map(([id, { receives }]) => [
      clientOf(id),
      receives.length === 0 ? 'answers' : 'texts',
    ]),
  )
