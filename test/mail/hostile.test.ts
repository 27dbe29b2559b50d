import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { SmtpDoor } from '../../src/mail/smtp-door.ts'
import type { RawMessage } from '../../src/message/raw.ts'
import { FakeClock } from '../fake-clock.ts'
import { RawSmtp, sendMail } from '../support/smtp.ts'

const maxOctets = 1024 * 1024
const clock = new FakeClock()
const filed: RawMessage[] = []
const door = new SmtpDoor({
  settings: {
    listen: { host: '127.0.0.1', port: 0 },
    tls: null,
    implicitTls: false,
    clearPasswords: false,
    users: {},
    networks: [],
    maxOctets,
  },
  clock,
  devices: () => [{ id: 'gate', numbers: [] }],
  receive: async (raw) => {
    filed.push(raw)
  },
  prove: () => Promise.reject(new Error('not asked')),
  log: () => {},
})
let port: number
beforeAll(async () => {
  await door.start()
  port = Number(door.address.split(':').at(-1))
})
afterAll(() => door.stop())

const send = (octets: string | Buffer) => sendMail(port, 'a@b.lan', 'gate@hub.lan', octets)
const last = () => JSON.parse(filed.at(-1)?.body ?? '{}')

test('20 MiB are read to their end, kept by nobody, and refused', async () => {
  const before = filed.length
  expect(
    await send(Buffer.concat([Buffer.from('Subject: x\r\n\r\n'), Buffer.alloc(20 * 1024 * 1024, 'x\r\n')])),
  ).toMatch(/^552/)
  expect(filed.length).toBe(before)
  expect(await send('Subject: next\r\n\r\nwords')).toMatch(/^250/)
})

test('of 1000 recipients fifty are taken, and unknown ones are not', async () => {
  const { smtp } = await RawSmtp.open(port)
  await smtp.ask('EHLO x')
  await smtp.ask('MAIL FROM:<a@b.lan>')
  const codes: Record<string, number> = {}
  for (let i = 0; i < 1_000; i++) {
    const [code = ''] = (await smtp.ask(`RCPT TO:<gate+${i}@hub.lan>`)).split(' ')
    codes[code] = (codes[code] ?? 0) + 1
  }
  smtp.close()
  expect(codes).toEqual({ 250: 50, 452: 950 })
})

test.each([
  ['a header without an end', `Subject: ${'x'.repeat(200_000)}`, /^554 .*header/i],
  ['many headers', 'X: y\r\n'.repeat(20_000), /^554/],
  [
    'multiparts in multiparts',
    Array.from({ length: 300 }, (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n`).join(''),
    /^554/,
  ],
  ['line feeds alone', '\n'.repeat(400_000), /^554 .*lines/],
  ['nothing', '', /^554/],
])('%s is refused', async (_name, octets, reply) => {
  expect(await send(octets)).toMatch(reply)
})

test('parts without number are not read', async () => {
  const octets = `Subject: parts\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(50_000)}`
  expect(await send(octets)).toMatch(/^554 .*child nodes/)
})

test('attachments are named, and at most twenty', async () => {
  const part = '--b\r\nContent-Type: image/gif\r\nContent-Disposition: attachment; filename="a\x01.gif"\r\n\r\nx\r\n'
  await send(`Subject: files\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n${part.repeat(100)}--b--\r\n`)
  expect(last().attachments).toHaveLength(20)
  expect(last().attachments[0]).toEqual({ name: 'a.gif', type: 'image/gif', octets: 1 })
})

test('NUL and other control characters are in no text', async () => {
  await send('Subject: a\0b\x1b[31m\r\n\r\nx\0\x07y\r\n\u200bz')
  expect(last()).toMatchObject({ subject: 'ab[31m', body: 'xy\nz' })
})

test('a dot between bare line feeds ends no mail, and smuggles no second one', async () => {
  const before = filed.length
  for (const end of ['\n.\n', '\r.\r', '\n.\r\n', '\r\n.\n', '\r\n\0.\r\n'])
    await send(`Subject: one\r\n\r\nbody${end}MAIL FROM:<x@y>\r\nRCPT TO:<gate@hub>\r\nDATA\r\nSubject: two\r\n\r\nz`)
  expect(filed.slice(before).map(({ body }) => JSON.parse(body).subject)).toEqual(Array(5).fill('one'))
})

test('an endless command line closes the connection, and so do strange ones', async () => {
  const { smtp } = await RawSmtp.open(port)
  smtp.write('X'.repeat(100_000))
  expect(await smtp.reply()).toMatch(/^421/)
  const { smtp: other } = await RawSmtp.open(port)
  other.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')
  expect(await other.reply()).toMatch(/^421/)
  expect(await other.reply()).toBe('')
})

test('passwords are not even asked for where there are no users, and old commands are unknown', async () => {
  const { smtp } = await RawSmtp.open(port)
  expect(await smtp.ask('EHLO x')).not.toMatch(/AUTH|STARTTLS/)
  expect(await smtp.ask('AUTH PLAIN AHgAeQ==')).toMatch(/^500/)
  expect(await smtp.ask('VRFY gate')).toMatch(/^500/)
  smtp.close()
})

test('of one address ten connections are served, and another address still is', async () => {
  const opened = []
  for (let i = 0; i < 11; i++) opened.push(await RawSmtp.open(port, '127.0.0.7'))
  expect(opened.map(({ greeting }) => greeting.slice(0, 3))).toEqual([...Array(10).fill('220'), '421'])
  const other = await RawSmtp.open(port, '127.0.0.8')
  expect(other.greeting).toMatch(/^220/)
  for (const { smtp } of [...opened, other]) smtp.close()
})

test('a slow client is cut off, however it goes on', async () => {
  const { smtp } = await RawSmtp.open(port, '127.0.0.9')
  await smtp.ask('EHLO x')
  await smtp.ask('MAIL FROM:<a@b.lan>')
  await smtp.ask('RCPT TO:<gate@hub.lan>')
  await smtp.ask('DATA')
  smtp.write('S')
  await clock.advance(10 * 60_000)
  expect(await smtp.reply()).toBe('')
})

test('a hundred mails at once are taken of one address, then one in two seconds', async () => {
  const { smtp } = await RawSmtp.open(port, '127.0.0.10')
  await smtp.ask('EHLO x')
  const one = async () => {
    for (const line of ['MAIL FROM:<a@b.lan>', 'RCPT TO:<gate@hub.lan>', 'DATA'])
      if ((await smtp.ask(line)).startsWith('421')) return '421'
    return (await smtp.ask('Subject: flood\r\n\r\nx\r\n.')).slice(0, 3)
  }
  const codes = []
  for (let i = 0; i < 101; i++) codes.push(await one())
  expect(codes).toEqual([...Array(100).fill('250'), '421'])
  expect(await sendMail(port, 'a@b.lan', 'gate@hub.lan', 'Subject: x\r\n\r\ny', '127.0.0.10')).toMatch(/^421/)
  await clock.advance(2_000)
  expect(await sendMail(port, 'a@b.lan', 'gate@hub.lan', 'Subject: x\r\n\r\ny', '127.0.0.10')).toMatch(/^250/)
})
