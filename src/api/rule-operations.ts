import * as z from 'zod'
import type { Device } from '../device/device.ts'
import { changeHoles } from '../device/draft/change-holes.ts'
import { assertRule, maxExamples, messageOf, problemsOf } from '../device/draft/check-rule.ts'
import { rulePattern } from '../device/draft/draft-pattern.ts'
import { holesOf, type ProposedRule, proposedFor, proposeRules } from '../device/draft/propose-rule.ts'
import { readPattern } from '../device/draft/read-pattern.ts'
import { sampleDevice } from '../device/sample.ts'
import type { QuarantinedText } from '../ledger/lists/recent-texts.ts'
import { Fault } from '../message/fault.ts'
import { isoTime } from '../message/result.ts'
import { cursorsOf } from './cursor.ts'
import { assertRevision, revisionOf } from './device-revision.ts'
import { id } from './inputs.ts'
import { type ApiDeps, deviceOf, operation } from './operation.ts'
import { time, value } from './payloads.ts'
import { readQuarantine, textsFrom, textsOf } from './quarantine.ts'
import { subjectOf } from './subject.ts'

const values = z.record(z.string(), value)
const text = z.string().min(1).max(2_000)
const texts = z.array(text).min(1).max(20)
const ruleName = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/, 'must be small letters, digits and _, like door_opened')
/** What becomes of a hole: `fuel`, `fuel:percent`, or `-` for a value that is thrown away. */
const holes = z.record(z.string().max(64), z.string().min(1).max(64)).optional()

export const ruleDraft = z.strictObject({
  pattern: z.string(),
  /** Of an alarm, or of a text without values. */
  event: z.string().nullable(),
  holes: z.array(z.strictObject({ field: z.string(), type: z.string() })),
  /** What it reads of each text that it is for. */
  texts: z.array(z.strictObject({ text: z.string(), values })),
  /** What has to be changed before it can be kept. */
  problems: z.array(z.string()),
})

/** The text that a rule is for, or several of its shape. */
export const ruleTexts = { text: text.optional(), texts: texts.optional() }

export const newRule = z.strictObject({
  name: ruleName,
  pattern: text,
  ...ruleTexts,
  event: ruleName.optional(),
  holes,
})

export const keptRule = z.strictObject({
  id,
  message: z.string(),
  /** Texts of the quarantine that it has read. */
  read: z.number().int(),
})

/** Who has sent texts of a page: a sender is on each page that has texts of it. */
export const unknownSender = z.strictObject({
  /** null for an unknown number. */
  device: z.string().nullable(),
  from: z.string().nullable(),
  /** Of this page. */
  texts: z.number().int(),
  last_at: time,
  last_text: z.string(),
})

export const unknownCursors = cursorsOf('unknown', /^\d{1,15}$/)

export const unknownGroups = z.strictObject({
  device: z.string().nullable(),
  groups: z.array(
    z.strictObject({
      name: z.string(),
      pattern: z.string(),
      event: z.string().nullable(),
      holes: z.array(z.strictObject({ field: z.string(), type: z.string() })),
      /** How many different texts have this shape; the first of them. */
      count: z.number().int(),
      texts: z.array(z.strictObject({ text: z.string(), values })),
      last_at: time,
      problems: z.array(z.string()),
    }),
  ),
})

/** Texts of a group that are shown. */
const maxShown = 5

/** From texts that nobody can read to rules that do. */
export const ruleOperations = {
  'unknown/list': operation({
    summary:
      'who has sent texts that no profile reads: devices, and unknown numbers; a page at a time, the latest texts first',
    action: () => ({ act: 'see_texts' }),
    input: z.strictObject({
      limit: z.coerce.number().int().min(1).max(100).default(50),
      cursor: unknownCursors.given,
    }),
    output: z.strictObject({ data: z.array(unknownSender), next: z.string().nullable() }),
    async run({ limit, cursor }, { store, fleet }) {
      const place = unknownCursors.placeOf(cursor)
      const { texts: unread, next } = await store.read('unreadTexts', { before: place === null ? null : Number(place) })
      const owners = ownersIn(fleet.devices.values())
      const senders = new Map<string, { device: string | null; first: QuarantinedText; texts: number }>()
      let end = next
      for (const one of unread) {
        // The number may have become a device since.
        const device = one.device ?? owners.get(one.sender) ?? null
        // Of a removed device, only its history is left.
        if (device !== null && !fleet.devices.has(device)) continue
        const key = device === null ? `n:${one.sender}` : `d:${device}`
        const known = senders.get(key)
        if (known === undefined && senders.size === limit) {
          end = one.place + 1
          break
        }
        if (known !== undefined) known.texts++
        else senders.set(key, { device, first: one, texts: 1 })
      }
      return {
        data: [...senders.values()].map(({ device, first, texts: count }) => ({
          device,
          from: device === null ? first.sender : null,
          texts: count,
          last_at: isoTime(first.receivedAt),
          last_text: first.text,
        })),
        next: unknownCursors.next(end === null ? null : String(end)),
      }
    },
  }),
  'unknown/groups': operation({
    summary:
      'the unread texts of a device or an unknown number by their shape, with a rule for each; device/rule keeps it',
    action: () => ({ act: 'see_texts' }),
    input: z.strictObject({ about: z.string().min(1).max(64) }),
    output: unknownGroups,
    async run({ about }, deps) {
      const { device: named } = subjectOf({ about }, deps)
      const owner = named !== null && deps.fleet.devices.has(named) ? named : null
      // A name that is no device is that of a sender, as networks and banks have them, or mistyped.
      const isName = owner === null && named !== null
      const all = await (isName ? textsFrom(named, deps) : textsOf({ about }, deps))
      if (isName && all.length === 0) deviceOf(named, deps.fleet)
      const unread = all.filter(({ isRead }) => !isRead)
      const device = owner === null ? anyDevice(deps) : deviceOf(owner, deps.fleet)
      const proposed = proposeRules(
        device,
        unread.map((one) => one.text),
        Object.keys(device.dialect.messages),
      )
      return { device: owner, groups: proposed.map((rule) => shown(rule, device, all)) }
    },
  }),
  'unknown/read': operation({
    summary: 'read the quarantine of a device again, as after a change of its profile',
    input: z.strictObject({ id }),
    output: z.strictObject({ id, read: z.number().int() }),
    run: async ({ id: name }, deps) => ({ id: name, read: await readQuarantine(deviceOf(name, deps.fleet), deps) }),
  }),
  'device/draft': operation({
    summary: 'a pattern for texts that the profile of a device does not know, and what it reads; device/rule keeps it',
    input: z.strictObject({ id, ...ruleTexts, pattern: text.optional(), holes }),
    output: ruleDraft,
    async run({ id: name, pattern: written, holes: changes = {}, ...given }, deps) {
      const device = deviceOf(name, deps.fleet)
      const [first, ...more] = textsIn(given)
      const pattern = changeHoles(written ?? rulePattern(first, readPattern), changes)
      const examples = [first, ...more]
      if (examples.some((one) => readPattern(pattern, one) === null))
        throw new Fault('invalid_payload', written === undefined ? 'no pattern can be made of this text' : doesNotRead)
      const draft = proposedFor(device, pattern, examples, null)
      const rule = { name: freeName(device), ...draft, texts: examples }
      const problems = problemsOf(device, rule, othersOf(rule, await textsOf({ device: name }, deps)))
      return { ...draft, holes: [...draft.holes], texts: draft.texts.map(shownText), problems }
    },
  }),
  'device/rule': operation({
    summary:
      'keep a pattern as a message of a device, with the texts that it is for as its examples; its quarantine is read again',
    input: newRule.extend({ id, revision: z.string().max(64).optional() }),
    output: keptRule,
    async run(
      { id: device, name, pattern: given, event, holes: changes = {}, revision: wanted = null, ...named },
      deps,
      asker,
    ) {
      const { fleet, log } = deps
      const present = deviceOf(device, fleet)
      const examples = textsIn(named)
      assertRevision(present, wanted, deps)
      const revision = revisionOf(present, deps)
      const pattern = changeHoles(given, changes)
      if (examples.some((one) => readPattern(pattern, one) === null)) throw new Fault('invalid_payload', doesNotRead)
      const rule = { name, pattern, event: event ?? (holesOf(pattern).length === 0 ? name : null), texts: examples }
      assertRule(present, rule, othersOf(rule, await textsOf({ device }, deps)))
      const message = messageOf({ ...rule, texts: examples.slice(0, maxExamples) })
      const row = fleet.rowOf(device)
      if (row === null)
        throw new Fault(
          'not_allowed',
          `device ${device} is in smshub.yaml: add ${JSON.stringify({ [name]: message })} to its messages: there, restart, and ask for unknown/read`,
          { device, messages: { [name]: message } },
        )
      const messages = { ...(row.messages as object | undefined), [name]: message }
      await fleet.update(device, { messages }, (now) => assertRevision(now, revision, deps))
      const read = await readQuarantine(deviceOf(device, fleet), deps)
      log('info', `${device} has the message ${name} (${asker.name}); it reads ${read} of its texts in quarantine`)
      return { id: device, message: name, read }
    },
  }),
}

/** The texts that a rule is for, each once. Fails with `invalid_payload` where there is none. */
function textsIn({ text: only, texts: several = [] }: z.output<z.ZodObject<typeof ruleTexts>>): [string, ...string[]] {
  const [first, ...more] = new Set([...(only === undefined ? [] : [only]), ...several].map((one) => one.trim()))
  if (first === undefined) throw new Fault('invalid_payload', 'text: name a text that the pattern is for')
  return [first, ...more]
}

const doesNotRead = 'pattern: does not read the text that it is for'

/** The device of each number; of one that several have, the first. */
function ownersIn(devices: Iterable<Device>): Map<string, string> {
  const owners = new Map<string, string>()
  for (const { id: device, numbers } of devices)
    for (const number of numbers) if (!owners.has(number)) owners.set(number, device)
  return owners
}

/** For texts of a number that is no device yet. */
const anyDevice = ({ profiles }: ApiDeps): Device => sampleDevice(profiles.get('generic/text'), '', {})

/** A name that no message of the device has. */
const freeName = ({ dialect }: Device): string => {
  let name = 'drafted'
  while (Object.hasOwn(dialect.messages, name)) name += '_'
  return name
}

/** Texts that the device sent and that a rule is not for: those of its shape are left out. */
const othersOf = ({ pattern }: { readonly pattern: string }, all: readonly QuarantinedText[]): string[] =>
  [
    ...new Set(
      all.filter(({ isRead, text: one }) => isRead || readPattern(pattern, one) === null).map((one) => one.text),
    ),
  ].slice(0, 100)

const shownText = ({ text: one, values: read }: ProposedRule['texts'][number]) => ({ text: one, values: { ...read } })

function shown(rule: ProposedRule, device: Device, all: readonly QuarantinedText[]) {
  const { name, pattern, event, holes: found, texts: examples } = rule
  const given = examples.map((one) => one.text)
  const newest = all.find((one) => given.includes(one.text.trim()))
  const problems = problemsOf(device, { ...rule, texts: given }, othersOf(rule, all))
  return {
    name,
    pattern,
    event,
    holes: [...found],
    count: given.length,
    texts: examples.slice(0, maxShown).map(shownText),
    last_at: isoTime(newest?.receivedAt ?? 0),
    problems,
  }
}
