import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { isMarked } from '../../src/deliver/index.ts'
import { SmtpDoor } from '../../src/mail/smtp-door.ts'
import { Fault } from '../../src/message/fault.ts'
import { FakeClock } from '../fake-clock.ts'
import { hour, Ledger, minute } from '../support/ledger.ts'
import { RawSmtp } from '../support/smtp.ts'

const listed = '127.0.0.2'
const stranger = '127.0.0.3'

let ledger: Ledger
let door: SmtpDoor
let filed: string[]
let failing: string | null

beforeEach(async () => {
  ledger = new Ledger()
  filed = []
  failing = null
  door = new SmtpDoor({
    settings: {
      listen: { host: '127.0.0.1', port: 0 },
      tls: null,
      implicitTls: false,
      clearPasswords: false,
      users: {},
      networks: [listed],
      maxOctets: 100_000,
    },
    clock: new FakeClock(),
    devices: () => ['gate', 'camera'].map((id) => ({ id, numbers: [] })),
    receive: async (raw) => {
      const { now } = ledger
      const { devices, proof } = JSON.parse(raw.body)
      if (devices[0] === failing) throw new Fault('storage_full', 'the disk is full')
      const { hash } = raw.identity
      if (!ledger.run('file', { raw, hash, stamped: isMarked(raw.identity, now), now }).duplicate)
        filed.push(`${devices} ${proof}`)
    },
    prove: () => Promise.reject(new Error('not asked')),
    log: () => {},
  })
  await door.start()
})
afterEach(() => door.stop())

/** The same words, whatever the headers. */
async function send(headers: string, to: readonly string[] = ['gate'], from = listed): Promise<string> {
  const { smtp } = await RawSmtp.open(Number(door.address.split(':').at(-1)), from)
  const reply = await smtp.mail(
    'a@b.lan',
    to.map((id) => `${id}@hub.lan`),
    `Subject: Zone 1\r\n${headers}\r\nALARM`,
  )
  smtp.close()
  return reply
}

const neverSet = 'Date: Thu, 01 Jan 1970 00:00:07 GMT\r\n'
const right = 'Date: Sun, 22 Nov 2026 11:59:58 +0000\r\n'
const number = 'Message-ID: <1@panel>\r\n'

test.each([
  ['of a clock that was never set, an hour apart', neverSet, hour, 2],
  ['and that has a number made of that clock', neverSet + number, hour, 2],
  ['of such a clock, at once', neverSet, 0, 1],
  ['of a clock that is right, an hour later', right, hour, 1],
  ['with a number alone, an hour later', number, hour, 1],
  ['with an unreadable date, at once', 'Date: yesterday noon\r\n', 0, 1],
  ['with an unreadable date, an hour apart', 'Date: yesterday noon\r\n', hour, 2],
  ['with neither date nor number, within minutes', '', 4 * minute, 1],
  ['with neither date nor number, an hour apart', '', hour, 2],
])('equal mails %s', async (_name, headers, passes, count) => {
  expect(await send(headers)).toMatch(/^250/)
  // A mail to another device is no sign that this one goes on.
  await send(headers, ['camera'])
  ledger.now += passes
  expect(await send(headers)).toMatch(/^250/)
  expect(filed.filter((one) => one === 'gate route')).toHaveLength(count)
})

test('a stranger who is first suppresses none that is proven', async () => {
  await send(right + number, ['gate'], stranger)
  await send(right + number)
  expect(filed).toEqual(['gate stranger', 'gate route'])
})

test('of two recipients of which one fails, the repetition files the other alone', async () => {
  failing = 'camera'
  expect(await send(neverSet, ['gate', 'camera'])).toMatch(/^451/)
  failing = null
  expect(await send(neverSet, ['gate', 'camera'])).toMatch(/^250/)
  expect(await send(neverSet, ['gate', 'camera'])).toMatch(/^250/)
  expect(filed).toEqual(['gate route', 'camera route'])
})
