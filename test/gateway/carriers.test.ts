import { describe, expect, test } from '@jest/globals'
import { filled, fillRequest } from '../../src/carrier/fill.ts'
import { broughtIn, documentIn } from '../../src/carrier/read-webhook.ts'
import { boxNames, carrierNames, carrierOf } from '../../src/config/carriers.ts'
import { documentOf, outcomeOf } from '../../src/gateway/http/http-outcome.ts'

const names = [...carrierNames(), ...boxNames()]

const account = { user: 'USER', secret: 'SECRET' }
const values = {
  text: 'Grüße',
  ref: 'cmd_01.0.1',
  ref_number: 77,
  alphabet: 'gsm-7bit',
  unicode: 0,
  text_type: 'text',
  ttl: 600,
  ttl_ms: 600_000,
  expires_at: '2026-12-01T12:10:00.000Z',
  report_url: 'https://hub.example/hooks/x',
}

test('there are files', () => {
  expect(names).toEqual(expect.arrayContaining(['twilio', 'smsgate']))
})

describe.each(names)('the description of %s', (name) => {
  const api = carrierOf(name)
  const { examples } = api
  test('has a request, answers of each kind, and what the carrier brings', () => {
    expect(examples).toBeDefined()
    expect(new Set(examples?.answers.map(({ outcome }) => outcome)).size).toBeGreaterThan(1)
    if (boxNames().includes(name)) expect(examples?.polls).toHaveLength(api.poll.length)
    if (api.report !== undefined) expect(examples?.reports).not.toEqual([])
    if (api.text !== undefined) expect(examples?.texts).not.toEqual([])
    expect(api.sources).not.toEqual([])
  })

  test('makes the request of its documentation', () => {
    const to = `${{ plus: '+', digits: '', zeros: '00' }[api.number]}4915155000001`
    const sender = api.number === 'plus' ? '+4915112345600' : '4915112345600'
    const extra = Object.fromEntries(api.requires.map((key) => [key, key.toUpperCase()]))
    const request = fillRequest(filled(api.base, extra) ?? '', api.send, {
      ...extra,
      ...account,
      ...values,
      to,
      sender,
    })
    const { authorization: _, ...headers } = examples?.request.headers ?? {}
    expect({ url: request.url, body: request.body ?? '' }).toEqual({
      url: examples?.request.url,
      body: examples?.request.body,
    })
    expect(request.headers).toMatchObject(
      Object.fromEntries(Object.entries(headers).filter(([key]) => key === 'content-type')),
    )
  })

  test('reads the answers of its documentation', () => {
    for (const { status, body, outcome, id } of examples?.answers ?? []) {
      const found = outcomeOf({ kind: 'answer', status, body, retryAfter: null }, api, values)
      const is = found.outcome === 'refused' ? found.cause.next : found.outcome
      expect({ body, is }).toEqual({ body, is: outcome })
      if (id !== undefined) expect(found).toEqual({ outcome: 'sent', reference: id })
    }
  })

  test('reads what the carrier brings', () => {
    const hookOf = ({ method, query, type, body }: { method: string; query: string; type: string; body: string }) => ({
      method,
      url: `https://hub.example/hooks/x${query === '' ? '' : `?${query}`}`,
      headers: { 'content-type': type },
      body: Buffer.from(body),
    })
    for (const example of examples?.reports ?? []) {
      const [found, ...others] = broughtIn(documentIn(hookOf(example)), api)
      expect(found).toMatchObject({ kind: 'report', id: example.id, state: example.state })
      expect(others).toEqual([])
    }
    for (const example of examples?.texts ?? []) {
      const [found, ...others] = broughtIn(documentIn(hookOf(example)), api)
      expect(found).toMatchObject({ kind: 'text', from: example.from, text: example.text })
      expect(others).toEqual([])
    }
    for (const [i, { body, texts, reports }] of (examples?.polls ?? []).entries()) {
      const poll = api.poll[i]
      const found = poll === undefined ? [] : broughtIn(documentOf(body, poll.reads), poll)
      expect(found).toMatchObject([...reports, ...texts])
    }
  })
})
