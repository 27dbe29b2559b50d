import type { BindRole, SmppClientState } from '../message/smpp-clients.ts'
import type { Reply } from '../smpplink/smpp-link.ts'
import { RefusalLog } from '../util/refusal-log.ts'
import { Refusal, statuses } from './command-status.ts'
import type { EsmeSession, SessionAccount } from './esme-session.ts'
import { type DeliveriesDeps, SmppDeliveries } from './smpp-deliveries.ts'
import { clientOf, type SmppUser } from './smpp-user.ts'
import { Submitter, type SubmitterDeps } from './submitter.ts'

/** Receipts and texts that wait for one that is away. */
const maxWaiting = 10_000

export type AccountDeps = SubmitterDeps & Omit<DeliveriesDeps, 'sessions'>

/** A system that may bind, with its connections. */
export class SmppAccount implements SessionAccount {
  readonly user: SmppUser
  readonly #deps: AccountDeps
  readonly #submitter: Submitter
  readonly #refusals: RefusalLog
  readonly sessions = new Set<EsmeSession>()
  submitted = 0
  rejected = 0

  readonly deliveries: SmppDeliveries

  constructor(deps: AccountDeps) {
    this.user = deps.user
    this.#deps = deps
    this.#submitter = new Submitter(deps)
    this.deliveries = new SmppDeliveries({ ...deps, sessions: this.sessions })
    this.#refusals = new RefusalLog(deps.clock, (line) => deps.log('warn', line))
  }

  get id(): string {
    return this.user.id
  }

  get state(): SmppClientState {
    const binds = [...this.sessions].flatMap(({ role, address, boundAt: since, submitted, delivered }) =>
      role === null ? [] : [{ role, address, since, submitted, delivered }],
    )
    const { submitted, rejected: refused, deliveries } = this
    return { systemId: this.id, binds, submitted, refused, delivered: deliveries.delivered }
  }

  /** Throws the `Refusal` where it may not bind so, or once more. */
  add(session: EsmeSession, role: BindRole): void {
    const { binds, maxBinds } = this.user
    if (!binds.includes(role)) throw new Refusal(statuses.bindFailed, `${this.id} may not bind as ${role}`)
    if (this.sessions.size >= maxBinds)
      throw new Refusal(statuses.bindFailed, `${this.id} has ${maxBinds} connections already`)
    this.sessions.add(session)
  }

  ready(): void {
    this.deliveries.wake()
  }

  async submit(octets: Uint8Array): Promise<Reply> {
    const reply = await this.#submitter.submit(octets)
    this.submitted++
    return reply
  }

  query(octets: Uint8Array): Promise<Reply> {
    return this.#submitter.query(octets)
  }

  cancel(octets: Uint8Array): Promise<Reply> {
    return this.#submitter.cancel(octets)
  }

  /** Gives up what has waited for it for too long. */
  async lapse(): Promise<void> {
    const { user, store, now, log } = this.#deps
    const at = now()
    const args = { outlet: clientOf(user.id), before: at - user.keepMs, now: at, most: maxWaiting }
    const lapsed = await store.run('lapseWaiting', args)
    if (lapsed > 0) log('warn', `${lapsed} receipts and texts for ${user.id} are given up: it was away for too long`)
  }

  refused(reason: string): void {
    this.rejected++
    this.#refusals.add(this.id, reason)
  }
}
