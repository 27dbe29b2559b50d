import { commandsOf, type Device, messagesOf, propertiesOf } from './device.ts'
import type { Dialect } from './dialect.ts'
import { callsOf } from './intent.ts'
import { isListed } from './mask.ts'
import { fieldsIn } from './pattern/bind.ts'
import { fieldsOf } from './places.ts'
import type { Command } from './schema/command.ts'
import { reservedNames } from './vocabulary.ts'

/**
 * What a device can tell of itself, sorted: whole names, and families like `zone_#` whose members show themselves
 * when they come. Secret fields are left out.
 */
export interface StateFields {
  readonly fields: readonly string[]
  readonly families: readonly string[]
}

const known = new WeakMap<Dialect, Map<string, StateFields>>()

/** Devices of one dialect tell the same, but for entries that their settings switch: looked up once for all of them. */
export function stateFieldsOf(device: Device): StateFields {
  let variants = known.get(device.dialect)
  if (variants === undefined) {
    variants = new Map()
    known.set(device.dialect, variants)
  }
  const switched = switchesOf(device.dialect)
  const key = JSON.stringify(switched.map((name) => device.settings[name] ?? null))
  let fields = variants.get(key)
  if (fields === undefined) {
    fields = collect(device)
    variants.set(key, fields)
  }
  return fields
}

const switches = new WeakMap<Dialect, readonly string[]>()

/** Settings that entries depend on. */
function switchesOf(dialect: Dialect): readonly string[] {
  let names = switches.get(dialect)
  if (names === undefined) {
    const rows = [dialect.commands, dialect.messages, dialect.properties].flatMap((table) => Object.values(table))
    names = [...new Set(rows.flatMap(({ when }) => Object.keys(when)))]
    switches.set(dialect, names)
  }
  return names
}

/** The keys that the state of a device always has: unknown ones are null. */
export const stateKeysOf = (device: Device): readonly string[] =>
  device.expected === null ? stateFieldsOf(device).fields : [...stateFieldsOf(device).fields, 'reporting']

function collect(device: Device): StateFields {
  const { items } = device.dialect
  const messages = Object.values(messagesOf(device))
  const commands = Object.values(commandsOf(device))
  const secret = [...messages.flatMap((message) => message.secret), ...commands.flatMap(({ reply }) => reply.secret)]
  const named = [
    ...messages.flatMap((message) => fieldsOf(message, items)),
    ...commands.flatMap((command) => [
      ...command.asks,
      ...answered(command, (pattern) => fieldsIn(pattern, items)),
      ...Object.keys(command.sets).map((field) => field.replace(/\{\w+\}/g, '#')),
    ]),
  ].filter((field) => !reservedNames.includes(field) && !isListed(field, secret))
  const families = [...new Set(named.filter((field) => field.includes('#')))].sort()
  const members = Object.entries(propertiesOf(device)).flatMap(([name, row]) =>
    isListed(name, families) || callsOf(device, row).size === 0 ? [name] : [],
  )
  const whole = named.filter((field) => !field.includes('#'))
  return { fields: [...new Set([...whole, ...members.filter((name) => isListed(name, families))])].sort(), families }
}

function answered(
  { reply }: Command,
  fields: (pattern: Command['reply']['accepted'][number]['text']) => readonly string[],
): string[] {
  return [...reply.accepted, ...reply.refused, ...reply.pending].flatMap(({ text, set }) => [
    ...fields(text),
    ...Object.keys(set),
  ])
}
