import { bindingOf, commandsOf, type Device, mayUse, parameterContext, settingOf } from '../../device/device.ts'
import { spokenTo } from '../../device/layers.ts'
import { givenFor, takeParameters, wireOf } from '../../device/parameters/parameters.ts'
import { type Binding, bind, type Mark } from '../../device/pattern/bind.ts'
import { match, stretchesOf } from '../../device/pattern/match.ts'
import type { Pattern } from '../../device/pattern/pattern.ts'
import { wordingsOf } from '../../device/profile/replies.ts'
import { assemble } from '../../device/regular/instructions.ts'
import { run } from '../../device/regular/machine.ts'
import { literal, maybe, type Regular, sequence, some, units } from '../../device/regular/regular.ts'
import { sampleDevice } from '../../device/sample.ts'
import type { Command, CommandExample } from '../../device/schema/command.ts'
import { formatOf, type TemplatePart, textOf } from '../../device/schema/template.ts'
import { barePieces, counterOf, counterText, frameOf } from '../../device/send/command-text.ts'
import { findCommand } from '../../device/send/find-command.ts'
import { own } from '../../util/own.ts'

/** A command recognised in a text. */
export interface Recognised {
  readonly command: string
  readonly params: Readonly<Record<string, string>>
}

/** The answer of a simulated device: an immediate one if it acts later, and the final texts. */
export interface SimulatedReply {
  readonly pending: string | null
  readonly texts: readonly string[]
}

/** The command of a device's profile in a text; null for any other text, or a wrong password. */
export function recogniseCommand(hearing: Device, text: string): Recognised | null {
  const device = spokenTo(hearing)
  const found = Object.entries(commandsOf(device)).flatMap(([name, command]) => {
    if (command.text === undefined || !mayUse(device, command)) return []
    const { fits, weight, trail } = run(assemble(wholeRegular(device, command)), text)
    if (!fits) return []
    const params: Record<string, string> = {}
    for (const { mark, from, to } of stretchesOf(trail)) {
      if (mark.by !== 'value') continue
      const spec = own(command.params, mark.name)
      if (spec !== undefined) params[mark.name] = givenFor(spec, text.slice(from, to))
      else if (mark.name === 'counter') params.counter = String(counterOf(text.slice(from, to), counterFormat(command)))
    }
    return isAccepted(device, name, params)
      ? [{ command: name, params, weight, answers: hasAnswer(device, command) }]
      : []
  })
  // Several commands may fit a text: of about equally good ones, one with a printed answer is preferred.
  const most = Math.max(...found.map(({ weight }) => weight))
  const best =
    found.find(({ weight, answers }) => answers && weight >= tieRatio * most) ??
    found.find(({ weight }) => weight === most)
  return best === undefined ? null : { command: best.command, params: best.params }
}

const tieRatio = 0.8

const hasAnswer = (device: Device, command: Command): boolean => exampleFor(device, command) !== undefined

/** The same checks as in the hub: a device does not act on values out of range either. */
function isAccepted(device: Device, name: string, params: Readonly<Record<string, string>>): boolean {
  const { counter: _, ...given } = params
  try {
    takeParameters(name, findCommand(device, name).command, given, parameterContext(device))
    return true
  } catch {
    return false
  }
}

function wholeRegular(device: Device, command: Command): Regular<Mark> {
  const bare = regularOf(device, command, command.text?.parts ?? [])
  const request = command.reply.request === '' ? sequence<Mark>() : maybe<Mark>(fixed(device, command.reply.request))
  const frame = frameOf(device, command)
  if (frame === null) return sequence(bare, request)
  const framed = regularOf(device, command, frame.parts, { command: bare, request })
  return frame.source.includes('{request}') ? framed : sequence(framed, request)
}

/** The inverse of a template: an expression for its texts. */
function regularOf(
  device: Device,
  command: Command,
  parts: readonly TemplatePart[],
  inner: Readonly<Record<string, Regular<Mark>>> = {},
): Regular<Mark> {
  return sequence(
    ...parts.map((part): Regular<Mark> => {
      if (part.part === 'text') return fixed(device, part.text)
      if (part.part === 'optional') return maybe(regularOf(device, command, part.of, inner))
      const spec = own(command.params, part.name)
      if (spec !== undefined) return { is: 'marked', mark: { by: 'value', name: part.name }, of: wireOf(spec) }
      if (inner[part.name] !== undefined) return inner[part.name] as Regular<Mark>
      if (part.name === 'counter') return { is: 'marked', mark: { by: 'value', name: 'counter' }, of: some(units.hex) }
      if (part.name === 'hub_number' || part.name === 'own_number')
        return sequence(maybe(literal('+')), some(units.digit))
      return fixed(device, settingOf(device, part.name) ?? '')
    }),
  )
}

const counterFormat = ({ text }: Command): string => formatOf(text, 'counter')

const fixed = (device: Device, text: string): Regular<never> => literal(text, device.dialect.case === 'exact')

/** The answer after the examples of the profile, with this device's settings and parameters. */
export function exampleReply(device: Device, name: string, params: Readonly<Record<string, unknown>>): SimulatedReply {
  const command = own(device.dialect.commands, name)
  if (command === undefined || command.reply.expect === 'none') return { pending: null, texts: [] }
  const example = exampleFor(device, command)
  if (example === undefined) return { pending: null, texts: fallback(device, command) }
  const adapt = (text: string): string => adapted(device, name, command, example, params, text)
  return { pending: example.pending === undefined ? null : adapt(example.pending), texts: example.reply.map(adapt) }
}

/** The device after it has carried out a command, with its password changed if it was one to change it. */
export function afterCommand(device: Device, { command, params }: Recognised): Device {
  const row = own(device.dialect.commands, command)
  const changes = Object.entries(row?.secret ?? {})
  if (row === undefined || changes.length === 0) return device
  const { wires } = takeParameters(command, row, params, parameterContext(device))
  const taken = Object.fromEntries(changes.map(([setting, param]) => [setting, wires[param] ?? '']))
  return { ...device, settings: { ...device.settings, ...taken } }
}

/** An example with an answer, for this variant, preferably with the same settings. */
function exampleFor(device: Device, command: Command): CommandExample | undefined {
  const usable = command.examples.filter(
    ({ reply, variant }) => reply.length > 0 && (variant ?? device.dialect.variant) === device.dialect.variant,
  )
  return (
    usable.find(({ settings }) =>
      Object.entries(settings).every(([name, value]) => settingOf(device, name) === value),
    ) ?? usable[0]
  )
}

/** Without a printed answer: an example of the message that it reads, or any words. */
function fallback(device: Device, { reply }: Command): string[] {
  const texts = reply.reads.flatMap((message) => own(device.dialect.messages, message)?.examples[0]?.text ?? [])
  return texts.length > 0 ? texts.slice(0, reply.texts) : reply.any_text ? ['OK'] : []
}

function adapted(
  device: Device,
  name: string,
  command: Command,
  example: CommandExample,
  params: Readonly<Record<string, unknown>>,
  text: string,
): string {
  const there = bindingFor(sampleDevice(device.profile, device.dialect.variant, example.settings), name, example.params)
  const here = bindingFor(device, name, params)
  const messages = command.reply.reads.flatMap((message) => own(device.dialect.messages, message)?.text ?? [])
  for (const { text: pattern } of [...wordingsOf(command.reply), ...messages]) {
    const spans = valueSpans(pattern, there, text)
    if (spans !== null) return replaced(text, spans, (what) => here.value(what))
  }
  return text
}

function bindingFor(device: Device, name: string, params: Readonly<Record<string, unknown>>): Binding {
  const { command } = findCommand(device, name)
  const { counter = 0, ...given } = params
  const taken = takeParameters(name, command, given, parameterContext(device))
  return bindingOf(device, (what) => {
    if (what === 'command') return textOf(barePieces(device, command, taken, Number(counter)))
    if (what === 'counter') return counterText(Number(counter), counterFormat(command))
    return own(taken.wires, what) ?? null
  })
}

function valueSpans(pattern: Pattern, binding: Binding, text: string) {
  const program = bind(pattern, binding)
  const found = program === null ? null : match(program, text)
  return found === null ? null : found.spans.filter(({ by }) => by === 'value')
}

function replaced(
  text: string,
  spans: readonly { name: string; from: number; to: number }[],
  value: (name: string) => string | null,
): string {
  let made = ''
  let at = 0
  for (const { name, from, to } of spans) {
    made += text.slice(at, from) + (value(name) ?? text.slice(from, to))
    at = to
  }
  return made + text.slice(at)
}
