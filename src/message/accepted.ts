import { Fault } from './fault.ts'
import type { Meta } from './meta.ts'
import { type ReadPayload, readCommand, readText } from './payload.ts'
import type { Intent, Options, Origin, ReplyTo } from './request.ts'
import type { Rights } from './rights.ts'

/** Tells a message that is delivered once more from one that is made anew: a packet of a client's connection. */
export interface Delivery {
  readonly client: string
  readonly messageId: number
  readonly connection: string
  /** The sender marked it as a redelivery (DUP). */
  readonly duplicate: boolean
}

/** The ways into the hub; `hub` is its own. */
export type Door = 'mqtt' | 'local' | 'http' | 'hub'

/** Who asks, through whichever door: known before what is asked for is read. */
export interface Asker {
  readonly door: Door
  /** Quotas, `id`s and the log go by it. */
  readonly name: string
  /** Everybody behind the door has this name: the quota of a client is not shared by all of them then. */
  readonly isAnonymous: boolean
  /** What the door lets through by; null where it has judged already, as a broker does by topics. */
  readonly rights: Rights | null
  /** Where the answer goes beside the hub's own topics. */
  readonly replyTo: ReplyTo | null
  readonly delivery: Delivery | null
  /** The `id` that came beside the payload. */
  readonly id: string | null
  /** Seconds that the request stays good where its payload does not say. */
  readonly expirySeconds: number | null
  /** It waited somewhere while the hub was away. */
  readonly waited: boolean
  /** It may be somebody who clears a retained message. */
  readonly mayBeClearing: boolean
}

/** What a door has understood, for the submit flow. */
export interface Accepted {
  readonly origin: Origin
  readonly options: Options
  readonly intents: readonly Intent[]
  /** Why it can't be carried out; its intent is what could be read then. Null for what is understood. */
  readonly fault: Fault | null
  /** The `id` that makes it one request however often it comes, and within what. */
  readonly idempotency: { readonly scope: string; readonly id: string } | null
  readonly delivery: Delivery | null
  /** What makes two requests the same one. */
  readonly content: Content
}

/** The place that was asked, and the payload as it came. */
export interface Content {
  readonly place: string
  readonly payload: string | Uint8Array
}

type Table = Readonly<Record<string, unknown>>

/** Somebody of this machine: the command line, the hub with a question of its own. */
export const ownAsker = (name: string, door: 'hub' | 'local'): Asker => ({
  door,
  name,
  isAnonymous: false,
  rights: { role: 'admin' },
  replyTo: null,
  delivery: null,
  id: null,
  expirySeconds: null,
  waited: false,
  mayBeClearing: false,
})

/** What is read of a payload, for the submit flow; where it can't be read, `unread` with the reason. */
export function accept(asker: Asker, content: Content, unread: Intent, read: () => ReadPayload): Accepted {
  try {
    const { intents, meta } = read()
    const id = meta.id ?? asker.id
    const scope = `${asker.name}|${unread.verb === 'text' ? 'sms' : unread.device}`
    return { ...made(asker, content, meta), intents, fault: null, idempotency: id === null ? null : { scope, id } }
  } catch (error) {
    return { ...made(asker, content, {}), intents: [unread], fault: Fault.from(error), idempotency: null }
  }
}

/** A text to numbers, contacts or groups: `{ to, text, … }` with the meta keys of a payload. */
export function acceptText(asker: Asker, { transaction: _, ...payload }: Table): Accepted {
  const content = { place: 'sms/send', payload: JSON.stringify(payload) }
  return accept(asker, content, { verb: 'text', to: '', text: '' }, () => readText(payload))
}

/** A command of a device: `{ command, args, … }` with the meta keys of a payload. */
export function acceptCommand(asker: Asker, device: string, { transaction: _, ...payload }: Table): Accepted {
  const content = { place: `${device}/command`, payload: JSON.stringify(payload) }
  const unread: Intent = { verb: 'command', device, name: String(payload.command ?? ''), args: {} }
  return accept(asker, content, unread, () => readCommand(device, payload))
}

/** A question for a property of a device, or for its state where that is null. */
export function acceptGet(asker: Asker, device: string, property: string | null): Accepted {
  const content = { place: `${device}/get/${property ?? ''}`, payload: '' }
  const intent: Intent = { verb: 'get', device, property }
  return accept(asker, content, intent, () => ({ intents: [intent], meta: {} }))
}

type Made = Pick<Accepted, 'origin' | 'options' | 'delivery' | 'content'>

function made(asker: Asker, content: Content, meta: Meta): Made {
  const { name, isAnonymous, replyTo, delivery } = asker
  return {
    origin: { client: name, isAnonymous, ref: meta.id ?? asker.id, replyTo },
    options: {
      priority: meta.priority ?? 'normal',
      ttl: meta.ttl ?? asker.expirySeconds,
      gateway: meta.gateway ?? null,
      confirm: meta.confirm ?? null,
      force: meta.force ?? false,
      dryRun: meta.dry_run ?? false,
      for: meta.for ?? null,
      waited: asker.waited,
      mayBeClearing: asker.mayBeClearing,
    },
    delivery,
    content,
  }
}
