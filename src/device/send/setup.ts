import { bindingOf, commandsOf, type Device, parameterContext, settingOf } from '../device.ts'
import { spokenTo } from '../layers.ts'
import { isSecretSetting } from '../mask.ts'
import { accepts, takeParameters } from '../parameters/parameters.ts'
import { match } from '../pattern/match.ts'
import type { SetupStep } from '../schema/message.ts'
import { maskedOf } from '../schema/template.ts'
import { piecesOf } from './command-text.ts'
import { findCommand } from './find-command.ts'

/** A step of setting up a device for the hub. */
export interface PlannedStep {
  /** From 1. */
  readonly number: number
  readonly do: 'command' | 'hand' | 'ring'
  /** Description of the step. */
  readonly says: string
  readonly command: string | null
  readonly params: Readonly<Record<string, string>>
  /** Values that only the owner knows. */
  readonly asks: readonly { readonly name: string; readonly accepts: string; readonly secret: boolean }[]
  /** Why it needs a confirmation; null when it does not. */
  readonly danger: string | null
  /** The text to send, with secrets masked; null where the owner has to be asked first, and for manual steps. */
  readonly sms: string | null
}

interface PlanOptions {
  /** Only the steps of this command. */
  readonly only?: string | null
  readonly now?: string
  /** Secret settings are not shown in what is to be done by hand. */
  readonly isMasked?: boolean
}

/** The steps that a profile names for a device of its kind. */
export function planOf(device: Device, options: PlanOptions = {}): PlannedStep[] {
  const { only = null } = options
  const steps = device.dialect.setup.map((step, i) => planned(device, step, i + 1, options))
  if (only === null) return steps
  const named = steps.filter(({ command }) => command === only)
  if (named.length > 0) return named
  // A command outside the set-up, requested by name: `authorise` of a fleet.
  const { key } = findCommand(device, only)
  return [planned(device, { do: 'command', command: key, params: {}, ask: [] }, 1, options)]
}

const shownSetting = (device: Device, name: string, isMasked: boolean): string =>
  isMasked && isSecretSetting(device, name) ? '***' : (settingOf(device, name) ?? `(${name})`)

function planned(device: Device, step: SetupStep, number: number, { now, isMasked = false }: PlanOptions): PlannedStep {
  const description = (step.say ?? '').replace(/\{(\w+)\}/g, (_, name: string) => shownSetting(device, name, isMasked))
  const { command: name } = step
  const row = name === undefined ? undefined : commandsOf(device)[name]
  if (name === undefined || row === undefined) {
    return {
      number,
      do: step.do,
      says: description,
      command: name ?? null,
      params: {},
      asks: [],
      danger: null,
      sms: null,
    }
  }
  const missing = Object.entries(row.params).filter(
    ([param, spec]) => step.params[param] === undefined && !spec.optional && spec.default === undefined,
  )
  const asked = [...new Set([...step.ask, ...missing.map(([param]) => param)])]
  return {
    number,
    do: step.do,
    says: description === '' ? (row.label ?? name.replaceAll('_', ' ')) : description,
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

function textOf(known: Device, name: string, params: Readonly<Record<string, string>>, now?: string): string | null {
  const device = spokenTo(known)
  try {
    const { command } = findCommand(device, name)
    const pieces = piecesOf(device, command, takeParameters(name, command, params, parameterContext(device, now)), 0)
    return pieces === null ? null : maskedOf(pieces)
  } catch {
    return null
  }
}

/** Whether the answer is what the step requires. True where it requires nothing particular. */
export function passes(device: Device, number: number, reply: string): boolean {
  const check = device.dialect.setup[number - 1]?.check
  if (check === undefined) return true
  const program = device.dialect.programs.get(check, bindingOf(device))
  return program !== null && match(program, reply.trim()) !== null
}
