import type { CarrierApi, Conditions, HookExample, ReportState } from '../../carrier/carrier-api.ts'
import { holds, textAt, valuesAt } from '../../carrier/paths.ts'
import { documentIn } from '../../carrier/read-webhook.ts'
import { readJson } from '../../message/json.ts'

export interface ReportNotice {
  readonly id: string
  readonly to: string
  readonly ref: string | null
  readonly state: ReportState
}

export interface TextNotice {
  readonly id: string
  readonly from: string
  readonly text: string
  /** ISO 8601. */
  readonly time: string
}

/** Values by path; what is null stays as it is. */
type Values = readonly (readonly [path: string | undefined, value: string | null])[]

/** Forms of notices, as `CarrierApi` and `PollForm` have them. */
type Forms = Pick<CarrierApi, 'report' | 'text'>

/** Sets the value at a path, and makes what is missing on the way. Answers the document. */
export function put(document: unknown, path: string, value: unknown): unknown {
  const [step, ...rest] = path.match(/[^.[\]]+|\[\d+\]|\[\*\]/g) ?? []
  if (step === undefined) return likeBefore(document, value)
  const key = step.startsWith('[') ? Number(step.slice(1, -1)) || 0 : step
  const holder = typeof document === 'object' && document !== null ? document : typeof key === 'number' ? [] : {}
  const values = holder as Record<string | number, unknown>
  values[key] = put(values[key], rest.join('.').replaceAll('.[', '['), value)
  return holder
}

/** In the kind of the value that was there: a number, or a phone number without a plus. */
function likeBefore(before: unknown, value: unknown): unknown {
  if (typeof value !== 'string') return value
  if (typeof before === 'number' && /^\d{1,15}$/.test(value)) return Number(value)
  return typeof before === 'string' && /^\d+$/.test(before) ? value.replace(/^\+(?=\d+$)/, '') : value
}

const sentExample = ({ examples }: CarrierApi) => examples?.answers.find(({ outcome }) => outcome === 'sent')

/** The answer to an accepted text. */
export function acceptance(api: CarrierApi, id: string): { readonly status: number; readonly body: string } {
  const { status = 200, body = '{}' } = sentExample(api) ?? {}
  return { status, body: JSON.stringify(put(readJson(body), api.id ?? '', id)) }
}

/** An id that looks like that of the documentation. */
export function idLike(api: CarrierApi, count: number): string {
  const example = textAt(readJson(sentExample(api)?.body ?? '{}'), api.id) ?? 'm0000'
  const [, head = '', tail = ''] = /^(.*?)(\d{0,12})$/.exec(example) ?? []
  return `${head}${String(Number(tail) + count).padStart(tail.length, '0')}`
}

/** Whether the documentation shows a report of this state. */
export const hasState = ({ examples }: CarrierApi, state: ReportState): boolean =>
  examples?.reports.some((one) => one.state === state) ?? false

/** A webhook that reports; null where the carrier has none. */
export function reportHook(api: CarrierApi, notice: ReportNotice): HookExample | null {
  const examples = api.examples?.reports ?? []
  const example = examples.find(({ state }) => state === notice.state)
  return filledHook(example ?? examples[0], api.report, valuesOfReport(api, notice, example === undefined))
}

/** A webhook that brings a text; null where the carrier has none. */
export function textHook(api: CarrierApi, notice: TextNotice): HookExample | null {
  return filledHook(api.examples?.texts[0], api.text, valuesOfText(api, notice))
}

/** The answer to who asks for reports and texts. */
export function listOf(forms: Forms, reports: readonly ReportNotice[], texts: readonly TextNotice[]): string {
  const lists = new Map<string | undefined, unknown[]>()
  const add = (form: { list?: string | undefined; when: Conditions } | undefined, values: readonly Values[]) => {
    if (form === undefined) return
    const notices = values.map((one) => fillNotice({}, form.when, one))
    lists.set(form.list, [...(lists.get(form.list) ?? []), ...notices])
  }
  add(
    forms.report,
    reports.map((one) => valuesOfReport(forms, one, true)),
  )
  add(
    forms.text,
    texts.map((one) => valuesOfText(forms, one)),
  )
  let document: unknown = {}
  for (const [list, notices] of lists)
    document =
      list === undefined
        ? (notices[0] ?? {})
        : list === '[*]'
          ? notices
          : put(document, list.replace(/\[\*\]$/, ''), notices)
  return JSON.stringify(document)
}

function valuesOfReport({ report }: Forms, { id, to, ref, state }: ReportNotice, isOtherState: boolean): Values {
  const word = isOtherState ? (report?.states[state][0] ?? state) : null
  return [
    [report?.id, id],
    [report?.recipient, to],
    [report?.ref, ref],
    [report?.state, word],
  ]
}

function valuesOfText({ text: form }: Forms, { id, from, text, time }: TextNotice): Values {
  return [
    [[form?.id ?? []].flat()[0], id],
    [form?.from, from],
    [form?.text, text],
    [form?.time, time],
  ]
}

function fillNotice(notice: unknown, when: Conditions, values: Values): unknown {
  for (const [path, allowed] of Object.entries(when))
    if (!holds(notice, { [path]: allowed })) put(notice, path, allowed[0] ?? '1')
  for (const [path, value] of values) if (path !== undefined && value !== null) put(notice, path, value)
  return notice
}

/** The example with other values, in its own encoding. */
function filledHook(
  example: HookExample | undefined,
  form: { readonly list?: string | undefined; readonly when: Conditions } | undefined,
  values: Values,
): HookExample | null {
  if (example === undefined || form === undefined) return null
  const { method, type, query, body } = example
  const document = documentIn({
    method,
    url: `http://carrier/?${query}`,
    headers: { 'content-type': type },
    body: Buffer.from(body),
  })
  const [notice] = form.list === undefined ? [document] : valuesAt(document, form.list).flat()
  fillNotice(notice, form.when, values)
  if (type.includes('json') && body !== '') return { ...example, body: JSON.stringify(document) }
  const fields = new URLSearchParams(document as Record<string, string>).toString()
  return body === '' ? { ...example, query: fields } : { ...example, query: '', body: fields }
}
