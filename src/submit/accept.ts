import { createHash } from 'node:crypto'
import { Fault } from '../message/fault.ts'
import { readUtf8 } from '../message/json.ts'
import type { Meta } from '../message/meta.ts'
import { readPayload } from '../message/payload.ts'
import type { Publish } from '../message/publish.ts'
import type { CommandRequest, Intent, Options } from '../message/request.ts'
import { matchInbound, type TopicMatch } from '../message/topics.ts'

/** A request that is understood, or one that is not: then `fault` says why, and the intent is what could be read. */
export interface Asked {
  readonly request: CommandRequest
  readonly fault: Fault | null
}

/** What one publish asks for, with what tells it from a repetition. */
export interface Accepted {
  readonly asked: readonly Asked[]
  readonly ref: { readonly scope: string; readonly ref: string; readonly hash: string } | null
  readonly hash: string
}

export const largestPayload = 64 * 1024
/**
 * Reads topic and payload into requests. Null for what asks for nothing and deserves no answer: a cleared retained
 * message, an empty `set` that may be one, a topic that is none of the hub's.
 */
export function accept(publish: Publish, newId: (prefix: string) => string): Accepted | null {
  const match = matchInbound(publish.topic)
  if (match === null || publish.clearing === 'yes') return null
  // Somebody may be clearing a retained message; who is not is answered that it is no value.
  const isEmpty = publish.payload.length === 0
  if (isEmpty && publish.clearing === 'unknown' && /\/set(\/|$)/.test(publish.topic)) return null
  const hash = createHash('sha256').update(publish.topic).update('\0').update(publish.payload).digest('base64url')
  const build = (intent: Intent, meta: Meta, fault: Fault | null): Asked => ({
    fault,
    request: {
      commandId: newId('cmd'),
      origin: {
        client: publish.user ?? publish.client,
        isAnonymous: publish.isAnonymous ?? false,
        ref: meta.id ?? publish.ref ?? null,
        response: publish.response && {
          topic: publish.response.topic,
          correlation: publish.response.correlation && Buffer.from(publish.response.correlation).toString('base64'),
        },
      },
      intent,
      options: options(meta, publish),
    },
  })
  const refuse = (fault: Fault): Accepted => ({ asked: [build(unread(match), {}, fault)], ref: null, hash })
  if (publish.retained) {
    return refuse(new Fault('retained_command', `a retained message on ${publish.topic} is not carried out`))
  }
  try {
    const { intents, meta: said } = readPayload(match, readUtf8(publish.payload, largestPayload))
    const meta = said.id === undefined && publish.id !== undefined ? { ...said, id: publish.id } : said
    const device = match.levels.device ?? 'sms'
    const ref =
      meta.id === undefined ? null : { scope: `${publish.user ?? publish.client}|${device}`, ref: meta.id, hash }
    return { asked: intents.map((intent) => build(intent, meta, null)), ref, hash }
  } catch (error) {
    return refuse(Fault.from(error))
  }
}

function options(meta: Meta, publish: Publish): Options {
  return {
    priority: meta.priority ?? 'normal',
    ttl: meta.ttl ?? publish.expirySeconds,
    gateway: meta.gateway ?? null,
    confirm: meta.confirm ?? null,
    force: meta.force ?? false,
    dryRun: meta.dry_run ?? false,
    for: meta.for ?? null,
  }
}

/** What a refusal says of a payload that was not read. */
function unread({ pattern, levels }: TopicMatch): Intent {
  const device = levels.device
  if (device === undefined) return { verb: 'text', to: levels.recipient ?? '', text: '' }
  if (pattern.includes('/set')) return { verb: 'set', device, property: levels.property ?? null, value: null }
  if (pattern.includes('/get')) return { verb: 'get', device, property: levels.property ?? null }
  if (pattern.includes('/send')) return { verb: 'send', device, text: '' }
  return { verb: 'command', device, name: levels.name ?? '', args: {} }
}
