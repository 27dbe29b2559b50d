import { resolve } from 'node:path'
import { ProfileFiles, readProfile } from '../config/profiles.ts'
import { commandsOf, messagesOf, propertiesOf } from '../device/device.ts'
import type { Profile } from '../device/profile.ts'
import { sampleDevices } from '../device/sample.ts'
import { makeTrial, type Tried } from '../device/try.ts'
import { isoTime } from '../message/result.ts'
import { type CliContext, exitCodes, linesOf } from './context.ts'

interface Output {
  readonly json: boolean
}

/** A profile by its id, or a file by its path. */
function profileOf({ cwd }: CliContext, name: string): Profile {
  return name.endsWith('.yaml')
    ? readProfile(name.replace(/\.yaml$/, ''), resolve(cwd, name))
    : new ProfileFiles().get(name)
}

/** `devices list`: every profile in the box. */
export function listProfiles({ stdout }: CliContext, options: Output): number {
  const profiles = new ProfileFiles()
  const rows = profiles.ids().map((id) => {
    const { row } = profiles.get(id)
    return { profile: id, kind: row.kind, manufacturer: row.manufacturer, family: row.family, models: row.models }
  })
  if (options.json) {
    for (const row of rows) stdout.write(`${JSON.stringify(row)}\n`)
    return exitCodes.ok
  }
  const width = Math.max(...rows.map((row) => row.profile.length))
  const kinds = Math.max(...rows.map((row) => row.kind.length))
  for (const row of rows) {
    stdout.write(
      `${row.profile.padEnd(width)}  ${row.kind.padEnd(kinds)}  ${row.manufacturer} ${row.family}: ${row.models.join(', ')}\n`,
    )
  }
  return exitCodes.ok
}

/** `devices show <profile>`: what can be sent, what comes back, what has to be set. */
export function showProfile(context: CliContext, name: string, options: Output): number {
  const { stdout } = context
  const shown = describe(profileOf(context, name))
  if (options.json) {
    stdout.write(`${JSON.stringify(shown)}\n`)
    return exitCodes.ok
  }
  const lines = [`${shown.profile}  ${shown.manufacturer} ${shown.family} (${shown.models.join(', ')})`, '']
  for (const variant of shown.variants) {
    if (variant.name !== '')
      lines.push(
        `variant ${variant.name}: ${variant.label ?? ''} ${variant.tell === undefined ? '' : `(${variant.tell})`}`.trimEnd(),
      )
    lines.push('  settings')
    for (const setting of variant.settings) lines.push(`    ${setting.name}: ${setting.about}`)
    lines.push('  commands')
    for (const command of variant.commands) {
      const example = command.example === null ? '' : `   e.g. ${JSON.stringify(command.example)}`
      lines.push(
        `    ${command.name}${command.params.length > 0 ? ` {${command.params.join(', ')}}` : ''}${command.danger === null ? '' : ` [danger: ${command.danger}]`}${example}`,
      )
    }
    lines.push('  properties', `    ${variant.properties.join(', ') || '-'}`)
    lines.push('  messages')
    for (const message of variant.messages)
      lines.push(`    ${message.name}${message.example === null ? '' : `   e.g. ${JSON.stringify(message.example)}`}`)
    lines.push('')
  }
  stdout.write(`${lines.join('\n')}\n`)
  return exitCodes.ok
}

function describe(profile: Profile) {
  const { row } = profile
  const names = [...profile.dialects.keys()]
  const samples = sampleDevices(profile)
  return {
    profile: profile.id,
    manufacturer: row.manufacturer,
    family: row.family,
    kind: row.kind,
    models: row.models,
    variants: names.map((name) => {
      const devices = samples.filter((device) => device.dialect === profile.dialects.get(name))
      const commands = Object.assign({}, ...devices.map(commandsOf)) as ReturnType<typeof commandsOf>
      const messages = Object.assign({}, ...devices.map(messagesOf)) as ReturnType<typeof messagesOf>
      const settings = profile.dialects.get(name)?.settings ?? {}
      return {
        name,
        label: row.variants[name]?.label,
        tell: row.variants[name]?.tell,
        settings: Object.entries(settings).map(([setting, spec]) => ({
          name: setting,
          about: spec.label ?? spec.type,
          required: spec.required,
        })),
        commands: Object.entries(commands).map(([command, spec]) => ({
          name: command,
          label: spec.label ?? command.replaceAll('_', ' '),
          params: Object.entries(spec.params).map(([param, { optional }]) => (optional ? `${param}?` : param)),
          repeat: spec.repeat,
          danger: spec.danger ?? null,
          proof: spec.proof,
          example: spec.examples[0]?.sms ?? null,
        })),
        properties: [...new Set(devices.flatMap((device) => Object.keys(propertiesOf(device))))],
        messages: Object.entries(messages).map(([message, spec]) => ({
          name: message,
          example: spec.examples[0]?.text ?? null,
        })),
      }
    }),
  }
}

/**
 * `devices try [profile] [text]`: which message a text is. With --json one text a line, as a JSON string, from the
 * standard input, and one JSON object a line out.
 */
export async function tryTexts(
  context: CliContext,
  name: string | null,
  text: string | null,
  options: Output,
): Promise<number> {
  const { stdin, stdout, clock } = context
  const all = new ProfileFiles()
  const trial = makeTrial(name === null ? all.ids().map((id) => all.get(id)) : [profileOf(context, name)])
  const when = { receivedAt: isoTime(clock.wall()), scts: null }
  if (text !== null) {
    const tried = trial(text, when)
    stdout.write(options.json ? `${json(tried)}\n` : forPeople(tried))
    return tried.matches.length > 0 ? exitCodes.ok : exitCodes.failure
  }
  for await (const line of linesOf(stdin)) {
    if (line.trim() === '') continue
    const given = options.json ? textIn(line) : line
    if (given === null) stdout.write(`${JSON.stringify({ error: 'not a JSON string', line })}\n`)
    else stdout.write(options.json ? `${json(trial(given, when))}\n` : forPeople(trial(given, when)))
  }
  return exitCodes.ok
}

function textIn(line: string): string | null {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'string' ? value : null
  } catch {
    return null
  }
}

function json({ text, matches, nearest }: Tried): string {
  return JSON.stringify({ text, matches, ...(matches.length === 0 && nearest !== null && { nearest }) })
}

function forPeople({ text, matches, nearest }: Tried): string {
  const lines = matches.map(({ profile, message, values }) => `${profile} ${message} ${JSON.stringify(values)}`)
  if (lines.length > 0) return `${lines.join('\n')}\n`
  if (nearest === null) return `no profile knows ${JSON.stringify(text)}\n`
  const { profile, message, pattern, at, rest, expected } = nearest
  return [
    `no profile knows ${JSON.stringify(text)}`,
    `nearest: ${profile} ${message}: ${pattern}`,
    `it stopped at character ${at + 1}, ${JSON.stringify(rest.slice(0, 40))}; expected there: ${expected.join(' or ')}`,
    '',
  ].join('\n')
}
