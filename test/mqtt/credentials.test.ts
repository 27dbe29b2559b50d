import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { Credentials } from '../../src/mqtt/embedded/credentials.ts'

/** A check that is answered by hand, one after the other. */
function byHand() {
  const running: { password: string; answer: (right: boolean) => void }[] = []
  const seen: string[] = []
  const check = (_user: string, password: Uint8Array) =>
    new Promise<boolean>((resolve) => {
      seen.push(Buffer.from(password).toString())
      running.push({ password: Buffer.from(password).toString(), answer: resolve })
    })
  const finish = async () => {
    for (const one of running.splice(0)) one.answer(one.password === 'right')
    await turn()
  }
  return { check, finish, seen }
}

const attempt = (password: string, source = 'here', isGone = () => false, user = 'owner') => ({
  user,
  password: Buffer.from(password),
  source,
  isGone,
})

describe('passwords', () => {
  test('the owner is the next to be checked, however many guesses from the same machine wait', async () => {
    const { check, finish, seen } = byHand()
    const credentials = new Credentials(check)
    for (let n = 0; n < 240; n++) void credentials.verify(attempt(`guess ${n}`))
    await turn()
    const before = seen.length
    const owner = credentials.verify(attempt('right'))
    await finish()
    expect(seen.slice(before)).toContain('right')
    await finish()
    await expect(owner).resolves.toBe('right')
  })

  test('guesses from one source keep nobody of another waiting for more than their turn', async () => {
    const { check, finish, seen } = byHand()
    const credentials = new Credentials(check)
    for (let n = 0; n < 50; n++) void credentials.verify(attempt(`guess ${n}`, 'there'))
    const owner = credentials.verify(attempt('right'))
    for (let n = 50; n < 100; n++) void credentials.verify(attempt(`guess ${n}`, 'there'))
    await turn()
    await finish()
    await finish()
    await finish()
    await expect(owner).resolves.toBe('right')
    expect(seen.length).toBeLessThan(10)
  })

  test('guesses at any number of names keep nobody waiting for more than a few checks, from there and from elsewhere', async () => {
    const { check, finish, seen } = byHand()
    const credentials = new Credentials(check)
    const guess = (n: number) => void credentials.verify(attempt(`guess ${n}`, 'there', () => false, `nobody${n}`))
    for (let n = 0; n < 100; n++) guess(n)
    const owners = [credentials.verify(attempt('right', 'there')), credentials.verify(attempt('right', 'here'))]
    for (let n = 0; n < 12; n++) {
      await turn()
      await finish()
    }
    await expect(Promise.all(owners)).resolves.toEqual(['right', 'right'])
    expect(seen.length).toBeLessThan(30)
  })

  test('what was right or wrong before is known at once', async () => {
    const { check, finish, seen } = byHand()
    const credentials = new Credentials(check)
    const first = [credentials.verify(attempt('right')), credentials.verify(attempt('wrong'))]
    await turn()
    await finish()
    await finish()
    await Promise.all(first)
    const before = seen.length
    await expect(credentials.verify(attempt('right'))).resolves.toBe('right')
    await expect(credentials.verify(attempt('wrong'))).resolves.toBe('wrong')
    expect(seen.length).toBe(before)
  })

  test('a guess whose client has gone is not checked', async () => {
    const { check, finish, seen } = byHand()
    const credentials = new Credentials(check)
    let gone = false
    const guesses = Array.from({ length: 20 }, (_, n) => credentials.verify(attempt(`guess ${n}`, 'here', () => gone)))
    await turn()
    const before = seen.length
    gone = true
    await finish()
    await finish()
    expect(seen.length).toBe(before)
    expect((await Promise.all(guesses)).filter((verdict) => verdict === 'busy')).toHaveLength(20 - before)
  })
})
