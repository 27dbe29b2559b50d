import { beforeEach, describe, expect, test } from '@jest/globals'
import { AccessWorld, at, cheapHash, home } from '../support/access-world.ts'

const here = at('127.0.0.1', { isHere: true })
const admin = { role: 'admin' } as const
const password = 'a long password'

let world: AccessWorld
beforeEach(async () => {
  world = await AccessWorld.start()
})

const add = (name: string, rights: object = admin, asker = 'loopback') =>
  world.keeper.addUser(name, password, rights, asker)

describe('while nobody has a password', () => {
  test('who is at the machine may do everything, and nobody else anything', async () => {
    expect(world.prover.byPlace(here)).toMatchObject({ name: 'loopback', rights: admin, scopes: null })
    expect(world.prover.byPlace(home)).toBeNull()
    expect(await world.logIn('admin', 'admin')).toMatchObject({
      refused: 'not_allowed',
      detail: expect.stringMatching(/no password is set yet.*smshub users add/),
    })
  })

  test('the first user must be one who can manage the hub', async () => {
    for (const rights of [{ role: 'operator' }, { role: 'admin', devices: ['gate'] }])
      await expect(add('guest', rights)).rejects.toMatchObject({ code: 'invalid_payload' })
    await add('owner')
    await add('guest', { role: 'operator' })
  })

  test('it ends with the first user, and with users of smshub.yaml, over restarts', async () => {
    await add('owner')
    expect(world.prover.byPlace(here)).toBeNull()
    await world.restart()
    expect(world.prover.byPlace(here)).toBeNull()
    world = await AccessWorld.start({ panel: { password: cheapHash('x'), role: 'reader' } })
    expect(world.prover.byPlace(here)).toBeNull()
  })
})

describe('a user', () => {
  test('logs in with the password, of which only the hash is stored', async () => {
    await add('owner')
    expect(await world.logIn('owner', password)).toMatchObject({ caller: { name: 'user:owner', rights: admin } })
    expect(JSON.stringify(world.ledger.engine.all('SELECT * FROM hub_user'))).not.toContain(password)
    expect(world.log.join()).not.toContain(password)
  })

  test('with a new password is out of all sessions, and in with the new one only', async () => {
    await add('owner')
    const before = await world.logIn('owner', password)
    await world.keeper.changePassword('owner', 'another password', 'user:owner')
    expect(world.prover.bySession('session' in before ? before.session : '', home)).toBeNull()
    expect(await world.logIn('owner', password)).toMatchObject({ refused: 'unauthenticated' })
    expect(await world.logIn('owner', 'another password')).toHaveProperty('session')
  })

  test('with other rights has them in sessions that are open', async () => {
    await add('owner')
    await add('guest')
    const begun = await world.logIn('guest', password)
    await world.keeper.updateUser('guest', () => ({ role: 'reader', devices: ['gate'] }), undefined, 'user:owner')
    const caller = world.prover.bySession('session' in begun ? begun.session : '', home)
    expect(caller?.rights).toEqual({ role: 'reader', devices: ['gate'] })
  })

  test('that is removed is out at once', async () => {
    await add('owner')
    await add('guest')
    const begun = await world.logIn('guest', password)
    await world.keeper.removeUser('guest', undefined, 'user:owner')
    expect(world.prover.bySession('session' in begun ? begun.session : '', home)).toBeNull()
    expect(await world.logIn('guest', password)).toMatchObject({ refused: 'unauthenticated' })
  })

  test('of smshub.yaml is changed there, and takes precedence over one that was added', async () => {
    await add('owner')
    await world.restart({ owner: { password: cheapHash('of the file'), role: 'reader' } })
    expect(await world.logIn('owner', password)).toMatchObject({ refused: 'unauthenticated' })
    expect(await world.logIn('owner', 'of the file')).toMatchObject({ caller: { rights: { role: 'reader' } } })
    for (const change of [
      () => world.keeper.removeUser('owner', 'owner', 'command line'),
      () => world.keeper.changePassword('owner', password, 'command line'),
      () => world.keeper.updateUser('owner', () => admin, undefined, 'command line'),
    ])
      await expect(change()).rejects.toMatchObject({ code: 'conflict', message: expect.stringMatching(/smshub.yaml/) })
    await expect(add('owner', admin, 'command line')).rejects.toMatchObject({ code: 'duplicate' })
  })
})

describe('the last one that may manage the hub', () => {
  const needsConfirm = { code: 'not_allowed', message: expect.stringMatching(/last one.*"confirm": "owner"/) }

  test('is neither removed nor demoted unless that is confirmed', async () => {
    await add('owner')
    await add('guest', { role: 'operator' })
    const demote = (confirm?: string) =>
      world.keeper.updateUser('owner', () => ({ role: 'operator' }), confirm, 'user:owner')
    const remove = (confirm?: string) => world.keeper.removeUser('owner', confirm, 'user:owner')
    for (const change of [demote, remove]) {
      await expect(change()).rejects.toMatchObject(needsConfirm)
      await expect(change('guest')).rejects.toMatchObject(needsConfirm)
    }
    await remove('owner')
    expect(world.keeper.people.map(({ name }) => name)).toEqual(['guest'])
  })

  test('is not the last one while another user or a key can', async () => {
    await add('owner')
    const { key } = await world.keeper.addKey(
      { label: 'backup', rights: admin, scopes: ['hub:manage'], perHour: null, networks: null, expiresAt: null },
      'user:owner',
    )
    await world.keeper.removeUser('owner', undefined, 'user:owner')
    await expect(world.keeper.removeKey(key.id, undefined, `key:${key.id}`)).rejects.toMatchObject({
      code: 'not_allowed',
    })
    await world.keeper.removeKey(key.id, key.id, `key:${key.id}`)
  })
})

test('two who add the same user at once: one of them does', async () => {
  const both = await Promise.allSettled([add('owner'), add('owner')])
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
})
