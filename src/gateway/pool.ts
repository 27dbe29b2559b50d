import type { Clock } from '../util/clock.ts'

/** Numbers that begin like this go through these gateways. */
export interface Route {
  /** Absent: every number that no other route is for. */
  readonly prefix?: string | undefined
  readonly gateways: readonly string[]
}

export interface PoolOptions {
  /** Share of the work, by gateway. */
  readonly weights: ReadonlyMap<string, number>
  readonly routes: readonly Route[]
  readonly clock: Clock
}

/** ms that a gateway may be gone until others take what it had served before, where the route allows that. */
export const failoverMs = 60_000

interface Member {
  readonly weight: number
  served: number
  isBusy: boolean
  isReady: boolean
  readyAt: number
  blockedUntil: number
}

/** A route as lanes are marked with it: `a|b`. */
export function routeName(gateways: readonly string[]): string {
  return [...gateways].sort().join('|')
}

/** Several gateways: whose turn it is, and who stands in for whom. A route of several is written `a|b`, of all ``. */
export class Pool {
  readonly #members: ReadonlyMap<string, Member>
  readonly #routes: readonly Route[]
  readonly #clock: Clock

  constructor({ weights, routes, clock }: PoolOptions) {
    this.#clock = clock
    // The longest prefix that fits counts.
    this.#routes = routes
      .map((route) => ({ ...route, gateways: [...route.gateways].sort() }))
      .sort((a, b) => (b.prefix ?? '').length - (a.prefix ?? '').length)
    const readyAt = clock.monotonic()
    this.#members = new Map(
      [...weights].map(([id, weight]) => [
        id,
        { weight, served: 0, isBusy: false, isReady: false, readyAt, blockedUntil: 0 },
      ]),
    )
  }

  /** The route of a number. */
  routeOf(number: string): string {
    const route = this.#routes.find(({ prefix }) => number.startsWith(prefix ?? ''))
    return route === undefined ? '' : routeName(route.gateways)
  }

  /** A gateway has changed. */
  noted(id: string, isReady: boolean): void {
    const member = this.#members.get(id)
    if (member === undefined) return
    if (member.isReady || isReady) member.readyAt = this.#clock.monotonic()
    // One that comes late does not make up for what the others have done.
    if (isReady && !member.isReady) member.served = Math.max(member.served, this.#least() * member.weight)
    member.isReady = isReady
  }

  /** It has one more under way; full, it has no room for another. */
  began(id: string, isFull = true): void {
    const member = this.#members.get(id)
    if (member === undefined) return
    member.isBusy = isFull
    member.served++
  }

  /** One less is under way. */
  ended(id: string, isFull = false): void {
    const member = this.#members.get(id)
    if (member !== undefined) member.isBusy = isFull
  }

  /** Its quota is used up until then. */
  blocked(id: string, ms: number): void {
    const member = this.#members.get(id)
    if (member !== undefined) member.blockedUntil = this.#clock.monotonic() + ms
  }

  /** Routes of several that this gateway may take from now: where it is its turn. */
  turnsOf(id: string): string[] {
    const [, ...several] = this.routesOf(id)
    return several.filter(({ gateways }) => this.#isTurn(id, gateways)).map(({ route }) => route)
  }

  /** The routes that this gateway is of, its own first, as lanes are marked with them, and the gateways of each. */
  routesOf(id: string): readonly { readonly route: string; readonly gateways: readonly string[] }[] {
    const several = this.#routes
      .map(({ gateways }) => gateways)
      .filter((gateways) => gateways.length > 1 && gateways.includes(id))
    return [
      { route: id, gateways: [id] },
      ...several.map((gateways) => ({ route: routeName(gateways), gateways })),
      { route: '', gateways: [...this.#members.keys()] },
    ]
  }

  /** Gateways that have been gone for long: what they had served before may go through this one. */
  absentFor(id: string): string[] {
    const now = this.#clock.monotonic()
    return [...this.#members]
      .filter(([other, { isReady, readyAt }]) => other !== id && !isReady && now - readyAt > failoverMs)
      .map(([other]) => other)
  }

  /** Whose turn it is among the gateways of a route; null where none is free. */
  turnOf(route: string): string | null {
    return this.#first(gatewaysOf(route, this.#members)) ?? null
  }

  /** The gateways of a route that are away. */
  awayOf(route: string): string[] {
    return gatewaysOf(route, this.#members).filter((id) => this.#members.get(id)?.isReady === false)
  }

  /** ms until others may take what this one has served before, as it is away; never where they may already. */
  untilFailover(id: string): number {
    const member = this.#members.get(id)
    const left = (member?.readyAt ?? 0) + failoverMs + 1 - this.#clock.monotonic()
    return left > 0 ? left : Number.POSITIVE_INFINITY
  }

  #isTurn(id: string, ids: readonly string[]): boolean {
    const first = this.#first(ids)
    return first === undefined || first === id
  }

  #first(ids: readonly string[]): string | undefined {
    const now = this.#clock.monotonic()
    const load = (one: string) => {
      const { served, weight } = this.#members.get(one) as Member
      return (served + 1) / weight
    }
    const free = ids.filter((one) => {
      const member = this.#members.get(one)
      return member?.isReady && !member.isBusy && member.blockedUntil <= now
    })
    return free.sort((a, b) => load(a) - load(b))[0]
  }

  #least(): number {
    const loads = [...this.#members.values()]
      .filter(({ isReady }) => isReady)
      .map(({ served, weight }) => served / weight)
    return loads.length === 0 ? 0 : Math.min(...loads)
  }
}

function gatewaysOf(route: string, members: ReadonlyMap<string, Member>): readonly string[] {
  return route === '' ? [...members.keys()] : route.split('|')
}

/** What the configuration says of a gateway; only modems have a share and limits of their own. */
export interface GatewayShare {
  readonly weight?: number
  readonly limits?: Readonly<Partial<Record<Window, number | null | undefined>>>
}

type Window = 'minute' | 'day' | 'month'

export function poolOf(gateways: Readonly<Record<string, object>>, routes: readonly Route[], clock: Clock): Pool {
  const weights = Object.entries(gateways).map(([id, row]) => [id, (row as GatewayShare).weight ?? 1] as const)
  return new Pool({ weights: new Map(weights), routes, clock })
}

/** Segments that a gateway may send in each window; null is no limit. */
export function limitsOf(row: object | undefined, perDay: number | null): Readonly<Record<Window, number | null>> {
  const { minute = null, day = perDay, month = null } = (row as GatewayShare | undefined)?.limits ?? {}
  return { minute, day, month }
}
