import { Fault } from './fault.ts'
import { type Meta, splitMeta } from './meta.ts'
import { flagsOf, type ReadPayload, readCommand, readText } from './payload.ts'
import type { Intent, Options, Origin, ReplyTo } from './request.ts'
import type { Rights } from './rights.ts'

/** Distinguishes a redelivered message from a new one: a packet of a client's connection. */
export interface Delivery {
  readonly client: string
  readonly messageId: number
  readonly connection: string
  /** The sender marked it as a redelivery (DUP). */
  readonly duplicate: boolean
}

/** The interfaces on which requests are made. */
export type Surface = 'mqtt' | 'local' | 'http'

/** Who makes a request; known before its payload is read. */
export interface Asker {
  /** `hub`: a request of the hub itself. */
  readonly surface: Surface | 'hub'
  /** Key of quotas and `id`s, and the name in the log. */
  readonly name: string
  /** Every client has this name: no client quota applies. */
  readonly isAnonymous: boolean
  /** To be checked against; null where that is done already, as by a broker's topic ACL. */
  readonly rights: Rights | null
  /** Where the answer goes in addition to the hub's own topics. */
  readonly replyTo: ReplyTo | null
  readonly delivery: Delivery | null
  /** An `id` from outside the payload. */
  readonly id: string | null
  /** How long that counts, in ms; as long as the request is kept where it is not given. */
  readonly idForMs?: number | undefined
  /** Its own limit of requests that queue texts an hour; null for that of any client. */
  readonly perHour: number | null
  /** Time to live where the payload gives none. */
  readonly expirySeconds: number | null
  /** Aborted when nobody waits for the answer any more. */
  readonly wanted?: AbortSignal | undefined
  /** It was queued somewhere while the hub was down. */
  readonly waited: boolean
  /** It may be a client clearing a retained message. */
  readonly mayBeClearing: boolean
}

/** A parsed request, for the submit flow. */
export interface Accepted {
  readonly origin: Origin
  readonly options: Options
  readonly intents: readonly Intent[]
  /** Why it can't be carried out, with what could be read of it as its intent; null for a valid request. */
  readonly fault: Fault | null
  /** The `id` by which repeated requests count as one, its scope, and for how long. */
  readonly idempotency: { readonly scope: string; readonly id: string; readonly forMs?: number | undefined } | null
  readonly delivery: Delivery | null
  /** The requester's own limit an hour; null for that of any client. */
  readonly perHour: number | null
  /** Who asks is answered item by item. */
  readonly detailed: boolean
  /** A list of texts, be there one in it. */
  readonly isList: boolean
  /** All intents or none. */
  readonly atomic: boolean
  /** Compared where an `id` is used again. */
  readonly content: Content
}

/** The topic or path, and the payload as received. */
export interface Content {
  readonly place: string
  readonly payload: string | Uint8Array
}

type Table = Readonly<Record<string, unknown>>

/** A local requester: the command line, or the hub itself. */
export const ownAsker = (name: string, surface: 'hub' | 'local'): Asker => ({
  surface,
  name,
  isAnonymous: false,
  rights: { role: 'admin' },
  replyTo: null,
  delivery: null,
  id: null,
  perHour: null,
  expirySeconds: null,
  waited: false,
  mayBeClearing: false,
})

/** Parses a payload for the submit flow; where that fails, the intent is `unread` and the fault the reason. */
export function accept(asker: Asker, content: Content, unread: Intent, read: () => ReadPayload): Accepted {
  try {
    const { intents, meta } = read()
    const id = meta.id ?? asker.id
    const scope = `${asker.name}|${unread.verb === 'text' ? 'sms' : unread.device}`
    const idempotency = id === null ? null : { scope, id, forMs: asker.idForMs }
    return { ...made(asker, content, meta), intents, fault: null, idempotency }
  } catch (error) {
    return { ...made(asker, content, {}), intents: [unread], fault: Fault.from(error), idempotency: null }
  }
}

/** Texts to a number, contact or group each, with the meta keys of a payload. */
export function acceptTexts(
  asker: Asker,
  texts: readonly { readonly to: string; readonly text: string }[],
  keys: Table,
  atomic: boolean,
): Accepted {
  const { id: _, ...rest } = keys
  const content = { place: 'messages', payload: JSON.stringify([texts, rest]) }
  const intents = texts.map((one): Intent => ({ verb: 'text', ...one, ...flagsOf(keys) }))
  const accepted = accept(asker, content, { verb: 'text', to: '', text: '' }, () => ({
    intents,
    meta: splitMeta(keys).meta,
  }))
  return { ...accepted, atomic }
}

/** A text to numbers, contacts or groups: `{ to, text, … }` with the meta keys of a payload. */
export function acceptText(asker: Asker, { transaction: _, ...payload }: Table): Accepted {
  const content = { place: 'sms/send', payload: JSON.stringify(payload) }
  return accept(asker, content, { verb: 'text', to: '', text: '' }, () => readText(payload))
}

/** A command of a device: `{ command, args, … }` with the meta keys of a payload. */
export function acceptCommand(asker: Asker, device: string, { transaction: _, ...payload }: Table): Accepted {
  const { id: __, ...rest } = payload
  const content = { place: `${device}/command`, payload: JSON.stringify(rest) }
  const unread: Intent = { verb: 'command', device, name: String(payload.command ?? ''), args: {} }
  return accept(asker, content, unread, () => readCommand(device, payload))
}

/** A value for a property of a device, with the meta keys of a payload. */
export function acceptSet(asker: Asker, device: string, property: string, { value, ...keys }: Table): Accepted {
  const { id: _, ...rest } = keys
  const content = { place: `${device}/set/${property}`, payload: JSON.stringify([value, rest]) }
  const intent: Intent = { verb: 'set', device, property, value }
  return accept(asker, content, intent, () => ({ intents: [intent], meta: splitMeta(keys).meta }))
}

/** A query of a property of a device, or of its whole state where that is null. */
export function acceptGet(asker: Asker, device: string, property: string | null, keys: Table = {}): Accepted {
  const content = { place: `${device}/get/${property ?? ''}`, payload: '' }
  const intent: Intent = { verb: 'get', device, property }
  return accept(asker, content, intent, () => ({ intents: [intent], meta: splitMeta(keys).meta }))
}

type Made = Omit<Accepted, 'intents' | 'fault' | 'idempotency'>

function made(asker: Asker, content: Content, meta: Meta): Made {
  const { surface, name, isAnonymous, replyTo, delivery, perHour } = asker
  return {
    origin: { client: name, isAnonymous, ref: meta.id ?? asker.id, replyTo },
    options: {
      priority: meta.priority ?? 'normal',
      ttl: meta.ttl ?? asker.expirySeconds,
      sendAt: meta.send_at ?? null,
      gateway: meta.gateway ?? null,
      confirm: meta.confirm ?? null,
      force: meta.force ?? false,
      dryRun: meta.dry_run ?? false,
      for: meta.for ?? null,
      waited: asker.waited,
      mayBeClearing: asker.mayBeClearing,
    },
    delivery,
    perHour,
    detailed: surface === 'http',
    isList: false,
    atomic: false,
    content,
  }
}
