import { own } from '../../util/own.ts'
import { bindingOf, commandsOf, type Device } from '../device.ts'
import { wireOf } from '../parameters/parameters.ts'
import type { Binding } from '../pattern/bind.ts'
import { match } from '../pattern/match.ts'
import { mayBe } from '../pattern/needed-words.ts'
import type { Pattern } from '../pattern/pattern.ts'
import { Programs } from '../profile/dialect.ts'
import { wordingsOf } from '../profile/replies.ts'
import { fold } from '../regular/regular.ts'
import { took } from '../regular/steps-taken.ts'
import type { Command, Parameter } from '../schema/command.ts'

interface OwnReplies {
  readonly patterns: readonly Pattern[]
  readonly programs: Programs
}

const ownRepliesOf = new WeakMap<Command, OwnReplies>()

/** Whether these words answer some command of the device, whatever its parameters were. */
export function isAnswer(device: Device, words: string, form: ((pattern: Pattern) => Pattern) | null = null): boolean {
  const folded = fold(words)
  took(words.length)
  const fits = (programs: Programs, pattern: Pattern, binding: Binding): boolean => {
    const isTried = mayBe(pattern, folded, form === null)
    const program = isTried ? programs.get(form?.(pattern) ?? pattern, binding) : null
    return program !== null && match(program, words) !== null
  }
  const { replies, programs } = device.dialect
  if (wordingsOf(replies).some(({ text }) => fits(programs, text, bindingOf(device)))) return true
  return Object.values(commandsOf(device)).some((command) => {
    const { patterns, programs } = ownReplies(command)
    const unknown = (name: string) =>
      own(command.params, name) === undefined ? null : wireOf(command.params[name] as Parameter)
    return patterns.some((pattern) => fits(programs, pattern, { ...bindingOf(device), unknown }))
  })
}

function ownReplies(command: Command): OwnReplies {
  const known = ownRepliesOf.get(command) ?? {
    patterns: wordingsOf(command.reply).map(({ text }) => text),
    programs: new Programs(),
  }
  ownRepliesOf.set(command, known)
  return known
}
