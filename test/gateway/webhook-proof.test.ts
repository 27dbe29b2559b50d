import { createHash, createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import type { Signature } from '../../src/carrier/carrier-api.ts'
import { type Hook, unproven } from '../../src/carrier/webhook-proof.ts'
import { carrierOf } from '../../src/config/carriers.ts'

const now = Date.UTC(2026, 11, 1, 12)
const seconds = String(now / 1_000)
const secret = 'secret words'
const url = 'https://hub.example/hooks/carrier/token?ref=cmd_1.0.1'
const jsonBody = '{"id":"1","text":"Grüße 🙂"}'
const hmac = (hash: string, key: string, over: string, encoding: 'hex' | 'base64' | 'base64url') =>
  createHmac(hash, key).update(over).digest(encoding)
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const rawKey = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64')

function token(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`
  return `${text}.${hmac('sha256', secret, text, 'base64url')}`
}

interface Case {
  readonly hook: Hook
  readonly key?: string
}
const post = (headers: Hook['headers'], body = jsonBody, at = url): Hook => ({
  method: 'POST',
  url: at,
  headers,
  body: Buffer.from(body),
})
const form = (fields: Readonly<Record<string, string>>) => new URLSearchParams(fields).toString()

/** A good call of each, made from the documentation of the carrier and by no code of ours. */
const good: Readonly<Record<string, () => Case>> = {
  seven: () => {
    const over = `${seconds}\nn1\nPOST\n${url}\n${createHash('md5').update(jsonBody).digest('hex')}`
    return {
      hook: post({ 'x-timestamp': seconds, 'x-nonce': 'n1', 'x-signature': hmac('sha256', secret, over, 'hex') }),
    }
  },
  telnyx: () => {
    const signature = sign(null, Buffer.from(`${seconds}|${jsonBody}`), privateKey).toString('base64')
    return { key: rawKey, hook: post({ 'telnyx-timestamp': seconds, 'telnyx-signature-ed25519': signature }) }
  },
  messagebird: () => {
    const claims = {
      iss: 'MessageBird',
      nbf: now / 1_000,
      exp: now / 1_000 + 60,
      url_hash: sha256(url),
      payload_hash: sha256(jsonBody),
    }
    return { hook: post({ 'messagebird-signature-jwt': token(claims) }) }
  },
  vonage: () => {
    const fields = { msisdn: '4915155000009', text: 'a&b=c', messageId: 'V1', timestamp: seconds }
    const signed = '&messageId=V1&msisdn=4915155000009&text=a_b_c&timestamp='
    const sig = createHash('md5').update(`${signed}${seconds}${secret}`).digest('hex')
    return { hook: post({ 'content-type': 'application/x-www-form-urlencoded' }, form({ ...fields, sig })) }
  },
  plivo: () => {
    const over = 'https://hub.example/hooks/carrier/token?ref=cmd_1.0.1.From49TextHi.n1'
    const signature = hmac('sha256', secret, over, 'base64')
    const headers = { 'x-plivo-signature-v3': `other,${signature}`, 'x-plivo-signature-v3-nonce': 'n1' }
    return { hook: post(headers, form({ Text: 'Hi', From: '49' })) }
  },
  twilio: () => {
    const signature = hmac('sha1', secret, `${url}BodyHiFrom+49`, 'base64')
    return { hook: post({ 'x-twilio-signature': signature }, form({ From: '+49', Body: 'Hi' })) }
  },
}

test('the example in the documentation of Twilio', () => {
  const fields = {
    CallSid: 'CA1234567890ABCDE',
    Caller: '+14158675309',
    Digits: '1234',
    From: '+14158675309',
    To: '+18005551212',
  }
  const hook = (signature: string) =>
    post({ 'x-twilio-signature': signature }, form(fields), 'https://mycompany.com/myapp.php?foo=1&bar=2')
  expect(unproven(hook('RSOYDt4T1cUTdK1PDd93/VVr8B8='), { scheme: 'twilio' }, '12345', now)).toBeNull()
  expect(unproven(hook('RSOYDt4T1cUTdK1PDd93/VVr8B9='), { scheme: 'twilio' }, '12345', now)).not.toBeNull()
})

describe.each(Object.keys(good))('a call of %s', (name) => {
  const { signature } = carrierOf(name)
  const { hook, key = secret } = (good[name] as () => Case)()
  const proof = (change: Partial<Hook>, with_: Signature = signature) =>
    unproven({ ...hook, ...change }, with_, key, now)

  test('is proven', () => {
    expect(proof({})).toBeNull()
  })

  test('is not with another body, no headers, or another secret', () => {
    const body = Buffer.from(hook.body.toString().replace(/Hi|Gr|a%26b/, 'Xy'))
    expect(body.equals(hook.body)).toBe(false)
    expect(proof({ body })).not.toBeNull()
    if (name !== 'vonage') expect(proof({ headers: {} })).not.toBeNull()
    expect(
      unproven(hook, signature, name === 'telnyx' ? Buffer.alloc(32).toString('base64') : 'other', now),
    ).not.toBeNull()
  })

  test('is not when it is old, where it has a time', () => {
    if (['plivo', 'twilio'].includes(name)) return
    for (const ms of [-3_600_000, 3_600_000]) expect(unproven(hook, signature, key, now + ms)).not.toBeNull()
  })
})

test.each(['', 'a.b', 'a.b.c', '..', `${'x'.repeat(10_000)}.y.z`])('a token %j is none', (given) => {
  const { signature } = carrierOf('messagebird')
  expect(unproven(post({ 'messagebird-signature-jwt': given }), signature, secret, now)).not.toBeNull()
})

test('a token without a hash of the body proves nothing', () => {
  const { signature } = carrierOf('messagebird')
  const claims = { iss: 'MessageBird', nbf: now / 1_000, exp: now / 1_000 + 60, url_hash: sha256(url) }
  expect(unproven(post({ 'messagebird-signature-jwt': token(claims) }), signature, secret, now)).not.toBeNull()
})
