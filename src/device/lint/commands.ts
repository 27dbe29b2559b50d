import { Fault } from '../../message/fault.ts'
import { metaKeys } from '../../message/meta.ts'
import { commandsOf, type Device } from '../device.ts'
import type { Dialect } from '../profile/dialect.ts'
import type { Profile } from '../profile/profile.ts'
import { repliesTo, verdicts } from '../profile/replies.ts'
import { readAnswer } from '../receive/answer.ts'
import { readText } from '../receive/read.ts'
import { sampleDevice } from '../sample.ts'
import type { Command, CommandExample } from '../schema/command.ts'
import { type Composed, composeCommand } from '../send/compose-command.ts'
import { contextOf, difference, exampleTime } from './examples.ts'
import type { Problem, Rule } from './problem.ts'

/** Every command has an example in every variant, which makes exactly the text that it states. */
export const lintCommands: Rule = (profile, dialect) =>
  Object.entries(dialect.commands).flatMap(([name, command]) => {
    const path = `commands.${name}`
    const examples = command.examples.filter(({ variant }) => variant === undefined || variant === dialect.variant)
    const problems = examples.flatMap((example) => checkExample(profile, dialect, name, example))
    if (examples.length === 0 && command.ring === undefined)
      problems.push({ path, message: `has no example${forVariant(dialect)}` })
    return [
      ...problems,
      ...checkParameters(path, command),
      ...checkReply(path, dialect, command),
      ...checkAsks(profile, name, command),
    ]
  })

/** Names of commands that query a tracker's position. */
const placeQuestions: readonly string[] = ['locate', 'link', 'map', 'position', 'where', 'address', 'coordinates']

/** Any place answers a query for a tracker's position: such a command declares that. */
const checkAsks = ({ row }: Profile, name: string, { asks }: Command): Problem[] =>
  row.kind === 'tracker' && placeQuestions.includes(name) && asks.length === 0
    ? [{ path: `commands.${name}.asks`, message: 'is empty: a place would not answer it' }]
    : []

export const forVariant = ({ variant }: Dialect): string => (variant === '' ? '' : ` for variant ${variant}`)

function checkParameters(path: string, { params, danger }: Command): Problem[] {
  const taken = Object.keys(params).filter((name) => metaKeys.includes(name))
  return [
    ...taken.map((name) => ({ path: `${path}.params.${name}`, message: 'is a key of the hub: choose another name' })),
    ...(danger !== undefined && danger.trim().length < 8
      ? [{ path: `${path}.danger`, message: 'needs a reason in words' }]
      : []),
  ]
}

function checkReply(path: string, dialect: Dialect, command: Command): Problem[] {
  const { reply } = command
  const { accepted } = repliesTo(dialect, command)
  const known = accepted.length + reply.reads.length + (reply.any_text ? 1 : 0)
  const repeated = verdicts.flatMap((verdict) =>
    reply[verdict]
      .filter(({ text }) => dialect.replies[verdict].some((one) => one.text.source === text.source))
      .map(({ text }) => ({
        path: `${path}.reply.${verdict}`,
        message: `"${text.source}" is an answer to every command of the profile: leave it out`,
      })),
  )
  return reply.expect === 'required' && known === 0
    ? [
        ...repeated,
        { path: `${path}.reply`, message: 'is required, but no text is one: give accepted, reads or any_text' },
      ]
    : repeated
}

function checkExample(profile: Profile, dialect: Dialect, name: string, example: CommandExample): Problem[] {
  const path = `commands.${name}.examples.${dialect.commands[name]?.examples.indexOf(example)}${forVariant(dialect)}`
  const problem = (message: string): Problem => ({ path, message })
  let device: Device
  let composed: Composed
  try {
    device = sampleDevice(profile, dialect.variant, example.settings)
    if (!Object.hasOwn(commandsOf(device), name)) return [problem('its settings do not allow the command')]
    const { counter, ...params } = example.params
    composed = composeCommand(device, name, params, { now: exampleTime, counter: Number(counter ?? 0) })
  } catch (error) {
    return [problem(Fault.from(error).message)]
  }
  const texts = composed.texts.map(({ text }) => text)
  if (JSON.stringify(texts) !== JSON.stringify(example.sms))
    return [problem(`makes ${JSON.stringify(texts)}, not ${JSON.stringify(example.sms)}`)]
  return checkReplies(device, composed, example).map(problem)
}

function checkReplies(device: Device, composed: Composed, example: CommandExample): string[] {
  const open = { command: composed.command, params: composed.params, text: composed.texts.at(-1)?.text ?? '' }
  const context = contextOf(example.scts)
  const replies = [
    ...example.reply.map((text, i) => ({ text, verdict: 'accepted', values: example.values[i] ?? {} })),
    ...(example.already === undefined ? [] : [{ text: example.already, verdict: 'already', values: {} }]),
    ...(example.pending === undefined ? [] : [{ text: example.pending, verdict: 'pending', values: {} }]),
    ...(example.refused === undefined ? [] : [{ text: example.refused, verdict: 'refused', values: {} }]),
  ]
  return replies.flatMap(({ text, verdict, values }) => {
    const answer = readAnswer(device, open, text, context)
    const is = answer.already ? 'already' : answer.verdict
    if (is !== verdict) return [`${JSON.stringify(text)} is ${is}, not ${verdict}`]
    const wrong = difference(values, answer.values, answer.event)
    const messages = readText(device, text, context).map(({ message }) => message)
    if (messages.length > 1) return [`${JSON.stringify(text)} fits several messages: ${messages.join(', ')}`]
    return wrong === '' ? [] : [`${JSON.stringify(text)}: ${wrong}`]
  })
}
