import { type LoadOptions, loadConfig } from '../config/load.ts'
import { Fault } from '../message/fault.ts'
import { escaped, quoted } from '../util/escape.ts'
import { didYouMean } from '../util/nearest.ts'
import { type CliContext, exitCodes } from './context.ts'
import { request } from './control.ts'

interface Sender {
  readonly device: string | null
  readonly from: string | null
  readonly texts: number
  readonly last_text: string
}

interface Group {
  readonly name: string
  readonly pattern: string
  readonly event: string | null
  readonly count: number
  readonly texts: readonly { readonly text: string; readonly values: Readonly<Record<string, unknown>> }[]
  readonly problems: readonly string[]
}

interface Groups {
  readonly device: string | null
  readonly groups: readonly Group[]
}

interface Output {
  readonly json: boolean
}

/** `devices unknown`: who sends texts that nobody can read; with a device or number, its texts and a rule for each kind. */
export async function showUnknown(
  context: CliContext,
  about: string | null,
  { json }: Output,
  load: LoadOptions,
): Promise<number> {
  const { dataFolder } = loadConfig(load)
  const { stdout, stderr } = context
  if (about === null) {
    const senders = await everySender(dataFolder)
    if (json) stdout.write(`${JSON.stringify({ senders })}\n`)
    else for (const one of senders) stdout.write(`${senderLine(one)}\n`)
    const [first] = senders
    const hint =
      first === undefined
        ? 'every text so far was read'
        : `next: smshub devices unknown ${first.device ?? quoted(first.from ?? '')}`
    stderr.write(`${hint}\n`)
    return exitCodes.ok
  }
  const answer = await request<Groups>(dataFolder, 'unknown/groups', { about })
  if (json) stdout.write(`${JSON.stringify(answer)}\n`)
  else for (const group of answer.groups) stdout.write(`${linesFor(group)}\n`)
  stderr.write(`${nextStep(about, answer)}\n`)
  return exitCodes.ok
}

/** Those of all pages; a sender that is on several of them has the texts of all. */
async function everySender(dataFolder: string): Promise<Sender[]> {
  const senders = new Map<string, Sender>()
  let cursor: string | undefined
  do {
    const page: { data: readonly Sender[]; next: string | null } = await request(dataFolder, 'unknown/list', {
      limit: 100,
      cursor,
    })
    for (const one of page.data) {
      const key = JSON.stringify([one.device, one.from])
      const known = senders.get(key)
      senders.set(key, known === undefined ? one : { ...known, texts: known.texts + one.texts })
    }
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  return [...senders.values()]
}

const senderLine = ({ device, from, texts, last_text: last }: Sender): string =>
  `${device ?? `${from} (no device)`}  ${texts} ${texts === 1 ? 'text' : 'texts'}, the last: ${escaped(last)}`

function linesFor({ name, pattern, event, count, texts, problems }: Group): string {
  return [
    `${name}  ${count} ${count === 1 ? 'text' : 'texts'} of this shape`,
    `  pattern  ${escaped(pattern)}`,
    ...(event === null ? [] : [`  event    ${event}`]),
    ...texts.flatMap(({ text, values }) => [`  text     ${escaped(text)}`, `  values   ${valueWords(values)}`]),
    ...problems.map((problem) => `  not yet  ${escaped(problem)}`),
    '',
  ].join('\n')
}

const valueWords = (values: Readonly<Record<string, unknown>>): string =>
  Object.entries(values)
    .map(([field, value]) => `${field}=${escaped(String(value))}`)
    .join(' ') || '(none)'

function nextStep(about: string, { device, groups }: Groups): string {
  if (groups.length === 0) return `every text of ${about} so far was read`
  if (device === null)
    return [
      'this number is no device yet. The log of the hub names the profile that knows such a text, if one does, and smshub devices list',
      'shows all. Else add it as what it is, with a name of your own:',
      `  smshub devices add <name> --profile generic/text --number ${quoted(about)}`,
      '  smshub devices learn <name>',
    ].join('\n')
  return [
    `keep all of these with: smshub devices learn ${device}`,
    `or one, with better names: smshub devices learn ${device} ${groups[0]?.name} --hole value_1=fuel:percent --hole text_2=-`,
    '(a hole takes field, field:type, or - for a value that is thrown away; devices/FIELDS.md has the fields)',
  ].join('\n')
}

export interface LearnOptions {
  readonly as?: string
  readonly event?: string
  readonly pattern?: string
  readonly hole?: readonly string[]
}

/** `devices learn <id> [name…]`: keeps the proposed rules of a device, all that have no problem or the named ones. */
export async function learnTexts(
  { stdout, stderr }: CliContext,
  id: string,
  wanted: readonly string[],
  { as, event, pattern, hole = [] }: LearnOptions,
  load: LoadOptions,
): Promise<number> {
  const { dataFolder } = loadConfig(load)
  const { device, groups } = await request<Groups>(dataFolder, 'unknown/groups', { about: id })
  if (device === null)
    throw new Fault(
      'unknown_device',
      `${id} is no device yet: smshub devices add <name> --profile generic/text --number ${quoted(id)}`,
    )
  const chosen = wanted.length === 0 ? groups : wanted.map((name) => named(name, groups))
  const isEdited = [as, event, pattern].some((one) => one !== undefined) || hole.length > 0
  if (isEdited && chosen.length !== 1)
    throw new Fault(
      'invalid_payload',
      `--as, --event, --pattern and --hole are for one rule: name it, one of ${groups.map(({ name }) => name).join(', ')}`,
    )
  const holes = Object.fromEntries(hole.map(pairOf))
  let left = 0
  for (const group of chosen) {
    // What a person has changed is judged as it is then.
    const [problem] = isEdited ? [] : group.problems
    if (problem !== undefined) {
      left++
      stderr.write(`${group.name} is left out: ${escaped(problem)}\n`)
      continue
    }
    const name = as ?? group.name
    const kept = event ?? group.event
    const rule = {
      id: device,
      name,
      pattern: pattern ?? group.pattern,
      texts: group.texts.map(({ text }) => text),
      holes,
    }
    const { read } = await request<{ read: number }>(dataFolder, 'device/rule', {
      ...rule,
      ...(kept !== null && { event: kept }),
    })
    stdout.write(
      `${device} has the message ${name}; of its earlier texts, ${read} ${read === 1 ? 'is' : 'are'} read by it\n`,
    )
  }
  if (chosen.length === 0) stderr.write(`every text of ${device} so far was read\n`)
  else if (left < chosen.length)
    stderr.write(
      chosen.length < groups.length || left > 0
        ? `smshub devices unknown ${device} shows what is left\n`
        : `further texts of ${device} are read as they come, and Home Assistant has its entities\n`,
    )
  return left > 0 && left === chosen.length ? exitCodes.failure : exitCodes.ok
}

function named(name: string, groups: readonly Group[]): Group {
  const names = groups.map((one) => one.name)
  const group = groups.find((one) => one.name === name)
  if (group !== undefined) return group
  throw new Fault(
    'invalid_payload',
    `there is no rule "${name}"${didYouMean(name, names) || `; there is ${names.join(', ') || 'none'}`}`,
  )
}

function pairOf(pair: string): [string, string] {
  const at = pair.indexOf('=')
  if (at < 1)
    throw new Fault(
      'invalid_payload',
      `--hole takes <field>=<field>, <field>=<field>:<type> or <field>=-, not "${pair}"`,
    )
  return [pair.slice(0, at), pair.slice(at + 1)]
}
