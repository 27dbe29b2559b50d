import { randomBytes } from 'node:crypto'
import type { FilledRequest } from '../../carrier/fill.ts'
import type { Exchanged } from '../http/http-exchange.ts'
import { clientProof, hashedPassword, plainPassword } from './hilink-login.ts'
import { requestOf, valueOfElement } from './hilink-xml.ts'

export type Send = (request: FilledRequest, permit: () => Promise<boolean>) => Promise<Exchanged>

/** What became of a request. */
export type Reply =
  | { readonly kind: 'ok'; readonly xml: string }
  /** An error that the box names: it has not done what was asked. */
  | { readonly kind: 'error'; readonly code: number }
  | { readonly kind: 'unsent'; readonly reason: string }
  /** It may have done it. */
  | { readonly kind: 'doubt'; readonly reason: string }

export const hilinkCodes = {
  notSupported: 100_002,
  loginNeeded: 100_003,
  busy: 100_004,
  wrongFormat: 100_005,
  wrongUser: 108_001,
  wrongPassword: 108_002,
  wrongAccount: 108_006,
  lockedOut: 108_007,
  smsBusy: 113_004,
} as const

/** The token or the session is another one by now: somebody has opened the page, or the box has restarted. */
const isOldToken = (code: number): boolean => code >= 125_001 && code <= 125_003

/** The second half of a longer token is the token. */
const tokenLength = 32
const maxIterations = 100_000

const granted = async () => true

/**
 * The session of a box: a cookie, and a token for each POST. The page of the box ends it when somebody opens it, so an
 * error about the token is answered with a new session and one repetition: what it refused, it has not done.
 */
export class HilinkSession {
  readonly #address: string
  readonly #user: string
  readonly #password: string | null
  readonly #send: Send
  #cookie: string | null = null
  #tokens: string[] = []
  #isIn = false

  constructor(address: string, user: string, password: string | null, send: Send) {
    this.#address = address
    this.#user = user
    this.#password = password
    this.#send = send
  }

  get(path: string): Promise<Reply> {
    return this.#renewed(() => this.#once('GET', path, null, granted))
  }

  /** `permit` is asked once, when the connection is there. */
  post(path: string, body: string, permit: () => Promise<boolean> = granted): Promise<Reply> {
    let isPermitted = false
    const once = async () => {
      isPermitted ||= await permit()
      return isPermitted
    }
    return this.#renewed(() => this.#once('POST', path, body, once))
  }

  async #renewed(ask: () => Promise<Reply>): Promise<Reply> {
    const ready = await this.#ready()
    if (ready !== null) return ready
    const first = await ask()
    if (first.kind !== 'error' || !(isOldToken(first.code) || first.code === hilinkCodes.loginNeeded)) return first
    this.#cookie = null
    return (await this.#ready()) ?? ask()
  }

  /** Null with a session; else what keeps it from one, by which nothing of the request has left. */
  async #ready(): Promise<Reply | null> {
    if (this.#cookie !== null && (this.#isIn || this.#password === null)) return null
    this.#tokens = []
    this.#isIn = false
    this.#cookie = ''
    const opened = await this.#open()
    const failed = opened ?? (this.#password === null ? null : await this.#login(this.#password))
    if (failed === null) return null
    this.#cookie = null
    return failed.kind === 'doubt' ? { kind: 'unsent', reason: failed.reason } : failed
  }

  /** The home page sets the cookie of some boxes, `SesTokInfo` that of others. */
  async #open(): Promise<Reply | null> {
    const home = await this.#exchange({ method: 'GET', url: `${this.#address}/`, headers: {}, body: null }, granted)
    if (home.kind === 'unsent') return home
    const token = await this.#fetchToken()
    return token.kind === 'ok' ? null : token
  }

  async #fetchToken(): Promise<Reply> {
    const plain = await this.#once('GET', 'webserver/token', null, granted)
    if (plain.kind === 'ok') {
      const token = valueOfElement(plain.xml, 'token') ?? ''
      this.#tokens = [token.length > tokenLength ? token.slice(tokenLength) : token]
      return plain
    }
    if (plain.kind !== 'error' || plain.code !== hilinkCodes.notSupported) return plain
    const both = await this.#once('GET', 'webserver/SesTokInfo', null, granted)
    if (both.kind === 'ok') {
      const session = valueOfElement(both.xml, 'SesInfo') ?? ''
      this.#cookie = session.includes('=') ? session : `SessionID=${session}`
      this.#tokens = [valueOfElement(both.xml, 'TokInfo') ?? '']
    }
    // One without tokens wants none.
    return both.kind === 'error' && both.code === hilinkCodes.notSupported ? { kind: 'ok', xml: '' } : both
  }

  async #login(password: string): Promise<Reply | null> {
    const state = await this.#once('GET', 'user/state-login', null, granted)
    if (state.kind !== 'ok') return state
    const isScram = valueOfElement(state.xml, 'extern_password_type') === '1'
    if (valueOfElement(state.xml, 'State') !== '0') {
      const type = valueOfElement(state.xml, 'password_type') ?? '0'
      const answer = isScram ? await this.#scram(password) : await this.#loginBy(type, password)
      if (answer.kind !== 'ok') return answer
    }
    this.#isIn = true
    return null
  }

  async #loginBy(type: string, password: string): Promise<Reply> {
    const [token = ''] = this.#tokens
    const shown = type === '4' ? hashedPassword(this.#user, password, token) : plainPassword(password)
    const body = requestOf([
      ['Username', this.#user],
      ['Password', shown],
      ['password_type', type],
    ])
    return this.#once('POST', 'user/login', body, granted)
  }

  async #scram(password: string): Promise<Reply> {
    const clientNonce = randomBytes(32).toString('hex')
    const first = requestOf([
      ['username', this.#user],
      ['firstnonce', clientNonce],
      ['mode', 1],
    ])
    const challenge = await this.#once('POST', 'user/challenge_login', first, granted)
    if (challenge.kind !== 'ok') return challenge
    const [serverNonce, salt, rounds] = ['servernonce', 'salt', 'iterations'].map((name) =>
      valueOfElement(challenge.xml, name),
    )
    const iterations = Number(rounds)
    if (!serverNonce || !salt || !(iterations >= 1 && iterations <= maxIterations))
      return { kind: 'unsent', reason: 'its challenge for the password can not be read' }
    const proof = await clientProof(password, { clientNonce, serverNonce, salt, iterations })
    const last = requestOf([
      ['clientproof', proof],
      ['finalnonce', serverNonce],
    ])
    return this.#once('POST', 'user/authentication_login', last, granted)
  }

  async #once(
    method: 'GET' | 'POST',
    path: string,
    body: string | null,
    permit: () => Promise<boolean>,
  ): Promise<Reply> {
    if (method === 'POST' && this.#tokens.length === 0) {
      const fetched = await this.#fetchToken()
      if (fetched.kind !== 'ok') return fetched.kind === 'doubt' ? { kind: 'unsent', reason: fetched.reason } : fetched
    }
    const token = method === 'POST' ? this.#tokens.shift() : undefined
    const headers = {
      ...(this.#cookie && { cookie: this.#cookie }),
      ...(token && { __RequestVerificationToken: token }),
      ...(body !== null && { 'content-type': 'application/xml; charset=UTF-8' }),
    }
    const answer = await this.#exchange({ method, url: `${this.#address}/api/${path}`, headers, body }, permit)
    if (answer.kind === 'unsent') return { kind: 'unsent', reason: answer.reason }
    if (answer.kind === 'unanswered') return { kind: 'doubt', reason: answer.reason }
    const xml = answer.body ?? ''
    const code = /<error>/.test(xml) ? Number(valueOfElement(xml, 'code')) : Number.NaN
    if (Number.isInteger(code)) return { kind: 'error', code }
    if (answer.status !== 200 || !/<response[\s/>]/.test(xml))
      return { kind: 'doubt', reason: `it answered ${answer.status} with something else` }
    return { kind: 'ok', xml }
  }

  async #exchange(request: FilledRequest, permit: () => Promise<boolean>): Promise<Exchanged> {
    const answer = await this.#send(request, permit)
    if (answer.kind !== 'answer') return answer
    const { headers = {} } = answer
    const session = (headers['set-cookie'] ?? [])
      .map((one) => one.split(';')[0] ?? '')
      .find((one) => /^SessionID/i.test(one))
    if (session !== undefined) this.#cookie = session
    const names = ['__requestverificationtokenone', '__requestverificationtokentwo', '__requestverificationtoken']
    const [one, two, other] = names
      .map((name) => headers[name])
      .map((value) => (Array.isArray(value) ? value[0] : value))
    if (one !== undefined) this.#tokens = [one, ...(two === undefined ? [] : [two])]
    else if (other !== undefined) this.#tokens = other.split('#').filter((token) => token !== '')
    return answer
  }
}
