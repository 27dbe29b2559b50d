import type { Clock } from '../util/clock.ts'
import type { NamedRoute, Routes, TextSize } from './routes.ts'

export interface PoolOptions {
  /** Share of the work, by gateway. */
  readonly weights: ReadonlyMap<string, number>
  readonly routes: Routes
  readonly clock: Clock
}

/** How long a gateway may be away before others take over its lanes, where the route allows that. */
export const failoverMs = 60_000

interface Member {
  readonly weight: number
  served: number
  isBusy: boolean
  isReady: boolean
  readyAt: number
  blockedUntil: number
}

/** Load balancing and failover between gateways. */
export class Pool {
  readonly #members: ReadonlyMap<string, Member>
  readonly #routes: Routes
  readonly #clock: Clock

  constructor({ weights, routes, clock }: PoolOptions) {
    this.#clock = clock
    this.#routes = routes
    const readyAt = clock.monotonic()
    this.#members = new Map(
      [...weights].map(([id, weight]) => [
        id,
        { weight, served: 0, isBusy: false, isReady: false, readyAt, blockedUntil: 0 },
      ]),
    )
  }

  /** The route of a number, for a text of this size. */
  routeOf(number: string, size: TextSize | null = null): string {
    return this.#routes.routeOf(number, size)
  }

  /** The gateways that may send what takes this route. */
  gatewaysOf(route: string): readonly string[] {
    return this.#routes.named(route).gateways
  }

  /** A gateway has changed. */
  noted(id: string, isReady: boolean): void {
    const member = this.#members.get(id)
    if (member === undefined) return
    if (member.isReady || isReady) member.readyAt = this.#clock.monotonic()
    // A gateway that returns does not catch up on what the others have sent.
    if (isReady && !member.isReady) member.served = Math.max(member.served, this.#least() * member.weight)
    member.isReady = isReady
  }

  /** It has one more submission under way; full, it takes no other. */
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

  /** It takes nothing for `ms`: its quota is used up. */
  blocked(id: string, ms: number): void {
    const member = this.#members.get(id)
    if (member !== undefined) member.blockedUntil = this.#clock.monotonic() + ms
  }

  /** Routes of several gateways where it is this one's turn. */
  turnsOf(id: string): string[] {
    return this.#routes.several
      .filter((route) => route.gateways.includes(id) && this.#isTurn(id, route))
      .map(({ name }) => name)
  }

  /** The routes that this gateway belongs to, its own first, and the gateways of each. */
  routesOf(id: string): readonly { readonly route: string; readonly gateways: readonly string[] }[] {
    const several = this.#routes.several.filter(({ gateways }) => gateways.includes(id))
    return [{ route: id, gateways: [id] }, ...several.map(({ name, gateways }) => ({ route: name, gateways }))]
  }

  /** Gateways that have been away for long: this one may take over their lanes. */
  absentFor(id: string): string[] {
    const now = this.#clock.monotonic()
    return [...this.#members]
      .filter(([other, { isReady, readyAt }]) => other !== id && !isReady && now - readyAt > failoverMs)
      .map(([other]) => other)
  }

  /** The gateway of a route whose turn it is; null where none is free. */
  turnOf(route: string): string | null {
    return this.#first(this.#routes.named(route)) ?? null
  }

  /** The gateways of a route that are away. */
  awayOf(route: string): string[] {
    return this.gatewaysOf(route).filter((id) => this.#members.get(id)?.isReady === false)
  }

  /** ms until others may take over the lanes of this one, which is away; infinite where they may already. */
  untilFailover(id: string): number {
    const member = this.#members.get(id)
    const left = (member?.readyAt ?? 0) + failoverMs + 1 - this.#clock.monotonic()
    return left > 0 ? left : Number.POSITIVE_INFINITY
  }

  #isTurn(id: string, route: NamedRoute): boolean {
    if (route.isOrdered) return this.#leading(route) === id
    const first = this.#first(route)
    return first === undefined || first === id
  }

  /** The first in order that is there, or has not been away for long. */
  #leading({ gateways }: NamedRoute): string | undefined {
    const now = this.#clock.monotonic()
    return gateways.find((id) => {
      const member = this.#members.get(id)
      return (
        member !== undefined && member.blockedUntil <= now && (member.isReady || now - member.readyAt <= failoverMs)
      )
    })
  }

  #first(route: NamedRoute): string | undefined {
    const leading = route.isOrdered ? this.#leading(route) : undefined
    const ids = route.isOrdered ? (leading === undefined ? [] : [leading]) : route.gateways
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

/** A gateway's share of the work, as configured. */
export interface GatewayShare {
  readonly weight: number
  readonly limits: Readonly<Partial<Record<Period, number | null | undefined>>>
}

type Period = 'minute' | 'day' | 'month'

export function poolOf(
  gateways: Readonly<Record<string, Pick<GatewayShare, 'weight'>>>,
  routes: Routes,
  clock: Clock,
): Pool {
  const weights = new Map(Object.entries(gateways).map(([id, { weight }]) => [id, weight]))
  return new Pool({ weights, routes, clock })
}

/** Segments that a gateway may send in each period; null is no limit. */
export function limitsOf(
  row: Pick<GatewayShare, 'limits'> | undefined,
  perDay: number | null,
): Readonly<Record<Period, number | null>> {
  const { minute = null, day = perDay, month = null } = row?.limits ?? {}
  return { minute, day, month }
}
