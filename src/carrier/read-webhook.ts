import { Fault } from '../message/fault.ts'
import { readJson } from '../message/json.ts'
import type { CarrierApi, Conditions, ReportForm, ReportState, TextForm } from './carrier-api.ts'
import { holds, textAt, valuesAt } from './paths.ts'
import type { Hook } from './webhook-proof.ts'

/** What a carrier brings: the form in which it is stored. */
export type Brought =
  | {
      readonly kind: 'report'
      readonly id: string
      readonly recipient: string
      readonly ref: string | null
      readonly state: ReportState
      readonly words: string
    }
  | {
      readonly kind: 'text'
      readonly id: string
      readonly from: string
      readonly text: string
      /** Where it is in the memory of a box, which deletes it there; absent where nothing is to be deleted. */
      readonly place?: string
      readonly part: { readonly ref: number; readonly total: number; readonly seq: number } | null
    }

/** Notices in one webhook: carriers put up to some hundred into one. */
const maxNotices = 1_000

/** The document of a webhook: its JSON, or its form, or its query. Fails where it is none of them. */
export function documentIn({ method, url, headers, body }: Hook): unknown {
  const query = Object.fromEntries(new URL(url).searchParams)
  if (method === 'GET' || body.length === 0) return query
  const type = headers['content-type'] ?? ''
  const text = body.toString('utf8')
  if (type.includes('json') || /^\s*[[{]/.test(text)) {
    const document = readJson(text)
    if (document === undefined) throw new Fault('invalid_payload', 'the body is not JSON')
    return document
  }
  return { ...query, ...Object.fromEntries(new URLSearchParams(text)) }
}

/** Everything that a document of the carrier brings, without texts from before `since` (ms). What it has besides is ignored. */
export function broughtIn(
  document: unknown,
  { report, text }: Pick<CarrierApi, 'report' | 'text'>,
  since = 0,
): Brought[] {
  const reports = report === undefined ? [] : noticesIn(document, report).flatMap((one) => reportIn(one, report))
  const texts =
    text === undefined
      ? []
      : noticesIn(document, text).flatMap((one) => (isSince(one, text, since) ? textIn(one, text) : []))
  return [...reports, ...texts]
}

function noticesIn(
  document: unknown,
  { list, when }: { readonly list?: string | undefined; readonly when: Conditions },
): unknown[] {
  const all = list === undefined ? [document] : valuesAt(document, list).flat()
  if (all.length > maxNotices) throw new Fault('invalid_payload', `more than ${maxNotices} notices at once`)
  return all.filter((one) => holds(one, when))
}

function isSince(notice: unknown, { time }: TextForm, since: number): boolean {
  const at = Date.parse(textAt(notice, time) ?? '')
  return Number.isNaN(at) || at >= since
}

function reportIn(notice: unknown, { id, recipient, ref, state, code, states }: ReportForm): Brought[] {
  const [found, word, error] = [textAt(notice, id), textAt(notice, state), textAt(notice, code)]
  if (found === null || word === null) return []
  const is = (Object.keys(states) as ReportState[]).find((one) => states[one].includes(word))
  const words = error === null || error === '' || error === '0' ? word : `${word}, code ${error}`
  return [
    {
      kind: 'report',
      id: found,
      recipient: (textAt(notice, recipient) ?? '').replace(/\D/g, ''),
      ref: textAt(notice, ref),
      // An unknown state decides nothing.
      state: is ?? 'trying',
      words: words.slice(0, 100),
    },
  ]
}

function textIn(notice: unknown, { id, from, text, parts }: TextForm): Brought[] {
  const [place = null, ...others] = [id].flat().map((path) => textAt(notice, path))
  const [sender, words] = [textAt(notice, from), textAt(notice, text)]
  if (place === null || sender === null || words === null) return []
  const found = others.length === 0 ? place : JSON.stringify([place, ...others, sender, words])
  const [ref, total, seq] = [parts?.ref, parts?.total, parts?.seq].map((path) => Number(textAt(notice, path) ?? 0))
  const part = ref && total && seq && total > 1 && seq <= total ? { ref: ref & 0xffff, total, seq } : null
  return [{ kind: 'text', id: found, place, from: sender, text: words, part }]
}
