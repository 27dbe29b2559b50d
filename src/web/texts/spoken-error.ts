import { hubWords } from './language.ts'

interface HubError {
  readonly code: string
  readonly message: string
  readonly hint?: string | null | undefined
}

/** An error as it is shown. */
export interface SpokenError {
  readonly title: string
  /** The hub's own words, with names and figures, where the title is in another language. */
  readonly own: string | null
  readonly hint: string | null
}

/** Codes whose hints are about topics and payloads: of no use to who sees a page. */
const ofTopics: readonly string[] = [
  'invalid_payload',
  'unknown_device',
  'unknown_command',
  'unknown_property',
  'retained_command',
  'ttl_expired',
  'not_supported',
]

/** An error of the hub in the language of the page; in the hub's own words where it has no others. */
export function spoken({ code, message, hint = null }: HubError): SpokenError {
  const hub = hubWords()
  const own = ofTopics.includes(code) ? null : hint
  const title = wordIn(hub?.faults, code)
  if (title === undefined) return { title: message, own: null, hint: own }
  return { title, own: message, hint: wordIn(hub?.hints, code) ?? own }
}

/** The word for a key that comes from outside. */
export function wordIn<T>(table: Readonly<Partial<Record<string, T>>> | undefined, key: string): T | undefined {
  return table !== undefined && Object.hasOwn(table, key) ? table[key] : undefined
}
