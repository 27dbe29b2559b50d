import type { Device } from '../device.ts'
import type { Stretch } from '../mask.ts'
import { eachPart } from '../pattern/pattern.ts'
import { took } from '../regular/steps-taken.ts'
import type { Message } from '../schema/message.ts'
import { type AlarmPhrase, alarmPhrases } from './alarm-phrases.ts'
import { criesIn, isAlarmName, isMeant } from './alarm-words.ts'
import { overlaps } from './lines.ts'

/** Places at which a phrase is looked at. */
const maxPlaces = 4

/** Words of alarm and what they mean. */
export interface Alarm extends Stretch {
  readonly name: string | null
  readonly message: Message | null
  readonly event: string
  readonly clause?: string
}

/** The words of alarm of the profile, or those that any device may use, anywhere in the text. */
export function alarmIn(device: Device, text: string): Alarm | null {
  const own = alarmPhrases(device).flatMap((phrase) => {
    const place = placesOf(phrase, text).find(({ from, to }) => isMeant(text, from, to))
    return place === undefined ? [] : [{ ...phrase, ...place }]
  })
  const [first] = own.sort((a, b) => urgency(a.event) - urgency(b.event) || b.words.length - a.words.length)
  if (first !== undefined && isCall(first.event)) return first
  const mayCrySos = criesSos(device)
  const [cry] = givesAlarms(device) && (first === undefined || mayCrySos) ? criesIn(text) : []
  if (cry === undefined || (first !== undefined && !cry.event.test('sos'))) return first ?? null
  const { event: form, ...place } = cry
  const isSos = form.test('sos') && mayCrySos
  return {
    ...place,
    name: null,
    message: null,
    event: isSos ? 'sos' : (eventsOf(device).find((one) => form.test(one)) ?? 'alarm'),
  }
}

/** Whether somebody calls for help. That is not lost behind other words of alarm: `help me! low battery`. */
export const isCall = (event: string): boolean => /^(?:sos|panic|emergency)$/.test(event)
const urgency = (event: string): number => (isCall(event) ? 0 : 1)

/** The first places of a phrase, without those that are a part of another text of the device. */
function placesOf({ form, calm }: AlarmPhrase, text: string): Stretch[] {
  const places = stretchesOf(form, text).slice(0, maxPlaces)
  const others = places.length === 0 ? [] : calm.flatMap((one) => stretchesOf(one, text))
  return places.filter((place) => !overlaps(place, others))
}

function stretchesOf(form: RegExp, text: string): Stretch[] {
  took(text.length)
  return [...text.matchAll(form)].map(({ index, 0: words }) => ({ from: index, to: index + words.length }))
}

/** Kinds of devices that are there for alarms, whatever their manual prints. */
const alarmKinds: readonly string[] = ['tracker', 'alarm_panel']

/** By the word of its owner, else by its profile. */
const givesAlarms = (device: Device): boolean =>
  device.alarms ??
  (alarmKinds.includes(device.profile.row.kind) ||
    Object.values(device.dialect.messages).some(({ level }) => level === 'high') ||
    eventsOf(device).some(isAlarmName))

const criesSos = ({ profile, alarms }: Device): boolean => profile.row.kind === 'tracker' || alarms === true

/** What words of alarm are that belong to none of the device's messages. */
export const criedEvents = (device: Device): readonly string[] =>
  givesAlarms(device) ? ['alarm', ...(criesSos(device) ? ['sos'] : [])] : []

/** Every event that the profile names. */
function eventsOf({ dialect }: Device): string[] {
  return Object.values(dialect.messages).flatMap(({ event, text }) =>
    [
      event ?? [],
      text.flatMap(({ set, text: pattern }) =>
        [
          set.event ?? [],
          ...[...eachPart(pattern.parts)].map((part) =>
            part.part === 'hole' && part.field === 'event'
              ? Object.values(dialect.words[part.type] ?? {}).map(String)
              : [],
          ),
        ].flat(),
      ),
    ].flat(),
  )
}
