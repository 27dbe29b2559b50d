import { createHash } from 'node:crypto'
import type { Device } from '../device/device.ts'
import { type Composed, composeCommand } from '../device/send/compose-command.ts'
import { commandArguments, isToggle, resolveGet, resolveSet } from '../device/send/intent.ts'
import type { Pool } from '../gateway/pool.ts'
import type { NewSubmission, Refusal, Toggle } from '../ledger/outbox/new-submission.ts'
import { errorReport, Fault } from '../message/fault.ts'
import type { CommandRequest, Intent } from '../message/request.ts'
import { isoTime } from '../message/result.ts'
import { priorities } from '../message/status.ts'
import type { Value } from '../message/values.ts'
import { segmentText } from '../sms/segment-text.ts'
import { asGsm7 } from '../sms/transliterate.ts'
import { didYouMean } from '../util/nearest.ts'
import type { Asked } from './accept.ts'
import { actsOf, joinsOf } from './acts.ts'
import { isRegistered, type RecipientDeps } from './recipients.ts'

/** What composing needs to know of the hub. */
export interface ComposeDeps extends RecipientDeps {
  readonly destinations: 'registered' | 'any'
  readonly gateways: readonly string[]
  /** The number of a gateway's SIM; null when nobody knows it. */
  numberOf(gateway: string): string | null
  /** Which gateways a number may go through. */
  readonly pool: Pick<Pool, 'routeOf'>
  newId(prefix: string): string
  /** The last number that a command of a device had, for those that are numbered. */
  readonly counters: Map<string, number>
}

/** Seconds a command stays good when nobody says: an opened gate is wanted now or not at all. */
const defaultTtl = { unsafe: 120, safe: 86_400, text: 86_400 }

/**
 * Looks a request up in the device's profile and makes the text; what can't be sent becomes a refusal. What a TOGGLE
 * comes to is decided where it is queued: by then, what was asked before it is known.
 */
export function compose(asked: Asked, deps: ComposeDeps, now: number): NewSubmission | Refusal | Toggle {
  const one = (current: Value) => composeOne(asked, deps, now, current)
  const unknown = one(null)
  const { intent } = asked.request
  if (unknown.error === undefined || intent.verb !== 'set' || !isToggle(intent.value)) return unknown
  // Refused for no other reason than that the value is not known here.
  const { code, details } = unknown.error
  if (code !== 'not_allowed' || typeof details?.property !== 'string') return unknown
  return { property: details.property, whenOn: one('ON'), whenOff: one('OFF'), unknown }
}

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
    const { intent } = request
    if (intent.verb === 'text') return composeText(request, intent, deps, now)
    const device = addressed(request, intent.device, deps)
    if (device.recipient === null) throw new Fault('number_blocked', `${device.id} has no number that can be dialled`)
    if (intent.verb === 'send') return composeLiteral(request, intent.text, device, deps, now)
    const { command, params } = resolve(device, intent, current)
    known = { command }
    const composed = composeCommand(device, command, params, {
      now: isoTime(now),
      counter: nextCounter(device.id, deps),
    })
    known = {
      command: composed.command,
      args: composed.shown,
      text: composed.texts.map((one) => one.masked).join('\n'),
    }
    return composeForDevice(request, composed, device, deps, now)
  } catch (error) {
    return { ...refuse(request, Fault.from(error)), ...known }
  }
}

/** The device, with the number of the gateway that it shall know from now on where the request names one. */
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

/** A number for commands that are numbered. It is used up where one of them is queued. */
const nextCounter = (device: string, { counters }: ComposeDeps): number => (counters.get(device) ?? 0) + 1

function composeForDevice(
  request: CommandRequest,
  composed: Composed,
  device: Device,
  deps: ComposeDeps,
  now: number,
): NewSubmission | Refusal {
  const safe = composed.repeat === 'safe'
  const { options } = request
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
      `an empty payload may be somebody who clears a retained message; publish PRESS to ${composed.command}`,
    )
  }
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
  if (!safe && options.waited && options.ttl === null) {
    const late = new Fault(
      'ttl_expired',
      'it waited at the broker while the hub was away, and it is not known for how long',
    )
    return { ...refuse(request, late), ...shown(composed), status: 'expired' as const, text: masked }
  }
  const ttl = options.ttl ?? device.validFor ?? composed.ttl ?? (safe ? safeTtl(device) : defaultTtl.unsafe)
  const acts = actsOf(composed, device)
  const [first, ...steps] = acts
  const counter = typeof composed.params.counter === 'number' ? composed.params.counter : null
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
    digest: digestOf(contentOf(composed)),
    safe,
    unproven: composed.proof === 'unproven',
    priority: priorities[options.priority].level,
    expect: first.expect,
    withinMs: first.withinMs,
    gapMs: (device.timing.gap ?? 0) * 1000,
    // A report settles what a silent modem leaves in doubt; for what may be repeated it isn't worth its price.
    report: composed.ring === null && (!safe || device.timing.sleeps === true),
    route: routeTo(device, options.gateway, deps),
    spec: first.spec,
    ring: composed.ring,
    steps,
    joins: safe && options.force === false ? joinsOf(composed) : null,
    held: composed.inWindow,
    perDay: device.timing.per_day ?? null,
    changes: composed.secrets,
    expiresAt: now + ttl * 1000,
    repeatWindowMs: options.force ? null : (composed.repeatWindow ?? 0) * 1000,
    supersedes: safe && request.intent.verb === 'set',
  }
}

/** What makes two commands the same one: their texts, but for the number that each of them has. */
function contentOf({ command, params, ring, texts }: Composed): string {
  if (ring !== null) return `ring ${ring}`
  const { counter, ...others } = params
  return counter === undefined ? texts.map(({ text }) => text).join('\0') : JSON.stringify([command, others])
}

/** What nobody is harmed by waits for as long as the device sleeps. */
function safeTtl({ timing: { wakes, window, expected } }: Device): number {
  const sleep = (wakes?.every ?? 0) + (wakes?.for ?? 0) + (window === undefined ? 0 : (expected ?? 0))
  return Math.max(defaultTtl.safe, sleep)
}

function shown(composed: Composed): Pick<Refusal, 'command' | 'args'> {
  return { command: composed.command, args: composed.shown }
}

/** The owner's own words to a device: nobody knows what they do, so they are never repeated in doubt. */
function composeLiteral(
  request: CommandRequest,
  text: string,
  device: Device,
  deps: ComposeDeps,
  now: number,
): NewSubmission {
  return {
    ...literal(request, text, device.recipient as string, deps, now),
    lane: `d:${device.id}`,
    gapMs: (device.timing.gap ?? 0) * 1000,
    route: routeTo(device, request.options.gateway, deps),
  }
}

/** A text to a number, which `recipients.ts` has found behind what was asked for. */
function composeText(
  request: CommandRequest,
  intent: Extract<Intent, { verb: 'text' }>,
  deps: ComposeDeps,
  now: number,
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
  // A number has one lane, whoever is behind it: its texts keep their order.
  const lane = device === undefined ? `n:${recipient}` : `d:${device.id}`
  return { ...literal(request, intent.text, recipient, deps, now), lane }
}

/** Where nobody knows who asks, each target has its own quota: one caller does not use up that of all others. */
function quotaOf({ origin }: CommandRequest, target: string): string {
  return origin.isAnonymous ? `client:${origin.client} to ${target}` : `client:${origin.client}`
}

/** The gateway that the payload names, else the device's own, else those for its number. */
function routeTo({ gateway, recipient }: Device, named: string | null, { pool }: ComposeDeps): string {
  return named ?? gateway ?? pool.routeOf(recipient as string)
}

function literal(
  request: CommandRequest,
  text: string,
  recipient: string,
  deps: ComposeDeps,
  now: number,
): NewSubmission {
  const { options } = request
  if (options.dryRun) throw new Fault('not_allowed', 'dry_run works for commands of devices only')
  return {
    ...asked(request),
    messageId: deps.newId('msg'),
    clientQuota: quotaOf(request, recipient),
    counter: null,
    lane: `n:${recipient}`,
    recipient,
    segments: segmentText(asGsm7(text)).segments.map((one) => one.text),
    text,
    digest: digestOf(text),
    safe: false,
    unproven: false,
    priority: priorities[options.priority].level,
    expect: 'none',
    withinMs: 0,
    gapMs: 0,
    report: true,
    route: options.gateway ?? deps.pool.routeOf(recipient),
    spec: null,
    ring: null,
    steps: [],
    joins: null,
    held: false,
    perDay: null,
    changes: {},
    expiresAt: now + (options.ttl ?? defaultTtl.text) * 1000,
    repeatWindowMs: null,
    supersedes: false,
  }
}

/** What is told of a request that is not carried out. Of a value that is no scalar nothing is told. */
export function refuse(request: CommandRequest, fault: Fault): Refusal {
  const { intent } = request
  return {
    ...asked(request),
    error: errorReport(fault),
    status: 'rejected',
    reason: null,
    recipient: intent.verb === 'text' ? intent.to : null,
    text: null,
  }
}

/** What a submission and its refusal both tell of the request. */
function asked({ commandId, origin, intent }: CommandRequest) {
  return {
    commandId,
    client: origin.client,
    ref: origin.ref,
    response: origin.replyTo,
    device: intent.verb === 'text' ? null : intent.device,
    verb: intent.verb,
    command: intent.verb === 'command' ? intent.name : null,
    property: intent.verb === 'set' || intent.verb === 'get' ? intent.property : null,
    value: intent.verb === 'set' && isScalar(intent.value) ? intent.value : null,
    args: null,
  }
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || Array.isArray(value)
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22)
}
