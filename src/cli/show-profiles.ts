import { resolve } from 'node:path'
import type { LoadOptions } from '../config/load.ts'
import { type ProfileFiles, type ProfileHead, readProfile } from '../config/profiles.ts'
import { commandsOf, messagesOf, propertiesOf } from '../device/device.ts'
import type { Profile } from '../device/profile/profile.ts'
import { independentOf } from '../device/profile/proof-of-sources.ts'
import { type Matched, makeTrial, type Tried } from '../device/receive/try.ts'
import { sampleDevices } from '../device/sample.ts'
import { type Evidence, proofs } from '../device/schema/command.ts'
import { kinds } from '../device/schema/profile-schema.ts'
import { planOf } from '../device/send/setup.ts'
import { Fault } from '../message/fault.ts'
import { isoTime } from '../message/result.ts'
import { didYouMean } from '../util/nearest.ts'
import { type CliContext, exitCodes, linesOf } from './context.ts'
import { profileFiles } from './profile-files.ts'

interface Output {
  readonly json: boolean
}

/** A profile by its id, or a file by its path. */
function profileOf({ cwd }: CliContext, name: string, load: LoadOptions): Profile {
  return name.endsWith('.yaml')
    ? readProfile(name.replace(/\.yaml$/, ''), resolve(cwd, name))
    : profileFiles(load).get(name)
}

export interface ListOptions extends Output {
  readonly text?: string | undefined
  readonly kind?: string
  readonly maker?: string
  readonly markdown?: boolean
}

/** `devices list`: all profiles, or those that match. */
export function listProfiles({ stdout, stderr }: CliContext, options: ListOptions, load: LoadOptions): number {
  const profiles = profileFiles(load)
  const all = readable(profiles, stderr, (id) => profiles.head(id))
  const kindOf = options.kind?.toLowerCase()
  if (kindOf !== undefined && !(kinds as readonly string[]).includes(kindOf)) {
    throw new Fault(
      'invalid_config',
      `there is no kind "${kindOf}"${didYouMean(kindOf, kinds)}; there is ${kinds.join(', ')}`,
    )
  }
  const rows = all.filter((row) => isWanted(row, options))
  if (rows.length === 0) {
    stderr.write('no profile matches; generic/text is for any device, with texts of your own\n')
    return exitCodes.failure
  }
  if (options.markdown === true) stdout.write(tableOf(rows.map(({ profile }) => profiles.get(profile))))
  else if (options.json) for (const row of rows) stdout.write(`${JSON.stringify(row)}\n`)
  else stdout.write(columnsOf(rows))
  return exitCodes.ok
}

function isWanted({ profile, kind, manufacturer, family, models }: ProfileHead, options: ListOptions): boolean {
  const has = (text: string | undefined, ...places: readonly string[]): boolean =>
    text === undefined || places.some((place) => place.toLowerCase().includes(text.toLowerCase()))
  const isKind = options.kind === undefined || kind === options.kind.toLowerCase()
  return isKind && has(options.maker, manufacturer) && has(options.text, profile, manufacturer, family, ...models)
}

function columnsOf(rows: readonly ProfileHead[]): string {
  const width = Math.max(...rows.map((row) => row.profile.length))
  const kindWidth = Math.max(...rows.map((row) => row.kind.length))
  return rows
    .map(({ profile, kind, manufacturer, family, models }) => {
      const name = `${manufacturer} ${family}${models.length > 0 ? `: ${models.join(', ')}` : ''}`
      return `${profile.padEnd(width)}  ${kind.padEnd(kindWidth)}  ${name}\n`
    })
    .join('')
}

/** How many commands and messages are proved and how, and by how many independent sources of the whole profile. */
function proofsIn({ row, dialects }: Profile): string {
  const rows = new Map(
    [...dialects.values()].flatMap(({ commands, messages }) => [
      ...Object.entries(commands).map(([name, { proof }]) => [`command ${name}`, proof] as const),
      ...Object.entries(messages).map(([name, { proof }]) => [`message ${name}`, proof] as const),
    ]),
  )
  const counts = proofs.flatMap((proof) => {
    const count = [...rows.values()].filter((one) => one === proof).length
    return count === 0 ? [] : [`${count} ${proof}`]
  })
  const sources = independentOf(Object.keys(row.sources), row)
  return [...counts, `${sources} ${sources === 1 ? 'source' : 'sources'}`].join(', ')
}

/** The table of devices/README.md, by kind: a test compares the two. */
export function tableOf(profiles: readonly Profile[]): string {
  const lines = [...profiles]
    .sort((a, b) => kinds.indexOf(a.row.kind) - kinds.indexOf(b.row.kind) || a.id.localeCompare(b.id))
    .map((profile) => {
      const { kind, manufacturer, family, models, tested } = profile.row
      return [
        kind,
        `${manufacturer} ${family}`,
        models.join(', '),
        `\`${profile.id}\``,
        proofsIn(profile),
        tested.join('; '),
      ]
    })
  const head = ['kind', 'device', 'models', 'profile', 'proof', 'tested on the air by']
  const cells = [head, head.map(() => '---'), ...lines]
  return cells.map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`).join('')
}

/** `devices show <profile>`: commands, messages and settings. */
export function showProfile(context: CliContext, name: string, options: Output, load: LoadOptions): number {
  const { stdout } = context
  const shown = describe(profileOf(context, name, load))
  if (options.json) {
    stdout.write(`${JSON.stringify(shown)}\n`)
    return exitCodes.ok
  }
  const tested = shown.tested.map((by) => `tested on the air by ${by}`)
  const lines = [`${shown.profile}  ${shown.manufacturer} ${shown.family} (${shown.models.join(', ')})`, ...tested, '']
  for (const variant of shown.variants) {
    if (variant.name !== '')
      lines.push(
        `variant ${variant.name}: ${variant.label ?? ''} ${variant.tell === undefined ? '' : `(${variant.tell})`}`.trimEnd(),
      )
    lines.push('  settings')
    for (const setting of variant.settings) lines.push(`    ${setting.name}: ${setting.about}`)
    lines.push('  commands')
    for (const command of variant.commands) {
      lines.push(
        `    ${command.name}${command.params.length > 0 ? ` {${command.params.join(', ')}}` : ''}${markOf(command)}${command.danger === null ? '' : ` [danger: ${command.danger}]`}${forExample(command.example)}${proofOf(command)}`,
      )
    }
    lines.push('  properties', `    ${variant.properties.join(', ') || '-'}`)
    lines.push('  messages')
    for (const message of variant.messages)
      lines.push(`    ${message.name}${markOf(message)}${forExample(message.example)}${proofOf(message)}`)
    if (variant.setup.length > 0) lines.push('  set-up (smshub devices setup <id>)')
    variant.setup.forEach((step, i) => {
      const asks = step.asks.length === 0 ? '' : ` {${step.asks.join(', ')}}`
      lines.push(`    ${i + 1}. ${step.says}${step.command === null ? ' (by hand)' : ` -> ${step.command}${asks}`}`)
    })
    lines.push('')
  }
  if (shown.dialects.length > 0)
    lines.push(
      'dialects',
      ...shown.dialects.map(({ name, label, example }) => `  ${name}: ${label}${forExample(example)}`),
      '',
    )
  lines.push('sources', ...Object.entries(shown.sources).map(([id, { kind, at }]) => `  ${id} (${kind}): ${at}`), '')
  stdout.write(`${lines.join('\n')}\n`)
  return exitCodes.ok
}

const forExample = (example: string | readonly string[] | null): string =>
  example === null ? '' : `   e.g. ${JSON.stringify(example)}`

type Shown = Pick<Evidence, 'proof' | 'independent'> & { readonly gated: boolean }

/** Marks unproven entries: those that the hub uses only for a device with `unproven: true`, and what one alone reports. */
const markOf = ({ proof, gated }: Shown): string => {
  if (gated) return ' [unproven: needs unproven: true on the device]'
  return proof === 'unproven' ? ' [unproven: one source alone reports it]' : ''
}

/** How an entry is proved, at the end of its line. */
const proofOf = ({ proof, independent }: Shown): string => {
  if (proof === 'unproven') return ''
  return independent > 1 ? `   (${proof}, ${independent} independent sources)` : `   (${proof})`
}

const shownProof = ({ proof, independent, source, stated }: Evidence & { readonly source: readonly string[] }) => ({
  proof,
  independent,
  sources: source,
  gated: stated === 'unproven',
})

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
    sources: row.sources,
    tested: row.tested,
    dialects: Object.entries(row.dialects).map(([name, { label, examples, sends }]) => ({
      name,
      label,
      example: examples[0]?.text ?? null,
      sends: Object.keys(sends),
    })),
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
          ...shownProof(spec),
          example: spec.examples[0]?.sms ?? null,
        })),
        properties: [...new Set(devices.flatMap((device) => Object.keys(propertiesOf(device))))],
        messages: Object.entries(messages).map(([message, spec]) => ({
          name: message,
          ...shownProof(spec),
          example: spec.examples[0]?.text ?? null,
        })),
        setup: (devices[0] === undefined ? [] : planOf(devices[0])).map(({ says, command, asks, danger }) => ({
          says,
          command,
          asks: asks.map((ask) => ask.name),
          danger,
        })),
      }
    }),
  }
}

/**
 * `devices try [profile] [text]`: which message matches a text. With --json one text per line of standard input, as a
 * JSON string, and one JSON object per line of output.
 */
export async function tryTexts(
  context: CliContext,
  name: string | null,
  text: string | null,
  options: Output,
  load: LoadOptions,
): Promise<number> {
  const { stdin, stdout, stderr, clock } = context
  const all = profileFiles(load)
  const trial = makeTrial(name === null ? readable(all, stderr, (id) => all.get(id)) : [profileOf(context, name, load)])
  const when = { receivedAt: isoTime(clock.wall()), scts: null }
  if (text !== null) {
    const tried = trial(text, when)
    stdout.write(options.json ? `${json(tried)}\n` : forPeople(tried))
    return tried.matches.length + tried.forwards.length > 0 ? exitCodes.ok : exitCodes.failure
  }
  for await (const line of linesOf(stdin)) {
    if (line.trim() === '') continue
    const given = options.json ? textIn(line) : line
    if (given === null) stdout.write(`${JSON.stringify({ error: 'not a JSON string', line })}\n`)
    else stdout.write(options.json ? `${json(trial(given, when))}\n` : forPeople(trial(given, when)))
  }
  return exitCodes.ok
}

/** Notes on how the hub treats a match. */
function noteOf(matched: Matched): string {
  return `${matched.dialect === undefined ? '' : ` (in the words of ${matched.dialect})`}${treatmentOf(matched)}`
}

function treatmentOf({ taken, unproven, proof, reading, unread = [] }: Matched): string {
  if (unproven) return ' (unproven: needs unproven: true on the device)'
  if (proof !== undefined) return ' (unproven: one source alone reports it)'
  if (reading === 'partial')
    return ` (read in part${unread.length > 0 ? `; not read: ${unread.map((line) => JSON.stringify(line)).join(', ')}` : ''})`
  return taken === undefined ? '' : taken ? ' (the hub takes this one)' : ' (not taken: another explains more)'
}

/** Profiles one by one; an invalid one of the owner is reported and left out. */
function readable<T>(profiles: ProfileFiles, stderr: CliContext['stderr'], read: (id: string) => T): T[] {
  return profiles.ids().flatMap((id) => {
    try {
      return [read(id)]
    } catch (error) {
      stderr.write(`left out: ${Fault.from(error).message}\n`)
      return []
    }
  })
}

function textIn(line: string): string | null {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'string' ? value : null
  } catch {
    return null
  }
}

function json({ text, matches, forwards, nearest }: Tried): string {
  const { weight: _, ...near } = nearest ?? { weight: 0 }
  return JSON.stringify({
    text,
    matches,
    ...(forwards.length > 0 && { forwards }),
    ...(matches.length === 0 && nearest !== null && { nearest: near }),
  })
}

function forPeople({ text, matches, forwards, nearest }: Tried): string {
  const lines = [
    ...forwards.map(
      ({ profile, from, inner }) =>
        `${profile} forwards a text of ${from ?? 'somebody else'}: ${JSON.stringify(inner)}; it is read as a text of the device with that number, if the one that forwards it has forwards: true, and else only published`,
    ),
    ...matches.map((match) => `${match.profile} ${match.message} ${JSON.stringify(match.values)}${noteOf(match)}`),
  ]
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
