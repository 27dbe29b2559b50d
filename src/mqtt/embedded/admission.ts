import type { AuthErrorCode, Client } from 'aedes'
import { matchInbound } from '../../message/topics.ts'
import { type Clock, sleep } from '../../util/clock.ts'
import type { Refusal } from '../refusals.ts'
import type { Access, UserRights } from './access.ts'
import { willOf } from './aedes-internals.ts'
import type { Connection } from './client-connection.ts'
import { Credentials, type PasswordCheck } from './credentials.ts'
import type { Floods } from './floods.ts'
import type { SessionPersistence } from './persistence.ts'
import { Rejections } from './rejections.ts'

/** The origin of a client. */
export interface Peer {
  /** Key of its connection. */
  readonly key: string
  readonly source: string
  readonly address: string
}

export interface AdmissionDeps {
  readonly users: Readonly<Record<string, UserRights>> | null
  readonly checkPassword: PasswordCheck
  readonly clock: Clock
  readonly limits: { readonly clients: number }
  readonly access: Access
  readonly floods: Floods
  readonly persistence: SessionPersistence
  /** Connected clients by id. */
  clients(): Readonly<Record<string, Client | undefined>>
  connection(client: Client): Connection
  peer(client: Client): Peer
  refused(refusal: Refusal): void
}

/** The share of all clients that one user may have. */
const userShare = 0.75

/** Admission of clients. */
export class Admission {
  readonly #deps: AdmissionDeps
  readonly #credentials: Credentials
  readonly #rejections: Rejections

  constructor(deps: AdmissionDeps) {
    this.#deps = deps
    this.#credentials = new Credentials(deps.checkPassword)
    this.#rejections = new Rejections(deps.clock)
  }

  /** Rejects with the return code of CONNACK. */
  async admit(client: Client, username: string | undefined, password: Buffer | undefined): Promise<void> {
    const { users, floods, persistence, clients: connected, connection } = this.#deps
    if (client.id.length > 256 || hasControls(client.id))
      this.#refuse(client, 2, { reason: 'the client id is too long or holds control characters' })
    const user = users === null ? null : (username ?? '')
    if (user !== null) await this.#authenticate(client, user, password ?? Buffer.alloc(0))
    if (floods.isBanned(user ?? client.id))
      this.#refuse(client, 3, { reason: 'it published too much too fast a moment ago' })
    const live = connected()[client.id]
    const full = live === undefined ? this.#isFull(user) : null
    if (full !== null) this.#refuse(client, 3, { reason: full })
    const owner = live === undefined ? persistence.ownerOf(client.id) : connection(live).user
    if (owner !== undefined && owner !== user)
      this.#refuse(client, 2, { reason: 'the client id belongs to another user' })
    this.#checkWill(client, user)
    const tooMany = client.clean ? null : persistence.keep(client.id, user)
    if (tooMany !== null) this.#refuse(client, 3, { reason: tooMany })
    connection(client).user = user
  }

  /**
   * Known and unknown names are treated alike: only the check of the password looks the name up, and takes as much time
   * either way. Rejections are delayed, successful logins are not.
   */
  async #authenticate(client: Client, user: string, password: Buffer): Promise<void> {
    const { clock, peer } = this.#deps
    const { source, address } = peer(client)
    const verdict = await this.#credentials.verify({ user, password, source, isGone: () => client.closed })
    if (verdict === 'right') return
    await sleep(clock, this.#rejections.hold(source, user))
    const shown = `"${user.slice(0, 64)}" from ${address}`
    if (verdict === 'busy')
      this.#refuse(client, 3, { reason: `too many passwords are being checked: ${shown}`, key: `busy ${source}` })
    this.#refuse(client, 4, { reason: `wrong user name or password: ${shown}`, key: `login ${source}` })
  }

  /** A user must leave room for the clients of others. */
  #isFull(user: string | null): string | null {
    const { limits, clients, connection } = this.#deps
    const connected = Object.values(clients()).filter((client) => client !== undefined)
    if (connected.length >= limits.clients) return `more than ${limits.clients} clients`
    const own = user === null ? [] : connected.filter((client) => connection(client).user === user)
    return own.length >= Math.ceil(limits.clients * userShare) ? `more than ${own.length} clients of "${user}"` : null
  }

  #checkWill(client: Client, user: string | null): void {
    const { access } = this.#deps
    const will = willOf(client)
    if (will === undefined) return
    const { topic, payload } = will
    const below = access.below(topic)
    if (below !== null && matchInbound(below) !== null)
      this.#refuse(client, 5, { topic, reason: 'a will on a command topic' })
    const reason = access.refusesPublish(user, topic, payload)
    if (reason !== null) this.#refuse(client, 5, { topic, reason: `a will: ${reason}` })
  }

  #refuse(client: Client, returnCode: 2 | 3 | 4 | 5, refusal: Omit<Refusal, 'client'>): never {
    this.#deps.refused({ client: client.id, ...refusal })
    throw Object.assign(new Error(refusal.reason), { returnCode: returnCode as AuthErrorCode })
  }
}

function hasControls(text: string): boolean {
  for (const character of text) if (character < ' ' || character === '\u007f') return true
  return false
}
