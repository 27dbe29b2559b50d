import type { Values } from '../../message/values.ts'
import { own } from '../../util/own.ts'
import { seededRandom } from '../../util/random.ts'
import { bindingOf, type Device, parameterContext } from '../device.ts'
import { takeParameters, wireOf } from '../parameters/parameters.ts'
import { type Binding, bind, regularOf } from '../pattern/bind.ts'
import { hostileTexts } from '../pattern/generate.ts'
import { isFixed } from '../pattern/pattern.ts'
import type { Dialect } from '../profile/dialect.ts'
import { type Place, patternsIn } from '../profile/places.ts'
import type { Profile } from '../profile/profile.ts'
import { verdicts } from '../profile/replies.ts'
import { answerBinding, askedOf } from '../receive/answer.ts'
import { assemble } from '../regular/instructions.ts'
import { run } from '../regular/machine.ts'
import { sampleDevice } from '../sample.ts'
import type { Command, CommandExample, Parameter } from '../schema/command.ts'
import { forVariant } from './commands.ts'
import { exampleTime } from './examples.ts'
import type { Problem, Rule } from './problem.ts'

/** Steps per character that a hostile text may cost, and the growth of the cost when its length doubles. */
const maxStepsPerCharacter = 300
const maxGrowth = 2.2
const hostileTextLength = 200

/** Every pattern is proved by an example, and is fast on every text. */
export const lintPatterns: Rule = (profile, dialect) =>
  patternsIn(dialect).flatMap((place) => [
    ...checkCost(profile, dialect, place),
    ...checkProof(profile, dialect, place),
  ])

export function checkCost(profile: Profile, dialect: Dialect, { path, pattern, command }: Place): Problem[] {
  const device = sampleDevice(profile, dialect.variant, {})
  const unknown = (name: string) => {
    const spec = own(command?.params ?? {}, name)
    return spec === undefined ? { is: 'literal' as const, text: 'ab 12', exact: false } : wireOf(spec as Parameter)
  }
  const regular = regularOf(pattern, { ...bindingOf(device), unknown })
  if (regular === null) return []
  const program = assemble(regular)
  const random = seededRandom(1)
  for (const text of hostileTexts(regular, 2 * hostileTextLength, random)) {
    const half = run(program, text.slice(0, hostileTextLength)).steps
    const steps =
      half > maxStepsPerCharacter * hostileTextLength
        ? half / hostileTextLength
        : run(program, text).steps / text.length
    if (steps > maxStepsPerCharacter || steps * text.length > half * maxGrowth + program.length) {
      return [{ path, message: `is slow: ${Math.round(steps)} steps for each character of a hostile text` }]
    }
  }
  return []
}

/** Whether an example of the entry fits this pattern. A pattern with only one possible text proves itself. */
function checkProof(profile: Profile, dialect: Dialect, place: Place): Problem[] {
  const { path, pattern } = place
  const [section, name = '', kind = ''] = path.split('.')
  const isOfFamily = verdicts.some((verdict) => verdict === section)
  if (isFixed(pattern) && isOfFamily) return []
  if (section === 'items' || section === 'forwards' || kind === 'fields' || kind === 'unless') return []
  const proofs =
    section === 'messages'
      ? messageProofs(profile, dialect, name)
      : commandProofs(profile, dialect, isOfFamily ? null : name)
  const search = kind === 'find'
  const proved = proofs.some(({ text, binding }) => {
    const program = bind(pattern, binding)
    return program !== null && run(program, text.trim(), { search }).fits
  })
  return proved ? [] : [{ path, message: `"${pattern.source}" is proved by no example${forVariant(dialect)}` }]
}

interface Evidence {
  readonly text: string
  readonly binding: Binding
}

function messageProofs(profile: Profile, dialect: Dialect, name: string): Evidence[] {
  return (dialect.messages[name]?.examples ?? [])
    .filter(({ variant }) => variant === undefined || variant === dialect.variant)
    .map(({ text, settings }) => ({ text, binding: bindingOf(sampleDevice(profile, dialect.variant, settings)) }))
}

function commandProofs(profile: Profile, dialect: Dialect, name: string | null): Evidence[] {
  const commands = Object.entries(dialect.commands).filter(([key]) => name === null || key === name)
  return commands.flatMap(([key, command]) =>
    command.examples
      .filter(({ variant }) => variant === undefined || variant === dialect.variant)
      .flatMap(({ settings, params, reply, already, pending, refused }) => {
        const device = sampleDevice(profile, dialect.variant, settings)
        const binding = answerBinding(
          askedOf(device, command, { command: key, params: taken(device, key, params), text: '' }),
        )
        return [...reply, ...[already ?? [], pending ?? [], refused ?? []].flat()].map((text) => ({ text, binding }))
      }),
  )
}

/** Parameters with their defaults; none when the example is wrong, which another rule reports. */
function taken(device: Device, name: string, { counter, ...given }: CommandExample['params']): Values {
  const command = device.dialect.commands[name] as Command
  try {
    const { values } = takeParameters(name, command, given, parameterContext(device, exampleTime))
    return counter === undefined ? values : { ...values, counter: Number(counter) }
  } catch {
    return {}
  }
}
