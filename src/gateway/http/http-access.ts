import { createHash, randomBytes } from 'node:crypto'
import type { CarrierApi } from '../../carrier/carrier-api.ts'
import { authorization, type FilledRequest, fillRequest } from '../../carrier/fill.ts'
import { textAt } from '../../carrier/paths.ts'
import type { Exchanged } from './http-exchange.ts'
import { documentOf } from './http-outcome.ts'

type Send = (request: FilledRequest, permit: () => Promise<boolean>) => Promise<Exchanged>

const digestKeys = ['realm', 'nonce', 'opaque'] as const
type Challenge = Readonly<Partial<Record<(typeof digestKeys)[number] | 'qop', string>>>

/** Shows who the account is: by a fixed header, by a token that a login answers, or by the answer to a challenge. */
export class Access {
  readonly #api: CarrierApi
  readonly #account: Readonly<Record<string, string>>
  #token: string | null = null
  #challenge: Challenge | null = null
  #count = 0

  constructor(api: CarrierApi, account: Readonly<Record<string, string>>) {
    this.#api = api
    this.#account = account
  }

  /**
   * The exchange of a request. One that is refused with 401 was not taken: it is repeated once where that proves
   * nothing but an old token or challenge, as after a restart of the box. `permit` is asked once.
   */
  async exchange(request: FilledRequest, permit: () => Promise<boolean>, send: Send): Promise<Exchanged> {
    const { auth } = this.#api
    if (auth.by === 'login') {
      const isKnown = this.#token !== null
      const failed = await this.#login(send)
      if (failed !== null) return failed
      const first = await send(this.#shown(request), permit)
      if (!isRefused(first)) return first
      this.#token = null
      if (!isKnown) return first
      return (await this.#login(send)) ?? send(this.#shown(request), granted)
    }
    const first = await send(this.#shown(request), permit)
    if (auth.by !== 'digest' || first.kind !== 'answer' || first.status !== 401) return first
    this.#challenge = challengeIn(first.headers?.['www-authenticate'] ?? '')
    this.#count = 0
    return this.#challenge === null ? first : send(this.#shown(request), granted)
  }

  #shown(request: FilledRequest): FilledRequest {
    return { ...request, headers: { ...request.headers, ...this.#headersFor(request) } }
  }

  #headersFor(request: FilledRequest): Record<string, string> {
    const { auth } = this.#api
    if (auth.by === 'login') return { authorization: `Bearer ${this.#token}` }
    if (auth.by !== 'digest' || this.#challenge === null) return authorization(auth, this.#account)
    return { authorization: this.#digest(request, this.#challenge) }
  }

  /** Gets a token where there is none. What failed instead, by which nothing of the text has left; null with a token. */
  async #login(send: Send): Promise<Exchanged | null> {
    const { auth, base } = this.#api
    if (auth.by !== 'login' || this.#token !== null) return null
    const answer = await send(fillRequest(base, auth.request, this.#account), granted)
    if (answer.kind === 'unanswered') return { kind: 'unsent', reason: `login: ${answer.reason}`, code: null }
    if (answer.kind === 'unsent' || isRefused(answer)) return answer
    this.#token = answer.body === null ? null : textAt(documentOf(answer.body), auth.token)
    return this.#token === null
      ? { kind: 'unsent', reason: `login: it answered ${answer.status} without a token`, code: null }
      : null
  }

  /** RFC 7616 clause 3.4, and RFC 2069 where the challenge has no `qop`. */
  #digest({ method, url }: FilledRequest, { realm = '', nonce = '', opaque, qop }: Challenge): string {
    const { user = '', secret = '' } = this.#account
    const { pathname, search } = new URL(url)
    const uri = pathname + search
    const account = md5(`${user}:${realm}:${secret}`)
    const request = md5(`${method}:${uri}`)
    const common = `Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${uri}", algorithm=MD5`
    const end = opaque === undefined ? '' : `, opaque="${opaque}"`
    if (qop === undefined) return `${common}, response="${md5(`${account}:${nonce}:${request}`)}"${end}`
    const count = (++this.#count).toString(16).padStart(8, '0')
    const own = randomBytes(8).toString('hex')
    const response = md5(`${account}:${nonce}:${count}:${own}:auth:${request}`)
    return `${common}, qop=auth, nc=${count}, cnonce="${own}", response="${response}"${end}`
  }
}

const granted = async () => true

const md5 = (text: string): string => createHash('md5').update(text).digest('hex')

const isRefused = (answer: Exchanged): boolean => answer.kind === 'answer' && answer.status === 401

/** Null where it is none of this scheme. */
function challengeIn(header: string): Challenge | null {
  const text = /\bDigest\s+(.*)$/i.exec(header)?.[1]
  if (text === undefined) return null
  const valueIn = (key: string) => {
    const [, quoted, plain] = new RegExp(`\\b${key}=(?:"([^"]*)"|([^\\s,]+))`, 'i').exec(text) ?? []
    return quoted ?? plain
  }
  const found = digestKeys.flatMap((key) => (valueIn(key) === undefined ? [] : [[key, valueIn(key)] as const]))
  const qop = (valueIn('qop') ?? '').split(',').some((one) => one.trim() === 'auth')
  return { ...Object.fromEntries(found), ...(qop && { qop: 'auth' }) }
}
