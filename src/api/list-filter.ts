import * as z from 'zod'
import { type Subject, seesPeople } from '../ledger/about.ts'
import type { Filter } from '../ledger/lists/condition.ts'
import type { Page, Place, Query } from '../ledger/lists/newest.ts'
import { Fault } from '../message/fault.ts'
import { type Cursors, cursorsOf } from './cursor.ts'
import { directions } from './message-schema.ts'
import { moment, momentOf } from './moment.ts'
import type { ApiDeps } from './operation.ts'
import { type Named, subjectKeys, subjectOf } from './subject.ts'

const name = z.string().min(1).max(128)

/** Whom a request is about: one of these. */
export const whom = {
  about: name.optional(),
  device: name.optional(),
  number: name.optional(),
  contact: name.optional(),
}

/** Halves of surrogate pairs are not found either. */
const notText = /[\u0000-\u001f\u007f\p{Cs}]/u

/** Words that are searched for as they are written, whatever the case of their letters. */
const words = z
  .string()
  .max(100)
  .refine((text) => !notText.test(text), 'must be plain text, without control characters')
  .transform((text) => text.normalize('NFC').trim())
  .refine((text) => text !== '', 'must not be blank')

/** Filters beside the subject. */
export const filters = <S extends readonly [string, ...string[]]>(statuses: S) => ({
  direction: z.enum(directions).optional(),
  status: z.enum(statuses).optional(),
  gateway: z.string().min(1).max(63).optional(),
  until: moment.optional(),
  q: words.optional(),
})

/** Cursors of a list of messages. */
export const messageCursors = (list: string): Cursors => cursorsOf(list, /^\d{1,16}\.\d{1,16}$/)

interface Given extends Named {
  readonly to?: string | undefined
  readonly from?: string | undefined
  readonly direction?: 'out' | 'in' | undefined
  readonly status?: string | undefined
  readonly gateway?: string | undefined
  readonly since?: string | undefined
  readonly until?: string | undefined
  readonly q?: string | undefined
  readonly batch?: string | undefined
}

/** The filter of a request, with names resolved. Fails for unknown contacts and contradictions. */
export function filterOf(given: Given, sight: Filter['sight'], deps: ApiDeps): Filter {
  const { to, from, direction, status, gateway, since, until, q, batch } = given
  const keys = [...subjectKeys, 'to', 'from'] as const
  if (keys.filter((key) => given[key] !== undefined).length > 1)
    throw new Fault('invalid_payload', `name one of ${keys.join(', ')}`)
  // Nor are their names shown, which the answer about an unknown one does.
  if (given.contact !== undefined && !seesPeople(sight))
    throw new Fault('not_allowed', 'contacts are for those who may see texts of people')
  const way = to !== undefined ? 'out' : from !== undefined ? 'in' : direction
  if (direction !== undefined && way !== direction)
    throw new Fault('invalid_payload', `"${to === undefined ? 'from' : 'to'}" is of texts ${way}, not ${direction}`)
  const about = to ?? from
  const subject = withSender(subjectOf(about === undefined ? given : { about }, deps), about ?? given.about, deps)
  const now = deps.now()
  return {
    ...subject,
    direction: way ?? null,
    status: status ?? null,
    gateway: gateway ?? null,
    since: since === undefined ? null : momentOf(since, now),
    until: until === undefined ? null : momentOf(until, now),
    search: q ?? null,
    batch: batch ?? null,
    sight,
  }
}

/** A name that nothing else has may be the sender of texts, whose address may have letters (TS 23.040 clause 9.1.2.5). */
function withSender({ device, numbers }: Subject, about: string | undefined, { fleet }: ApiDeps): Subject {
  const isName = device !== null && device === about && !fleet.devices.has(device)
  return { device, numbers: isName ? [device] : numbers }
}

/** Reads for one page: a search looks at a limited number of messages in each, 80 000 in all, which bounds its time. */
const maxReads = 2

/** A page of entries. It may be short, or empty, though there is more: `next` is null at the end. */
export async function pageOf<T>(
  read: (query: Query) => Promise<Page<T>>,
  filter: Filter,
  limit: number,
  cursors: Cursors,
  from: string | undefined,
): Promise<{ entries: T[]; next: string | null }> {
  const entries: T[] = []
  const begin = cursors.placeOf(from)
  let place = begin === null ? null : keysOf(begin)
  for (let i = 0; i < maxReads; i++) {
    const page: Page<T> = await read({ filter, limit: limit - entries.length, place })
    entries.push(...page.entries)
    place = page.next
    if (place === null || entries.length >= limit) break
  }
  return { entries, next: cursors.next(place === null ? null : `${place.out}.${place.in}`) }
}

function keysOf(text: string): Place {
  const [out, incoming] = text.split('.').map(Number) as [number, number]
  return { out, in: incoming }
}
