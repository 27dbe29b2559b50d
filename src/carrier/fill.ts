import type { Auth, RequestForm, Template } from './carrier-api.ts'

/** What is filled into a template, by its name; what is null or empty is left out with its key. */
export type Filling = Readonly<Record<string, string | number | null>>

const place = /\{(\w+)\}/g

/** A text with its places filled; null where one of them is empty. */
export function filled(text: string, filling: Filling): string | null {
  const names = [...text.matchAll(place)].map(([, name]) => name as string)
  if (names.some((name) => (filling[name] ?? '') === '')) return null
  return text.replace(place, (_, name: string) => String(filling[name]))
}

/** A document with its places filled. A place alone keeps its number; `{true}` and `{5}` are these values of JSON. */
export function fill(template: Template, filling: Filling): unknown {
  if (typeof template === 'string') {
    const [, name] = /^\{(\w+)\}$/.exec(template) ?? []
    if (name === undefined) return filled(template, filling)
    if (name === 'true' || name === 'false') return name === 'true'
    if (/^\d+$/.test(name)) return Number(name)
    return typeof filling[name] === 'number' ? filling[name] : filled(template, filling)
  }
  if (Array.isArray(template)) return template.map((one) => fill(one, filling)).filter((one) => one !== null)
  if (typeof template !== 'object' || template === null) return template
  const entries = Object.entries(template).map(([key, one]) => [key, fill(one as Template, filling)] as const)
  const present = entries.filter(([, one]) => one !== null)
  return present.length === 0 && entries.length > 0 ? null : Object.fromEntries(present)
}

/** A request as it goes out. */
export interface FilledRequest {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

export function fillRequest(base: string, form: RequestForm, filling: Filling): FilledRequest {
  const encoded = Object.fromEntries(
    Object.entries(filling).map(([name, value]) => [name, value === null ? null : encodeURIComponent(value)]),
  )
  const url = new URL(base + (filled(form.path, encoded) ?? form.path))
  for (const [key, value] of pairs(form.query, filling)) url.searchParams.append(key, value)
  const headers = Object.fromEntries(pairs(form.headers, filling))
  if (form.json !== undefined) {
    const body = JSON.stringify(fill(form.json, filling))
    return { method: form.method, url: url.href, headers: { 'content-type': 'application/json', ...headers }, body }
  }
  if (form.form === undefined) return { method: form.method, url: url.href, headers, body: null }
  const body = new URLSearchParams(pairs(form.form, filling)).toString()
  const type = { 'content-type': 'application/x-www-form-urlencoded' }
  return { method: form.method, url: url.href, headers: { ...type, ...headers }, body }
}

const pairs = (table: Readonly<Record<string, string>>, filling: Filling): [string, string][] =>
  Object.entries(table).flatMap(([key, text]) => {
    const value = filled(text, filling)
    return value === null ? [] : [[key, value]]
  })

/** The headers by which an account shows who it is. */
export function authorization(auth: Auth, account: Filling): Record<string, string> {
  const { user, secret } = { user: String(account.user ?? ''), secret: String(account.secret ?? '') }
  switch (auth.by) {
    case 'none':
    case 'digest':
    case 'login':
      return {}
    case 'basic':
      return { authorization: `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}` }
    case 'bearer':
      return { authorization: `Bearer ${secret}` }
    case 'header':
      return { [auth.name.toLowerCase()]: auth.value.replace('{secret}', secret).replace('{user}', user) }
  }
}
