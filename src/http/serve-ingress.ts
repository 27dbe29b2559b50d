import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Caller } from '../message/caller.ts'
import type { Role } from '../message/rights.ts'
import { isWithin } from '../util/networks.ts'
import { isSafe } from './origin-check.ts'
import { guarded } from './prove-caller.ts'
import { refuse } from './refuse.ts'
import { shownCaller } from './shown-caller.ts'

/** Home Assistant's ingress: the Supervisor has proven who the user is, and names them in headers. */
export interface IngressOptions {
  /** The addresses of the Supervisor: nobody else is answered. */
  readonly from: readonly string[]
  /** Administrators of the hub, by their user names or ids in Home Assistant. */
  readonly admins: readonly string[]
  /** Of everybody without a role of their own. */
  readonly role: Role
  /** By the id of the user in Home Assistant. */
  readonly roles: Readonly<Record<string, Role>>
}

const idPattern = /^[\w-]{1,64}$/

/** Takes who makes a request from the Supervisor, which removes these headers from what browsers send. */
export function serveIngress(server: FastifyInstance, { from, role, admins, roles }: IngressOptions): void {
  const named = new Set(admins.map(plain))
  const isUnclaimed = ![role, ...Object.values(roles), ...(named.size > 0 ? ['admin'] : [])].includes('admin')
  server.addHook('onRequest', async (request, reply) => {
    const { remoteAddress = '' } = request.socket
    if (!isWithin(remoteAddress, from))
      return refuse(request, reply, 'foreign_host', 'only the Supervisor of Home Assistant is answered here')
    // The page itself may be opened by a link elsewhere; what it reads and changes, only it may.
    if ((guarded.test(request.url) || !isSafe(request.method)) && isForeign(request))
      return refuse(request, reply, 'foreign_origin', 'the request comes from another page')
    const id = oneOf(request.headers['x-remote-user-id'])
    // Without a user, as the Supervisor's own requests are, the page is shown and nothing behind it.
    if (id === null || !idPattern.test(id)) return undefined
    const isAdmin = [id, userName(request)].some((one) => one !== null && named.has(plain(one)))
    request.caller = callerOf(id, isAdmin ? 'admin' : Object.hasOwn(roles, id) ? (roles[id] as Role) : role)
    return undefined
  })

  server.get('/v1/session', async (request) => {
    const { caller, headers } = request
    return {
      caller: caller && shownCaller(caller),
      password_needed: false,
      hint: caller === null ? 'open the page from Home Assistant' : null,
      admin_needed: caller !== null && isUnclaimed ? (userName(request) ?? oneOf(headers['x-remote-user-id'])) : null,
    }
  })
}

/** Unique in Home Assistant; null for users without one. The Supervisor sends it in UTF-8, Node.js reads Latin-1. */
function userName({ headers }: FastifyRequest): string | null {
  const name = oneOf(headers['x-remote-user-name'])
  return name === null ? null : Buffer.from(name, 'latin1').toString()
}

/** As Home Assistant compares user names. */
const plain = (name: string): string => name.trim().toLowerCase()

const callerOf = (id: string, role: Role): Caller => ({
  name: `ingress:${id}`,
  via: 'ingress',
  rights: { role },
  scopes: null,
  perHour: null,
})

/**
 * Home Assistant adds who is signed in by its own cookie, so that pages elsewhere must not make requests. Without TLS
 * browsers send no Sec-Fetch-Site; then Origin is the address by which Home Assistant itself was reached.
 */
function isForeign({ headers }: FastifyRequest): boolean {
  const { 'sec-fetch-site': site, origin, host } = headers
  if (site !== undefined) return site !== 'same-origin' && site !== 'none'
  if (origin === undefined) return false
  const own = [host, oneOf(headers['x-forwarded-host'])].map((name) => name?.toLowerCase())
  return !URL.canParse(origin) || !own.includes(new URL(origin).host)
}

const oneOf = (header: string | readonly string[] | undefined): string | null =>
  typeof header === 'string' ? header : null
