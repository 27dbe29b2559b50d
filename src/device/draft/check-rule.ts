import { Fault } from '../../message/fault.ts'
import { didYouMean } from '../../util/nearest.ts'
import { bindingOf, commandsOf, type Device } from '../device.ts'
import { DeviceConfig } from '../device-config.ts'
import { checkCost } from '../lint/patterns.ts'
import { match } from '../pattern/match.ts'
import { extend } from '../profile/dialect.ts'
import { patternsIn } from '../profile/places.ts'
import { brokenReferences } from '../profile/references.ts'
import { isAlarmName } from '../receive/alarm-words.ts'
import { readText } from '../receive/read.ts'
import { fieldNames, fieldOf, reservedNames } from '../vocabulary/vocabulary.ts'
import { isFree } from './draft-pattern.ts'
import { holesOf, undated } from './propose-rule.ts'

/** A message that is to be added to a device. */
export interface NewRule {
  readonly name: string
  readonly pattern: string
  readonly event: string | null
  /** Texts that it is for. */
  readonly texts: readonly string[]
}

/** As `messages:` of a device has it. */
export const messageOf = ({ pattern, event, texts }: Omit<NewRule, 'name'>) => ({
  text: pattern,
  ...(event !== null && { event }),
  // It is looked for in texts with other lines, too.
  ...(event !== null && isAlarmName(event) && { level: 'high' as const }),
  examples: texts.map((text) => ({ text })),
})

/** Examples of a rule: enough to prove its shape. */
export const maxExamples = 3

/**
 * What is wrong with a rule, in words: it must read what it is for, and leave everything else that the device sends as
 * it is read now. `others` are further texts of the device.
 */
export function problemsOf(device: Device, rule: NewRule, others: readonly string[]): string[] {
  const { name, pattern, texts } = rule
  if (device.dialect.messages[name] !== undefined) return [`there is a message ${name} already: choose another name`]
  const ruled = withRule(device, rule)
  if (typeof ruled === 'string') return [ruled]
  const problems = [
    ...(isFree(pattern) ? ['the pattern has no words of its own: it would take texts of any kind'] : []),
    ...holesOf(pattern).flatMap(({ field }) => fieldProblem(field)),
    ...patternsIn(ruled.dialect)
      .filter(({ path }) => path.startsWith(`messages.${name}.`))
      .flatMap((place) =>
        checkCost(device.profile, ruled.dialect, place).map(({ message }) => `the pattern ${message}`),
      ),
  ]
  if (problems.length > 0) return problems
  return [
    ...texts.flatMap((text) => missed(device, ruled, name, text)),
    ...[...others, ...examplesOf(device)]
      .filter((text) => !texts.includes(text))
      .flatMap((text) => changed(device, ruled, name, text)),
    ...caught(ruled, rule),
  ]
}

/** The device with the rule; why it can't be one. */
function withRule(device: Device, rule: NewRule): Device | string {
  const parsed = DeviceConfig.shape.messages.safeParse({ [rule.name]: messageOf(rule) })
  if (!parsed.success) return `the pattern is not valid: ${parsed.error.issues[0]?.message ?? ''}`
  const dialect = extend(device.dialect, {
    messages: parsed.data,
    commands: undefined,
    properties: undefined,
    timing: undefined,
  })
  const [broken] = brokenReferences(dialect)
  return broken ?? { ...device, dialect }
}

function fieldProblem(field: string): string[] {
  if (reservedNames.includes(field) || fieldOf(field) !== null) return []
  const meant = didYouMean(field, fieldNames)
  return [
    `there is no field "${field}"${meant || '; devices/FIELDS.md lists them, and value_1, text_1 and switch_1 are free'}`,
  ]
}

function missed(device: Device, ruled: Device, name: string, text: string): string[] {
  const [reading] = readText(ruled, text, undated)
  if (reading?.message !== name) return [`the pattern does not read ${JSON.stringify(text)}`]
  const event = readText(device, text, undated)[0]?.event ?? null
  return event === null || reading.event !== null ? [] : [noMore(text, event)]
}

const noMore = (text: string, event: string): string =>
  `${JSON.stringify(text)} would be no ${event} any more: give the rule an event`

/** What is read in part may be read better: a rule adds keys that its texts have in common with others. */
function changed(device: Device, ruled: Device, name: string, text: string): string[] {
  const [before, after] = [device, ruled].map((one) => readText(one, text, undated)[0])
  if (before?.event != null && after?.event == null) return [noMore(text, before.event)]
  const isSame =
    before?.reading === 'exact'
      ? before.message === after?.message && JSON.stringify(before.values) === JSON.stringify(after.values)
      : after?.reading !== 'exact' || after.message !== name
  return isSame ? [] : [`the pattern takes ${JSON.stringify(text)}, which is ${before?.message ?? 'another text'}`]
}

/** Texts of a profile that are looked at. */
const maxTexts = 200

/** What the profile prints of its own messages. */
const examplesOf = ({ dialect }: Device): string[] =>
  Object.values(dialect.messages)
    .flatMap(({ examples }) => examples.map(({ text }) => text))
    .slice(0, maxTexts)

/** Answers to commands that the rule takes: they would change a state. */
function caught(ruled: Device, { name, pattern }: NewRule): string[] {
  const message = ruled.dialect.messages[name]
  const program =
    message?.text[0] === undefined ? null : ruled.dialect.programs.get(message.text[0].text, bindingOf(ruled))
  if (program === null) return []
  const answers = Object.entries(commandsOf(ruled)).flatMap(([command, { examples }]) =>
    examples.flatMap(({ reply }) => reply.map((text) => ({ command, text }))),
  )
  const hit = answers.slice(0, maxTexts).find(({ text }) => match(program, text.trim()) !== null)
  return hit === undefined
    ? []
    : [`the pattern ${pattern} takes the answer to ${hit.command}: ${JSON.stringify(hit.text)}`]
}

/** Fails with `invalid_payload` and what has to be changed. */
export function assertRule(device: Device, rule: NewRule, others: readonly string[]): void {
  const [problem, ...more] = problemsOf(device, rule, others)
  if (problem === undefined) return
  throw new Fault('invalid_payload', `pattern: ${problem}${more.length > 0 ? ` (and ${more.length} more)` : ''}`, {
    problems: [problem, ...more],
  })
}
