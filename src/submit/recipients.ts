import type { Device } from '../device/device.ts'
import { isDialable, isForeignForm, normaliseNumber, sameNumber, withPlus } from '../device/parameters/numbers.ts'
import { refusalOf } from '../message/dialable.ts'
import { Fault } from '../message/fault.ts'
import { didYouMean } from '../util/nearest.ts'
import type { Asked } from './accept.ts'
import { heldBy, numberMade, type Printing, subjectOf } from './made-for.ts'

/** Allowed recipients of texts. */
export interface RecipientDeps extends Printing {
  device(id: string): Device | undefined
  devices(): Iterable<Device>
  /** Devices with this number, however it is written. */
  behind(number: string): readonly Device[]
  /** Contacts: a number, or the names and numbers of a group. */
  readonly contacts: ReadonlyMap<string, string | readonly string[]>
  readonly region: string | undefined
  newId(prefix: string): string
}

/** Recipients of one request, groups expanded; a list of more is limited where it is taken. */
const maxRecipients = 200
/** Names listed in a refusal. */
const maxListed = 10

export interface Recipients {
  /** A request for each number. */
  readonly addressed: readonly Asked[]
  /** The place of an intent of which nothing is left, with that of the one before it. */
  readonly doubles: ReadonlyMap<number, number>
}

/**
 * Resolves names to numbers: a group becomes a text to each of its members, and nobody gets the same text of one
 * request twice.
 */
export function toRecipients(asked: readonly Asked[], deps: RecipientDeps): Recipients {
  const seen = new Map<string, number>()
  const doubles = new Map<number, number>()
  const found = asked.flatMap((one): Asked[] => {
    const { request, place, fault } = one
    const { intent } = request
    if (fault !== null || intent.verb !== 'text') return [one]
    try {
      const numbers = numbersOf(intent.to, intent.isTopic ?? false, deps)
      const named = namedBy(intent.to, deps)
      const keyOf = (number: string) => `${number} ${intent.text}`
      const first = seen.get(keyOf(numbers[0] ?? ''))
      const others = numbers.filter((number) => !seen.has(keyOf(number)))
      if (others.length === 0 && first !== undefined) doubles.set(place, first)
      return others.map((to, i) => {
        seen.set(keyOf(to), place)
        const commandId = i === 0 ? request.commandId : deps.newId('cmd')
        return { ...one, request: { ...request, commandId, intent: { ...intent, to, named } } }
      })
    } catch (error) {
      return [{ ...one, fault: Fault.from(error) }]
    }
  })
  const [first] = found
  const most = Math.max(maxRecipients, asked.length)
  if (found.length <= most || first === undefined) return { addressed: found, doubles }
  const message = `one request reaches at most ${most} recipients, not ${found.length}`
  return { addressed: [{ ...first, fault: new Fault('invalid_payload', message) }], doubles: new Map() }
}

/** Whether a text to this name or number goes to contacts and devices only. */
export function isRecipient(to: string, isTopic: boolean, deps: RecipientDeps): boolean {
  try {
    return numbersOf(to, isTopic, deps).every((number) => isRegistered(number, deps))
  } catch (error) {
    if (error instanceof Fault) return false
    throw error
  }
}

function numbersOf(to: string, isTopic: boolean, deps: RecipientDeps, groups = new Set<string>()): string[] {
  const name = nameOf(to, deps)
  const contact = name === undefined ? undefined : deps.contacts.get(name)
  if (name !== undefined && contact !== undefined) {
    if (typeof contact === 'string') return [numberOf(contact, false, deps)]
    // Each group once, even if it is nested several times.
    if (groups.has(name)) return []
    groups.add(name)
    return [...new Set(contact.flatMap((member) => numbersOf(member, false, deps, groups)))]
  }
  const device = deps.device(to)
  if (device === undefined) return [numberOf(to, isTopic, deps)]
  if (device.recipient === null) throw new Fault('number_blocked', `${device.id} has no number that can be dialled`)
  return [device.recipient]
}

/** The contact, the group or the device of this name; null for a number. */
function namedBy(to: string, deps: RecipientDeps): readonly ['device' | 'contact', string] | null {
  const name = nameOf(to, deps)
  if (name !== undefined) return ['contact', name]
  return deps.device(to) === undefined ? null : ['device', to]
}

/** What holds now of all devices and contacts, by subject. */
export function allHeld(deps: RecipientDeps): Record<string, readonly string[]> {
  const devices = [...deps.devices()].map(
    (device) => [subjectOf(['device', device.id], deps), heldBy(device, deps)] as const,
  )
  const contacts = [...deps.contacts.keys()].map((name) => {
    return [subjectOf(['contact', name], deps), numbersMade(name, deps)] as const
  })
  return Object.fromEntries([...devices, ...contacts])
}

/** None of a contact to which nothing can be sent now. */
function numbersMade(name: string, deps: RecipientDeps): readonly string[] {
  try {
    return numbersOf(name, false, deps).map((number) => numberMade(number, deps))
  } catch (error) {
    if (error instanceof Fault) return []
    throw error
  }
}

/** A group and nothing else, whatever else has its name. */
const groupPrefix = /^group:/i

/** A name as in the configuration. */
function nameOf(given: string, { contacts }: RecipientDeps): string | undefined {
  if (contacts.has(given)) return given
  const wanted = given.replace(groupPrefix, '').toLowerCase()
  const names = groupPrefix.test(given) ? groupsOf(contacts) : [...contacts.keys()]
  return names.find((name) => name.toLowerCase() === wanted)
}

const groupsOf = (contacts: RecipientDeps['contacts']): string[] =>
  [...contacts].flatMap(([name, contact]) => (typeof contact === 'string' ? [] : [name]))

/**
 * A number as dialled. In a topic it has no plus, which is added if that makes a valid number; in a payload it may have
 * lost it. Registered numbers have precedence.
 */
function numberOf(given: string, isTopic: boolean, deps: RecipientDeps): string {
  const { region } = deps
  const number = normaliseNumber(given, region)
  if (/\p{L}/u.test(number)) throw nobody(given, deps)
  const refusal = refusalOf(number, 'text')
  if (refusal !== null) throw new Fault('invalid_payload', refusal.slice(0, 160), { number: given.slice(0, 80) })
  const meant = isTopic && /^[1-9]\d{7,14}$/.test(given) ? `+${given}` : withPlus(given)
  if (meant === number || isListed(number, deps)) return number
  if (meant !== null && (isTopic || isListed(meant, deps))) return meant
  if (!isForeignForm(given, region)) return number
  const advice = meant === null ? 'write it as +<country><number>' : `did you mean ${meant}?`
  throw new Fault('invalid_payload', `"${given}" is not a possible number in ${region}; ${advice}`, {
    ...(meant !== null && { number: meant }),
  })
}

function nobody(given: string, { contacts, devices }: RecipientDeps): Fault {
  const isGroup = groupPrefix.test(given)
  const names = isGroup ? groupsOf(contacts) : [...contacts.keys()]
  const wanted = given.replace(groupPrefix, '')
  const meant = didYouMean(wanted, isGroup ? names : [...names, ...ids(devices())])
  const listed = names.slice(0, maxListed).join(', ')
  const rest = names.length > maxListed ? ` and ${names.length - maxListed} more` : ''
  const known = names.length === 0 ? '; there are none under contacts:' : `; there is ${listed}${rest}`
  const words = `there is no ${isGroup ? 'group' : 'contact'} "${wanted.slice(0, 80)}"${meant || known}`
  return new Fault('invalid_payload', words, {
    contacts: names.slice(0, maxListed),
  })
}

function* ids(devices: Iterable<Device>): Iterable<string> {
  for (const { id } of devices) yield id
}

/** Whether exactly this number is that of a contact or a device. */
function isListed(number: string, deps: RecipientDeps): boolean {
  return peopleOf(deps).normal.has(number) || deps.behind(number).some(({ recipient }) => recipient === number)
}

/** Whether a number is that of a contact or a device, however it is written. */
export function isRegistered(number: string, deps: RecipientDeps): boolean {
  const { normal, all, loose } = peopleOf(deps)
  if (normal.has(number)) return true
  // Two international numbers are the same only where they are equal.
  const candidates = number.startsWith('+') ? loose : all
  return candidates.some((contact) => sameNumber(contact, number, deps.region)) || deps.behind(number).length > 0
}

/** Numbers of contacts, those in groups included. */
interface People {
  readonly all: readonly string[]
  /** In their normal form. */
  readonly normal: ReadonlySet<string>
  /** Written without a country. */
  readonly loose: readonly string[]
}

/** A thousand recipients of one request are looked up among all contacts. */
const known = new WeakMap<RecipientDeps['contacts'], People>()

function peopleOf({ contacts, region }: RecipientDeps): People {
  const found = known.get(contacts)
  if (found !== undefined) return found
  const all = [...contacts.values()].flatMap((contact) =>
    typeof contact === 'string' ? [contact] : contact.filter((one) => !contacts.has(one) && isDialable(one)),
  )
  const people = {
    all,
    normal: new Set(all.map((contact) => normaliseNumber(contact, region))),
    loose: all.filter((contact) => !/^\s*(?:\+|00)/.test(contact)),
  }
  known.set(contacts, people)
  return people
}
