import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeAll, expect, test } from '@jest/globals'
import { loadConfig } from '../../src/config/load.ts'
import { hashPassword } from '../../src/config/password.ts'
import { MailPart } from '../../src/hub/mail-part.ts'
import type { FiledMail } from '../../src/mail/filed-mail.ts'
import { SmtpDoor } from '../../src/mail/smtp-door.ts'
import { FakeClock } from '../fake-clock.ts'
import { type Certificates, makeCertificates } from '../support/certificates.ts'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { RawSmtp, sendMail, swaks } from '../support/smtp.ts'

/** An address of this machine that counts as one for others. */
const forOthers = '[::ffff:127.0.0.1]'
const login = ['--auth', 'PLAIN', '--auth-user', 'panel', '--auth-password', 'sesame']
const plain = `AUTH PLAIN ${Buffer.from('\0panel\0sesame').toString('base64')}`

let certificates: Certificates
let password: string
let filed: FiledMail[]
let unproven: number
let port: number
let part: { stop(): Promise<void> }

beforeAll(async () => {
  certificates = makeCertificates()
  password = await hashPassword('sesame')
})
afterEach(() => part.stop())

const outer = () => {
  filed = []
  unproven = 0
  return {
    clock: new FakeClock(),
    devices: () => [{ id: 'panel', numbers: [] }],
    receive: async ({ body }: { readonly body: string }) => void filed.push(JSON.parse(body)),
    log: () => {},
  }
}

/** The door of a hub with this configuration. */
async function start(host: string, mail: object, mqtt: object = {}): Promise<void> {
  port = await freePort()
  const file = join(temporaryFolder(), 'smshub.yaml')
  const users = { panel: { password, devices: ['panel'] } }
  const devices = { panel: { profile: 'generic/text', number: 'panel@house.lan' } }
  writeFileSync(file, JSON.stringify({ mqtt, devices, mail: { listen: `${host}:${port}`, users, ...mail } }))
  const { config } = loadConfig({ config: file, env: {}, cwd: '/' })
  const mailPart = new MailPart({ ...outer(), config, unproven: () => unproven++ })
  part = mailPart
  await mailPart.start()
}

const send = (...more: readonly string[]) =>
  swaks(port, ['--from', 'x@house.lan', '--to', 'panel@hub.lan', '--body', 'Relay ON', ...login, ...more])
const verified = () => ['--tls', '--tls-verify', '--tls-ca-path', certificates.ca]

test('a device logs in over STARTTLS, with the certificate of the door', async () => {
  await start(forOthers, certificates.server)
  expect(await send(...verified())).toMatchObject({ code: 0, out: expect.stringContaining('TLS started') })
  expect(filed).toMatchObject([{ body: 'Relay ON', proof: 'secret' }])
})

test('or with that of the broker', async () => {
  const tls = { listen: `127.0.0.1:${await freePort()}`, ...certificates.server }
  await start(forOthers, {}, { broker: { tls } })
  expect(await send(...verified())).toMatchObject({ code: 0 })
  expect(filed).toMatchObject([{ proof: 'secret' }])
})

test('one that calls it SSL has TLS from the first octet', async () => {
  await start(forOthers, { ...certificates.server, implicit_tls: true })
  const { code, out } = await send('--tls-on-connect', '--tls-verify', '--tls-ca-path', certificates.ca)
  expect({ code, out: out.replace(/^(?!.*TLS started).*$/gm, '') }).toMatchObject({ code: 0 })
  expect(filed).toMatchObject([{ body: 'Relay ON', proof: 'secret' }])
  // Whoever begins in the clear gets nothing but the end.
  const clear = connect(port, '127.0.0.1')
  clear.on('error', () => undefined)
  clear.resume().write('EHLO x\r\n')
  await once(clear, 'close')
})

test('TLS without a certificate is refused at the start', async () => {
  await start('127.0.0.1', {})
  await expect(start('127.0.0.1', { implicit_tls: true })).rejects.toThrow('mail.implicit_tls: needs a certificate')
})

test('in the clear no password is looked at, as one that was sent has been seen by others', async () => {
  await start(forOthers, certificates.server)
  const { code, out } = await send()
  expect(out).toMatch(/<\*\* 538 .*STARTTLS/)
  expect(code).not.toBe(0)
  const { smtp } = await RawSmtp.open(port)
  expect(await smtp.ask('EHLO x')).toContain('STARTTLS')
  expect(await smtp.ask(plain)).toMatch(/^538/)
  smtp.close()
  expect({ filed, unproven }).toEqual({ filed: [], unproven: 0 })
})

test('but it is on the loopback interface, which no other machine can reach', async () => {
  await start('127.0.0.1', certificates.server)
  expect(await send()).toMatchObject({ code: 0 })
  expect(filed).toMatchObject([{ proof: 'secret' }])
})

test('or where that is allowed', async () => {
  await start(forOthers, { ...certificates.server, clear_passwords: true })
  expect(await send()).toMatchObject({ code: 0 })
})

test('a door without a certificate offers neither TLS nor passwords', async () => {
  const door = new SmtpDoor({
    ...outer(),
    settings: {
      listen: { host: '127.0.0.1', port: 0 },
      tls: null,
      implicitTls: false,
      clearPasswords: false,
      users: { panel: { password, devices: ['panel'] } },
      networks: [],
      maxOctets: 100_000,
    },
    prove: async () => void unproven++,
  })
  part = door
  await door.start()
  const { smtp } = await RawSmtp.open(Number(door.address.split(':').at(-1)))
  expect(await smtp.ask('EHLO x')).not.toMatch(/STARTTLS|AUTH/)
  for (const line of ['STARTTLS', plain]) expect(await smtp.ask(line)).toMatch(/^500/)
  smtp.close()
  expect(unproven).toBe(0)
})

test('what is no TLS after STARTTLS ends that connection, and no other', async () => {
  await start(forOthers, certificates.server)
  const { smtp } = await RawSmtp.open(port)
  await smtp.ask('EHLO x')
  expect(await smtp.ask('STARTTLS')).toMatch(/^220/)
  expect(await smtp.ask('MAIL FROM:<x@house.lan>')).toBe('')
  expect(await sendMail(port, 'x@house.lan', 'panel@hub.lan', 'Subject: next\r\n\r\nwords')).toMatch(/^250/)
})
