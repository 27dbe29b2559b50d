import type { RequestForm, Template } from '../../carrier/carrier-api.ts'
import { readJson } from '../../message/json.ts'

/** What stands in the places of a template, by their names. */
export type Places = Readonly<Record<string, string>>

export interface CarrierRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly body: string
}

/**
 * What a client has filled into the places of this form; null where it makes another request. Other keys are ignored,
 * as carriers take more than the hub uses. Fails with `invalid_payload` where the body is not JSON and should be.
 */
export function placesIn(form: RequestForm, basePath: string, request: CarrierRequest): Places | null {
  const inPath = request.method === form.method ? readTemplate(basePath + form.path, request.path) : null
  if (inPath === null) return null
  return {
    ...inPath,
    ...placesOfFields(form.query, request.query),
    ...placesOfFields(form.form ?? {}, new URLSearchParams(form.form === undefined ? '' : request.body)),
    ...(form.json !== undefined && placesOfJson(form.json, readJson(request.body))),
  }
}

function placesOfFields(templates: Readonly<Record<string, string>>, fields: URLSearchParams): Places {
  return merged(Object.entries(templates).map(([key, template]) => readTemplate(template, fields.get(key) ?? '')))
}

function placesOfJson(template: Template, value: unknown): Places | null {
  if (typeof template === 'string')
    return typeof value === 'string' || typeof value === 'number' ? readTemplate(template, String(value)) : null
  if (typeof template !== 'object' || template === null || typeof value !== 'object' || value === null) return null
  return merged(
    Object.entries(template).map(([key, one]) =>
      placesOfJson(one as Template, Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : null),
    ),
  )
}

const merged = (found: readonly (Places | null)[]): Places => Object.assign({}, ...found)

/** The places of a text that was made from this template; null where it was not. */
function readTemplate(template: string, text: string): Places | null {
  const names: string[] = []
  const pattern = template.split(/\{(\w+)\}/).map((piece, i) => {
    if (i % 2 === 0) return piece.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
    names.push(piece)
    return '(.+)'
  })
  const match = new RegExp(`^${pattern.join('')}$`, 's').exec(text)
  return match && Object.fromEntries(names.map((name, i) => [name, match[i + 1] as string]))
}
