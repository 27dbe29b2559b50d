import { describe, expect, test } from '@jest/globals'
import { typeFilters } from '../../src/message/public-event-types.ts'
import { segmentText } from '../../src/sms/segment-text.ts'
import { allRows } from '../../src/web/api/all-rows.ts'
import type { Gateway, Health, Message, ProfileHead, Result } from '../../src/web/api/answer-types.ts'
import { prepare } from '../../src/web/api/ask.ts'
import { filledPage } from '../../src/web/api/filled-page.ts'
import { StreamReader } from '../../src/web/api/stream-reader.ts'
import type { Following } from '../../src/web/api/use-reading.ts'
import { stepsOf } from '../../src/web/devices/result-steps.ts'
import { attentionOf } from '../../src/web/home/attention.ts'
import { csvOf } from '../../src/web/messages/message-csv.ts'
import { findProfiles } from '../../src/web/onboarding/find-profiles.ts'
import { idFrom } from '../../src/web/onboarding/id-from.ts'
import { hashOf, placeOf } from '../../src/web/page-place.ts'
import { countOf } from '../../src/web/parts/segments.ts'

describe('an address of the page', () => {
  test.each<[string, readonly string[], Record<string, string>]>([
    ['', [], {}],
    ['#/', [], {}],
    ['#/devices/gate', ['devices', 'gate'], {}],
    ['#/conversations/%2B4915112345678?q=a%20b', ['conversations', '+4915112345678'], { q: 'a b' }],
    ['#/devices/%zz', ['devices', '%zz'], {}],
  ])('%j', (hash, path, query) => {
    expect(placeOf(hash)).toEqual({ path, query })
  })

  test('is the same after it was written and read', () => {
    const path = ['conversations', '+49 151/2?#%']
    expect(placeOf(hashOf(path, { q: 'a&b=ü', none: undefined }))).toEqual({ path, query: { q: 'a&b=ü' } })
  })
})

describe('a call', () => {
  test('puts what its path names into the path, and the rest into the body', () => {
    expect(
      prepare(
        { method: 'POST', path: '/devices/:device/commands/:command' },
        { device: 'a/b', command: 'open', args: { x: 1 } },
      ),
    ).toEqual({
      path: '/devices/a%2Fb/commands/open',
      body: '{"args":{"x":1}}',
      headers: { accept: 'application/json', 'content-type': 'application/json' },
    })
  })

  test('of a GET has no body, and leaves out what is empty', () => {
    expect(prepare({ method: 'GET', path: '/messages' }, { q: 'a b', cursor: undefined, status: '' })).toMatchObject({
      path: '/messages?q=a+b',
      body: null,
    })
  })

  test('names the revision that it changes', () => {
    const { headers, body } = prepare(
      { method: 'PATCH', path: '/devices/:id' },
      { id: 'gate', revision: 'r7', name: 'x' },
    )
    expect(headers['if-match']).toBe('"r7"')
    expect(body).toBe('{"name":"x"}')
  })
})

describe('a stream of events', () => {
  const stream =
    'retry: 3000\n\n: heartbeat\n\nid: 7\nevent: message.sent\ndata: {"a":\ndata: 1}\n\nid: 9\n\nevent: x\n\n'

  test.each([1, 2, 3, 7, 1000])('is the same in pieces of %i characters', (size) => {
    const reader = new StreamReader()
    const events = (stream.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []).flatMap((piece) => reader.take(piece))
    expect(events).toEqual([{ type: 'message.sent', data: '{"a":\n1}' }])
    expect(reader.place).toBe('9')
  })

  test('may end its lines in any way', () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const reader = new StreamReader()
      expect(reader.take(`data: 1${end}${end}data: 2${end}${end}data`).map(({ data }) => data)).toContain('1')
    }
  })
})

describe('the counter of SMS', () => {
  test.each([
    '',
    'plain',
    'x'.repeat(160),
    'x'.repeat(161),
    '€'.repeat(81),
    'Größe',
    '“quoted”',
    '👍'.repeat(40),
    'x'.repeat(2_000),
  ])('of %j counts as the hub sends', (text) => {
    const { segments, alphabet } = segmentText(text)
    const { parts, left, alphabet: shown } = countOf(text)
    expect({ parts, shown }).toEqual({ parts: segments.length, shown: alphabet })
    const more = alphabet === 'gsm7' ? 'x' : 'ж'
    expect(segmentText(text + more.repeat(left)).segments.length).toBe(parts)
  })

  test('names what makes it cost more', () => {
    expect(countOf('Don’t – stop – “now”').costly).toEqual(['’', '–', '“', '”'])
    expect(countOf('Größe €').costly).toEqual([])
  })
})

const gateway = (over: Partial<Gateway>) => ({ id: 'home', status: 'ready', sim: 'ready', ...over }) as Gateway
const health = { store_trouble: null, clock: 'right', paused: [] } as unknown as Health

test('what waits for a person', () => {
  expect(attentionOf(health, [gateway({}), gateway({ status: 'initializing' })])).toEqual([])
  const kinds = attentionOf(
    { ...health, clock: 'behind', store_trouble: 'disk full', paused: [{ since: '' }, { gateway: 'home', since: '' }] },
    [
      gateway({ status: 'sim_locked', sim: 'pin' }),
      gateway({ status: 'sim_locked', sim: 'puk' }),
      gateway({ status: 'no_sim' }),
      gateway({ status: 'degraded' }),
    ],
  ).map(({ kind }) => kind)
  expect(kinds).toEqual(['store', 'clock', 'pin', 'puk', 'sim', 'gateway', 'paused', 'paused'])
})

test('a screen follows types of events that there are: any other does not compile', () => {
  const following: readonly Following[] = [
    { on: ['hub.clock_behind', 'gateway.*'] },
    // @ts-expect-error: no such type
    { on: ['calls.clock_behind'] },
    // @ts-expect-error: nothing begins like that
    { on: ['calls.*'] },
  ]
  const known = following.map(({ on = [] }) => on.every((filter) => typeFilters.includes(filter)))
  expect(known).toEqual([true, false, false])
})

describe('the way of a command', () => {
  const at = '2026-11-30T12:00:00Z'
  const steps = (over: Partial<Result>) =>
    stepsOf({ queued_at: at, final: false, status: 'queued', ok: null, ...over } as Result).map(
      ({ name, at, isBad }) => `${name}${at === null ? '?' : ''}${isBad ? '!' : ''}`,
    )

  test('shows what was reached, and what is awaited', () => {
    expect(steps({})).toEqual(['queued', 'sent?'])
    expect(steps({ status: 'sent', sent_at: at })).toEqual(['queued', 'sent', 'replied?'])
    expect(steps({ status: 'replied', final: true, ok: true, sent_at: at, delivered_at: at, replied_at: at })).toEqual([
      'queued',
      'sent',
      'delivered',
      'replied',
    ])
    expect(steps({ status: 'delivered', final: true, sent_at: at, delivered_at: at })).toEqual([
      'queued',
      'sent',
      'delivered',
    ])
  })

  test('shows a refusal, and every end that is none of its steps', () => {
    expect(steps({ status: 'replied', final: true, ok: false, sent_at: at, replied_at: at })).toEqual([
      'queued',
      'sent',
      'replied!',
    ])
    for (const status of [
      'unconfirmed',
      'undelivered',
      'failed',
      'expired',
      'cancelled',
      'rejected',
      'in_doubt',
    ] as const)
      expect(steps({ status, final: true }).at(-1)).toBe('ended?!')
  })
})

test('a file for tables has no formulas of strangers, and every text whole', () => {
  const message = (text: string) => ({ at: 't', direction: 'in', from: '+49151', text }) as Message
  const lines = csvOf([message('=HYPERLINK("x")'), message('a "b", c\nd'), message('-1')])
  expect(lines).toBe(
    'at,direction,from,to,device,gateway,status,command,text\r\n' +
      't,in,+49151,,,,,,"\'=HYPERLINK(""x"")"\r\n' +
      't,in,+49151,,,,,,"a ""b"", c\nd"\r\n' +
      "t,in,+49151,,,,,,'-1\r\n",
  )
})

describe('a list as a file', () => {
  /** So many rows on pages of 10, and an empty page behind them, as a search may have it. */
  const rowsOf = async (count: number) => {
    let reads = 0
    const { rows, isWhole } = await allRows(async (cursor) => {
      reads++
      const from = Number(cursor ?? 0)
      const data = Array.from({ length: Math.min(10, count - from) }, (_, i) => from + i)
      return { data, next_cursor: data.length === 0 ? null : String(from + data.length) }
    }, 30)
    return { rows: rows.length, last: rows.at(-1), isWhole, reads }
  }

  test.each([0, 1, 10, 29, 30])('has all of %i rows', async (count) => {
    expect(await rowsOf(count)).toMatchObject({ rows: count, isWhole: true })
  })

  test.each([31, 40, 1_000])('has the first of %i rows, and it is known that there are more', async (count) => {
    expect(await rowsOf(count)).toEqual({ rows: 30, last: 29, isWhole: false, reads: 4 })
  })
})

describe('a profile', () => {
  const head = (profile: string, manufacturer: string, family: string, models: string[] = []): ProfileHead => ({
    profile,
    manufacturer,
    family,
    models,
    kind: 'gate',
  })
  const all = [
    head('king-pigeon/rtu5024', 'King Pigeon', 'RTU5024', ['RTU5015', 'RTU5024']),
    head('coban/tk103', 'Coban', 'TK103', ['TK103A', 'TK103B']),
    head('xexun/tk102', 'Xexun', 'TK102', ['TK102', 'TK103']),
  ]

  test('is found by its maker and any of its models, the exact name first', () => {
    const found = (typed: string) => findProfiles(all, typed).map(({ profile }) => profile)
    expect(found('rtu5015')).toEqual(['king-pigeon/rtu5024'])
    expect(found('tk103')).toEqual(['coban/tk103', 'xexun/tk102'])
    expect(found('coban tk103b')).toEqual(['coban/tk103'])
    expect(found('nothing')).toEqual([])
    expect(found('')).toHaveLength(3)
  })
})

test.each([
  ['Front gate', 'front-gate'],
  ['Größe 7', 'groesse-7'],
  ['  Château d’Eau ', 'chateau-d-eau'],
  ['門', ''],
  ['x'.repeat(100), 'x'.repeat(63)],
])('the id of a device that is called %j is %j', (name, id) => {
  expect(idFrom(name)).toBe(id)
})

describe('a page of a search', () => {
  const answers: Readonly<Record<string, { data: string[]; next_cursor: string | null }>> = {
    newest: { data: [], next_cursor: 'older' },
    older: { data: [], next_cursor: 'oldest' },
    oldest: { data: ['found'], next_cursor: null },
    end: { data: [], next_cursor: null },
  }
  const readFrom = async (from: string | null) => {
    const read: (string | null)[] = []
    const page = await filledPage(
      async (cursor) => {
        read.push(cursor)
        return answers[cursor ?? 'newest'] as never
      },
      from,
      () => read.push('older texts are searched'),
    )
    return { read, page }
  }

  test('that is empty is no end while there are older messages to be searched', async () => {
    const shown = 'older texts are searched'
    expect(await readFrom(null)).toEqual({ read: [null, shown, 'older', shown, 'oldest'], page: answers.oldest })
  })

  test.each(['oldest', 'end'])('that has something, or is the last one, is read once: %s', async (from) => {
    expect(await readFrom(from)).toEqual({ read: [from], page: answers[from] })
  })
})
