import { stateKeysOf } from '../device/describe/state-fields.ts'
import type { Device } from '../device/device.ts'
import { maskText } from '../device/mask.ts'
import { readText } from '../device/receive/read.ts'
import type { ReadContext } from '../device/receive/reading.ts'
import { nearestOwn } from '../device/receive/try.ts'
import type { StateChange } from '../ledger/devices/devices.ts'
import type { TextEffects } from '../ledger/inbox/settle-text.ts'
import type { Mail } from '../message/incoming.ts'
import type { ReceivedDocument, ReceivedMms } from '../message/received.ts'
import { isoTime } from '../message/result.ts'
import type { Values } from '../message/values.ts'
import type { MmsNotification } from '../sms/mms-notification.ts'
import { usable } from '../sms/smsc-clock.ts'
import { carrierOf, deviceEffects, type Meaning } from './device-effects.ts'
import { numberOf } from './identify.ts'
import type { WholeText } from './reassemble.ts'

/** Results of identifying, reading and correlating. */
export interface Understood extends Meaning {
  readonly whole: WholeText
  /** What is read: the whole, or the text of `device` that another one forwards. */
  readonly text: string
  /** The device that the notification of an MMS names as its sender. Anybody can write one. */
  readonly announced: string | null
  /** The contact with the number. */
  readonly contact: string | null
  readonly context: ReadContext
  /** The devices with its number, where it remains open whose it is. */
  readonly mayBeOf: readonly string[]
  /** The latest time at which the network can have accepted it, by the hub's clock. */
  readonly sentAt: number
}

export interface EffectRules {
  readonly unknownSenders: 'publish' | 'drop'
  /** Older texts in a modem's memory are from before the installation, and only stored. */
  readonly installedAt: number
  newId(prefix: string): string
}

/** Largest credible difference of a device's clock from the network's. */
const maxClockErrorMs = 86_400_000
/** The last one that has a date. */
const latestTime = 8.64e15
const installToleranceMs = 10 * 60_000

/** A text from before the installation changes nothing. */
const nothingOfOld = {
  state: null,
  settlements: [],
  learned: {},
  events: [],
  route: null,
  question: null,
  contradicts: false,
} as const

/** A device that has sent something, without a value of its own. */
const signOf = (device: Device, at: number, seenAt: number): StateChange => ({
  device: device.id,
  values: {},
  at,
  seenAt,
  fields: stateKeysOf(device),
})

/** All effects of a text, for one transaction. */
export function effectsOf(
  understood: Understood,
  rules: EffectRules,
  now: number,
): TextEffects & { readonly unproven: string | null } {
  const { whole, device, contact, sentAt, readings, judgement } = understood
  const carrier = carrierOf(understood)
  const [reading] = readings
  const old = isFromBefore(understood, rules)
  const messageId = rules.newId('msg')
  const text = textOf(understood)
  const isUnknownSender = device === null && contact === null
  const hidden = old || (isUnknownSender && rules.unknownSenders === 'drop')
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
      trust: judgement.level,
      document: hidden ? null : receivedOf(messageId, text, understood),
    },
    ...deviceEffects(understood, { at: sentAt, ownAt: ownTime(reading?.values, understood), now }, rules.newId),
    ...(old && nothingOfOld),
    carrier: carrier === null || old ? null : signOf(carrier, sentAt, now),
    isStranger: isUnknownSender || (whole.mail?.proof === 'stranger' && judgement.level === 'stranger'),
    unknown,
    unproven,
    heard:
      device !== null && (unknown || isHalfUnderstood(understood))
        ? { text, hint: hintFor(device, understood, unproven) }
        : null,
  }
}

/** Not recognised: no message, no answer by its wording, and not forwarded. */
function isUnknown({ text, readings, contact, correlation, forwarded }: Understood, unproven: string | null): boolean {
  const isAnothers = forwarded !== null && forwarded.of === null
  const answers = unproven === null ? correlation.answers : correlation.answers.filter(({ any }) => !any)
  const isRead = readings.length + answers.length > 0
  return text.trim() !== '' && !isRead && !isAnothers && contact === null
}

/** Read in part, and no answer by its wording: the result of a command that waits names it. */
const isHalfUnderstood = ({ readings, correlation }: Understood): boolean =>
  readings[0]?.reading === 'partial' && correlation.settlements.length === 0

/** The unproven message that would fit if the owner allowed it. */
function unprovenOf({ text, readings, context }: Understood, device: Device): string | null {
  if (device.unproven || readings.length > 0) return null
  return readText({ ...device, unproven: true }, text, context)[0]?.message ?? null
}

/** Why the device's profile did not recognise it. */
function hintFor(device: Device, { text, mayBeOf }: Understood, unproven: string | null): string {
  if (mayBeOf.length > 0) return `it may be of ${mayBeOf.join(' or ')}, which share a number`
  const { id } = device.profile
  if (unproven !== null)
    return `${id} knows it as "${unproven}", which is unproven: it needs unproven: true on the device`
  const near = nearestOwn(device, text)
  if (near === null) return `${id} knows nothing like it`
  return `the nearest of ${id} is ${near.message}, up to character ${near.at}: ${near.expected.join(' or ')} would follow`
}

/** The text as it may be shown. */
function textOf(understood: Understood): string {
  const { whole, forwarded } = understood
  if (whole.mms !== null) return announcement(whole.mms)
  const masked = maskedText(understood)
  if (forwarded === null || forwarded.of === null) return masked
  const at = (whole.text ?? '').lastIndexOf(forwarded.text)
  return `${maskText(forwarded.by, (whole.text ?? '').slice(0, at))}${masked}`
}

/** The text that is read. */
function maskedText({ text, device, readings, correlation: { answers } }: Understood): string {
  const [answer, ...more] = answers
  if (answer !== undefined && more.length > 0) return answers.map(({ masked }) => masked).join('\n')
  return answer?.masked ?? readings[0]?.masked ?? (device === null ? text : maskText(device, text))
}

function mmsOf({ expires, ...mms }: MmsNotification, device: string | null, receivedAt: number): ReceivedMms {
  const at = expires === null ? null : 'at' in expires ? expires.at : receivedAt + expires.after
  return { device, ...mms, expires_at: at === null || !(at <= latestTime) ? null : isoTime(at) }
}

/** What the published text has besides where it was a mail. */
const mailOf = ({ subject, attachments }: Mail, device: Device | null) => ({
  via: 'mail' as const,
  ...(subject !== null && { subject: device === null ? subject : maskText(device, subject) }),
  ...(attachments.length > 0 && { attachments }),
})

const announcement = ({ from, subject, size, url }: MmsNotification): string =>
  [
    from === null ? 'MMS' : `MMS from ${from}`,
    ...(subject === null ? [] : [`"${subject}"`]),
    ...(size === null ? [] : [`${size} octets`]),
    url,
  ].join(', ')

/** The published form of the text. */
function receivedOf(id: string, text: string, understood: Understood): ReceivedDocument {
  const { whole, device, announced, contact, readings, correlation, judgement, forwarded } = understood
  const carrier = carrierOf(understood)
  const [reading] = readings
  return {
    id,
    from: numberOf(whole.from),
    device: device?.id ?? null,
    ...(contact !== null && { contact }),
    ...(whole.from.ton === 'alphanumeric' && whole.mail === null && { from_type: 'name' }),
    gateway: whole.gateway,
    trust: judgement.level,
    text,
    ...(whole.data !== null && { data: whole.data }),
    ...(whole.mms !== null && { mms: mmsOf(whole.mms, announced, whole.receivedAt) }),
    ...(whole.mail !== null && mailOf(whole.mail, device)),
    received_at: isoTime(whole.receivedAt),
    smsc_at: whole.scts === null ? null : isoTime(whole.scts),
    parts: whole.parts,
    parsed: reading !== undefined || correlation.answers.some(({ by }) => by !== 'any_text'),
    ...(reading !== undefined && { message: reading.message }),
    ...(reading?.reading === 'partial' && { reading: 'partial', unread: reading.unread }),
    encoding: whole.encoding,
    ...(whole.missing.length > 0 && { incomplete: true, missing: whole.missing }),
    ...(whole.damaged && { damaged: true }),
    ...(forwarded !== null && {
      forwarded: {
        from: forwarded.from,
        text: forwarded.of === null ? maskText(forwarded.by, forwarded.text) : maskedText(understood),
      },
    }),
    ...(carrier !== null && { forwarded_by: carrier.id }),
    ...(understood.mayBeOf.length > 0 && { may_be_of: understood.mayBeOf }),
    ...(correlation.lateFor !== null && { late_for: correlation.lateFor }),
  }
}

/**
 * Whether it is from before the installation. Only messages in a modem's memory at the start can be, by their stamp: a
 * text that arrives while the hub runs is new, whatever the clock of its service centre.
 */
export function isFromBefore(
  { whole, sentAt }: Understood,
  { installedAt }: Pick<EffectRules, 'installedAt'>,
): boolean {
  const since = Math.min(installedAt, whole.receivedAt) - installToleranceMs
  return whole.source === 'listed' && Math.min(sentAt, usable(whole) ?? sentAt) < since
}

/** The device's own time of its report, where it is near the network's; never after the reception. */
function ownTime(values: Values | undefined, { whole, sentAt }: Understood): number | null {
  const own = values?.fix_time ?? values?.time
  const time = typeof own === 'string' && /(Z|[+-]\d\d:\d\d)$/.test(own) ? Date.parse(own) : Number.NaN
  return Math.abs(time - sentAt) < maxClockErrorMs ? Math.min(time, whole.receivedAt) : null
}
