import { TopicTree } from './topic-tree.ts'

export interface Subscription {
  readonly topic: string
  readonly qos: number
  readonly rh?: number
  readonly rap?: boolean
  readonly nl?: boolean
  readonly subscriptionIdentifier?: number
}

/** Octets and levels of a filter. */
const maxFilterOctets = 1_024
const maxFilterLevels = 32

export interface SubscriptionLimits {
  /** Filters of one session. */
  readonly subscriptions: number
  /** Filters with wildcards, each of which is matched with every message. */
  readonly wildcards: number
  /** Filters of all sessions of one user. */
  readonly userSubscriptions: number
}

/** The filters of a session, by topic. */
export class Subscriptions {
  readonly #all = new Map<string, Subscription>()
  readonly #wild = new TopicTree<Subscription>()

  get size(): number {
    return this.#all.size
  }

  get wildcards(): number {
    return this.#wild.size
  }

  get(topic: string): Subscription | undefined {
    return this.#all.get(topic)
  }

  set(subscription: Subscription): void {
    this.#all.set(subscription.topic, subscription)
    if (isWild(subscription.topic)) this.#wild.set(subscription.topic, '', subscription)
  }

  delete(topic: string): boolean {
    if (isWild(topic)) this.#wild.delete(topic, '')
    return this.#all.delete(topic)
  }

  topics(): IterableIterator<string> {
    return this.#all.keys()
  }

  values(): IterableIterator<Subscription> {
    return this.#all.values()
  }

  /** The highest QoS of the filters that match the topic (MQTT-3.3.5-1); null when none does. */
  qosFor(topic: string): number | null {
    let highest = this.#all.get(topic)?.qos ?? null
    for (const { qos } of this.#wild.filtersFor(topic)) highest = Math.max(highest ?? 0, qos)
    return highest
  }
}

/** Why another filter of a session is refused, or null. */
export function refusesFilter(
  topic: string,
  held: Subscriptions | undefined,
  ofUser: number,
  { subscriptions, wildcards, userSubscriptions }: SubscriptionLimits,
): string | null {
  if (Buffer.byteLength(topic) > maxFilterOctets) return `a topic filter of more than ${maxFilterOctets} octets`
  if (topic.split('/', maxFilterLevels + 1).length > maxFilterLevels)
    return `a topic filter of more than ${maxFilterLevels} levels`
  if (held?.get(topic) !== undefined) return null
  if ((held?.size ?? 0) >= subscriptions) return `more than ${subscriptions} subscriptions of one client`
  if (ofUser >= userSubscriptions) return `more than ${userSubscriptions} subscriptions of one user`
  if (isWild(topic) && (held?.wildcards ?? 0) >= wildcards)
    return `more than ${wildcards} subscriptions with wildcards of one client`
  return null
}

export function isWild(topic: string): boolean {
  return /[+#]/.test(topic)
}
