import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { Broker, brokerSettings } from '../../src/config/broker-config.ts'
import { hashPassword } from '../../src/config/password.ts'
import { freePort } from '../support/folder.ts'
import { type StartedHub, startHub } from '../support/hub.ts'
import { connectPacket, publishPacket, RawClient } from '../support/raw-client.ts'

describe('logins at the embedded broker', () => {
  let started: StartedHub
  let port: number
  let tlsless: number
  let hash: string
  const open: RawClient[] = []
  const raw = async (from?: string) => {
    const client = await RawClient.open(port, from)
    open.push(client)
    return client
  }

  beforeAll(async () => {
    port = await freePort()
    tlsless = await freePort()
    hash = await hashPassword('secret')
    const users = { owner: { password: hash, role: 'admin' }, other: { password: hash, role: 'reader' } }
    const broker = { listen: `127.0.0.1:${port}`, websocket: { listen: `127.0.0.1:${tlsless}` }, users }
    started = await startHub(`mqtt: ${JSON.stringify({ broker })}\nhttp: { enabled: false }`)
  })

  afterAll(async () => {
    for (const client of open) client.end()
    await started.hub.stop()
  })

  const login = async (id: string, password: string, user = 'owner', from?: string) => {
    const client = await raw(from)
    client.send(connectPacket({ id, user, password }))
    return client
  }

  test('the owner gets in while hundreds of guesses from the same machine wait for their answers', async () => {
    const guesses = await Promise.all(Array.from({ length: 190 }, (_, n) => login(`guess${n}`, `wrong ${n}`)))
    let answered = 0
    for (const guess of guesses)
      void guess.packet().then(
        () => answered++,
        () => {},
      )
    const owner = await login('owner', 'secret')
    expect((await owner.packet())?.body[1]).toBe(0)
    expect(answered).toBeLessThan(100)
    for (const guess of guesses) guess.end()
  })

  test('guesses leave few lines in the log, with the address, whatever client ids and names they use', async () => {
    const before = started.log.length
    const guesses = await Promise.all(
      Array.from({ length: 40 }, (_, n) => login(`id${n}`, 'wrong', `nobody${n % 7}`, '127.0.0.3')),
    )
    // On a slow machine the later ones are closed before their turn: they have no answer then.
    const answers = await Promise.all(guesses.map(async (guess) => (await guess.packet())?.body[1]))
    expect(answers.filter((answer) => answer === 4).length).toBeGreaterThan(0)
    expect(answers.filter((answer) => answer !== 4 && answer !== undefined)).toEqual([])
    const lines = started.log.slice(before).map(({ message }) => message)
    expect(lines.filter((line) => /wrong user name or password/.test(line)).length).toBeLessThan(8)
    expect(lines.join('\n')).toContain('127.0.0.3')
  })

  test('an unknown user takes as long as a known one, whatever the hashes of the known ones cost', async () => {
    const cheap = 'scrypt:10:8:1:AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
    const users = { first: { password: cheap, role: 'admin' }, owner: { password: hash, role: 'admin' } }
    const { checkPassword } = brokerSettings(Broker.parse({ users }))
    const once = async (user: string) => {
      const began = performance.now()
      expect(await checkPassword(user, Buffer.from('wrong'))).toBe(false)
      return performance.now() - began
    }
    // The quickest of several: a machine that is busy with something else makes some of them slower, none quicker.
    const took = async (user: string) => Math.min(await once(user), await once(user), await once(user))
    const [first, owner] = [await took('first'), await took('owner')]
    const between = Math.sqrt(first * owner)
    let slow = 0
    for (let n = 0; n < 16; n++) if ((await took(`nobody${n}`)) > between) slow++
    expect(slow).toBeGreaterThan(0)
    expect(slow).toBeLessThan(16)
  })

  test('the answer to a guess reveals nothing of the name, after any guesses at other names', async () => {
    const from = '127.0.0.9'
    for (let n = 0; n < 45; n++) {
      const guess = await login(`guess${n}`, 'wrong', `nobody${n}`, from)
      expect((await guess.packet())?.body[1]).toBe(4)
      guess.end()
    }
    // The quickest of several, in turns: the machine may be busy with something else.
    const took = { somebody: Number.POSITIVE_INFINITY, owner: Number.POSITIVE_INFINITY }
    for (let n = 0; n < 4; n++)
      for (const user of ['somebody', 'owner'] as const) {
        const began = performance.now()
        const guess = await login(user, `wrong again ${n}`, user, from)
        expect((await guess.packet())?.body[1]).toBe(4)
        took[user] = Math.min(took[user], performance.now() - began)
      }
    expect(Math.abs(took.somebody - took.owner)).toBeLessThan(2_500)
  })

  test('an unknown user takes as long as a known one', async () => {
    const { checkPassword } = brokerSettings(Broker.parse({ users: { owner: { password: hash, role: 'admin' } } }))
    const took = { owner: Number.POSITIVE_INFINITY, nobody: Number.POSITIVE_INFINITY }
    for (let n = 0; n < 4; n++)
      for (const user of ['owner', 'nobody'] as const) {
        const began = performance.now()
        expect(await checkPassword(user, Buffer.from(`wrong ${n}`))).toBe(false)
        took[user] = Math.min(took[user], performance.now() - began)
      }
    expect(took.nobody).toBeGreaterThan(took.owner / 5)
    expect(await checkPassword('nobody', Buffer.from('secret'))).toBe(false)
    expect(await checkPassword('__proto__', Buffer.from('secret'))).toBe(false)
  })

  test('connections without a CONNECT, or with half of one, make room for one that sends it', async () => {
    const halves = [Buffer.alloc(0), Buffer.from([0x10]), Buffer.from([0x10, 0x80]), connectPacket().subarray(0, 9)]
    const silent = await Promise.all(
      Array.from({ length: 450 }, async (_, n) => {
        const client = await raw('127.0.0.2')
        client.send(halves[n % halves.length] as Buffer)
        return client
      }),
    )
    const here = await login('here', 'secret', 'other', '127.0.0.2')
    expect((await here.packet())?.body[1]).toBe(0)
    const elsewhere = await login('elsewhere', 'secret', 'other', '127.0.0.4')
    expect((await elsewhere.packet())?.body[1]).toBe(0)
    while (silent.filter(({ isClosed }) => !isClosed).length > 210) await new Promise((r) => setTimeout(r, 20))
    expect(started.log.some(({ message }) => /127\.0\.0\.2.*not logged in/.test(message))).toBe(true)
  })

  test('a WebSocket that is never upgraded is closed, as is a connection without a CONNECT', async () => {
    const http = await RawClient.open(tlsless, '127.0.0.5')
    http.send(Buffer.from('GET /mqtt HTTP/1.1\r\nHost: x\r\n'))
    const idle = await raw('127.0.0.5')
    await http.closed()
    await idle.closed()
  })

  test('what follows a CONNECT that is refused is not carried out (MQTT-3.1.4-5)', async () => {
    const owner = await login('watcher', 'secret')
    await owner.packet()
    owner.send(Buffer.from([0x82, 8, 0, 1, 0, 3, 0x61, 0x2f, 0x23, 0]))
    await owner.next(9)
    const stranger = await raw('127.0.0.6')
    stranger.send(Buffer.concat([connectPacket({ user: 'owner', password: 'no' }), publishPacket('a/b', 'x')]))
    expect((await stranger.packet())?.body[1]).toBe(4)
    await stranger.closed()
    expect((await owner.untilPong()).filter(({ type }) => type === 3)).toEqual([])
  })
})
