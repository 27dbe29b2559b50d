import { commandsOf, type Device, messagesOf, propertiesOf } from './device.ts'
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

const known = new WeakMap<Device, StateFields>()

export function stateFieldsOf(device: Device): StateFields {
  let fields = known.get(device)
  if (fields === undefined) {
    fields = collect(device)
    known.set(device, fields)
  }
  return fields
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
