import { own } from '../../util/own.ts'
import { bindingOf, commandsOf, type Device } from '../device.ts'
import { wireOf } from '../parameters/parameters.ts'
import type { Binding } from '../pattern/bind.ts'
import { match } from '../pattern/match.ts'
import { mayBe } from '../pattern/needed-words.ts'
import type { Pattern } from '../pattern/pattern.ts'
import { Programs } from '../profile/dialect.ts'
import { fold } from '../regular/regular.ts'
import type { Command, Parameter } from '../schema/command.ts'

interface Replies {
  readonly patterns: readonly Pattern[]
  readonly programs: Programs
}

const replies = new WeakMap<Command, Replies>()

/** Whether these words answer some command of the device, whatever its parameters were. */
export function isAnswer(device: Device, words: string, form: ((pattern: Pattern) => Pattern) | null = null): boolean {
  const folded = fold(words)
  const fits = (programs: Programs, pattern: Pattern, binding: Binding): boolean => {
    const isTried = mayBe(pattern, folded, form === null)
    const program = isTried ? programs.get(form?.(pattern) ?? pattern, binding) : null
    return program !== null && match(program, words) !== null
  }
  const { refused, programs } = device.dialect
  if (refused.some((pattern) => fits(programs, pattern, bindingOf(device)))) return true
  return Object.values(commandsOf(device)).some((command) => {
    const { patterns, programs } = repliesOf(command)
    const unknown = (name: string) =>
      own(command.params, name) === undefined ? null : wireOf(command.params[name] as Parameter)
    return patterns.some((pattern) => fits(programs, pattern, { ...bindingOf(device), unknown }))
  })
}

function repliesOf(command: Command): Replies {
  const { accepted, refused, pending } = command.reply
  const known = replies.get(command) ?? {
    patterns: [...accepted, ...refused, ...pending].map(({ text }) => text),
    programs: new Programs(),
  }
  replies.set(command, known)
  return known
}
