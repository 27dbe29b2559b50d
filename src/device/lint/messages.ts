import { messagesOf } from '../device.ts'
import type { Dialect } from '../profile/dialect.ts'
import type { Profile } from '../profile/profile.ts'
import { readText } from '../receive/read.ts'
import { sampleDevice } from '../sample.ts'
import type { MessageExample } from '../schema/message.ts'
import { forVariant } from './commands.ts'
import { contextOf, difference, failure } from './examples.ts'
import type { Problem, Rule } from './problem.ts'

/** Every message has an example in every variant, which fits that message only and has the values that it states. */
export const lintMessages: Rule = (profile, dialect) => [
  ...lintCalls(dialect),
  ...Object.entries(dialect.messages).flatMap(([name, message]) => {
    if (message.call) return []
    const examples = message.examples.filter(({ variant }) => variant === undefined || variant === dialect.variant)
    if (examples.length === 0) return [{ path: `messages.${name}`, message: `has no example${forVariant(dialect)}` }]
    return examples.flatMap((example) => {
      const wrong = failure(() => check(profile, dialect, name, example))
      const path = `messages.${name}.examples.${message.examples.indexOf(example)}${forVariant(dialect)}`
      return wrong === null ? [] : [{ path, message: wrong }]
    })
  }),
]

/** A call has no words by which one message differs from another, and needs no example. */
function lintCalls({ messages }: Dialect): Problem[] {
  const calls = Object.entries(messages).filter(([, message]) => message.call)
  const same = calls.filter(([, one], place) =>
    calls.slice(0, place).some(([, other]) => JSON.stringify(one.when) === JSON.stringify(other.when)),
  )
  const twice = same.map(([name]) => ({ path: `messages.${name}.call`, message: 'is another message already' }))
  const shown = calls.filter(([, { examples }]) => examples.length > 0)
  return [...twice, ...shown.map(([name]) => ({ path: `messages.${name}.examples`, message: 'a call has no text' }))]
}

function check(profile: Profile, dialect: Dialect, name: string, example: MessageExample): void {
  const device = sampleDevice(profile, dialect.variant, example.settings)
  if (!Object.hasOwn(messagesOf(device), name)) throw new Error('its settings do not allow the message')
  const [reading, ...more] = readText(device, example.text, contextOf(example.scts))
  if (reading === undefined) throw new Error(`${JSON.stringify(example.text)} fits nothing`)
  if (more.length > 0)
    throw new Error(
      `${JSON.stringify(example.text)} is ambiguous: ${[reading, ...more].map(({ message }) => message).join(', ')}`,
    )
  if (reading.message !== name) throw new Error(`${JSON.stringify(example.text)} is ${reading.message}`)
  const wrong = difference(example.values, reading.values, reading.event)
  if (wrong !== '') throw new Error(`${JSON.stringify(example.text)}: ${wrong}`)
}
