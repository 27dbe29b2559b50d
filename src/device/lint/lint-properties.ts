import { didYouMean } from '../../util/nearest.ts'
import { own } from '../../util/own.ts'
import { eachPart } from '../pattern/pattern.ts'
import type { Dialect } from '../profile/dialect.ts'
import { actions } from '../schema/message.ts'
import { each, type Problem, type Rule } from './problem.ts'

/** Everything that Home Assistant and the set-up offer has a command. */
export const lintProperties: Rule = (_profile, dialect) => {
  const { commands, properties, setup, messages } = dialect
  const known = Object.keys(commands)
  const missing = (path: string, name: string): Problem => ({
    path,
    message: `is left out here: there is no command "${name}"${didYouMean(name, known)}`,
  })
  const events = eventsOf(dialect)
  return [
    ...Object.entries(properties).flatMap(([name, row]) => [
      ...(row.query !== undefined && !known.includes(row.query)
        ? [missing(`properties.${name}.query`, row.query)]
        : []),
      ...actions.flatMap((action) => {
        const call = row[action]
        if (call === undefined) return []
        const path = `properties.${name}.${action}`
        const command = own(commands, call.command)
        if (command === undefined) return [missing(path, call.command)]
        return each(Object.keys(call.params), (key) =>
          Object.hasOwn(command.params, key)
            ? null
            : {
                path,
                message: `${call.command} has no parameter "${key}"${didYouMean(key, Object.keys(command.params))}`,
              },
        )
      }),
    ]),
    ...each(setup.entries(), ([i, step]) =>
      step.command !== undefined && !known.includes(step.command) ? missing(`setup.${i}`, step.command) : null,
    ),
    ...each(Object.entries(commands), ([name, { cancels }]) =>
      cancels !== undefined && !events.includes(cancels)
        ? { path: `commands.${name}.cancels`, message: `no message has the event "${cancels}"` }
        : null,
    ),
    ...each(Object.entries(messages), ([name, { ends }]) =>
      ends !== undefined && !events.includes(ends)
        ? { path: `messages.${name}.ends`, message: `no message has the event "${ends}"` }
        : null,
    ),
  ]
}

const known = new WeakMap<Dialect, readonly string[]>()

/** Events by name: of messages, of `set`, and of the words that an `{event:…}` hole takes. */
export function eventsOf(dialect: Dialect): readonly string[] {
  const events = known.get(dialect) ?? collect(dialect)
  known.set(dialect, events)
  return events
}

function collect({ messages, words }: Dialect): string[] {
  return Object.values(messages).flatMap(({ event, set, text, find }) => {
    const patterns = [...text.map((wording) => wording.text), ...find]
    const types = patterns.flatMap((pattern) =>
      [...eachPart(pattern.parts)].flatMap((part) => (part.part === 'hole' && part.field === 'event' ? part.type : [])),
    )
    const inWords = types.flatMap((type) => Object.values(own(words, type) ?? {}))
    const stated = [event, set.event, ...text.map((wording) => wording.set.event)].flatMap((name) => name ?? [])
    return [...stated, ...inWords.map(String)]
  })
}
