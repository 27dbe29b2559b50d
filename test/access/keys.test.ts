import { beforeEach, describe, expect, test } from '@jest/globals'
import type { WantedKey } from '../../src/access/keeper.ts'
import { type Bounds, exceeded, unbounded } from '../../src/access/key-limits.ts'
import { acts, may, roles } from '../../src/message/rights.ts'
import { scopeNames } from '../../src/message/scopes.ts'
import { seededRandom } from '../../src/util/random.ts'
import { AccessWorld, at, cheapHash, home } from '../support/access-world.ts'
import { day, hour, minute } from '../support/ledger.ts'

const wanted: WantedKey = {
  label: 'shop',
  rights: { role: 'operator', devices: ['gate'] },
  scopes: ['devices:command'],
  perHour: 10,
  networks: null,
  expiresAt: null,
}

let world: AccessWorld
beforeEach(async () => {
  world = await AccessWorld.start()
})

const make = (over: Partial<WantedKey> = {}, asker = 'user:owner') => world.keeper.addKey({ ...wanted, ...over }, asker)
const change = (id: string, over: Partial<WantedKey>, asker = 'user:owner') =>
  world.keeper.changeKey(id, (key) => ({ ...key, ...over }), undefined, asker)
const prove = (text: string, address = home.address) => world.prover.byKey(text, at(address))
const callerOf = (id: string) => ({ caller: expect.objectContaining({ name: `key:${id}`, via: 'key' }) })

describe('a key', () => {
  test('has the form that it is known by, and is stored as a hash', async () => {
    const { key, text } = await make()
    expect(text).toMatch(/^smk_[0-9a-z]{8}_[0-9A-Za-z]{32}$/)
    const stored = JSON.stringify(world.ledger.engine.all('SELECT * FROM api_key'))
    expect(stored).not.toContain(text.slice(13))
    expect(stored).toContain(key.id)
    expect(world.log.join()).not.toContain(text.slice(13))
  })

  test('proves its limits, also after a restart', async () => {
    const { key, text } = await make()
    await world.restart()
    expect(prove(text)).toEqual({
      caller: {
        name: `key:${key.id}`,
        via: 'key',
        rights: wanted.rights,
        scopes: ['devices:command'],
        perHour: 10,
      },
    })
  })

  test.each<[string, (text: string, other: string) => string]>([
    ['another secret', (text) => `${text.slice(0, -1)}${text.endsWith('a') ? 'b' : 'a'}`],
    ['the secret of another key', (text, other) => text.slice(0, 13) + other.slice(13)],
    ['an unknown id', (text) => `smk_00000000_${text.slice(13)}`],
    ['no form', () => 'secret'],
    ['nothing', () => ''],
    ['more behind it', (text) => `${text}x`],
    ['a name of every object', () => 'smk___proto__'],
  ])('with %s is wrong', async (_, wrong) => {
    const [one, other] = [await make(), await make()]
    expect(prove(wrong(one.text, other.text))).toMatchObject({ refused: 'unauthenticated' })
  })

  test('that was removed is wrong at once', async () => {
    const { key, text } = await make()
    await world.keeper.removeKey(key.id, undefined, 'user:owner')
    expect(prove(text)).toMatchObject({ refused: 'unauthenticated', detail: expect.stringMatching(/was removed/) })
  })

  test('that is changed has its new limits at once and after a restart, and the same secret', async () => {
    const { key, text } = await make()
    prove(text)
    const over = { label: 'till', rights: { role: 'reader' }, scopes: null, perHour: null } as const
    const { usedAt } = await change(key.id, over)
    expect(usedAt).toBe(world.clock.wall())
    const caller = { name: `key:${key.id}`, via: 'key', rights: { role: 'reader' }, scopes: null, perHour: null }
    expect(prove(text)).toEqual({ caller })
    await world.restart()
    expect(prove(text)).toEqual({ caller })
    expect(world.keeper.key(key.id)).toMatchObject({ label: 'till', hash: key.hash, madeBy: 'user:owner' })
    await change(key.id, { networks: ['10.0.0.0/8'], expiresAt: world.clock.wall() + hour })
    expect(prove(text)).toMatchObject({ refused: 'not_allowed' })
    expect(prove(text, '10.1.2.3')).toEqual({ caller })
    await world.clock.advance(hour)
    expect(prove(text, '10.1.2.3')).toMatchObject({ refused: 'unauthenticated' })
    await expect(change(key.id, { expiresAt: null })).rejects.toMatchObject({ code: 'conflict' })
    await expect(change('gone', {})).rejects.toMatchObject({ code: 'not_found' })
    expect(world.log.join()).not.toContain(text.slice(13))
  })

  test('that is the last one to manage the hub stays so, unless that is confirmed', async () => {
    const { key } = await make({ rights: { role: 'admin' }, scopes: null })
    await expect(change(key.id, { scopes: ['gateways:read'] })).rejects.toMatchObject({ code: 'not_allowed' })
    const less = (old: WantedKey): WantedKey => ({ ...old, scopes: ['gateways:read'] })
    await world.keeper.changeKey(key.id, less, key.id, 'user:owner')
    expect(world.keeper.keys).toMatchObject([{ scopes: ['gateways:read'] }])
  })

  test('expires with the answer that it did, and is no guess', async () => {
    const { key, text } = await make({ expiresAt: world.clock.wall() + hour })
    expect(prove(text)).toEqual(callerOf(key.id))
    await world.clock.advance(hour)
    for (let i = 0; i < 30; i++)
      expect(prove(text)).toMatchObject({
        refused: 'unauthenticated',
        detail: expect.stringMatching(/expired on 2026/),
      })
  })

  test('is good for the networks that it is limited to', async () => {
    const { key, text } = await make({ networks: ['10.0.0.0/8', 'fd00::/8'] })
    for (const address of ['10.1.2.3', '::ffff:10.1.2.3', 'fd00::1'])
      expect(prove(text, address)).toEqual(callerOf(key.id))
    for (const address of ['11.0.0.1', '127.0.0.1', '::1'])
      expect(prove(text, address)).toMatchObject({ refused: 'not_allowed', detail: expect.stringContaining(address) })
  })

  test('that is wrong twenty times slows its address down, where a right one is still taken', async () => {
    const { key, text } = await make()
    for (let i = 0; i < 20; i++) prove('wrong')
    expect(prove('wrong')).toMatchObject({ refused: 'rate_limited', retryAfter: 900 })
    expect(prove(text)).toEqual(callerOf(key.id))
    expect(prove('wrong', '10.0.0.9')).toMatchObject({ refused: 'unauthenticated' })
    await world.clock.advance(15 * minute)
    expect(prove('wrong')).toMatchObject({ refused: 'unauthenticated' })
  })

  test('that is wrong all the time keeps nobody from logging in at the same address', async () => {
    await world.restart({ owner: { password: cheapHash('right'), role: 'admin' } })
    for (let i = 0; i < 100; i++) prove('wrong')
    expect(await world.logIn('owner', 'right')).toMatchObject({ caller: { name: 'user:owner' } })
  })

  test('that is replaced stays valid for a day beside the new one, with the same limits', async () => {
    const old = await make({ networks: ['192.168.0.0/16'] })
    const next = await world.keeper.rotateKey(old.key.id, day, 'user:owner')
    expect([prove(old.text), prove(next.text)]).toEqual([callerOf(old.key.id), callerOf(next.key.id)])
    expect(next.key).toMatchObject({ ...wanted, networks: ['192.168.0.0/16'] })
    await world.clock.advance(day)
    expect([prove(old.text), prove(next.text)]).toEqual([
      expect.objectContaining({ refused: 'unauthenticated' }),
      callerOf(next.key.id),
    ])
    await expect(world.keeper.rotateKey(old.key.id, day, 'user:owner')).rejects.toMatchObject({ code: 'conflict' })
  })

  test('is listed with its latest use, which is stored once a minute', async () => {
    const { text } = await make()
    expect(world.keeper.keys).toMatchObject([{ usedAt: null }])
    await world.clock.advance(5_000)
    const usedAt = world.clock.wall()
    for (let i = 0; i < 50; i++) prove(text)
    expect(world.keeper.keys).toMatchObject([{ usedAt }])
    expect(world.calls).not.toContain('noteUses')
    await world.clock.advance(minute)
    expect(world.ledger.run('accessRows', undefined).keys).toMatchObject([{ usedAt }])
  })
})

describe('nobody gives what they don’t have', () => {
  const random = seededRandom(11)
  const chance = () => random() < 0.5
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const some = <T>(list: readonly T[]): T[] => list.filter(chance)
  const bounds = (): Bounds => ({
    rights: {
      role: pick(roles),
      devices: chance() ? undefined : some(['gate', 'shed', 'car']),
      commands: chance() ? undefined : some(['open', 'close']),
    },
    scopes: chance() ? null : some(scopeNames),
    perHour: chance() ? null : pick([1, 10, 100]),
    networks: chance() ? null : some(['10.0.0.0/8', '10.1.0.0/16', '10.1.2.3', 'fd00::/8']),
    expiresAt: chance() ? null : pick([1, 10, 100]),
  })
  const devices = ['gate', 'shed', 'car', 'another', undefined]
  const commands = ['open', 'close', 'another', undefined]
  const actions = acts.flatMap((act) =>
    devices.flatMap((device) => commands.map((command) => ({ act, device, command }))),
  )

  test('whatever a key may do that somebody made, they may do themselves', () => {
    let made = 0
    for (let i = 0; i < 20_000; i++) {
      const [maker, wants] = [bounds(), bounds()]
      if (exceeded(maker, wants).length > 0) continue
      made++
      const more = actions.filter((action) => may(wants.rights, action) && !may(maker.rights, action))
      expect([maker, wants, more]).toEqual([maker, wants, []])
      expect(
        (maker.scopes ?? scopeNames).filter((scope) => !(wants.scopes ?? scopeNames).includes(scope)),
      ).toBeDefined()
      const beyond = (wants.scopes ?? scopeNames).filter((scope) => !(maker.scopes ?? scopeNames).includes(scope))
      expect(beyond).toEqual([])
      expect(wants.perHour ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(maker.perHour ?? Number.POSITIVE_INFINITY)
      expect(wants.expiresAt ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(
        maker.expiresAt ?? Number.POSITIVE_INFINITY,
      )
    }
    expect(made).toBeGreaterThan(20)
  })

  test('an administrator gives anything', () => {
    for (let i = 0; i < 500; i++) expect(exceeded(unbounded, bounds())).toEqual([])
  })

  test('a key that manages the hub and nothing else makes no key for more, no user, and replaces no greater one', async () => {
    const rights = { role: 'admin' } as const
    const great = await make({ rights, scopes: null })
    const limits = { rights, scopes: ['hub:manage'], networks: ['10.0.0.0/8'] } as const
    const { key } = await make({ ...limits, expiresAt: world.clock.wall() + day })
    const me = `key:${key.id}`
    const refused = { code: 'not_allowed' }
    await expect(make({ rights, scopes: null }, me)).rejects.toMatchObject(refused)
    await expect(make({ ...limits, networks: ['0.0.0.0/0'], expiresAt: key.expiresAt }, me)).rejects.toMatchObject(
      refused,
    )
    await expect(make(limits, me)).rejects.toMatchObject({ ...refused, detail: { beyond: ['expires'] } })
    await expect(world.keeper.rotateKey(great.key.id, 0, me)).rejects.toMatchObject(refused)
    await expect(world.keeper.addUser('eve', 'a long password', rights, me)).rejects.toMatchObject(refused)
    const less = await make({ ...limits, networks: ['10.1.0.0/16'], expiresAt: world.clock.wall() + hour }, me)
    expect(less.key.madeBy).toBe(me)
    expect(world.keeper.people).toEqual([])
  })

  test('nor by a change: a key widens neither itself nor another one, and narrows what it covers', async () => {
    const limits = { rights: { role: 'admin' }, scopes: ['hub:manage'], networks: ['10.0.0.0/8'] } as const
    const { key } = await make(limits)
    const great = await make({ rights: { role: 'admin' }, scopes: null })
    const refused = { code: 'not_allowed' }
    for (const over of [{ scopes: null }, { scopes: scopeNames }, { networks: null }])
      await expect(change(key.id, over, `key:${key.id}`)).rejects.toMatchObject(refused)
    await expect(change(great.key.id, { label: 'mine' }, `key:${key.id}`)).rejects.toMatchObject(refused)
    expect(new Set(world.keeper.keys)).toEqual(new Set([key, great.key]))
    await change(key.id, { networks: ['10.1.0.0/16'] }, `key:${key.id}`)
    await expect(change(key.id, { networks: ['10.0.0.0/8'] }, `key:${key.id}`)).rejects.toMatchObject(refused)
  })

  test('a key that was removed meanwhile gives nothing', async () => {
    const { key } = await make({ rights: { role: 'admin' }, scopes: null })
    await world.keeper.removeKey(key.id, key.id, 'user:owner')
    await expect(make({}, `key:${key.id}`)).rejects.toMatchObject({ code: 'not_found' })
  })
})
