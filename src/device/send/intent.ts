import { Fault } from '../../message/fault.ts'
import { isObject, readJson } from '../../message/json.ts'
import { splitMeta } from '../../message/meta.ts'
import { type Value, wordOf } from '../../message/values.ts'
import { didYouMean } from '../../util/nearest.ts'
import { own } from '../../util/own.ts'
import { commandsOf, type Device, messagesOf, propertiesOf } from '../device.ts'
import { isListed } from '../mask.ts'
import { accepts } from '../parameters/parameters.ts'
import { fieldsOf } from '../profile/places.ts'
import { plainWhole } from '../readers/numerals.ts'
import type { Parameter } from '../schema/command.ts'
import { type Action, actions, type Call, type Property } from '../schema/message.ts'
import { findCommand } from './find-command.ts'

/** A word for the opposite of the current value. */
export const isToggle = (value: unknown): boolean => /^\s*toggle\s*$/i.test(wordOf(value))

/** The command for a `set` or `get`. */
export interface Resolved {
  readonly command: string
  readonly params: Readonly<Record<string, unknown>>
  /** The property; null where the command is not for a single one. */
  readonly property: string | null
}

/**
 * Words of clients and the actions that they may stand for, the best first. The name of an action needs no row.
 */
const words: Readonly<Record<string, readonly Action[]>> = {
  '1': ['on', 'press'],
  true: ['on', 'press'],
  '0': ['off'],
  false: ['off'],
  on: ['on', 'press'],
  open: ['open', 'press'],
  toggle: ['toggle', 'press'],
  press: ['press'],
  arm: ['arm', 'arm_away'],
  unlock: ['unlock', 'press'],
}

/**
 * The command that sets a property to a value; without a property, the primary one. `current` is its current value,
 * which TOGGLE needs where the device has no toggle command.
 */
export function resolveSet(device: Device, property: string | null, value: unknown, current: Value = null): Resolved {
  const [name, row] = findProperty(device, property)
  const usable = callsOf(device, row)
  const word = plainWhole(wordOf(value).trim()).toLowerCase()
  const action = actionFor(word, usable, current)
  const call = action === null ? undefined : usable.get(action)
  if (action !== null && call !== undefined) {
    return { command: call.command, params: filled(device, action, call, value), property: name }
  }
  if (word === 'toggle' && usable.has('on') && usable.has('off')) {
    const way = `ask for it first (${device.id}/get), or publish ON or OFF`
    throw new Fault('not_allowed', `whether "${name}" of ${device.id} is on is not known: ${way}`, { property: name })
  }
  const accepted = acceptedBy(device, usable)
  const shown = typeof value === 'object' ? 'an object' : JSON.stringify(value)
  const message =
    accepted.length === 0
      ? `"${name}" of ${device.id} can't be set`
      : `"${name}" of ${device.id} takes ${accepted.join(', ')}, not ${shown}`
  throw new Fault('out_of_range', message, { property: name, accepted })
}

function actionFor(word: string, usable: ReadonlyMap<Action, Call>, current: Value): Action | null {
  if (word === 'toggle' && !usable.has('toggle') && !usable.has('press')) {
    return current === 'ON' || current === true ? 'off' : current === 'OFF' || current === false ? 'on' : null
  }
  const named = (own(words, word) ?? actions.filter((action) => action === word && action !== 'set')).find((action) =>
    usable.has(action),
  )
  return named ?? (usable.has('set') ? 'set' : null)
}

/** The parameters of a call. A `set` without any passes its value as the one that the command needs. */
function filled(device: Device, action: Action, call: Call, value: unknown): Record<string, unknown> {
  const params = Object.entries(call.params).map(([key, text]) => [key, text === '{value}' ? value : text] as const)
  const only = action === 'set' && params.length === 0 ? onlyParameter(device, call.command) : null
  return only === null ? Object.fromEntries(params) : { [only]: value }
}

/** The command that queries a property, or the whole state. */
export function resolveGet(device: Device, property: string | null): Resolved {
  const commands = commandsOf(device)
  if (property === null) {
    const status = Object.hasOwn(commands, 'status')
      ? 'status'
      : Object.keys(commands).find((name) => (commands[name]?.asks.length ?? 0) > 0)
    if (status !== undefined) return { command: status, params: {}, property: null }
    throw new Fault('unknown_property', `${device.id} has no command that queries its state`, { device: device.id })
  }
  const query = own(propertiesOf(device), property)?.query
  const asking = query ?? Object.keys(commands).find((name) => isListed(property, commands[name]?.asks ?? []))
  if (asking !== undefined && Object.hasOwn(commands, asking)) return { command: asking, params: {}, property }
  const known = [
    ...Object.keys(propertiesOf(device)),
    ...Object.values(commands).flatMap(({ asks }) => asks),
    ...Object.values(messagesOf(device)).flatMap((message) => fieldsOf(message, device.dialect.items)),
  ]
  if (known.some((name) => isListed(property, [name]))) return { ...resolveGet(device, null), property }
  throw unknownProperty(device, property, known)
}

/**
 * Parameters of `command/<name>`: a JSON object, the one value that the command takes, or nothing where it needs none.
 */
export function commandArguments(device: Device, name: string, payload: string): Readonly<Record<string, unknown>> {
  const { key, command } = findCommand(device, name)
  const plain = payload.trim()
  const given = readJson(plain)
  if (isObject(given)) return splitMeta(given).rest
  const needed = Object.entries(command.params).filter(([, spec]) => isNeeded(spec))
  if (plain === '' || (needed.length === 0 && /^press$/i.test(plain))) return {}
  const only = onlyParameter(device, key)
  if (only !== null) {
    const value = typeof given === 'string' || Array.isArray(given) ? given : plain
    assertNoState(key, only, command.params[only] as Parameter, value)
    return { [only]: value }
  }
  if (needed.length === 0) {
    const takes = `${key} takes an empty payload, PRESS or a JSON object`
    throw new Fault('invalid_payload', `${takes}, not ${JSON.stringify(plain.slice(0, 80))}`, { command: key })
  }
  const list = needed.map(([param, spec]) => `"${param}": ${accepts(spec)}`).join('; ')
  throw new Fault('out_of_range', `${key} takes a JSON object with ${list}`, {
    command: key,
    accepted: needed.map(([param]) => param),
  })
}

/** Types that accept any word, states included. */
const freeTypes: readonly Parameter['type'][] = ['text', 'name_or_number', 'digits']
const stateWords: readonly string[] = [...actions, 'true', 'false', 'yes', 'no', '0']

/** OFF published to `disarm` is a state, not the partition "OFF" that the parameter could name. */
function assertNoState(command: string, name: string, spec: Parameter, value: unknown): void {
  const word = wordOf(value).trim()
  if (isNeeded(spec) || !freeTypes.includes(spec.type) || !stateWords.includes(word.toLowerCase())) return
  const meant = `{"${name}": ${JSON.stringify(word)}} where it is one`
  const takes = `${command} takes an empty payload, PRESS or its "${name}"`
  throw new Fault('invalid_payload', `${takes}; ${JSON.stringify(word)} is a state: publish ${meant}`, { command })
}

const isNeeded = (spec: Parameter): boolean => !spec.optional && spec.default === undefined

/** The only parameter of a command, or the only required one. */
export function onlyParameter(device: Device, name: string): string | null {
  const params = Object.entries(own(device.dialect.commands, name)?.params ?? {})
  const needed = params.filter(([, spec]) => isNeeded(spec))
  const [only] = needed.length === 1 ? needed : params.length === 1 ? params : []
  return only?.[0] ?? null
}

function findProperty(device: Device, name: string | null): readonly [string, Property] {
  const table = propertiesOf(device)
  const entries = Object.entries(table)
  if (name === null) {
    const settable = entries.filter(([, row]) => callsOf(device, row).size > 0)
    const primary = settable.find(([, row]) => row.primary) ?? settable[0]
    if (primary !== undefined) return primary
    throw new Fault('unknown_property', `${device.id} has nothing that can be set`, { device: device.id })
  }
  const row = own(table, name)
  if (row !== undefined) return [name, row]
  throw unknownProperty(device, name, Object.keys(table))
}

/** Actions of a property for which this device has a command. */
export function callsOf(device: Device, row: Property): ReadonlyMap<Action, Call> {
  const commands = commandsOf(device)
  return new Map(
    actions.flatMap((action) =>
      row[action] !== undefined && Object.hasOwn(commands, row[action].command) ? [[action, row[action]] as const] : [],
    ),
  )
}

function acceptedBy(device: Device, usable: ReadonlyMap<Action, Call>): string[] {
  return [...usable].map(([action, call]) => {
    if (action !== 'set') return action.toUpperCase()
    const only = onlyParameter(device, call.command)
    const spec = only === null ? undefined : device.dialect.commands[call.command]?.params[only]
    return spec === undefined ? 'a value' : accepts(spec)
  })
}

function unknownProperty(device: Device, name: string, known: readonly string[]): Fault {
  const meant = didYouMean(name, known)
  const list = meant === '' && known.length > 0 ? `; it has ${known.join(', ')}` : meant
  return new Fault('unknown_property', `${device.id} has no property "${name}"${list}`, {
    property: name,
    properties: known,
  })
}
