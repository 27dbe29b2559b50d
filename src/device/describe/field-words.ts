import { own } from '../../util/own.ts'
import { commandsOf, type Device, messagesOf } from '../device.ts'
import { isListed } from '../mask.ts'
import { eachPart, type Pattern } from '../pattern/pattern.ts'
import type { Dialect } from '../profile/dialect.ts'
import { wordingsOf } from '../profile/replies.ts'
import { reservedNames, rowOf } from '../vocabulary/vocabulary.ts'

/** Types of holes with a fixed set of values, as a profile's words have. */
const closedTypes: Readonly<Record<string, readonly string[]>> = { on_off: ['ON', 'OFF'], bool: ['true', 'false'] }

const known = new WeakMap<Dialect, Map<string, ReadonlySet<string> | null>>()

/** Every possible value of a text field of the device; null where its texts are free. */
export function fieldWords(device: Device, field: string): ReadonlySet<string> | null {
  const fields = known.get(device.dialect) ?? new Map<string, ReadonlySet<string> | null>()
  known.set(device.dialect, fields)
  const words = fields.has(field) ? (fields.get(field) ?? null) : collect(device, field)
  fields.set(field, words)
  return words
}

function collect(device: Device, field: string): ReadonlySet<string> | null {
  const { items, words } = device.dialect
  const messages = Object.values(messagesOf(device))
  const commands = Object.values(commandsOf(device))
  const wordings = [
    ...messages.flatMap(({ text }) => text),
    ...wordingsOf(device.dialect.replies),
    ...commands.flatMap(({ reply }) => wordingsOf(reply)),
  ]
  const patterns: readonly Pattern[] = [
    ...wordings.map(({ text }) => text),
    ...messages.flatMap(({ find }) => find),
    ...messages.flatMap(({ fields }) => [
      ...Object.values(fields?.keys ?? {}).flat(),
      ...(fields?.head ? [fields.head] : []),
    ]),
    ...Object.values(items).map(({ text }) => text),
  ]
  const constants = [...messages, ...wordings].map(({ set }) => set).concat(commands.map(({ sets }) => sets))
  const found = new Set<string>()
  for (const part of patterns.flatMap(({ parts }) => [...eachPart(parts)])) {
    if (part.part !== 'hole' || !concerns(part.field, field)) continue
    const table = own(words, part.type) ?? own(closedTypes, part.type)
    if (table === undefined) return null
    for (const value of Object.values(table)) if (value !== '') found.add(String(value))
  }
  for (const [name, value] of constants.flatMap((set) => Object.entries(set))) {
    if (!concerns(name.replace(/\{\w+\}/g, '#'), field)) continue
    if (value.includes('{')) return null
    found.add(value)
  }
  return found
}

/** `zone_#` concerns `zone_1`, but neither `zone_text_1` nor the bare `#` that numbers the others does. */
const concerns = (written: string, field: string): boolean =>
  !reservedNames.includes(written) &&
  rowOf(written) === rowOf(field) &&
  (isListed(field, [written]) || isListed(written, [field]))
