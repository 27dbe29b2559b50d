import { bindingOf, commandsOf, type Device, parameterContext, settingOf } from '../device.ts'
import { accepts, takeParameters } from '../parameters/parameters.ts'
import { match } from '../pattern/match.ts'
import type { SetupStep } from '../schema/message.ts'
import { maskedOf } from '../schema/template.ts'
import { piecesOf } from './command-text.ts'
import { findCommand } from './find-command.ts'

/** One step on the way to a device that works with the hub, as somebody is led through it. */
export interface PlannedStep {
  /** From 1. */
  readonly number: number
  readonly do: 'command' | 'hand' | 'ring'
  /** What happens, in plain words. */
  readonly says: string
  readonly command: string | null
  readonly params: Readonly<Record<string, string>>
  /** What only the owner knows. */
  readonly asks: readonly { readonly name: string; readonly accepts: string; readonly secret: boolean }[]
  /** Why it wants a second thought; null when it doesn't. */
  readonly danger: string | null
  /** The text that leaves, its secrets masked; null where the owner has to be asked first, and for what is done by hand. */
  readonly sms: string | null
}

/** The steps that a profile names for a device of its kind; with `only`, those of one command. */
export function planOf(device: Device, only: string | null = null, now?: string): PlannedStep[] {
  const steps = device.dialect.setup.map((step, i) => planned(device, step, i + 1, now))
  if (only === null) return steps
  const named = steps.filter(({ command }) => command === only)
  if (named.length > 0) return named
  // A command that the set-up does not name, asked for by name: `authorise` of a fleet.
  const { key } = findCommand(device, only)
  return [planned(device, { do: 'command', command: key, params: {}, ask: [] }, 1, now)]
}

function planned(device: Device, step: SetupStep, number: number, now?: string): PlannedStep {
  const says = (step.say ?? '').replace(/\{(\w+)\}/g, (_, name: string) => settingOf(device, name) ?? `(${name})`)
  const { command: name } = step
  const row = name === undefined ? undefined : commandsOf(device)[name]
  if (name === undefined || row === undefined) {
    return { number, do: step.do, says, command: name ?? null, params: {}, asks: [], danger: null, sms: null }
  }
  const missing = Object.entries(row.params).filter(
    ([param, spec]) => step.params[param] === undefined && !spec.optional && spec.default === undefined,
  )
  const asked = [...new Set([...step.ask, ...missing.map(([param]) => param)])]
  return {
    number,
    do: step.do,
    says: says === '' ? (row.label ?? name.replaceAll('_', ' ')) : says,
    command: name,
    params: step.params,
    asks: asked.flatMap((param) => {
      const spec = row.params[param]
      return spec === undefined ? [] : [{ name: param, accepts: accepts(spec), secret: spec.secret }]
    }),
    danger: row.danger ?? null,
    sms: asked.length > 0 ? null : textOf(device, name, step.params, now),
  }
}

function textOf(device: Device, name: string, params: Readonly<Record<string, string>>, now?: string): string | null {
  try {
    const { command } = findCommand(device, name)
    const pieces = piecesOf(device, command, takeParameters(name, command, params, parameterContext(device, now)), 0)
    return pieces === null ? null : maskedOf(pieces)
  } catch {
    return null
  }
}

/** Does the answer say what the step is after? True where it is after nothing particular. */
export function passes(device: Device, number: number, reply: string): boolean {
  const check = device.dialect.setup[number - 1]?.check
  if (check === undefined) return true
  const program = device.dialect.programs.get(check, bindingOf(device))
  return program !== null && match(program, reply.trim()) !== null
}
