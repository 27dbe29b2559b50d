import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { Fault } from '../message/fault.ts'
import type { SmppClientState } from '../message/smpp-clients.ts'
import type { Store } from '../store/store.ts'
import type { Clock } from '../util/clock.ts'
import { every } from '../util/every.ts'
import { isWithin, sourceOf } from '../util/networks.ts'
import { RefusalLog } from '../util/refusal-log.ts'
import { Refusal, statuses } from './command-status.ts'
import { type BindRequest, EsmeSession, type SessionAccount } from './esme-session.ts'
import { type AccountDeps, SmppAccount } from './smpp-account.ts'
import type { SmppUser } from './smpp-user.ts'

export interface SmppSettings {
  readonly listen: { readonly host: string; readonly port: number }
  /** PEM of the certificate and its key; null without TLS. */
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | null
  readonly users: readonly SmppUser[]
}

export interface SmppDoorDeps extends Omit<AccountDeps, 'user' | 'log'> {
  readonly settings: SmppSettings
  readonly store: Store
  readonly clock: Clock
  /** Rejects unless it is the password of the user: `not_allowed`, or `rate_limited` for who guesses. */
  prove(name: string, password: string, address: string): Promise<void>
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string): void
}

/** Connections that have not bound, of all and of one source; a bound one has its place of its user. */
const maxUnbound = 100
const maxUnboundOfSource = 20
/** Until a client has completed TLS. */
const handshakeMs = 10_000
/** Parts of texts that were never whole, and what waits for who is away, are looked for this often. */
const sweepMs = 60_000

/** Where other systems bind to the hub by SMPP 3.4. */
export class SmppDoor {
  readonly #deps: SmppDoorDeps
  readonly #accounts: ReadonlyMap<string, SmppAccount>
  readonly #refused: RefusalLog
  /** By connection, the source it comes from. */
  readonly #unbound = new Map<EsmeSession, string>()
  #server: Server | null = null
  #endSweep = () => {}

  constructor(deps: SmppDoorDeps) {
    const { settings, clock } = deps
    this.#deps = deps
    this.#accounts = new Map(settings.users.map((user) => [user.id, new SmppAccount({ ...deps, user })]))
    this.#refused = new RefusalLog(clock, (line) => deps.log('warn', line))
  }

  get isOpen(): boolean {
    return this.#server?.listening === true
  }

  /** Where it listens, as host:port. */
  get address(): string {
    const at = this.#server?.address()
    return typeof at === 'object' && at !== null ? `${at.address}:${at.port}` : 'nowhere'
  }

  get clients(): readonly SmppClientState[] {
    return [...this.#accounts.values()].map(({ state }) => state)
  }

  /** Rejects with `invalid_config` when it can't listen. */
  async start(): Promise<void> {
    const { settings, clock, log } = this.#deps
    const { listen, tls } = settings
    await this.#sweep()
    const failed = ({ message }: Error) => log('error', `parts that wait: ${message}`)
    this.#endSweep = every(clock, sweepMs, () => this.#sweep(), failed)
    const server = tls === null ? createServer() : createTlsServer({ ...tls, handshakeTimeout: handshakeMs })
    // Before its handshake, a connection by TLS is counted here alone.
    server.maxConnections = settings.users.reduce((sum, { maxBinds }) => sum + maxBinds, maxUnbound)
    server.on(tls === null ? 'connection' : 'secureConnection', (socket: Socket) => this.#open(socket))
    server.on('tlsClientError', ({ message }: Error, socket: Socket) => {
      this.#refused.add(socket.remoteAddress ?? 'a client', `no TLS: ${message}`)
    })
    this.#server = server
    await new Promise<void>((resolve, reject) => {
      const refused = ({ message }: Error) =>
        reject(
          new Fault('invalid_config', `smppserver.listen: ${listen.host}:${listen.port} can't be used: ${message}`),
        )
      server.once('error', refused)
      server.listen(listen.port, listen.host, () => {
        server.off('error', refused)
        server.on('error', ({ message }) => log('warn', message))
        resolve()
      })
    })
    for (const { deliveries } of this.#accounts.values()) deliveries.start()
    log('info', `clients bind by SMPP on ${this.address}${tls === null ? '' : ' with TLS'}`)
  }

  async stop(): Promise<void> {
    this.#endSweep()
    const server = this.#server
    if (server === null || !this.isOpen) return
    await Promise.all([...this.#accounts.values()].map(({ deliveries }) => deliveries.stop()))
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    const bound = [...this.#accounts.values()].flatMap(({ sessions }) => [...sessions])
    await Promise.all([...this.#unbound.keys(), ...bound].map((session) => session.stop()))
    await closed
  }

  async #sweep(): Promise<void> {
    const { store, now, log } = this.#deps
    for (const { client, parts } of await store.run('lapseParts', { now: now() }))
      log('warn', `${parts} parts of ${client} are given up: the others of their texts have not come within a day`)
    for (const account of this.#accounts.values()) await account.lapse()
  }

  #open(socket: Socket): void {
    const { clock, log, settings } = this.#deps
    const address = socket.remoteAddress ?? ''
    const source = sourceOf(address)
    const ofSource = [...this.#unbound.values()].filter((one) => one === source).length
    const isKnown = settings.users.some(({ addresses }) => addresses.length === 0 || isWithin(address, addresses))
    if (!isKnown || this.#unbound.size >= maxUnbound || ofSource >= maxUnboundOfSource) {
      socket.on('error', () => undefined)
      socket.destroy()
      return this.#refused.add(address, isKnown ? 'too many connections without a bind' : 'no user has this address')
    }
    const session: EsmeSession = new EsmeSession(socket, {
      clock,
      address,
      bind: (one, request) => this.#bind(one, request),
      closed: (one, reason) => this.#closed(one, reason),
      log: (level, message) => (level === 'warn' ? this.#refused.add(address, message) : log(level, message)),
    })
    this.#unbound.set(session, source)
  }

  /** An unknown name, another address and a wrong password are answered alike. */
  async #bind(session: EsmeSession, { systemId, password, role }: BindRequest): Promise<SessionAccount> {
    const { prove, log } = this.#deps
    const { address } = session
    try {
      await prove(systemId, password, address).catch((error: unknown) => {
        const { code, message } = Fault.from(error)
        throw new Refusal(code === 'rate_limited' ? statuses.bindFailed : statuses.invalidPassword, message)
      })
      const account = this.#accounts.get(systemId)
      const addresses = account?.user.addresses ?? []
      if (account === undefined || (addresses.length > 0 && !isWithin(address, addresses)))
        throw new Refusal(statuses.invalidPassword, `${systemId} may not bind from ${address}`)
      account.add(session, role)
      this.#unbound.delete(session)
      log('info', `${systemId} is bound as ${role} from ${address}`)
      return account
    } catch (error) {
      this.#refused.add(address, Fault.from(error).message)
      throw error
    }
  }

  #closed(session: EsmeSession, reason: string): void {
    if (this.#unbound.delete(session)) return
    for (const account of this.#accounts.values())
      if (account.sessions.delete(session))
        this.#deps.log('info', `${account.id} is not bound from ${session.address} any more: ${reason}`)
  }
}
