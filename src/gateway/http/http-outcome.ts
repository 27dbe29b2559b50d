import type { CarrierApi, CodeMeaning } from '../../carrier/carrier-api.ts'
import { type Filling, filled } from '../../carrier/fill.ts'
import { holds, textAt } from '../../carrier/paths.ts'
import { readJson } from '../../message/json.ts'
import type { SubmitOutcome } from '../../message/submit-outcome.ts'
import type { Exchanged } from './http-exchange.ts'

const maxWordsLength = 300

/** The outcome of a request that was to send a text. */
export function outcomeOf(exchanged: Exchanged, api: CarrierApi, names: Filling = {}): SubmitOutcome {
  if (exchanged.kind === 'unsent') return { outcome: 'not_sent', reason: exchanged.reason }
  if (exchanged.kind === 'unanswered') return { outcome: 'in_doubt', reason: exchanged.reason }
  const { status, body, retryAfter } = exchanged
  const document = body === null ? undefined : documentOf(body, api.reads)
  const code = textAt(document, api.error.code)
  const meaning = (code === null ? undefined : api.codes[code]) ?? api.statuses[status]
  const reference = api.id?.startsWith('{') ? filled(api.id, names) : textAt(document, api.id)
  if (api.ok.status.includes(status) && (meaning === 'sent' || holds(document, api.ok.where))) {
    if (reference !== null || api.id === undefined || meaning === 'sent') return { outcome: 'sent', reference }
    return { outcome: 'in_doubt', reason: `${api.name} answered ${status} without an id` }
  }
  const words = [textAt(document, api.error.text), document === undefined ? body : null].find((text) => text)
  const text = [
    `${api.name} answered ${status}`,
    ...(code === null ? [] : [` with code ${code}`]),
    ...(words ? [`: ${words.slice(0, maxWordsLength)}`] : []),
  ].join('')
  if (meaning === 'sent') return { outcome: 'sent', reference }
  const next = meaning ?? meaningOfStatus(status, retryAfter)
  if (next === 'doubt') return { outcome: 'in_doubt', reason: text }
  return {
    outcome: 'refused',
    cause: { text, scheme: 'http', code: code ?? status, by: 'carrier', accepted: 'no', next },
  }
}

/** The document of an answer, or the matches of `reads` in it; undefined where it is none. */
export function documentOf(body: string, reads?: string): unknown {
  if (reads !== undefined) {
    const matches = [...body.matchAll(new RegExp(reads, 'gu'))].map(({ groups }) => ({ ...groups }))
    return matches.length === 0 ? undefined : matches
  }
  try {
    return readJson(body)
  } catch {
    return undefined
  }
}

/**
 * Where the carrier's own table has nothing (RFC 9110 clause 15): an error of the server may come from behind the
 * acceptance, while one of the client, and a limit, do not.
 */
function meaningOfStatus(status: number, retryAfter: string | null): Exclude<CodeMeaning, 'sent'> {
  if (status === 429 || (status === 503 && retryAfter !== null)) return 'throttle'
  if ([401, 402, 403, 407].includes(status) || (status >= 300 && status < 400)) return 'pause'
  if (status >= 400 && status < 500 && status !== 408) return 'give_up'
  return 'doubt'
}
