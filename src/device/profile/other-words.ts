import type { Value } from '../../message/values.ts'
import type { Item } from '../pattern/bind.ts'
import { type Part, type Pattern, parsePattern } from '../pattern/pattern.ts'
import { fold } from '../regular/regular.ts'
import type { Command, Wording } from '../schema/command.ts'
import type { Message } from '../schema/message.ts'
import type { LayerRow } from '../schema/profile-schema.ts'
import type { Replies } from './replies.ts'

type Table<T> = Readonly<Record<string, T>>

/** The sections of a profile that are read. */
export interface Texts {
  readonly words: Table<Table<Value>>
  readonly items: Table<Item>
  readonly messages: Table<Message>
  readonly commands: Table<Command>
  readonly replies: Replies
}

/** Words of a pattern, and those that firmware in another language has for them. */
interface Phrase {
  readonly from: readonly Part[]
  readonly to: readonly Part[]
}

/** The texts of a device whose firmware has other words for the same. */
export function inOtherWords({ words, items, messages, commands, replies }: Texts, layer: LayerRow): Texts {
  const phrases = Object.entries(layer.says)
    .map(([from, to]): Phrase => ({ from: parsePattern(from).parts, to: parsePattern(to).parts }))
    .sort((a, b) => b.from.length - a.from.length)
  const turned = (pattern: Pattern): Pattern => translated(pattern, phrases)
  const all = <T extends Wording>(wordings: readonly T[]): T[] =>
    wordings.map((one) => ({ ...one, text: turned(one.text) }))
  const answers = (of: Replies) => ({
    refused: all(of.refused),
    already: all(of.already),
    accepted: all(of.accepted),
    pending: all(of.pending),
  })
  return {
    words: { ...words, ...mapped(layer.words, (table, name) => ({ ...words[name], ...table })) },
    items: mapped(items, (item) => ({ ...item, text: turned(item.text) })),
    messages: mapped(messages, (message, name) => ({
      ...message,
      text: layer.texts[name] ?? all(message.text),
      find: message.find.map(turned),
    })),
    commands: mapped(commands, (command, name) => ({
      ...command,
      text: layer.sends[name] ?? command.text,
      reply: { ...command.reply, ...answers(command.reply) },
    })),
    replies: answers(replies),
  }
}

const mapped = <T, U>(table: Table<T>, change: (value: T, name: string) => U): Table<U> =>
  Object.fromEntries(Object.entries(table).map(([name, value]) => [name, change(value, name)]))

/** Whether these words are in the pattern as a whole, so that other firmware can have others for them. */
export const hasWords = (pattern: Pattern, words: string): boolean =>
  translated(pattern, [{ from: parsePattern(words).parts, to: [] }]) !== pattern

/** The same pattern where none of the phrases is in it. */
function translated(pattern: Pattern, phrases: readonly Phrase[]): Pattern {
  const parts = turn(pattern.parts, phrases)
  const source = JSON.stringify(parts)
  return source === JSON.stringify(pattern.parts) ? pattern : { source, parts }
}

function turn(parts: readonly Part[], phrases: readonly Phrase[]): Part[] {
  const found: Part[] = []
  for (let at = 0; at < parts.length; ) {
    const part = parts[at] as Part
    const phrase = phrases.find(({ from }) => from.every((one, i) => isSame(one, parts[at + i])))
    if (phrase === undefined)
      found.push(part.part === 'either' ? { ...part, of: part.of.map((one) => turn(one, phrases)) } : part)
    else found.push(...phrase.to)
    at += phrase?.from.length ?? 1
  }
  return found
}

function isSame(one: Part, other: Part | undefined): boolean {
  if (one.part === 'text' && other?.part === 'text') return fold(one.text) === fold(other.text)
  const isBlank = one.part === 'blank' || one.part === 'gap'
  if (isBlank) return other?.part === 'blank' || other?.part === 'gap'
  return JSON.stringify(one) === JSON.stringify(other)
}
