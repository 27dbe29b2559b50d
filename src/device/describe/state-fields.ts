import { own } from '../../util/own.ts'
import { commandsOf, type Device, mayUse, messagesOf, propertiesOf } from '../device.ts'
import { isListed } from '../mask.ts'
import { fieldsIn } from '../pattern/bind.ts'
import type { Dialect } from '../profile/dialect.ts'
import { fieldsOf } from '../profile/places.ts'
import { repliesTo, wordingsOf } from '../profile/replies.ts'
import type { Command } from '../schema/command.ts'
import type { Call } from '../schema/message.ts'
import { callsOf } from '../send/intent.ts'
import { reservedNames } from '../vocabulary/vocabulary.ts'

/**
 * The fields that a device can report, sorted: names, and families like `zone_#` whose members appear when they are
 * first reported. Secret fields are left out.
 */
export interface StateFields {
  readonly fields: readonly string[]
  readonly families: readonly string[]
  /** What is always in the state of a device. */
  readonly keys: readonly string[]
}

const known = new WeakMap<Dialect, Map<string, StateFields>>()

/**
 * Cached: devices of a dialect report the same fields, apart from entries that their settings switch. What ten thousand
 * devices share is passed on to other threads once.
 */
export function stateFieldsOf(device: Device): StateFields {
  let variants = known.get(device.dialect)
  if (variants === undefined) {
    variants = new Map()
    known.set(device.dialect, variants)
  }
  const switched = switchesOf(device.dialect)
  const settings = switched.map((name) => device.settings[name] ?? null)
  const key = JSON.stringify([device.unproven, device.expected === null, ...settings])
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

/** The keys that are always in the state of a device: unknown ones are null. */
export const stateKeysOf = (device: Device): readonly string[] => stateFieldsOf(device).keys

/** Entities that move for a while: `gate_target` beside `gate` is where to (ledger/devices/presence.ts). */
const moving: ReadonlySet<string> = new Set(['cover', 'lock', 'valve'])
export const targetOf = (property: string): string => `${property}_target`

function collect(device: Device): StateFields {
  const { items } = device.dialect
  const messages = Object.values(messagesOf(device)).filter((message) => mayUse(device, message))
  const commands = Object.values(commandsOf(device)).filter((command) => mayUse(device, command))
  const secret = [...messages.flatMap((message) => message.secret), ...commands.flatMap(({ reply }) => reply.secret)]
  const named = [
    ...messages.flatMap((message) => fieldsOf(message, items)),
    ...commands.flatMap((command) => [...wordedIn(device, command), ...provenSets(device, command)]),
  ].filter((field) => !reservedNames.includes(field) && !isListed(field, secret))
  const families = [...new Set(named.filter((field) => field.includes('#')))].sort()
  const members = Object.entries(propertiesOf(device)).flatMap(([name, row]) =>
    isListed(name, families) || callsOf(device, row).size === 0 ? [name] : [],
  )
  // A command may ask for members of a family that a message reports as a whole.
  const asked = commands.flatMap(({ asks }) => asks.filter((field) => !field.includes('#')))
  const whole = named.filter((field) => !field.includes('#'))
  const inFamilies = [...members, ...asked].filter((name) => isListed(name, families) && !isListed(name, secret))
  const fields = [...new Set([...whole, ...inFamilies])].sort()
  return { fields, families, keys: [...fields, ...(device.expected === null ? [] : ['reporting']), ...targets(device)] }
}

const targets = (device: Device): string[] =>
  Object.entries(propertiesOf(device)).flatMap(([name, { entity }]) => (moving.has(entity) ? [targetOf(name)] : []))

/** Whether the answer to a call contains the new value of a field; otherwise the value is assumed. */
export function isConfirmed(device: Device, { command: name, params }: Call, field: string): boolean {
  const command = commandsOf(device)[name]
  if (command === undefined || !mayUse(device, command)) return false
  const messages = messagesOf(device)
  const read = answeredOf(device, command).reply.reads.flatMap((message) => {
    const row = messages[message]
    return row === undefined || !mayUse(device, row) ? [] : fieldsOf(row, device.dialect.items)
  })
  return isListed(field, [...wordedIn(device, command), ...read, ...provenSets(device, command, params)])
}

/** Values that hold once the device has accepted, where its answer proves that: `any_text`, silence and what is unproven do not. */
function provenSets(device: Device, command: Command, params: Call['params'] = {}): string[] {
  if (command.proof === 'unproven') return []
  const answered = answeredOf(device, command)
  const { expect, reads } = answered.reply
  if (expect === 'none' || repliesTo(device.dialect, answered).accepted.length + reads.length === 0) return []
  return Object.keys(command.sets).map((field) =>
    field.replace(/\{(\w+)\}/g, (_, name: string) => own(params, name) ?? '#'),
  )
}

/** A command of several texts is answered after the last one, unless it has a reply of its own. */
function answeredOf(device: Device, command: Command): Command {
  const last = command.steps?.at(-1)
  return command.reply.expect !== 'none' || last === undefined ? command : (commandsOf(device)[last.command] ?? command)
}

/** Fields in the wordings of a command's answers. */
function wordedIn(device: Device, command: Command): string[] {
  const answered = answeredOf(device, command)
  if (answered.reply.expect === 'none') return []
  return wordingsOf(repliesTo(device.dialect, answered)).flatMap(({ text, set }) => [
    ...fieldsIn(text, device.dialect.items),
    ...Object.keys(set),
  ])
}
