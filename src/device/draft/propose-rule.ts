import type { Values } from '../../message/values.ts'
import type { Device } from '../device.ts'
import { eachPart, parsePattern } from '../pattern/pattern.ts'
import { criesIn } from '../receive/alarm-words.ts'
import { readText } from '../receive/read.ts'
import { groupTexts } from './group-texts.ts'
import { readPattern } from './read-pattern.ts'
import { linkPattern } from './value-forms.ts'

/** A hole of a proposed pattern; the person may rename it, change its type, or drop it. */
export interface RuleHole {
  readonly field: string
  readonly type: string
}

/** A rule for texts of one shape. */
export interface ProposedRule {
  /** Of the message: small letters, digits and _. */
  readonly name: string
  readonly pattern: string
  /** Of an alarm, or of texts without values. */
  readonly event: string | null
  readonly holes: readonly RuleHole[]
  readonly texts: readonly { readonly text: string; readonly values: Values }[]
}

/** Rules for texts that nobody has read, a group of one shape each. `device` is the one that sent them, or a sample. */
export function proposeRules(device: Device, texts: readonly string[], taken: Iterable<string>): ProposedRule[] {
  const names = new Set(taken)
  return groupTexts(texts, readPattern).map((group) => {
    const name = freeName(nameFor(group.pattern), names)
    names.add(name)
    return { name, ...proposedFor(device, group.pattern, group.texts, name) }
  })
}

/** The rest of the proposal for a pattern that takes these texts; the name is the event of those without values. */
export function proposedFor(
  device: Device,
  pattern: string,
  texts: readonly string[],
  name: string | null,
): Omit<ProposedRule, 'name'> {
  const holes = holesOf(pattern)
  return {
    pattern,
    event: eventIn(device, texts) ?? (holes.length === 0 ? name : null),
    holes,
    texts: texts.map((text) => ({ text, values: readPattern(pattern, text) ?? {} })),
  }
}

export const holesOf = (pattern: string): RuleHole[] =>
  [...eachPart(parsePattern(pattern).parts)].flatMap((part) =>
    part.part === 'hole' && part.field !== '_'
      ? [{ field: part.field, type: part.argument === '' ? part.type : `${part.type}(${part.argument})` }]
      : [],
  )

/** The alarm in these texts, by words of any device: a rule for them must not lose it. */
function eventIn(device: Device, texts: readonly string[]): string | null {
  const events = new Set(texts.map((text) => readText(device, text, undated)[0]?.event ?? cryIn(text)))
  const [only = null, ...more] = events
  return more.length === 0 ? only : null
}

function cryIn(text: string): string | null {
  const [cry] = criesIn(text)
  return cry === undefined ? null : cry.event.test('sos') ? 'sos' : 'alarm'
}

export const undated = { receivedAt: null, scts: null } as const

/** Letters of a name. */
const maxLength = 30
const maxTries = 200

/** A name from the first words of a pattern. */
function nameFor(pattern: string): string {
  if (pattern === linkPattern) return 'position'
  const plain = pattern
    .replace(/\{[^}]*\}|\\./g, ' | ')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
  const words = plain
    .split('|')
    .flatMap((part) => part.split(/[^a-z0-9]+/).filter((word) => /^[a-z][a-z0-9]+$/.test(word)))
  const name = words.slice(0, 3).join('_').slice(0, maxLength).replace(/_$/, '')
  return name === '' ? 'text' : name
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  for (let n = 2; n < maxTries; n++) {
    const next = n === 2 ? name : `${name}_${n - 1}`
    if (!taken.has(next)) return next
  }
  return `${name}_${taken.size}`
}
