/** How a gateway of several is chosen: by its share of the work, the first in their order, or the cheapest. */
export const choices = ['share', 'order', 'cost'] as const
export type Choice = (typeof choices)[number]

/** Numbers with this prefix are sent through these gateways. */
export interface Route {
  /** Absent: every number that no other route matches. */
  readonly prefix?: string | undefined
  readonly gateways: readonly string[]
  readonly choose?: Choice | undefined
}

/** What a segment costs, in one currency for all gateways. */
export interface Price {
  readonly segment: number
  /** By the beginning of the number; the longest counts. */
  readonly prefixes: Readonly<Record<string, number>>
}

/** A text, as far as not every gateway takes it. */
export interface TextSize {
  readonly segments: number
  readonly isUnicode: boolean
}

/** Texts that a gateway takes, and their price; null where that is not known. */
export interface RoutedGateway {
  readonly maxSegments: number
  readonly takesUnicode: boolean
  readonly price: Price | null
}

/** A route as lanes have it. */
export interface NamedRoute {
  /** `a|b` with shares, `a>b` where a is before b, empty for all gateways with shares. */
  readonly name: string
  readonly gateways: readonly string[]
  /** The first one that is there has all; else their shares count. */
  readonly isOrdered: boolean
}

/** The price of a segment to this number, in millionths; 0 where it is not known. */
export function millionthsOf(price: Price | null, number: string): number {
  if (price === null) return 0
  const [best] = Object.entries(price.prefixes)
    .filter(([prefix]) => number.startsWith(prefix))
    .sort(([a], [b]) => b.length - a.length)
  return Math.round((best?.[1] ?? price.segment) * 1e6)
}

/** Which gateways may send to which numbers. */
export class Routes {
  /** Those of several gateways, with the parts of them that take what others do not. */
  readonly several: readonly NamedRoute[]
  readonly #gateways: ReadonlyMap<string, RoutedGateway>
  readonly #byPrefix: readonly { readonly prefix: string; readonly route: NamedRoute }[]
  readonly #all: NamedRoute

  constructor(gateways: ReadonlyMap<string, RoutedGateway>, routes: readonly Route[]) {
    this.#gateways = gateways
    this.#all = { name: '', gateways: [...gateways.keys()], isOrdered: false }
    // The longest matching prefix counts.
    this.#byPrefix = routes
      .map((route) => ({ prefix: route.prefix ?? '', route: this.#named(route) }))
      .sort((a, b) => b.prefix.length - a.prefix.length)
    const whole = [...this.#byPrefix.map(({ route }) => route), this.#all]
    const sizes = [...new Set([...gateways.values()].map(({ maxSegments }) => maxSegments))].flatMap((segments) =>
      [false, true].map((isUnicode) => ({ segments, isUnicode })),
    )
    const parts = whole.flatMap((route) => sizes.map((size) => this.#part(route, size)))
    const named = new Map([...whole, ...parts].map((route) => [route.name, route]))
    this.several = [...named.values()].filter((route) => route.gateways.length > 1 || route.name === '')
  }

  /** The route of a number, without gateways that do not take the text; as a whole where none does. */
  routeOf(number: string, size: TextSize | null = null): string {
    const route = this.#byPrefix.find(({ prefix }) => number.startsWith(prefix))?.route ?? this.#all
    return size === null ? route.name : this.#part(route, size).name
  }

  /** What a segment to this number costs, in millionths. */
  costOf(gateway: string, number: string): number {
    return millionthsOf(this.#gateways.get(gateway)?.price ?? null, number)
  }

  /** A route by its name: of several gateways, or of the one with this name. */
  named(name: string): NamedRoute {
    const known = this.several.find((route) => route.name === name)
    return (
      known ?? { name, gateways: name === '' ? this.#all.gateways : name.split(/[|>]/), isOrdered: name.includes('>') }
    )
  }

  #named({ prefix = '', gateways, choose = 'share' }: Route): NamedRoute {
    if (choose === 'share') return routeOf(gateways, false)
    return routeOf(
      choose === 'cost' ? gateways.toSorted((a, b) => this.costOf(a, prefix) - this.costOf(b, prefix)) : gateways,
      true,
    )
  }

  #part(route: NamedRoute, { segments, isUnicode }: TextSize): NamedRoute {
    const able = route.gateways.filter((id) => {
      const gateway = this.#gateways.get(id)
      return gateway === undefined || (segments <= gateway.maxSegments && (!isUnicode || gateway.takesUnicode))
    })
    return able.length === 0 || able.length === route.gateways.length ? route : routeOf(able, route.isOrdered)
  }
}

function routeOf(ids: readonly string[], isOrdered: boolean): NamedRoute {
  const gateways = isOrdered ? [...ids] : ids.toSorted()
  return { name: gateways.join(isOrdered ? '>' : '|'), gateways, isOrdered: isOrdered && gateways.length > 1 }
}
