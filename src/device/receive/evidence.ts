import { reaches, strictest, type Trust, type TrustLevel } from '../../message/trust.ts'
import type { Values } from '../../message/values.ts'
import { own } from '../../util/own.ts'
import { commandsOf, type Device, messagesOf, propertiesOf, settingOf } from '../device.ts'
import { isSecretSetting } from '../mask.ts'
import { specOf } from '../parameters/settings.ts'
import type { Span } from '../pattern/match.ts'
import { eachPart } from '../pattern/pattern.ts'
import { findCommand } from '../send/find-command.ts'
import { resolveGet } from '../send/intent.ts'
import { fieldOf } from '../vocabulary/vocabulary.ts'
import { dangersIn, isDangerousEvent } from './danger.ts'

/** Evidence for a text in addition to the number. */
export interface Evidence {
  /** It contains a code of the device's settings. */
  readonly proven: boolean
  /**
   * Its route: the same as of earlier answers, another one, or unknown, as none is learned or the modem does not show
   * it.
   */
  readonly route: 'known' | 'foreign' | 'unknown'
  /** It answers a query: a forger would have to be in time, and could not prevent the device from answering. */
  readonly asked: boolean
  /** It was a mail: what its way proves. Mails cost nothing, so that to be in time proves nothing. Null for an SMS. */
  readonly mail: TrustLevel | null
}

/** The level of a text from the device's number. */
export function levelOf({ trust }: Device, { proven, route, asked, mail }: Evidence): TrustLevel {
  if (proven) return 'secret'
  if (mail !== null) return mail
  const wantsRoute = trust !== null && [trust.state, trust.danger, trust.settle].includes('route')
  if (asked && (route === 'known' || (route === 'unknown' && !wantsRoute))) return 'secret'
  return route === 'known' ? 'route' : 'number'
}

/** The claims of a text that matter here. */
export interface Claim {
  readonly values: Values
  readonly events: readonly string[]
  /** The trust that the matching messages of the profile require. */
  readonly required: readonly Trust[]
}

/** Whether forging it is worthwhile. */
export const claimsDanger = (device: Device, { values, events }: Pick<Claim, 'values' | 'events'>): boolean =>
  Object.keys(dangersIn(device, values)).length > 0 || events.some(isDangerousEvent)

/** The trust level required for a text's values to become the state of the device. */
export function requiredFor(device: Device, { values, events, required }: Claim): Trust {
  const isDangerous = claimsDanger(device, { values, events })
  const { state = 'number', danger = 'number' } = device.trust ?? {}
  return strictest([state, ...(isDangerous ? [danger] : []), ...required])
}

export const settles = ({ trust }: Device, level: TrustLevel): boolean => reaches(level, trust?.settle ?? 'number')

/** The values of a text that another text may contradict: dangerous ones, else those of fields with few values. */
export function claimed(device: Device, values: Values): Values {
  const dangers = dangersIn(device, values)
  if (Object.keys(dangers).length > 0) return dangers
  return Object.fromEntries(
    Object.entries(values).filter(([field]) => ['bool', 'switch'].includes(fieldOf(field)?.type ?? '')),
  )
}

export const contradicts = (one: Values, other: Values): boolean =>
  Object.entries(one).some(([field, value]) => own(other, field) !== undefined && other[field] !== value)

/** Whether the text contains a code that only the device and its owner know; a factory default does not count. */
export function holdsSecret(device: Device, text: string, spans: readonly Span[]): boolean {
  return spans.some(({ by, name, from, to }) => {
    if (to <= from || !isOwnSecret(device, name)) return false
    return by === 'value' || text.slice(from, to) === settingOf(device, name)
  })
}

/** A secret setting of the device that differs from the factory default. */
export function isOwnSecret(device: Device, name: string): boolean {
  const value = isSecretSetting(device, name) ? (settingOf(device, name) ?? '') : ''
  return value !== '' && value !== specOf(device.dialect.settings, name)?.default
}

/** The codes that texts of the device contain: in a message, or in an accepting answer. */
export function codesOf(device: Device): string[] {
  const messages = Object.values(messagesOf(device)).flatMap(({ text, find }) => [
    ...text.map((one) => one.text),
    ...find,
  ])
  const answers = [device.dialect.replies, ...Object.values(commandsOf(device)).map(({ reply }) => reply)].flatMap(
    ({ already, accepted }) => [...already, ...accepted].map(({ text }) => text),
  )
  const names = [...messages, ...answers].flatMap(({ parts }) =>
    [...eachPart(parts)].flatMap((part) =>
      part.part === 'hole' ? part.field : part.part === 'value' ? part.name : [],
    ),
  )
  return [...new Set(names)].filter((name) => isOwnSecret(device, name))
}

/** Whether the command only queries. */
export function isQuestion(device: Device, name: string): boolean {
  const command = own(device.dialect.commands, name)
  if (command === undefined || command.danger !== undefined || Object.keys(command.sets).length > 0) return false
  if (command.repeat !== 'safe') return false
  return (
    name === 'status' ||
    command.asks.length > 0 ||
    Object.values(propertiesOf(device)).some(({ query }) => query === name)
  )
}

/** The property to query for these fields; `''` for the whole state, null if no command queries them. */
export function questionFor(device: Device, fields: readonly string[]): string | null {
  if (device.recipient === null) return null
  return [...fields, null].map((field) => asks(device, field)).find((topic) => topic !== null) ?? null
}

function asks(device: Device, field: string | null): string | null {
  try {
    const { command } = resolveGet(device, field)
    findCommand(device, command)
    return isQuestion(device, command) ? (field ?? '') : null
  } catch {
    return null
  }
}

/** Whether the device or its profile requires more than the number for anything. */
export function judges({ trust, dialect }: Device): boolean {
  return trust !== null || Object.values(dialect.messages).some((message) => message.trust !== undefined)
}
