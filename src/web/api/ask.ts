import { Problem, type ProblemDocument } from './api-problem.ts'
import type { Call } from './hub-calls.ts'

/** The interface is beside the page, wherever that is. */
export const interfaceUrl = (path: string): URL => new URL(`v1${path}`, new URL('.', document.baseURI))

/** How long an answer is waited for: a step of a set-up waits for its device. */
const maxWaitMs = 16 * 60_000

const listeners = new Set<() => void>()
/** Calls back when a request is refused because nobody is signed in any more. */
export const onSignedOut = (listener: () => void) => listeners.add(listener)

export function signedOut(): void {
  for (const listener of listeners) listener()
}

export interface Prepared {
  readonly path: string
  readonly body: string | null
  readonly headers: Readonly<Record<string, string>>
}

/** The parts of a call: what the path names, If-Match, then the query of a GET or DELETE, else the body. */
export function prepare(
  { method, path }: Pick<Call<unknown, unknown>, 'method' | 'path'>,
  input: Readonly<Record<string, unknown>>,
): Prepared {
  const rest = { ...input }
  const filled = path.replace(/:(\w+)/g, (_, name: string) => {
    const value = String(rest[name])
    delete rest[name]
    return encodeURIComponent(value)
  })
  const headers: Record<string, string> = { accept: 'application/json' }
  if (typeof rest.revision === 'string') headers['if-match'] = `"${rest.revision}"`
  delete rest.revision
  if (method !== 'GET' && method !== 'DELETE')
    return { path: filled, body: JSON.stringify(rest), headers: { ...headers, 'content-type': 'application/json' } }
  const given = Object.entries(rest).filter(([, value]) => value !== undefined && value !== '')
  const query = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString()
  return { path: query === '' ? filled : `${filled}?${query}`, body: null, headers }
}

/** Makes a call. Fails with a Problem. */
export async function ask<I extends object, O>(call: Call<I, O>, input: I, signal?: AbortSignal): Promise<O> {
  const { path, body, headers } = prepare(call, input as Readonly<Record<string, unknown>>)
  const response = await fetch(interfaceUrl(path), {
    method: call.method,
    credentials: 'same-origin',
    headers,
    body,
    signal: signal ?? AbortSignal.timeout(maxWaitMs),
  }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Problem({ status: 0, code: 'unreachable', detail: String((error as Error).message), retryable: true })
  })
  if (response.ok) return (response.status === 204 ? {} : await response.json()) as O
  const problem = await problemIn(response)
  if (problem.status === 401) signedOut()
  throw problem
}

async function problemIn(response: Response): Promise<Problem> {
  const { status, statusText } = response
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') ?? false
  // A proxy in between answers in its own way.
  if (!isProblem) return new Problem({ status, code: 'proxy', detail: `${status} ${statusText}`.trim() })
  return new Problem((await response.json()) as ProblemDocument)
}
