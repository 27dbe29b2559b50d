import { commandsOf, type Device, mayUse, messagesOf } from '../device.ts'
import { type Pattern, parsePattern } from '../pattern/pattern.ts'
import { type Piece, piecesIn } from '../pattern/pieces.ts'

/** The keys of a device's profile, each with its value: those of messages, items and accepting answers. */
export function ownPieces(device: Device): Piece[] {
  const messages = Object.values(messagesOf(device)).filter((message) => mayUse(device, message))
  const patterns = [
    ...messages.flatMap(({ text, find, fields }) => [
      ...text.map((one) => one.text),
      ...find,
      ...Object.entries(fields?.keys ?? {}).flatMap(([key, [first]]) =>
        first === undefined ? [] : [keyed(key, fields?.pair ?? ':', first)],
      ),
    ]),
    ...Object.values(device.dialect.items).map(({ text }) => text),
    ...[device.dialect.replies, ...Object.values(commandsOf(device)).map(({ reply }) => reply)].flatMap(
      ({ accepted }) => accepted.map((one) => one.text),
    ),
  ]
  return patterns.flatMap(piecesIn)
}

const keyedPatterns = new WeakMap<Pattern, Pattern>()

/** A key of `fields` with its value, as a pattern. */
function keyed(key: string, pair: string, value: Pattern): Pattern {
  const known = keyedPatterns.get(value)
  if (known !== undefined) return known
  const quoted = `${key}${pair}`.replace(/[\\~[\](){}|]/g, '\\$&')
  const pattern = { source: `${quoted}${value.source}`, parts: [...parsePattern(quoted).parts, ...value.parts] }
  keyedPatterns.set(value, pattern)
  return pattern
}
