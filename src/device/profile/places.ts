import { fieldsIn } from '../pattern/bind.ts'
import type { Pattern } from '../pattern/pattern.ts'
import type { Command } from '../schema/command.ts'
import type { Message } from '../schema/message.ts'
import { reservedNames } from '../vocabulary/vocabulary.ts'
import type { Dialect } from './dialect.ts'
import { verdicts } from './replies.ts'

/** A pattern of a dialect and its path. */
export interface Place {
  readonly path: string
  readonly pattern: Pattern
  /** The command whose parameters it may name. */
  readonly command: Command | null
}

/** Every pattern of a dialect. */
export function patternsIn(dialect: Dialect): Place[] {
  return [
    ...verdicts.flatMap((kind) =>
      dialect.replies[kind].map(({ text }, i) => ({ path: `${kind}.${i}`, pattern: text, command: null })),
    ),
    ...dialect.forwards.map((pattern, i) => ({ path: `forwards.${i}`, pattern, command: null })),
    ...Object.entries(dialect.items).map(([name, item]) => ({
      path: `items.${name}`,
      pattern: item.text,
      command: null,
    })),
    ...Object.entries(dialect.messages).flatMap(([name, message]) => [
      ...message.text.map(({ text }, i) => ({ path: `messages.${name}.text.${i}`, pattern: text, command: null })),
      ...message.find.map((pattern, i) => ({ path: `messages.${name}.find.${i}`, pattern, command: null })),
      ...message.unless.map((pattern, i) => ({ path: `messages.${name}.unless.${i}`, pattern, command: null })),
      ...pairsOf(name, message),
    ]),
    ...Object.entries(dialect.commands).flatMap(([name, command]) => repliesOf(name, command)),
  ]
}

function pairsOf(name: string, { fields }: Message): Place[] {
  if (fields === undefined) return []
  const path = `messages.${name}.fields`
  const head = fields.head === undefined ? [] : [{ path: `${path}.head`, pattern: fields.head, command: null }]
  const keys = Object.entries(fields.keys).flatMap(([key, patterns]) =>
    patterns.map((pattern) => ({ path: `${path}.keys.${key}`, pattern, command: null })),
  )
  return [...head, ...keys]
}

function repliesOf(name: string, command: Command): Place[] {
  return verdicts.flatMap((kind) =>
    command.reply[kind].map(({ text }, i) => ({ path: `commands.${name}.reply.${kind}.${i}`, pattern: text, command })),
  )
}

/** Fields that a message may have; those of a family with `#`. */
export function fieldsOf(message: Message, items: Dialect['items']): string[] {
  const patterns = [
    ...message.text.map(({ text }) => text),
    ...message.find,
    ...Object.values(message.fields?.keys ?? {}).flat(),
    ...(message.fields?.head === undefined ? [] : [message.fields.head]),
  ]
  const set = [...Object.keys(message.set), ...message.text.flatMap((wording) => Object.keys(wording.set))]
  const read = message.reader === undefined ? [] : ['latitude', 'longitude']
  const named = patterns
    .flatMap((pattern) => fieldsIn(pattern, items))
    .flatMap((field) => (field === 'position' ? ['latitude', 'longitude'] : [field]))
  return [...new Set([...named, ...set, ...read])].filter((field) => !reservedNames.includes(field))
}
