import type { Device } from '../device/device.ts'
import { type Composed, composeCommand } from '../device/send/compose-command.ts'
import { commandArguments, isToggle, resolveGet, resolveSet } from '../device/send/intent.ts'
import type { Pool } from '../gateway/pool.ts'
import type { NewSubmission, Refusal, Toggle } from '../ledger/outbox/new-submission.ts'
import { clientQuota } from '../ledger/quota.ts'
import { errorReport, Fault } from '../message/fault.ts'
import type { CommandRequest, Intent } from '../message/request.ts'
import { isoTime } from '../message/result.ts'
import { priorities } from '../message/status.ts'
import type { Value } from '../message/values.ts'
import { isGsm7 } from '../sms/gsm7.ts'
import { segmentText } from '../sms/segment-text.ts'
import { asGsm7 } from '../sms/transliterate.ts'
import { didYouMean } from '../util/nearest.ts'
import type { Asked } from './accept.ts'
import { asked, isPrivate, refuse } from './asked-columns.ts'
import { actsOf, joinsOf } from './command-steps.ts'
import { commandFor, textFor } from './made-for.ts'
import { isRegistered, type RecipientDeps } from './recipients.ts'

/** Dependencies of composing. */
export interface ComposeDeps extends RecipientDeps {
  readonly destinations: 'registered' | 'any'
  readonly gateways: readonly string[]
  /** The number of a gateway's SIM; null when unknown. */
  numberOf(gateway: string): string | null
  /** The gateways for a number. */
  readonly pool: Pick<Pool, 'routeOf'>
  newId(prefix: string): string
  /** The last command number of each device with numbered commands. */
  readonly counters: Map<string, number>
}

/** When a request is wanted. */
interface When {
  /** Null is now. */
  readonly sendAt: number | null
  /** Its life begins then, which may be past. */
  readonly from: number
  readonly now: number
}

/** How far ahead something may be scheduled: a leap year. */
const maxAheadMs = 366 * 86_400_000

/** Default time to live of a command: an opened gate is wanted now or not at all. */
const defaultTtl = { unsafe: 120, safe: 86_400, text: 86_400 }

/**
 * Looks a request up in the device's profile and makes the text, or a refusal. The value of a TOGGLE is decided when it
 * is queued, as earlier requests are known then.
 */
export function compose(asked: Asked, deps: ComposeDeps, now: number): NewSubmission | Refusal | Toggle {
  const one = (current: Value) => composeOne(asked, deps, now, current)
  const unknown = one(null)
  const { intent } = asked.request
  if (unknown.error === undefined || intent.verb !== 'set' || !isToggle(intent.value)) return unknown
  // Refused for no other reason than that the value is not known here.
  const { code, details } = unknown.error
  if (code !== 'not_allowed' || typeof details?.property !== 'string') return unknown
  if (whenOf(asked.request.options, now).sendAt !== null)
    return later(unknown, `it is not known yet what ${details.property} will be then: send ON or OFF`)
  return { property: details.property, whenOn: one('ON'), whenOff: one('OFF'), unknown }
}

/** A past time is now, as long as what was wanted then still lives. */
function whenOf({ sendAt }: CommandRequest['options'], now: number): When {
  if (sendAt === null || sendAt <= now) return { sendAt: null, from: sendAt ?? now, now }
  if (sendAt > now + maxAheadMs)
    throw new Fault('invalid_payload', `"send_at" may be a year ahead at most: ${isoTime(now + maxAheadMs)}`)
  return { sendAt, from: sendAt, now }
}

/** The end of its life. An opening that was wanted before an outage is not made up for behind it. */
function endOf({ from, now }: When, ttl: number): number {
  const end = from + ttl * 1000
  if (end > now) return end
  throw new Fault('ttl_expired', `it was wanted at ${isoTime(from)}, for ${ttl} s: that is over`)
}

const later = (refusal: Refusal, why: string): Refusal => ({ ...refusal, error: errorReport(notLater(why)) })
const notLater = (why: string) => new Fault('not_allowed', `it can't be scheduled: ${why}`)

function composeOne(
  { request, fault }: Asked,
  deps: ComposeDeps,
  now: number,
  current: Value,
): NewSubmission | Refusal {
  let known: Partial<Refusal> = {}
  try {
    if (fault !== null) throw fault
    if (request.options.gateway !== null && !deps.gateways.includes(request.options.gateway)) {
      throw new Fault(
        'no_gateway',
        `there is no gateway "${request.options.gateway}"; there is ${deps.gateways.join(', ') || 'none'}`,
      )
    }
    const when = whenOf(request.options, now)
    const { intent } = request
    if (intent.verb === 'text') return composeText(request, intent, deps, when)
    const device = addressed(request, intent.device, deps)
    if (device.recipient === null) throw new Fault('number_blocked', `${device.id} has no number that can be dialled`)
    if (intent.verb === 'send') return composeLiteral(request, intent.text, device, deps, when)
    const { command, params } = resolve(device, intent, current)
    known = { command }
    const composed = composeCommand(device, command, params, {
      now: isoTime(Math.max(when.from, now)),
      counter: nextCounter(device.id, deps),
    })
    known = {
      command: composed.command,
      args: composed.shown,
      text: composed.texts.map((one) => one.masked).join('\n'),
    }
    return composeForDevice(request, composed, device, deps, when)
  } catch (error) {
    return { ...refuse(request, Fault.from(error)), ...known }
  }
}

/** The device, with the number of the gateway that it is to store, where the request names one. */
function addressed({ options }: CommandRequest, id: string, deps: ComposeDeps): Device {
  const device = deps.device(id)
  if (device === undefined) {
    const meant = didYouMean(id, idsOf(deps.devices()))
    throw new Fault('unknown_device', `there is no device "${id}"${meant}`)
  }
  if (options.for === null) return device
  const hubNumber = deps.numberOf(options.for)
  if (hubNumber === null) {
    throw new Fault(
      'no_gateway',
      `the number of gateway "${options.for}" is not known: set gateways.${options.for}.number`,
    )
  }
  const { hub_number: _, ...settings } = device.settings
  return { ...device, hubNumber, settings }
}

function* idsOf(devices: Iterable<Device>): Iterable<string> {
  for (const { id } of devices) yield id
}

function resolve(
  device: Device,
  intent: Exclude<Intent, { verb: 'text' } | { verb: 'send' }>,
  current: Value,
): { command: string; params: unknown } {
  switch (intent.verb) {
    case 'set':
      return resolveSet(device, intent.property, intent.value, current)
    case 'get':
      return resolveGet(device, intent.property)
    case 'command':
      return {
        command: intent.name,
        params: typeof intent.args === 'string' ? commandArguments(device, intent.name, intent.args) : intent.args,
      }
  }
}

/** The next command number. It is used up when a numbered command is queued. */
const nextCounter = (device: string, { counters }: ComposeDeps): number => (counters.get(device) ?? 0) + 1

function composeForDevice(
  request: CommandRequest,
  composed: Composed,
  device: Device,
  deps: ComposeDeps,
  when: When,
): NewSubmission | Refusal {
  const safe = composed.repeat === 'safe'
  const { options } = request
  const { sendAt } = when
  const masked = composed.ring === null ? composed.texts.map((one) => one.masked).join('\n') : ''
  if (composed.danger !== null && options.confirm !== device.id) {
    throw new Fault(
      'not_allowed',
      `${composed.command} is dangerous (${composed.danger}); add "confirm": "${device.id}" to do it`,
      {
        confirm: device.id,
      },
    )
  }
  if (!safe && options.mayBeClearing) {
    throw new Fault(
      'invalid_payload',
      `an empty payload may clear a retained message; publish PRESS to ${composed.command}`,
    )
  }
  const counter = typeof composed.params.counter === 'number' ? composed.params.counter : null
  if (sendAt !== null && counter !== null)
    throw notLater(`${device.id} takes its commands in the order of their numbers`)
  if (sendAt !== null && Object.keys(composed.secrets).length > 0)
    throw notLater(`until then it would not be known which settings of ${device.id} hold`)
  const ttl = options.ttl ?? device.validFor ?? composed.ttl ?? (safe ? safeTtl(device) : defaultTtl.unsafe)
  const expiresAt = endOf(when, ttl)
  if (options.dryRun) {
    const refusal = refuse(request, new Fault('not_allowed', 'dry run'))
    return {
      ...refusal,
      ...shown(composed),
      status: 'cancelled' as const,
      reason: `dry run: ${composed.ring === null ? masked : `a call of ${composed.ring} s`}`,
      text: masked,
    }
  }
  if (!safe && options.waited && options.ttl === null && options.sendAt === null)
    throw new Fault('ttl_expired', 'it was queued at the broker for an unknown time while the hub was disconnected')
  const acts = actsOf(composed, device)
  const [first, ...steps] = acts
  if (counter !== null) deps.counters.set(device.id, counter)
  return {
    ...asked(request),
    ...shown(composed),
    clientQuota: quotaOf(request, device.id),
    counter,
    messageId: deps.newId('msg'),
    lane: `d:${device.id}`,
    recipient: device.recipient as string,
    segments: first.segments,
    text: masked,
    digest: deps.print(contentOf(composed)),
    safe,
    unproven: composed.proof === 'unproven',
    priority: priorities[options.priority].level,
    expect: first.expect,
    withinMs: first.withinMs,
    gapMs: (device.timing.gap ?? 0) * 1000,
    // A report settles a command in doubt; for commands that may be repeated it is not worth its price.
    report: composed.ring === null && (!safe || device.timing.sleeps === true),
    route: routeTo(
      device,
      options.gateway,
      acts.map(({ segments }) => segments),
      deps,
    ),
    spec: first.spec,
    messageClass: null,
    ring: composed.ring,
    steps,
    joins: safe && options.force === false ? joinsOf(composed) : null,
    held: composed.inWindow,
    perDay: device.timing.per_day ?? null,
    changes: composed.secrets,
    sendAt,
    madeFor: commandFor(device.id, composed.command, when, deps),
    expiresAt,
    repeatWindowMs: options.force ? null : (composed.repeatWindow ?? 0) * 1000,
    supersedes: safe && request.intent.verb === 'set',
  }
}

/** Identity of a command: its texts, apart from the command number. */
function contentOf({ command, params, ring, texts }: Composed): string {
  if (ring !== null) return `ring ${ring}`
  const { counter, ...others } = params
  return counter === undefined ? texts.map(({ text }) => text).join('\0') : JSON.stringify([command, others])
}

/** Harmless commands wait as long as the device sleeps. */
function safeTtl({ timing: { wakes, window, expected } }: Device): number {
  const sleep = (wakes?.every ?? 0) + (wakes?.for ?? 0) + (window === undefined ? 0 : (expected ?? 0))
  return Math.max(defaultTtl.safe, sleep)
}

function shown(composed: Composed): Pick<Refusal, 'command' | 'args'> {
  return { command: composed.command, args: composed.shown }
}

/** A literal text to a device: as its effect is unknown, it is never repeated in doubt. */
function composeLiteral(
  request: CommandRequest,
  text: string,
  device: Device,
  deps: ComposeDeps,
  when: When,
): NewSubmission {
  const composed = literal(request, text, device.recipient as string, deps, when)
  return {
    ...composed,
    lane: `d:${device.id}`,
    gapMs: (device.timing.gap ?? 0) * 1000,
    route: routeTo(device, request.options.gateway, [composed.segments], deps),
    madeFor: textFor(['device', device.id], device.recipient as string, when, deps),
  }
}

/** A text to a number, which `recipients.ts` has resolved. */
function composeText(
  request: CommandRequest,
  intent: Extract<Intent, { verb: 'text' }>,
  deps: ComposeDeps,
  when: When,
): NewSubmission {
  const recipient = intent.to
  if (deps.destinations === 'registered' && !isRegistered(recipient, deps)) {
    throw new Fault(
      'number_blocked',
      `${recipient} is no device and no contact: add it under contacts:, or set sms.destinations: any`,
      {
        number: recipient,
        contacts_line: `contacts: { name: "${recipient}" }`,
      },
    )
  }
  const device = deps.behind(recipient).find((one) => one.recipient === recipient)
  // A number has one lane, so that its texts keep their order.
  const lane = device === undefined ? `n:${recipient}` : `d:${device.id}`
  const messageClass = intent.flash === true ? 0 : null
  const madeFor = textFor(intent.named ?? null, recipient, when, deps)
  return { ...literal(request, intent.text, recipient, deps, when), lane, messageClass, madeFor }
}

/** Anonymous clients have a quota per target, so that one does not use up that of all others. */
function quotaOf({ origin }: CommandRequest, target: string): string {
  const quota = clientQuota(origin.client)
  return origin.isAnonymous ? `${quota} to ${target}` : quota
}

/** The gateway that the payload names, else the device's own, else those for its number. */
function routeTo(
  { gateway, recipient }: Device,
  named: string | null,
  texts: readonly (readonly string[])[],
  { pool }: ComposeDeps,
): string {
  return named ?? gateway ?? pool.routeOf(recipient as string, sizeOf(texts))
}

/** The longest of these texts, each with its segments; Unicode where one is. */
const sizeOf = (texts: readonly (readonly string[])[]) => ({
  segments: Math.max(...texts.map(({ length }) => length)),
  isUnicode: texts.flat().some((text) => !isGsm7(text)),
})

function literal(
  request: CommandRequest,
  text: string,
  recipient: string,
  deps: ComposeDeps,
  when: When,
): NewSubmission {
  const { options } = request
  if (options.dryRun)
    throw new Fault('not_allowed', 'dry_run works for commands of devices, and for texts at POST /v1/messages')
  const segments = segmentText(asGsm7(text)).segments.map((one) => one.text)
  return {
    ...asked(request),
    messageId: deps.newId('msg'),
    clientQuota: quotaOf(request, recipient),
    counter: null,
    lane: `n:${recipient}`,
    recipient,
    segments,
    text: isPrivate(request.intent) ? null : text,
    // Nothing that is made from it is kept.
    digest: isPrivate(request.intent) ? request.commandId : deps.print(text),
    safe: false,
    unproven: false,
    priority: priorities[options.priority].level,
    expect: 'none',
    withinMs: 0,
    gapMs: 0,
    report: true,
    route: options.gateway ?? deps.pool.routeOf(recipient, sizeOf([segments])),
    spec: null,
    messageClass: null,
    ring: null,
    steps: [],
    joins: null,
    held: false,
    perDay: null,
    changes: {},
    sendAt: when.sendAt,
    madeFor: null,
    expiresAt: endOf(when, options.ttl ?? defaultTtl.text),
    repeatWindowMs: null,
    supersedes: false,
  }
}
