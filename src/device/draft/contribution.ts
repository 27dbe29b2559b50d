import type { Value, Values } from '../../message/values.ts'
import { bindingOf, type Device } from '../device.ts'
import { match } from '../pattern/match.ts'
import { type Pattern, parsePattern } from '../pattern/pattern.ts'
import { Programs } from '../profile/dialect.ts'
import { readText } from '../receive/read.ts'
import type { Reading } from '../receive/reading.ts'
import { fieldOf } from '../vocabulary/vocabulary.ts'
import { type Disguise, disguise } from './anonymise.ts'
import { type ProfileHeading, profileSource, type WrittenMessage } from './draft-profile.ts'
import { undated } from './propose-rule.ts'

/** Texts of a device for a pull request, with everything personal replaced. */
export interface Contribution {
  readonly files: readonly { readonly path: string; readonly text: string }[]
  /** Texts that nobody can read yet, or not any more without what was replaced. */
  readonly leftOut: number
}

/** A text as `test/device/field` has it. */
interface FieldText {
  readonly profile: string
  readonly source: 'owner'
  readonly text: string
  readonly values: Readonly<Record<string, Value>>
  readonly event: string | null
}

const maxTexts = 40

/** A profile that is to be made of a device whose messages are its owner's. */
export interface NewProfile extends ProfileHeading {
  /** `my/tracker` */
  readonly id: string
}

/** Whether everything that the profile of a device knows is the owner's. */
export const isUserMade = ({ profile }: Device): boolean => profile.id.startsWith('generic/')

/** `names` are words of its owner. */
export function contributionOf(
  device: Device,
  texts: readonly string[],
  profile: NewProfile,
  names: readonly string[],
): Contribution {
  const isNew = isUserMade(device)
  const id = isNew ? profile.id : device.profile.id
  const hide = disguise([...names, ...texts.flatMap((text) => wordsIn(device, text))])
  const hiding = hidden(device, hide)
  const shapes = new Set<string>()
  const rows: FieldText[] = []
  let leftOut = 0
  for (const text of texts) {
    const shape = text.replace(/\d+/g, '0').replace(/\s+/g, ' ')
    if (shapes.has(shape) || rows.length >= maxTexts) continue
    shapes.add(shape)
    const [before] = readText(device, text, undated)
    const shown = hide(text.trim())
    const [after] = readText(hiding, shown, undated)
    const isSame =
      before !== undefined &&
      after?.message === shownName(device, before.message, hide) &&
      after.event === shownEvent(device, before, hide)
    if (!isSame || !hasSameFields(before.values, after.values)) {
      leftOut++
      continue
    }
    rows.push({ profile: id, source: 'owner', text: shown, values: after.values, event: after.event })
  }
  const [maker = 'my'] = id.split('/')
  const corpus = { path: `test/device/field/${maker}.json`, text: `${JSON.stringify(rows, null, 2)}\n` }
  const own = ownMessages(device, texts, hide)
  if (own.length === 0) return { files: [corpus], leftOut }
  return { files: [{ path: `devices/${id}.yaml`, text: profileSource(isNew ? profile : null, own) }, corpus], leftOut }
}

const hasSameFields = (before: Values, after: Values): boolean =>
  Object.keys(before).sort().join() === Object.keys(after).sort().join()

/** Words that holes for any text take: names of people, places and things. */
function wordsIn(device: Device, text: string): string[] {
  const [reading] = readText(device, text, undated)
  const message = reading === undefined ? undefined : device.dialect.messages[reading.message]
  return (message?.text ?? []).flatMap(({ text: pattern }) => {
    const program = device.dialect.programs.get(pattern, bindingOf(device))
    const found = program === null ? null : match(program, text.trim())
    return (found?.spans ?? [])
      .filter(({ by, name }) => by === 'value' || name === '_' || fieldOf(name)?.type === 'text')
      .map(({ from, to }) => text.trim().slice(from, to))
      .filter((word) => /\p{L}/u.test(word) && !word.includes('://'))
  })
}

/** The owner's messages of a device as a profile of its own. */
export const ownProfile = (device: Device, texts: readonly string[], profile: NewProfile): string =>
  profileSource(
    profile,
    ownMessages(device, texts, (text) => text),
  )

/** Whether a message is the owner's addition. */
const isAdded = ({ profile, dialect }: Device, name: string): boolean =>
  !Object.hasOwn(profile.dialects.get(dialect.variant)?.messages ?? {}, name)

/** A name may stand in the words of a rule, too. */
const hiddenPattern = ({ source }: Pattern, hide: Disguise): string =>
  source.replace(/(\{[^}]*\})|(?:\\.|[^{\\])+/gs, (part, hole?: string) => (hole === undefined ? hide(part) : part))

/** A rule has its name of the first words of its text. */
const shownName = (device: Device, name: string, hide: Disguise): string =>
  isAdded(device, name) ? hide(name).toLowerCase() : name

/** So has its event. */
const shownEvent = (
  device: Device,
  { message, event }: Pick<Reading, 'message' | 'event'>,
  hide: Disguise,
): string | null => (event === null || !isAdded(device, message) ? event : hide(event).toLowerCase())

/** The device as its texts are with what is replaced in them. */
function hidden(device: Device, hide: Disguise): Device {
  const messages = Object.entries(device.dialect.messages).map(([name, message]) => {
    if (!isAdded(device, name)) return [name, message] as const
    const text = message.text.map((one) => ({ ...one, text: parsePattern(hiddenPattern(one.text, hide)) }))
    const event = message.event === undefined ? undefined : hide(message.event).toLowerCase()
    return [shownName(device, name, hide), { ...message, text, event }] as const
  })
  return { ...device, dialect: { ...device.dialect, messages: Object.fromEntries(messages), programs: new Programs() } }
}

/** The messages that the owner of the device has added, with examples that prove them. */
function ownMessages(device: Device, texts: readonly string[], hide: Disguise): WrittenMessage[] {
  const hiding = hidden(device, hide)
  return Object.entries(device.dialect.messages).flatMap(([known, { text: patterns }]) => {
    const name = shownName(device, known, hide)
    const message = hiding.dialect.messages[name]
    if (!isAdded(device, known) || patterns.length === 0 || message === undefined) return []
    const sent = [...new Set([...texts, ...message.examples.map(({ text }) => text)])]
    const examples = sent
      .filter((text) => readText(device, text, undated)[0]?.message === known)
      .map((text) => hide(text.trim()))
      .flatMap((text) => {
        const [reading] = readText(hiding, text, undated)
        return reading?.message === name ? [{ text, values: reading.values }] : []
      })
      .slice(0, 3)
    if (examples.length === 0) return []
    const { event, level } = message
    const more = Object.entries({ event, level }).flatMap(([key, word]) =>
      word === undefined ? [] : [`${key}: ${word}`],
    )
    const sources = message.text.map(({ text }) => text.source)
    const content = `text: ${JSON.stringify(sources.length === 1 ? sources[0] : sources)}`
    return [{ name, content: [content, ...more], examples }]
  })
}
