import { describe, expect, test } from '@jest/globals'
import type { Sight } from '../../src/ledger/about.ts'
import type { Filter } from '../../src/ledger/lists/condition.ts'
import type { Conversation, ConversationPlace } from '../../src/ledger/lists/conversation-list.ts'
import type { ListOf } from '../../src/ledger/lists/lists.ts'
import type { Page, Place } from '../../src/ledger/lists/newest.ts'
import type { Message } from '../../src/message/message-document.ts'
import { seededRandom } from '../../src/util/random.ts'
import { scannedConversations } from '../support/conversation-scan.ts'
import { receive } from '../support/incoming.ts'
import { day, hour, Ledger, minute, noFilter, second } from '../support/ledger.ts'

const mum = '+4915112345601'
const gateNumber = '+4915112345602'

/** All ids of a list, page by page; a page may be short. */
function idsOf(ledger: Ledger, over: Partial<Filter> = {}, limit = 3): string[] {
  const ids: string[] = []
  let place: Place | null = null
  for (let i = 0; i < 1_000; i++) {
    const page: Page<Message> = ledger.read('messages', { filter: { ...noFilter, ...over }, limit, place })
    const { entries, next } = page
    expect(entries.length).toBeLessThanOrEqual(limit)
    ids.push(...entries.map((entry) => entry.command_id ?? entry.id))
    if (next === null) return ids
    place = next
  }
  throw new Error('no end')
}

/** Texts and commands out and in, a minute apart; newest last. */
function lived(): { ledger: Ledger; ids: Record<string, string> } {
  const ledger = new Ledger()
  const ids: Record<string, string> = {}
  const does: Record<string, () => string> = {
    toMum: () => ledger.queue({ text: 'Das Tor ist OFFEN, 100% sicher' }),
    fromMum: () => receive(ledger, { text: 'Danke für die Nachricht' }),
    open: () => ledger.command({ text: 'OPEN ****' }),
    answer: () => receive(ledger, { device: 'gate', sender: gateNumber, text: 'Gate opened' }),
    toGateNumber: () => ledger.queue({ recipient: gateNumber, lane: 'd:gate', text: 'by hand' }),
    boiler: () => ledger.command({ device: 'boiler', lane: 'd:boiler', recipient: '+4915112345603', text: 'SET 21' }),
    toDad: () => ledger.queue({ recipient: '+4915112345604', lane: 'n:+4915112345604', text: 'ÄRGER_mit dem Tor' }),
  }
  for (const [name, act] of Object.entries(does)) {
    ledger.now += minute
    ids[name] = act()
  }
  return { ledger, ids }
}

const named = (ids: Record<string, string>, found: readonly string[]): string[] =>
  found.map((id) => Object.entries(ids).find(([, one]) => one === id)?.[0] ?? id)

describe('the list of messages', () => {
  test('has both ways, the newest first', () => {
    const { ledger, ids } = lived()
    expect(named(ids, idsOf(ledger))).toEqual(Object.keys(ids).reverse())
  })

  test.each<[string, Partial<Filter>, readonly string[]]>([
    ['sent', { direction: 'out' }, ['toDad', 'boiler', 'toGateNumber', 'open', 'toMum']],
    ['received', { direction: 'in' }, ['answer', 'fromMum']],
    ['received, as a status', { status: 'received' }, ['answer', 'fromMum']],
    ['queued', { status: 'queued' }, ['toDad', 'boiler', 'toGateNumber', 'open', 'toMum']],
    ['sent, and none is', { status: 'sent' }, []],
    ['of a device, with texts to its number', { device: 'gate' }, ['toGateNumber', 'answer', 'open']],
    ['of a number', { numbers: [mum] }, ['fromMum', 'toMum']],
    ['of two numbers', { numbers: [mum, '+4915112345604'] }, ['toDad', 'fromMum', 'toMum']],
    ['of nobody', { numbers: ['+49'] }, []],
    ['through a gateway', { gateway: 'home' }, ['answer', 'fromMum']],
    ['with a word, in either case', { search: 'tor' }, ['toDad', 'toMum']],
    ['with a word beyond ASCII, in either case', { search: 'Ärger' }, ['toDad']],
    ['with part of one', { search: 'FÜR' }, ['fromMum']],
    ['with a percent sign', { search: '100%' }, ['toMum']],
    ['with an underscore, which stands for itself', { search: 'R_m' }, ['toDad']],
    ['with a percent sign alone', { search: '%' }, ['toMum']],
    ['with an exclamation mark', { search: '!' }, []],
    ['with quotes and operators', { search: `' OR 1=1 --` }, []],
    ['with syntax of another search', { search: 'tor AND offen NEAR(x)*"' }, []],
    ['with digits of a number', { search: '0151 12345602'.slice(1) }, ['toGateNumber', 'answer', 'open']],
    ['with a word, of a device', { search: 'gate', device: 'gate' }, ['answer']],
  ])('%s', (_, filter, expected) => {
    const { ledger, ids } = lived()
    expect(named(ids, idsOf(ledger, filter))).toEqual(expected)
  })

  test.each<[string, string, readonly string[], readonly string[]]>([
    ['one character', 'я', ['Я', 'моя'], ['ю', 'a']],
    ['two characters of a script without cases', '开门', ['门开了，开门'], ['门开', '开 门']],
    ['a word of a script with cases', 'вОРота', ['Ворота открыты', 'ВОРОТА'], ['ворона', 'воро та', '??????']],
    ['both forms of a letter', 'ΟΔΌΣ', ['οδός', 'Οδόσ'], ['οδο', 'ΟΔΌ Σ']],
    ['a letter whose upper case is two', 'STRAßE', ['Straße', 'STRAẞE'], ['Strasse', 'stra?e']],
    ['what patterns are made of', 'ä*?[b]^-!%_', ['xÄ*?[B]^-!%_y'], ['ä*?b^-!%_', 'äxx[b]^-!%_', 'ä*?[b]^-!xx']],
    ['what patterns are made of at the beginning', '[*é', ['[*É'], ['é', '*é', '[xé']],
    ['several words', 'Ü b', ['ü B'], ['üb', 'ü  b', 'b ü']],
    ['a character beyond the basic plane', '😀Ä', ['x😀ä'], ['😁ä', '😀']],
  ])('with %s', (_, search, expected, others) => {
    const ledger = new Ledger()
    const texts = [...expected, ...others]
    const all = texts.flatMap((text) => [
      { id: ledger.queue({ text }), text },
      { id: receive(ledger, { text }), text },
    ])
    const found = idsOf(ledger, { search }).map((id) => all.find((one) => one.id === id)?.text)
    expect(found.sort()).toEqual([...expected, ...expected].sort())
  })

  test('with any part of a text, in any case, as a comparison of all of them finds it', () => {
    const random = seededRandom(8)
    const upTo = (n: number) => Math.floor(random() * n)
    const letters = [...`aBzäÖéßяЖ门开 12%_!*?[]^-\\'"😀`]
    const textOf = (length: number) => Array.from({ length }, () => letters[upTo(letters.length)]).join('')
    const ledger = new Ledger()
    const texts = Array.from({ length: 150 }, () => textOf(1 + upTo(12)))
    const ids = texts.map((text) => receive(ledger, { text, sender: 'Bank' }))
    for (let i = 0; i < 300; i++) {
      const [whole, from] = [[...(texts[upTo(texts.length)] ?? '')], upTo(6)]
      const part = whole.slice(from, from + 1 + upTo(4)).join('') || textOf(2)
      const search = upTo(2) === 0 || part.includes('ß') ? part.toLowerCase() : part.toUpperCase()
      const expected = ids.filter((_, at) => texts[at]?.toLowerCase().includes(search.toLowerCase()))
      expect([search, idsOf(ledger, { search }, 100).sort()]).toEqual([search, expected.sort()])
    }
  })

  test('since a time and before another one', () => {
    const { ledger, ids } = lived()
    const at = (n: number) => ledger.now - (6 - n) * minute
    expect(named(ids, idsOf(ledger, { since: at(2), until: at(4) }))).toEqual(['answer', 'open'])
  })

  test('shows a requester who is restricted to devices these only, and nothing of people', () => {
    const { ledger, ids } = lived()
    const sight = { devices: ['gate', 'shed'], people: false }
    expect(named(ids, idsOf(ledger, { sight }))).toEqual(['answer', 'open'])
    expect(named(ids, idsOf(ledger, { sight, search: 'e' }))).toEqual(['answer', 'open'])
    expect(named(ids, idsOf(ledger, { sight, device: 'boiler' }))).toEqual([])
    expect(named(ids, idsOf(ledger, { sight, numbers: [mum] }))).toEqual([])
    expect(idsOf(ledger, { sight: { devices: [], people: false } })).toEqual([])
    expect(named(ids, idsOf(ledger, { sight: { devices: null, people: false } }))).toEqual(['boiler', 'answer', 'open'])
  })

  test('finds no secret: neither the masked text nor what is sent holds it where it is searched', () => {
    const ledger = new Ledger()
    ledger.command({ text: 'OPEN ****', segments: ['OPEN 4711'], digest: '4711' })
    expect(idsOf(ledger, { search: '4711' })).toEqual([])
    expect(idsOf(ledger, { search: '****' })).toHaveLength(1)
  })

  test('a refused text is found by its number', () => {
    const ledger = new Ledger()
    const error = { code: 'number_blocked', message: 'no', retryable: false }
    const refused = ledger.queue({ error, status: 'rejected', reason: null } as never)
    expect(idsOf(ledger, { numbers: [mum] })).toEqual([refused])
    expect(ledger.read('message', { id: refused, sight: noFilter.sight })).toMatchObject({
      id: refused,
      status: 'rejected',
      error: { code: 'number_blocked', hint: expect.stringContaining('contacts') },
    })
  })

  test('each message is in it once, whatever the pages, the filter and the clock', () => {
    const random = seededRandom(5)
    const upTo = (n: number) => Math.floor(random() * n)
    const ledger = new Ledger()
    for (let i = 0; i < 200; i++) {
      ledger.now += upTo(4) === 0 ? -upTo(minute) : upTo(minute)
      const device = `d${upTo(3)}`
      const text = upTo(2) === 0 ? 'even' : 'odd'
      const kind = upTo(4)
      if (kind < 2) receive(ledger, { device: kind === 0 ? device : null, text })
      else if (kind === 2) ledger.command({ device, lane: `d:${device}`, text })
      else ledger.queue({ text })
    }
    const filters: Partial<Filter>[] = [{}, { search: 'even' }, { device: 'd1', numbers: [mum] }, { status: 'queued' }]
    for (const filter of filters) {
      const whole = idsOf(ledger, filter, 100)
      expect(new Set(whole).size).toBe(whole.length)
      for (const limit of [1, 7]) expect(idsOf(ledger, filter, limit).sort()).toEqual([...whole].sort())
    }
    expect(idsOf(ledger, {}, 100)).toHaveLength(200)
  })

  test('new messages move nothing in the pages behind', () => {
    const { ledger, ids } = lived()
    const first = ledger.read('messages', { filter: noFilter, limit: 3, place: null })
    ledger.now += second
    receive(ledger)
    ledger.queue()
    const rest = ledger.read('messages', { filter: noFilter, limit: 10, place: first.next })
    expect(
      named(
        ids,
        rest.entries.map((one) => one.command_id ?? one.id),
      ),
    ).toEqual(['answer', 'open', 'fromMum', 'toMum'])
    expect(rest.next).toBeNull()
  })

  test('a search among many looks at a limited number at a time, and goes on where it stopped', () => {
    const ledger = new Ledger()
    const old = receive(ledger, { text: 'needle' })
    ledger.engine.run(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000)
       INSERT INTO incoming (message_id, sender, gateway, text, document, received_at)
       SELECT 'm' || i, '+491', 'home', 'hay', 'null', ? + i FROM n`,
      ledger.now,
    )
    const filter = { ...noFilter, search: 'needle' }
    const pages: number[] = []
    let place: Place | null = null
    do {
      const page: Page<Message> = ledger.read('messages', { filter, limit: 10, place })
      pages.push(page.entries.length)
      place = page.next
      if (page.entries.length > 0) expect(page.entries[0]?.id).toBe(old)
    } while (place !== null)
    expect(pages).toEqual([0, 0, 1])
  })

  test('nor does one among the many of a conversation look at more, however the others lie between them', () => {
    const ledger = new Ledger()
    const old = receive(ledger, { text: 'needle', sender: '+491' })
    ledger.engine.run(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 24000)
       INSERT INTO incoming (message_id, sender, gateway, text, document, received_at)
       SELECT 'm' || i, '+49' || (1 + i % 2), 'home', 'hay', 'null', ? + i FROM n`,
      ledger.now,
    )
    const filter = { ...noFilter, numbers: ['+491', '+493'], search: 'needle' }
    const pages: string[][] = []
    let place: Place | null = null
    do {
      const page: Page<Message> = ledger.read('messages', { filter, limit: 10, place })
      pages.push(page.entries.map(({ id }) => id))
      place = page.next
    } while (place !== null)
    expect(pages).toEqual([[], [], [old]])
  })
})

describe('a message', () => {
  test('has its SMS and the times of its statuses', () => {
    const ledger = new Ledger()
    const id = ledger.queue({ segments: ['one', 'two'], text: 'one two' })
    ledger.now += second
    const seq = ledger.write(2)
    ledger.now += second
    ledger.sent(seq, 7, 2)
    ledger.now += second
    ledger.report(1)
    const shown = ledger.read('message', { id, sight: noFilter.sight })
    expect(shown).toMatchObject({ command_id: id, status: 'sent', parts: 2, parts_delivered: 1 })
    expect(shown?.attempts).toMatchObject([{ number: 1, gateway: 'home', outcome: 'sent' }])
    expect(shown?.segments).toMatchObject([
      { part: 1, status: 'delivered', reference: '1', report: 'received by the recipient' },
      { part: 2, status: 'sent', reference: '7', report: null },
    ])
    expect(shown?.timeline.map(({ status }) => status)).toEqual(['queued', 'sending', 'sent'])
    expect(JSON.stringify(shown?.segments)).not.toContain('one')
    expect(ledger.read('message', { id: shown?.id as string, sight: noFilter.sight })).toEqual(shown)
  })

  test('that was given back has its last attempts, each with its gateway and its reason', () => {
    const ledger = new Ledger()
    const id = ledger.queue({ safe: true })
    const look = () => ledger.read('message', { id, sight: noFilter.sight })?.attempts
    expect(look()).toEqual([])
    const error = { code: 'modem_error', message: 'CMS 500', retryable: true } as const
    for (let number = 1; number <= 12; number++) {
      ledger.now += minute
      const gateway = number % 2 === 0 ? 'home' : 'away'
      const { seq } = ledger.claim(gateway) as { seq: number }
      expect(look()?.at(-1)).toEqual({ number, gateway, outcome: 'sending', ended_at: null, error: null })
      if (number === 12) break
      const part = { seq, part: 1, gateway, account: gateway, now: ledger.now }
      ledger.run('requeue', { ...part, retryAt: ledger.now, error, ...ledger.owner })
      expect(look()?.at(-1)).toMatchObject({ number, gateway, outcome: 'returned', error: { code: 'modem_error' } })
    }
    expect(look()?.map(({ number }) => number)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  })

  test('that was given back before an upgrade, when nothing was kept of it, shows no attempt that is under way', () => {
    const ledger = new Ledger()
    const id = ledger.queue({ safe: true })
    const look = () => ledger.read('message', { id, sight: noFilter.sight })?.attempts
    const { seq } = ledger.claim('home') as { seq: number }
    const part = { seq, part: 1, gateway: 'home', account: 'home', now: ledger.now }
    ledger.run('requeue', { ...part, retryAt: ledger.now, error: null, ...ledger.owner })
    ledger.engine.run('UPDATE submission SET returns = NULL')
    expect(ledger.row(id)).toMatchObject({ attempts: 1, status: 'queued' })
    expect(look()).toEqual([])
    ledger.now += minute
    ledger.claim('away')
    expect(look()).toMatchObject([{ number: 2, gateway: 'away', outcome: 'sending' }])
    ledger.engine.run(`UPDATE submission SET status = 'cancelled', sms_status = 'cancelled', gateway = NULL`)
    expect(look()).toEqual([])
  })

  test('that was given up says so at the end of its times', () => {
    const ledger = new Ledger()
    const id = ledger.command()
    ledger.run('cancelCommand', { id, now: ledger.now })
    expect(ledger.read('message', { id, sight: noFilter.sight })?.timeline.map(({ status }) => status)).toEqual([
      'queued',
      'cancelled',
    ])
  })

  test('of another device, or of a person, is none for a requester who may not see it', () => {
    const { ledger, ids } = lived()
    const see = (id: string | undefined, devices: readonly string[] | null) =>
      ledger.read('message', { id: id as string, sight: { devices, people: false } }) !== null
    expect([
      see(ids.open, ['gate']),
      see(ids.boiler, ['gate']),
      see(ids.toMum, ['gate']),
      see(ids.fromMum, null),
    ]).toEqual([true, false, false, false])
    expect(see('nothing', null)).toBe(false)
  })
})

describe('conversations', () => {
  const all = (ledger: Ledger, limit = 10, sight = noFilter.sight) => {
    const found: Conversation[] = []
    let place: ConversationPlace | null = null
    do {
      const page: ListOf<'conversations'> = ledger.read('conversations', { sight, limit, place })
      found.push(...page.entries)
      place = page.next
    } while (place !== null)
    return found.map(({ device, number, messages, last }) => [device ?? number, messages, last.direction, last.text])
  }

  test('are by device or number, the latest first, with their last message and their number of messages', () => {
    const { ledger } = lived()
    const expected = [
      ['+4915112345604', 1, 'out', 'ÄRGER_mit dem Tor'],
      ['boiler', 1, 'out', 'SET 21'],
      ['gate', 3, 'out', 'by hand'],
      [mum, 2, 'in', 'Danke für die Nachricht'],
    ]
    expect(all(ledger)).toEqual(expected)
    expect(all(ledger, 1)).toEqual(expected)
  })

  test('of a requester who is restricted are those of the devices', () => {
    const { ledger } = lived()
    expect(all(ledger, 2, { devices: ['gate'], people: false })).toEqual([['gate', 2, 'in', 'Gate opened']])
    expect(all(ledger, 2, { devices: null, people: false })).toHaveLength(2)
    expect(all(ledger, 2, { devices: [], people: false })).toEqual([])
  })

  test('with the same time are all in some page', () => {
    const ledger = new Ledger()
    for (let i = 0; i < 9; i++) receive(ledger, { sender: `+49${i}` })
    expect(new Set(all(ledger, 2).map(([who]) => who)).size).toBe(9)
  })
})

describe('the overview of conversations', () => {
  const sights: readonly Sight[] = [
    { devices: null, people: true },
    { devices: null, people: false },
    { devices: ['gate', 'shed', 'none'], people: true },
    { devices: [], people: false },
  ]

  /** Page by page, as the scan has it. */
  function overview(ledger: Ledger, sight: Sight, limit: number) {
    const found: Conversation[] = []
    let place: ConversationPlace | null = null
    do {
      const page: ListOf<'conversations'> = ledger.read('conversations', { sight, limit, place })
      found.push(...page.entries)
      place = page.next
    } while (place !== null)
    return found.map(({ device, number, messages, unread, last }) => ({
      key: device === null ? `n:${number}` : `d:${device}`,
      messages,
      at: Date.parse(last.at),
      last: last.id,
      unread,
    }))
  }

  const who = ['+491', '+492', 'O2 Info', '', '110']
  const devices = ['gate', 'shed', 'van']

  /** Whatever makes, moves or deletes messages. */
  function acts(ledger: Ledger, upTo: (n: number) => number, isRead: Set<string>): (() => unknown)[] {
    const one = <T>(of: readonly T[]): T => of[upTo(of.length)] as T
    const text = () => (upTo(6) === 0 ? `call ${one(who)} now` : 'text')
    const refuse = (over: object) => {
      const error = { code: 'number_blocked', message: 'no', retryable: false }
      ledger.queue({ error, status: 'rejected', reason: null, ...over } as never)
    }
    const erase = (device: string | null, numbers: readonly string[]) =>
      ledger.run('erase', { device, numbers, address: null, fields: null, now: ledger.now })
    /** All of a conversation, or the texts until one of them. */
    const mark = (key: string) => {
      const texts = ledger.engine.all<{ id: string }>(
        `SELECT message_id AS id FROM incoming WHERE COALESCE('d:' || device, 'n:' || sender) = ? ORDER BY id`,
        key,
      )
      const until = upTo(2) === 0 ? null : (one(texts)?.id ?? null)
      ledger.run('markRead', { keys: [key], until })
      for (const { id } of texts) {
        isRead.add(id)
        if (id === until) break
      }
    }
    return [
      () => mark(`d:${one(devices)}`),
      () => mark(`n:${one(who)}`),
      () => ledger.queue({ recipient: '+491', lane: 'n:+491', text: text() }),
      () => ledger.queue({ recipient: '+492', lane: `d:${one(devices)}`, text: text() }),
      () => ledger.command({ device: 'gate', lane: 'd:gate', recipient: '+492', text: text() }),
      () => ledger.command({ device: 'van', lane: 'd:van', supersedes: true, safe: true, verb: 'set' }),
      () => refuse({ recipient: one(['+491', null]), lane: null }),
      () => refuse({ device: one(devices), client: 'wrong', recipient: null, lane: null }),
      () => receive(ledger, { sender: one(who), text: text() }),
      () => receive(ledger, { sender: one(who), text: text(), isStranger: true }),
      () => receive(ledger, { device: one(devices), sender: one(who), text: text() }),
      () => upTo(3) === 0 && Array.from({ length: 110 }, () => receive(ledger, { sender: 'Bank', isStranger: true })),
      () => upTo(3) === 0 && Array.from({ length: 70 }, () => refuse({ client: 'wrong' })),
      () => ledger.claim().seq !== undefined && ledger.pass(minute),
      () => ledger.pass(one([second, minute, day])),
      () => {
        ledger.now -= one([second, hour])
        ledger.restart()
      },
      () => ledger.run('rebase', { delta: one([-hour, hour]), epoch: 1, since: ledger.now - one([minute, day]) }),
      () => ledger.run('acceptClock', { now: ledger.now }),
      () => upTo(3) === 0 && erase(one(devices), []),
      () => upTo(3) === 0 && erase(one([null, 'gate']), [one(who.filter((number) => number !== ''))]),
      () => {
        const before = ledger.now - one([hour, day])
        while (ledger.run('prune', { now: ledger.now, before, rawBefore: before, limit: 20 }));
      },
    ]
  }

  test('is what all messages have in them, whatever makes, moves and deletes messages, in any order', () => {
    for (let seed = 1; seed <= 4; seed++) {
      const random = seededRandom(seed)
      const upTo = (n: number) => Math.floor(random() * n)
      const ledger = new Ledger()
      const isRead = new Set<string>()
      const all = acts(ledger, upTo, isRead)
      for (let step = 1; step <= 100; step++) {
        all[upTo(all.length)]?.()
        if (step % 4 > 0) continue
        for (const sight of sights)
          expect({ seed, step, is: overview(ledger, sight, 1 + upTo(4)) }).toEqual({
            seed,
            step,
            is: scannedConversations(ledger.engine, sight, isRead),
          })
      }
      ledger.engine.close()
    }
  })
})

test('what is erased or pruned is in no list', () => {
  const { ledger, ids } = lived()
  ledger.run('erase', { device: null, numbers: [mum], address: null, fields: null, now: ledger.now })
  expect(named(ids, idsOf(ledger, { numbers: [mum] }))).toEqual([])
  expect(named(ids, idsOf(ledger, { search: 'danke' }))).toEqual([])
  ledger.pass(100 * day)
  const prune = () =>
    ledger.run('prune', { now: ledger.now, before: ledger.now - 90 * day, rawBefore: ledger.now, limit: 500 })
  while (prune());
  expect(idsOf(ledger)).toEqual([])
  expect(ledger.read('conversations', { sight: noFilter.sight, limit: 10, place: null }).entries).toEqual([])
})
