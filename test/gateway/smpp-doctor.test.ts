import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { afterEach, expect, test } from '@jest/globals'
import type { Finding } from '../../src/message/capabilities.ts'
import { makeCertificates } from '../support/certificates.ts'
import { freePort } from '../support/folder.ts'
import { smppClient, stopClients } from '../support/smpp-client.ts'
import { smscWith, stopAll } from '../support/smpp-hub.ts'

afterEach(async () => {
  await stopClients()
  await stopAll()
})

/** What an examination finds of a gateway that has just been started. */
async function findings(port: number, keys: object = {}): Promise<readonly Finding[]> {
  return (await smppClient(port, keys).gateway.can.examine?.()) ?? []
}

test('a bind that is there is fine', async () => {
  const smsc = await smscWith()
  expect(await findings(smsc.port)).toMatchObject([{ severity: 'ok', finding: 'bound as transceiver', fix: null }])
})

test.each([
  ['the password', { password: 'wrong' }, 'the SMSC does not know this password', 'correct gateways.carrier.password'],
  [
    'the system_id',
    { system_id: 'nobody' },
    'the SMSC does not know this system_id',
    'correct gateways.carrier.system_id',
  ],
])('%s is wrong', async (_, keys, finding, fix) => {
  const smsc = await smscWith()
  expect(await findings(smsc.port, keys)).toMatchObject([{ severity: 'error', finding, fix }])
})

test.each([
  [0x53, 'the SMSC does not take this system_type'],
  [0x05, 'this account is bound already'],
  [0x0d, 'the SMSC refuses the bind without a reason'],
  [0x99, 'the SMSC refuses the bind'],
])('the bind is refused with %i', async (bindStatus, finding) => {
  const smsc = await smscWith({ bindStatus })
  const [found] = await findings(smsc.port)
  expect(found?.severity).toBe('error')
  expect(found?.finding).toContain(finding)
  expect(found?.lines).toEqual([expect.stringContaining(`127.0.0.1:${smsc.port} refuses the bind: command_status`)])
})

test('nothing listens there, or who listens closes at once, as where the address is not allowed', async () => {
  expect(await findings(await freePort())).toMatchObject([
    { finding: 'nothing listens at this port', fix: 'correct gateways.carrier.host and .port' },
  ])
  const server = createServer((socket) => socket.destroy())
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const [found] = await findings(port)
  server.close()
  expect(found).toMatchObject({ finding: 'the SMSC does not answer the bind' })
  expect(found?.fix).toContain('whether this address is allowed, and whether the port needs TLS')
})

test('with TLS, the certificate and the port have to be right', async () => {
  const { ca, server } = makeCertificates()
  const tls = { cert: readFileSync(server.cert, 'utf8'), key: readFileSync(server.key, 'utf8') }
  const smsc = await smscWith({}, { tls })
  expect(await findings(smsc.port, { tls: { ca } })).toMatchObject([{ severity: 'ok' }])
  expect(await findings(smsc.port, { tls: true })).toMatchObject([
    {
      finding: 'the certificate of the SMSC is not trusted',
      fix: 'set gateways.carrier.tls.ca to the PEM file of its authority',
    },
  ])
  expect(await findings(smsc.port, { tls: { ca, server_name: 'smsc.example' } })).toMatchObject([
    { finding: 'the certificate is for another name than the host' },
  ])
  const plain = await smscWith()
  expect(await findings(plain.port, { tls: { ca } })).toMatchObject([{ severity: 'error' }])
  // The first octets of TLS are no PDU.
  expect(await findings(smsc.port)).toMatchObject([{ finding: 'the SMSC does not answer the bind' }])
})
