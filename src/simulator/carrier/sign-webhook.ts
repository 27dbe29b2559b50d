import { createHash, type KeyObject, sign } from 'node:crypto'
import type { Signature } from '../../carrier/carrier-api.ts'
import { type Hook, mac, plivoBase, signedOctets, twilioSignature, vonageBase } from '../../carrier/webhook-proof.ts'

/** What a carrier signs with: the secret of the account, or its own key where clients have the public one. */
export interface SigningKey {
  readonly secret: string
  readonly ed25519: KeyObject
}

/** A webhook with its signature, at a time in milliseconds. */
export function signedHook(hook: Hook, signature: Signature, { secret, ed25519 }: SigningKey, nowMs: number): Hook {
  const timestamp = String(Math.floor(nowMs / 1_000))
  const nonce = createHash('sha256').update(`${timestamp} ${hook.url}`).digest('hex').slice(0, 20)
  const withHeaders = (headers: Readonly<Record<string, string>>): Hook => ({
    ...hook,
    headers: { ...hook.headers, ...headers },
  })
  switch (signature.scheme) {
    case 'none':
      return hook
    case 'twilio':
      return withHeaders({ 'x-twilio-signature': twilioSignature(hook.url, hook, secret) })
    case 'plivo_v3':
      return withHeaders({
        'x-plivo-signature-v3-nonce': nonce,
        'x-plivo-signature-v3': mac('sha256', secret, `${plivoBase(hook)}.${nonce}`, 'base64'),
      })
    case 'vonage':
      return vonage(hook, secret, timestamp)
    case 'hmac': {
      const { header, encoding, over, timestamp: stamp, nonce: once } = signature
      return withHeaders({
        ...(stamp !== undefined && { [stamp.toLowerCase()]: timestamp }),
        ...(once !== undefined && { [once.toLowerCase()]: nonce }),
        [header.toLowerCase()]: mac('sha256', secret, signedOctets(over, hook, { timestamp, nonce }), encoding),
      })
    }
    case 'ed25519': {
      const octets = signedOctets(signature.over, hook, { timestamp, nonce: '' })
      return withHeaders({
        [signature.timestamp.toLowerCase()]: timestamp,
        [signature.header.toLowerCase()]: sign(null, octets, ed25519).toString('base64'),
      })
    }
    case 'jwt': {
      const hash = (octets: Buffer | string) => createHash('sha256').update(octets).digest('hex')
      const claims = {
        ...(signature.issuer !== undefined && { iss: signature.issuer }),
        nbf: Number(timestamp),
        exp: Number(timestamp) + 60,
        ...(signature.body_claim !== undefined && { [signature.body_claim]: hash(hook.body) }),
        ...(signature.url_claim !== undefined && { [signature.url_claim]: hash(hook.url) }),
      }
      const inBase64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
      const head = `${inBase64({ alg: 'HS256', typ: 'JWT' })}.${inBase64(claims)}`
      const end = Buffer.from(mac('sha256', secret, head, 'base64'), 'base64').toString('base64url')
      return withHeaders({ [signature.header.toLowerCase()]: `${head}.${end}` })
    }
  }
}

function vonage(hook: Hook, secret: string, timestamp: string): Hook {
  const url = new URL(hook.url)
  const isJson = hook.method !== 'GET' && (hook.headers['content-type'] ?? '').includes('json')
  const given = isJson
    ? Object.entries(JSON.parse(hook.body.toString()) as object).map(([key, value]) => [key, String(value)] as const)
    : [...(hook.method === 'GET' ? url.searchParams : new URLSearchParams(hook.body.toString()))]
  const params = [...given, ['timestamp', timestamp] as const]
  const signed = Object.fromEntries([...params, ['sig', mac('sha256', secret, vonageBase(params), 'hex')]])
  if (isJson) return { ...hook, body: Buffer.from(JSON.stringify(signed)) }
  if (hook.method !== 'GET') return { ...hook, body: Buffer.from(new URLSearchParams(signed).toString()) }
  url.search = new URLSearchParams(signed).toString()
  return { ...hook, url: url.href }
}
