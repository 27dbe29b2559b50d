import { expect, test } from '@jest/globals'
import { Webhook } from 'standardwebhooks'
import { newSecret, signedHeaders } from '../../src/webhooks/signature.ts'

/** Made with two programs, of which this is neither. */
const vector = {
  secret: 'whsec_c21zaHViLWZhY3RzLWRlbW8tc2VjcmV0LTMyYnl0ZSE=',
  id: 'msg_01K0000000000000000000TEST',
  timestamp: 1_795_000_000,
  body: '{"type":"message.received","timestamp":"2026-11-18T10:00:00.000Z","data":{"id":"in_01","from":"+4915112345678","text":"OK"}}',
  signature: 'v1,uMjZk3qhHW7mg6u4HP9optjh8DpL6GqjfQv3CjXVWuo=',
}

test('the vector of Standard Webhooks is signed as it says', () => {
  expect(signedHeaders(vector, [vector.secret])).toEqual({
    'webhook-id': vector.id,
    'webhook-timestamp': '1795000000',
    'webhook-signature': vector.signature,
  })
})

test.each(['{"text":"plain"}', '{"text":"Grüße 🚪"}', '', 'x'.repeat(20_000)])(
  'the library signs the same, and verifies it (%#)',
  (body) => {
    const secret = newSecret()
    const at = new Date()
    const timestamp = Math.floor(at.getTime() / 1_000)
    const headers = signedHeaders({ id: 'msg_1', timestamp, body }, [secret])
    const library = new Webhook(secret)
    expect(headers['webhook-signature']).toBe(library.sign('msg_1', at, body))
    if (body.startsWith('{')) expect(library.verify(body, headers)).toEqual(JSON.parse(body))
  },
)

test('with two secrets, a receiver with either of them verifies it, and one with another does not', () => {
  const [now, before, other] = [newSecret(), newSecret(), newSecret()]
  const body = '{}'
  const headers = signedHeaders({ id: 'msg_1', timestamp: Math.floor(Date.now() / 1_000), body }, [now, before])
  expect(headers['webhook-signature']).toMatch(/^v1,\S{44} v1,\S{44}$/)
  for (const secret of [now, before]) expect(new Webhook(secret).verify(body, headers)).toEqual({})
  expect(() => new Webhook(other).verify(body, headers)).toThrow()
  expect(() => new Webhook(now).verify('{ }', headers)).toThrow()
})

test('a new secret is 32 random octets', () => {
  const secrets = [newSecret(), newSecret()]
  for (const secret of secrets) expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  expect(secrets[0]).not.toBe(secrets[1])
})
