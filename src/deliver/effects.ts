import { stateKeysOf } from '../device/describe/state-fields.ts'
import type { Device } from '../device/device.ts'
import { maskText } from '../device/mask.ts'
import { learnedFrom, type ReadContext, type Reading, readText } from '../device/receive/read.ts'
import { nearestOwn } from '../device/receive/try.ts'
import { fieldOf } from '../device/vocabulary/vocabulary.ts'
import type { TextEffects } from '../ledger/inbox/settle-text.ts'
import type { ReceivedDocument } from '../message/received.ts'
import { isoTime } from '../message/result.ts'
import type { Values } from '../message/values.ts'
import { usable } from '../sms/smsc-clock.ts'
import type { Correlation } from './correlate.ts'
import { numberOf } from './identify.ts'
import { type Judgement, valuesOf } from './judge.ts'
import type { WholeText } from './reassemble.ts'

/** What identifying, reading and correlating found. */
export interface Understood {
  readonly whole: WholeText
  readonly device: Device | null
  /** The contact whose number it is. */
  readonly contact: string | null
  readonly context: ReadContext
  /** The latest moment at which the network can have taken it, by the hub's clock. */
  readonly sentAt: number
  readonly readings: readonly Reading[]
  readonly correlation: Correlation
  readonly judgement: Judgement
  /** Somebody else's text that the device passed on: nothing that it says itself. */
  readonly forwarded: { readonly from: string | null; readonly text: string } | null
}

export interface EffectRules {
  readonly unknownSenders: 'publish' | 'drop'
  /** Texts that were in a modem's memory and are older than this were there before the hub: filed, and nothing more. */
  readonly installedAt: number
  newId(prefix: string): string
}

/** A device's own clock is believed within this distance of the network's. */
const believable = 86_400_000
const installSlack = 10 * 60_000

/** Everything that follows from a text, for one transaction. */
export function effectsOf(
  understood: Understood,
  rules: EffectRules,
  now: number,
): TextEffects & { readonly unproven: string | null } {
  const { whole, device, contact, sentAt, readings, correlation, judgement } = understood
  const { answers, cancels } = correlation
  const { holds, level, question } = judgement
  const [reading] = readings
  const said = [...(reading === undefined ? [] : [reading]), ...answers]
  const values = valuesOf(readings, correlation)
  const old = isFromBefore(understood, rules)
  const messageId = rules.newId('msg')
  const text = textOf(understood)
  const isStranger = device === null && contact === null
  const hidden = old || (isStranger && rules.unknownSenders === 'drop')
  const unproven = device === null ? null : unprovenOf(understood, device)
  const unknown = !hidden && isUnknown(understood, unproven)
  return {
    raws: whole.raws,
    assembly: whole.assembly,
    stamp: { scts: whole.scts, receivedAt: whole.receivedAt },
    centre: whole.centre,
    now,
    incoming: {
      messageId,
      device: device?.id ?? null,
      sender: numberOf(whole.from),
      gateway: whole.gateway,
      text,
      trust: level,
      told: hidden ? null : receivedOf(messageId, text, understood),
    },
    state:
      device === null || old || !holds
        ? null
        : {
            device: device.id,
            values,
            at: sentAt,
            ownAt: ownTime(reading?.values, understood),
            seenAt: now,
            fields: stateKeysOf(device),
          },
    isStranger,
    unknown,
    unproven,
    heard: unknown && device !== null ? { text, hint: hintFor(device, whole.text ?? '', unproven) } : null,
    settlements: old ? [] : settlementsOf(understood),
    learned: device === null || old || !holds ? {} : learned(device, said),
    cancels: holds ? cancels : [],
    window: device === null || !holds ? null : windowOf(device, readings, now),
    events: old ? [] : eventsOf(understood, rules),
    delayed: false,
    route: old ? null : judgement.route,
    question: old || question === null ? null : { at: now, claimed: question.claimed },
    contradicts: !old && judgement.contradicts,
  }
}

/** What the text reports; what is not proven well enough, whatever it says; and that it contradicts such a text. */
function eventsOf(understood: Understood, rules: EffectRules): TextEffects['events'] {
  const { device, readings, correlation, judgement } = understood
  const { level: trust, holds, contradicts } = judgement
  const [reading] = readings
  const values = valuesOf(readings, correlation)
  const said = [...(reading === undefined ? [] : [reading]), ...correlation.answers]
  const told = isAskedFor(understood) ? null : (said.find((one) => one.event !== null)?.event ?? null)
  const event = told ?? (holds || Object.keys(values).length === 0 ? null : 'unverified')
  if (device === null) return []
  const common = { values, trust, unverified: !holds }
  const alarm = event !== null && {
    ...common,
    type: event,
    id: rules.newId('evt'),
    level: reading?.level ?? null,
    // It neither ends an alarm nor hides one that is true.
    same: holds ? sameness(event, values) : `unverified:${sameness(event, values)}`,
    repeatsMs: (reading?.repeats ?? 0) * 1000,
    ends: holds ? (reading?.ends ?? null) : null,
  }
  const against = contradicts && {
    ...common,
    type: 'contradiction',
    id: rules.newId('evt'),
    level: 'high',
    same: '',
    repeatsMs: 0,
    ends: null,
  }
  return [alarm || [], against || []].flat()
}

/** What somebody said who may not be the device ends the wait, and says nothing of success. */
function settlementsOf({ correlation, judgement }: Understood): TextEffects['settlements'] {
  return correlation.settlements.map((one) => {
    const reply = { ...one.reply, trust: judgement.level }
    if (judgement.settles) return { ...one, reply }
    const ends = one.verdict === 'accepted' || one.verdict === 'refused' || one.verdict === 'partial'
    return { ...one, reply, ok: null, learned: {}, ...(ends && { verdict: 'unverified' as const }) }
  })
}

/** The place that was asked for, told as the last known one: that there is no fix now is its answer and no alarm. */
function isAskedFor({ readings: [reading], correlation: { answers } }: Understood): boolean {
  if (reading === undefined || reading.event === null || reading.event === 'sos') return false
  return reading.values.fix === false && answers.some(({ message }) => message === reading.message)
}

/** Nobody could make sense of it: no message, no answer that is known by its words, and nobody else's. */
function isUnknown({ whole, readings, contact, correlation, forwarded }: Understood, unproven: string | null): boolean {
  const answers = unproven === null ? correlation.answers : correlation.answers.filter(({ any }) => !any)
  const isRead = readings.length + answers.length > 0
  return (whole.text ?? '').trim() !== '' && !isRead && forwarded === null && contact === null
}

/** The message that would have fitted, had the device's owner allowed what nobody has seen yet. */
function unprovenOf({ whole, readings, context }: Understood, device: Device): string | null {
  if (device.unproven || readings.length > 0) return null
  return readText({ ...device, unproven: true }, whole.text ?? '', context)[0]?.message ?? null
}

/** Why the device's own profile did not know it. */
function hintFor(device: Device, text: string, unproven: string | null): string {
  const { id } = device.profile
  if (unproven !== null)
    return `${id} knows it as "${unproven}", which is unproven: it needs unproven: true on the device`
  const near = nearestOwn(device, text)
  if (near === null) return `${id} knows nothing like it`
  return `the nearest of ${id} is ${near.message}, up to character ${near.at}: ${near.expected.join(' or ')} would follow`
}

/** What may be shown of the text. */
function textOf({ whole, device, readings, correlation: { answers } }: Understood): string {
  const [answer, ...more] = answers
  if (answer !== undefined && more.length > 0) return answers.map(({ masked }) => masked).join('\n')
  return (
    answer?.masked ?? readings[0]?.masked ?? (device === null ? whole.text : maskText(device, whole.text ?? '')) ?? ''
  )
}

/** Settings that the text teaches: texts and names that the device's owner stored in it. */
function learned(device: Device, said: readonly { readonly values: Values }[]): TextEffects['learned'] {
  const taught = Object.assign({}, ...said.map(({ values }) => learnedFrom(device, values))) as Record<string, string>
  return Object.fromEntries(Object.entries(taught).map(([name, value]) => [name, { value, over: null }]))
}

/** Until when the device takes the commands of its window: a text of the right kind has opened it. */
function windowOf({ id, timing, dialect }: Device, readings: readonly Reading[], now: number): TextEffects['window'] {
  const { window } = timing
  if (window === undefined) return null
  const isSaid = Object.entries(dialect.messages).some(([name, row]) => [name, row.event].includes(window.after))
  const opens = !isSaid || readings.some(({ message, event }) => [message, event].includes(window.after))
  return opens ? { lane: `d:${id}`, until: now + window.for * 1000 } : null
}

/**
 * What makes two alarms one: the kind and what it is about. Where the device is, and when, changes while one alarm
 * goes on.
 */
function sameness(event: string, values: Values): string {
  const about = Object.entries(values).filter(([name]) =>
    ['bool', 'switch', 'text'].includes(fieldOf(name)?.type ?? ''),
  )
  return `${event} ${JSON.stringify(Object.fromEntries(about))}`
}

/** What everybody is told of it. */
function receivedOf(
  id: string,
  text: string,
  { whole, device, contact, readings, correlation, judgement, forwarded }: Understood,
): ReceivedDocument {
  const [reading] = readings
  return {
    id,
    from: numberOf(whole.from),
    device: device?.id ?? null,
    ...(contact !== null && { contact }),
    ...(whole.from.ton === 'alphanumeric' && { from_type: 'name' }),
    gateway: whole.gateway,
    trust: judgement.level,
    text,
    ...(whole.data !== null && { data: whole.data }),
    received_at: isoTime(whole.receivedAt),
    smsc_at: whole.scts === null ? null : isoTime(whole.scts),
    parts: whole.parts,
    parsed: reading !== undefined || correlation.answers.some(({ by }) => by !== 'any_text'),
    ...(reading !== undefined && { message: reading.message }),
    encoding: whole.encoding,
    ...(whole.missing.length > 0 && { incomplete: true, missing: whole.missing }),
    ...(whole.damaged && { damaged: true }),
    ...(forwarded !== null && { forwarded }),
    ...(correlation.lateFor !== null && { late_for: correlation.lateFor }),
  }
}

/**
 * Was it there before the hub? Only what a modem's memory held at the start can have been, and there the stamp says it:
 * a text that comes while the hub runs is new, whatever a service centre's clock says.
 */
export function isFromBefore(
  { whole, sentAt }: Understood,
  { installedAt }: Pick<EffectRules, 'installedAt'>,
): boolean {
  const since = Math.min(installedAt, whole.receivedAt) - installSlack
  return whole.source === 'listed' && Math.min(sentAt, usable(whole) ?? sentAt) < since
}

/** The device's own time for what it says, where it is near the network's; it is never ahead of the reception. */
function ownTime(values: Values | undefined, { whole, sentAt }: Understood): number | null {
  const own = values?.fix_time ?? values?.time
  const time = typeof own === 'string' && /(Z|[+-]\d\d:\d\d)$/.test(own) ? Date.parse(own) : Number.NaN
  return Math.abs(time - sentAt) < believable ? Math.min(time, whole.receivedAt) : null
}
