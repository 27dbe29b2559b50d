import { afterEach, expect, test } from '@jest/globals'
import { type MailSettings, SmtpDoor } from '../../src/mail/smtp-door.ts'
import { FakeClock } from '../fake-clock.ts'
import { RawSmtp, sendMail } from '../support/smtp.ts'

const mebibyte = 1024 * 1024
const listed = '127.0.0.2'

let door: SmtpDoor
let clock: FakeClock
afterEach(() => door.stop())

async function start(settings: Partial<MailSettings> = {}, receive = async () => {}): Promise<number> {
  clock = new FakeClock()
  door = new SmtpDoor({
    settings: {
      listen: { host: '127.0.0.1', port: 0 },
      tls: null,
      implicitTls: false,
      clearPasswords: true,
      users: { panel: { password: 'unused', devices: ['gate'] } },
      networks: [listed],
      maxOctets: mebibyte,
      ...settings,
    },
    clock,
    devices: () => [{ id: 'gate', numbers: [] }],
    receive,
    prove: async () => {},
    log: () => {},
  })
  await door.start()
  return Number(door.address.split(':').at(-1))
}

const openAll = (port: number, sources: readonly string[]) =>
  Promise.all(sources.map((source) => RawSmtp.open(port, source)))
const code = (reply: string) => reply.slice(0, 3)

test('five addresses that take all places take none from a device', async () => {
  const port = await start()
  const login = await RawSmtp.open(port, '127.0.0.30')
  await login.smtp.ask('EHLO x')
  expect(await login.smtp.ask(`AUTH PLAIN ${Buffer.from('\0panel\0x').toString('base64')}`)).toMatch(/^235/)
  const network = await RawSmtp.open(port, listed)
  const crowd = await openAll(
    port,
    Array.from({ length: 50 }, (_, i) => `127.0.0.${10 + (i % 5)}`),
  )
  expect(new Set(crowd.map(({ greeting }) => code(greeting)))).toEqual(new Set(['220']))
  // Of an address of its own, without a proof.
  const other = await RawSmtp.open(port, '127.0.0.40')
  expect(code(other.greeting)).toBe('220')
  for (const { smtp } of [login, network, other]) expect(code(await smtp.ask('NOOP'))).toBe('250')
  const replies = await Promise.all(crowd.map(({ smtp }) => smtp.ask('NOOP').then(code)))
  expect(replies.filter((reply) => reply === '250')).toHaveLength(47)
  expect(replies.filter((reply) => reply === '421')).toHaveLength(3)
  for (const { smtp } of [...crowd, login, network, other]) smtp.close()
})

test('where all places are proven, the next one is asked to come again', async () => {
  const port = await start({ networks: ['127.0.0.0/8'] })
  const all = await openAll(
    port,
    Array.from({ length: 50 }, (_, i) => `127.0.0.${10 + (i % 5)}`),
  )
  expect((await RawSmtp.open(port, '127.0.0.40')).greeting).toMatch(/^421/)
  for (const { smtp } of all) smtp.close()
})

test('names of devices can’t be tried out for long', async () => {
  const port = await start()
  const { smtp } = await RawSmtp.open(port, '127.0.0.50')
  await smtp.ask('EHLO x')
  await smtp.ask('MAIL FROM:<a@b.lan>')
  const replies = []
  for (let i = 0; i < 100; i++) replies.push(code(await smtp.ask(`RCPT TO:<door${i}@hub.lan>`)))
  expect(new Set(replies)).toEqual(new Set(['550']))
  expect(await smtp.ask('RCPT TO:<gate@hub.lan>')).toMatch(/^421/)
  smtp.close()
})

test('an address of more than 254 characters is none', async () => {
  const port = await start()
  const { smtp } = await RawSmtp.open(port, '127.0.0.51')
  await smtp.ask('EHLO x')
  const long = (length: number) => `${'x'.repeat(length - 6)}@y.lan`
  expect(await smtp.ask(`MAIL FROM:<${long(255)}>`)).toMatch(/^553 .*254/)
  expect(await smtp.ask(`MAIL FROM:<${long(254)}>`)).toMatch(/^250/)
  expect(await smtp.ask(`RCPT TO:<${long(255)}>`)).toMatch(/^553 .*254/)
  smtp.close()
})

test('mails that nothing proves have a limit in all, which those of a device do not share', async () => {
  const port = await start()
  const reply = async (source: string, count: number) => {
    const { smtp } = await RawSmtp.open(port, source)
    await smtp.ask('EHLO x')
    for (let i = 0; i < count; i++) {
      for (const line of ['MAIL FROM:<a@b.lan>', 'RCPT TO:<gate@hub.lan>', 'DATA']) await smtp.ask(line)
      expect(await smtp.ask('Subject: flood\r\n\r\nx\r\n.')).toMatch(/^250/)
    }
    smtp.close()
  }
  for (const source of ['127.0.0.60', '127.0.0.61', '127.0.0.62']) await reply(source, 100)
  const send = (source: string) => sendMail(port, 'a@b.lan', 'gate@hub.lan', 'Subject: x\r\n\r\ny', source)
  expect(await send('127.0.0.63')).toMatch(/^421 .*log in/)
  expect(await send(listed)).toMatch(/^250/)
  await clock.advance(6_000)
  expect(await send('127.0.0.63')).toMatch(/^250/)
})

test('what is held of mails counts until they are filed', async () => {
  let release = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  let began = () => {}
  const first = new Promise<void>((resolve) => {
    began = resolve
  })
  const port = await start({ maxOctets: 50 * mebibyte }, async () => {
    began()
    await released
  })
  const big = Buffer.concat([
    Buffer.from('Subject: big\r\n\r\n'),
    Buffer.from(`${'x'.repeat(10_000)}\r\n`.repeat(3_500)),
  ])
  const send = () => sendMail(port, 'a@b.lan', 'gate@hub.lan', big, listed)
  const one = send()
  await first
  expect(await send()).toMatch(/^451 .*too many mails/)
  release()
  expect(await one).toMatch(/^250/)
  expect(await send()).toMatch(/^250/)
})
