import { beforeEach, describe, expect, test } from '@jest/globals'
import { Guesses } from '../../src/access/guesses.ts'
import type { FileUser } from '../../src/access/roster.ts'
import { FakeClock } from '../fake-clock.ts'
import { AccessWorld, at, cheapHash, home } from '../support/access-world.ts'
import { day, hour, minute } from '../support/ledger.ts'

const owner: FileUser = { password: cheapHash('right'), role: 'admin' }
const guest: FileUser = { password: cheapHash('welcome'), role: 'reader', devices: ['gate'] }
const users = { owner, guest }

let world: AccessWorld
beforeEach(async () => {
  world = await AccessWorld.start(users)
})

const wrong = async (count: number, name = 'owner', peer = home) => {
  const answers = []
  for (let i = 0; i < count; i++) answers.push(await world.logIn(name, `wrong ${i}`, peer))
  return answers.map((answer) => ('refused' in answer ? answer.refused : 'in'))
}
const limited = { refused: 'rate_limited' }

describe('who guesses passwords', () => {
  test('has five tries for a name in fifteen minutes, and is told how long to wait', async () => {
    expect(await wrong(6)).toEqual([...Array(5).fill('unauthenticated'), 'rate_limited'])
    const answer = await world.logIn('owner', 'right')
    expect(answer).toMatchObject({ ...limited, retryAfter: 900 })
    await world.clock.advance(15 * minute - 1_000)
    expect(await world.logIn('owner', 'right')).toMatchObject({ ...limited, retryAfter: 1 })
    await world.clock.advance(1_000)
    expect(await world.logIn('owner', 'right')).toMatchObject({ caller: { name: 'user:owner' } })
  })

  test('does not lock the owner out: neither elsewhere, nor with a session that is open', async () => {
    const before = await world.logIn('owner', 'right')
    await wrong(30)
    expect(await world.logIn('owner', 'right', at('192.168.1.6'))).toMatchObject({ caller: { name: 'user:owner' } })
    const session = 'session' in before ? before.session : ''
    expect(world.prover.bySession(session, home)).toMatchObject({ name: 'user:owner' })
  })

  test('has twenty tries of an address, whatever names they are for', async () => {
    for (let i = 0; i < 20; i++) expect(await wrong(1, `name ${i}`)).toEqual(['unauthenticated'])
    expect(await wrong(1, 'another')).toEqual(['rate_limited'])
    expect(await world.logIn('guest', 'welcome')).toMatchObject(limited)
  })

  test('is one and the same with all addresses of an IPv6 network', async () => {
    for (let i = 0; i < 5; i++) await wrong(1, 'owner', at(`2001:db8:1:2::${i}`))
    expect(await wrong(1, 'owner', at('2001:db8:1:2:ffff::1'))).toEqual(['rate_limited'])
    expect(await wrong(1, 'owner', at('2001:db8:1:3::1'))).toEqual(['unauthenticated'])
  })

  test('gets five passwords checked of a thousand at once, while the owner logs in from elsewhere', async () => {
    const flood = Array.from({ length: 1_000 }, (_, i) => world.logIn('owner', `wrong ${i}`))
    const mine = await world.logIn('owner', 'right', at('10.0.0.7'))
    expect(mine).toMatchObject({ caller: { name: 'user:owner' } })
    const answers = await Promise.all(flood)
    const count = (word: string) => answers.filter((answer) => 'refused' in answer && answer.refused === word).length
    expect([count('unauthenticated'), count('rate_limited')]).toEqual([5, 995])
  })

  test('from many addresses at once waits for a turn, and no more than two hundred do', async () => {
    const flood = Array.from({ length: 400 }, (_, i) => world.logIn('owner', 'wrong', at(`10.1.${i >> 8}.${i & 255}`)))
    const answers = (await Promise.all(flood)).map((answer) => ('refused' in answer ? answer.refused : 'in'))
    expect(answers.filter((word) => word === 'unauthenticated')).toHaveLength(200)
    expect(answers.filter((word) => word === 'rate_limited')).toHaveLength(200)
    // Those that were not checked do not count.
    expect(await wrong(1, 'owner', at('10.1.1.99'))).toEqual(['unauthenticated'])
  })

  test('gets the same answer for an unknown name as for a known one', async () => {
    expect(await world.logIn('owner', 'wrong')).toEqual(await world.logIn('stranger', 'wrong', at('10.0.0.8')))
  })

  test('fills no memory: names and addresses that are remembered are bounded', () => {
    const guesses = new Guesses(new FakeClock(), 5)
    for (let i = 0; i < 50_000; i++) guesses.add(`address ${i}`)
    expect(guesses.size).toBe(10_000)
    for (let i = 0; i < 1_000; i++) guesses.add('one')
    expect([guesses.size, guesses.waitOf('one')]).toEqual([10_000, 900])
  })

  test('leaves no password and no unknown name in the log, which may be a password in the wrong field', async () => {
    await world.logIn('my secret password', 'x')
    await world.logIn('owner', 'nearly right')
    await world.logIn('owner', 'right')
    const log = world.log.join('\n')
    expect(log).toMatch(/refused 192.168.1.5: a wrong password for an unknown name/)
    expect(log).toMatch(/user "owner" logged in from 192.168.1.5/)
    expect(log).not.toMatch(/secret|right/)
  })

  test('is counted for each password and key that was checked, and not for those that were refused unread', async () => {
    await wrong(8)
    world.prover.byKey('smk_00000000_wrong', home)
    expect(world.unproven).toEqual([...Array(5).fill('password'), 'key'])
  })

  test('leaves a bounded number of lines', async () => {
    for (let i = 0; i < 500; i++) await wrong(2, 'owner', at(`10.2.${i >> 8}.${i & 255}`))
    expect(world.log.length).toBeLessThanOrEqual(31)
  })
})

describe('a session', () => {
  const enter = async (name = 'owner', password = 'right', peer = home) => {
    const begun = await world.logIn(name, password, peer)
    if ('refused' in begun) throw new Error(begun.detail)
    return begun.session
  }

  test('has the rights of its user, and all scopes', async () => {
    const session = await enter('guest', 'welcome')
    expect(world.prover.bySession(session, home)).toEqual({
      name: 'user:guest',
      via: 'session',
      rights: { role: 'reader', devices: ['gate'], commands: undefined },
      scopes: null,
      perHour: null,
    })
  })

  test('lasts over a restart, and is stored as a hash', async () => {
    const session = await enter()
    await world.restart(users)
    expect(world.prover.bySession(session, home)).toMatchObject({ name: 'user:owner' })
    const rows = world.ledger.engine.all('SELECT * FROM log_in')
    expect(JSON.stringify(rows)).not.toContain(session)
    expect(world.prover.bySession(String((rows[0] as { hash: string }).hash), home)).toBeNull()
  })

  test('ends when it was not used for twelve hours', async () => {
    const session = await enter()
    for (let i = 0; i < 5; i++) {
      await world.clock.advance(11 * hour)
      expect(world.prover.bySession(session, home)).not.toBeNull()
    }
    await world.clock.advance(12 * hour + 1)
    expect(world.prover.bySession(session, home)).toBeNull()
    expect(world.keeper.logIns).toEqual([])
  })

  test('ends after thirty days, however much it is used', async () => {
    const session = await enter()
    for (let hours = 0; hours < 30 * 24; hours += 10) {
      expect(world.prover.bySession(session, home)).not.toBeNull()
      await world.clock.advance(10 * hour)
    }
    await world.clock.advance(1)
    expect(world.prover.bySession(session, home)).toBeNull()
  })

  test.each([
    ['over TLS', true],
    ['without TLS', false],
  ])('that was begun %s is valid so only', async (_, secure) => {
    const session = await enter('owner', 'right', at(home.address, { secure }))
    expect(world.prover.bySession(session, at(home.address, { secure }))).not.toBeNull()
    expect(world.prover.bySession(session, at(home.address, { secure: !secure }))).toBeNull()
  })

  test.each<[string, Readonly<Record<string, FileUser>>]>([
    ['another password', { owner: { ...owner, password: cheapHash('right') }, guest }],
    ['no such user', { guest }],
  ])('of smshub.yaml ends when the file has %s', async (_, changed) => {
    const [session, other] = [await enter(), await enter('guest', 'welcome')]
    await world.restart(changed)
    expect([world.prover.bySession(session, home), world.keeper.logIns.length]).toEqual([null, 1])
    expect(world.prover.bySession(other, home)).not.toBeNull()
  })

  test('has other rights as soon as the file gives its user others', async () => {
    const session = await enter()
    await world.restart({ owner: { ...owner, role: 'reader' }, guest })
    expect(world.prover.bySession(session, home)?.rights.role).toBe('reader')
  })

  test('ends with a log-out, and alone', async () => {
    const [session, other] = [await enter(), await enter()]
    await world.prover.logOut(session)
    expect([world.prover.bySession(session, home), world.prover.bySession(other, home)]).toEqual([
      null,
      expect.objectContaining({ name: 'user:owner' }),
    ])
  })

  test('that began while the clock was years ahead ends when it is right', async () => {
    const session = await enter()
    world.clock.wallMs -= 400 * day
    expect(world.prover.bySession(session, home)).toBeNull()
  })

  test('goes on when the hub moves its times with the clock', async () => {
    const session = await enter()
    const { wallMs } = world.clock
    world.clock.wallMs += 400 * day
    world.ledger.run('rebase', { delta: 400 * day, epoch: 1, since: wallMs - hour })
    world.timesMoved()
    await world.clock.advance(0)
    expect(world.prover.bySession(session, home)).not.toBeNull()
  })

  test('is noted at most once a minute, however much it is used', async () => {
    const session = await enter()
    const notes = () => world.calls.filter((call) => call === 'noteUses').length
    for (let i = 0; i < 100; i++) world.prover.bySession(session, home)
    expect(notes()).toBe(0)
    await world.clock.advance(minute)
    expect(notes()).toBe(1)
    await world.clock.advance(10 * minute)
    expect(notes()).toBe(1)
    world.prover.bySession(session, home)
    await world.access.stop()
    expect(notes()).toBe(2)
    expect(world.ledger.run('accessRows', undefined).logIns[0]?.usedAt).toBe(world.clock.wall())
  })
})

test('a user with topics and no role has nothing to log in for', async () => {
  world = await AccessWorld.start({ panel: { password: cheapHash('right') } })
  expect(await world.logIn('panel', 'right')).toMatchObject({
    refused: 'not_allowed',
    detail: expect.stringMatching(/has no role/),
  })
})
