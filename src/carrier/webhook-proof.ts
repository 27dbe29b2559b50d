import { createHash, createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto'
import type { CarrierHook } from '../message/carrier-hook.ts'
import type { Signature } from './carrier-api.ts'

/** A webhook, with the address that the carrier was given. */
export type Hook = CarrierHook

/** Between the carrier's clock and ours. */
const maxSkewMs = 300_000

/** Why the webhook is not proven to be the carrier's; null where it is. */
export function unproven(hook: Hook, signature: Signature, secret: string, nowMs: number): string | null {
  switch (signature.scheme) {
    case 'none':
      return null
    case 'twilio':
      return isOneOf(
        [header(hook, 'x-twilio-signature')],
        twilioUrls(hook.url).map((url) => twilioSignature(url, hook, secret)),
      )
    case 'plivo_v3': {
      const nonce = header(hook, 'x-plivo-signature-v3-nonce')
      const given = header(hook, 'x-plivo-signature-v3').split(',')
      return isOneOf(given, [mac('sha256', secret, `${plivoBase(hook)}.${nonce}`, 'base64')])
    }
    case 'vonage':
      return vonage(hook, secret, nowMs)
    case 'hmac': {
      const { encoding, over, timestamp, nonce } = signature
      const at = timestamp === undefined ? '' : header(hook, timestamp)
      if (timestamp !== undefined && !isNear(at, nowMs)) return 'its time stamp is missing or not of now'
      const parts = { timestamp: at, nonce: nonce === undefined ? '' : header(hook, nonce) }
      return isOneOf(
        [header(hook, signature.header)],
        [mac('sha256', secret, signedOctets(over, hook, parts), encoding)],
      )
    }
    case 'ed25519': {
      const at = header(hook, signature.timestamp)
      if (!isNear(at, nowMs)) return 'its time stamp is missing or not of now'
      const given = Buffer.from(header(hook, signature.header), 'base64')
      const key = ed25519Key(secret)
      const isGood =
        key !== null && verify(null, signedOctets(signature.over, hook, { timestamp: at, nonce: '' }), key, given)
      return isGood ? null : wrong
    }
    case 'jwt':
      return jwt(hook, signature, secret, nowMs)
  }
}

const wrong = 'its signature is missing or wrong'

const header = ({ headers }: Hook, name: string): string => headers[name.toLowerCase()] ?? ''

function isOneOf(given: readonly string[], right: readonly string[]): string | null {
  return given.some((one) => right.some((other) => isSame(one.trim(), other))) ? null : wrong
}

/** Compared in a time that does not depend on where they differ. */
export function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}

export const mac = (algorithm: string, secret: string, over: string | Buffer, encoding: 'hex' | 'base64') =>
  createHmac(algorithm, secret).update(over).digest(encoding)

function isNear(text: string, nowMs: number): boolean {
  const seconds = Number(text)
  if (text === '' || !Number.isFinite(seconds)) return false
  return Math.abs(seconds * 1_000 - nowMs) <= maxSkewMs
}

/** The octets that are signed: the body as it came, whatever is in it. */
export function signedOctets(
  pattern: string,
  hook: Hook,
  parts: { readonly timestamp: string; readonly nonce: string },
): Buffer {
  const pieces = pattern.split(/(\{\w+\})/).map((piece): string | Buffer => {
    switch (piece) {
      case '{body}':
        return hook.body
      case '{body_md5}':
        return createHash('md5').update(hook.body).digest('hex')
      case '{method}':
        return hook.method
      case '{url}':
        return hook.url
      case '{timestamp}':
        return parts.timestamp
      case '{nonce}':
        return parts.nonce
      default:
        return piece
    }
  })
  return Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)))
}

/** With the port and without: proxies differ in it. */
function twilioUrls(text: string): string[] {
  const url = new URL(text)
  const rest = url.pathname + url.search
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
  return [`${url.protocol}//${url.hostname}${rest}`, `${url.protocol}//${url.hostname}:${port}${rest}`, text]
}

export function twilioSignature(url: string, hook: Hook, secret: string): string {
  const digest = new URL(url).searchParams.get('bodySHA256')
  const isJson = digest !== null
  const fields = isJson ? [] : sortedFields(new URLSearchParams(hook.body.toString()), true)
  if (isJson && digest !== createHash('sha256').update(hook.body).digest('hex')) return ''
  return mac('sha1', secret, url + fields.map(([key, value]) => key + value).join(''), 'base64')
}

function sortedFields(params: URLSearchParams, isUnique = false): [string, string][] {
  const all = [...params].sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0))
  return isUnique ? all.filter(([key, value], i) => key !== all[i - 1]?.[0] || value !== all[i - 1]?.[1]) : all
}

export function plivoBase({ method, url: text, body }: Hook): string {
  const url = new URL(text)
  const plain = `${url.origin}${url.pathname}`
  const query = sortedFields(url.searchParams).map(([key, value]) => `${key}=${value}`)
  if (method === 'GET') return query.length === 0 ? plain : `${plain}?${query.join('&')}`
  const fields = sortedFields(new URLSearchParams(body.toString())).map(([key, value]) => key + value)
  const head = query.length === 0 && fields.length === 0 ? plain : `${plain}?${query.join('&')}`
  return `${head}${query.length > 0 && fields.length > 0 ? '.' : ''}${fields.join('')}`
}

/** Parameters with `sig`: an MD5 of them with the secret behind, or a keyed hash of them. */
function vonage({ method, url, body, headers }: Hook, secret: string, nowMs: number): string | null {
  const isJson = (headers['content-type'] ?? '').includes('json')
  const params =
    method === 'GET'
      ? [...new URL(url).searchParams]
      : isJson
        ? Object.entries(JSON.parse(body.toString()) as object).map(([key, value]) => [key, String(value)] as const)
        : [...new URLSearchParams(body.toString())]
  const given = params.find(([key]) => key === 'sig')?.[1] ?? ''
  const at = params.find(([key]) => key === 'timestamp')?.[1] ?? ''
  if (!isNear(at, nowMs)) return 'its time stamp is missing or not of now'
  const signed = vonageBase(params)
  const right = [
    createHash('md5')
      .update(signed + secret)
      .digest('hex'),
    ...['md5', 'sha1', 'sha256', 'sha512'].map((one) => mac(one, secret, signed, 'hex')),
  ]
  return isOneOf([given.toLowerCase()], right)
}

export const vonageBase = (params: readonly (readonly [string, string])[]): string =>
  params
    .filter(([key]) => key !== 'sig')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `&${key}=${value.replace(/[&=]/g, '_')}`)
    .join('')

/** SubjectPublicKeyInfo of an Ed25519 key (RFC 8410 clause 4), in front of its 32 octets. */
const ed25519Head = Buffer.from('302a300506032b6570032100', 'hex')

function ed25519Key(base64: string) {
  const key = Buffer.from(base64, 'base64')
  if (key.length !== 32) return null
  return createPublicKey({ key: Buffer.concat([ed25519Head, key]), format: 'der', type: 'spki' })
}

const jwtHashes: Readonly<Record<string, string>> = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' }

/** RFC 7519, with the hash of the body among its claims. */
function jwt(hook: Hook, signature: Extract<Signature, { scheme: 'jwt' }>, secret: string, nowMs: number) {
  const token = header(hook, signature.header).replace(/^Bearer /i, '')
  const [head = '', claims = '', given = ''] = token.split('.')
  const hash = jwtHashes[String(jsonOf(head).alg)]
  if (hash === undefined) return wrong
  const right = createHmac(hash, secret).update(`${head}.${claims}`).digest('base64url')
  if (!isSame(given, right)) return wrong
  const found = jsonOf(claims)
  const sha = (octets: Buffer | string) => createHash('sha256').update(octets).digest('hex')
  if (signature.issuer !== undefined && found.iss !== signature.issuer) return wrong
  const { body_claim: bodyClaim } = signature
  if (bodyClaim !== undefined && hook.body.length > 0 && found[bodyClaim] !== sha(hook.body)) return wrong
  if (signature.url_claim !== undefined && found[signature.url_claim] !== sha(hook.url)) return wrong
  const [from, until] = [found.nbf ?? found.iat, found.exp].map((at) => (typeof at === 'number' ? at * 1_000 : null))
  const isOfNow =
    from !== null && from !== undefined && from <= nowMs + maxSkewMs && (until ?? from + maxSkewMs) >= nowMs - maxSkewMs
  return isOfNow ? null : 'its time stamp is missing or not of now'
}

function jsonOf(part: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
