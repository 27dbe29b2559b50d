import { existsSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { expect, test } from '@jest/globals'
import { ModemServer } from '../../src/simulator/modem/modem-server.ts'
import { Pty } from '../../src/simulator/modem/pty.ts'
import { SimulatedModem } from '../../src/simulator/modem/simulated-modem.ts'
import { SimulatedNetwork } from '../../src/simulator/network/network.ts'
import { until } from '../support/patience.ts'
import { hub } from './bench.ts'
import { testWith, town } from './programs.ts'
import { realClock } from './real-clock.ts'

async function served() {
  const modem = new SimulatedModem({ network: new SimulatedNetwork({ clock: realClock }), number: hub })
  return { modem, server: await ModemServer.listen(modem, '127.0.0.1', 0) }
}

function dial({ port }: ModemServer): { socket: Socket; heard: () => string } {
  const socket = connect(port, '127.0.0.1')
  let heard = ''
  socket.on('data', (chunk: Buffer) => {
    heard += chunk.toString('latin1')
  })
  socket.on('error', () => {})
  return { socket, heard: () => heard }
}

test('a modem on TCP serves one program at a time, and the next after it', async () => {
  const { modem, server } = await served()
  const first = dial(server)
  first.socket.write('AT\r')
  await until(() => first.heard().includes('OK\r\n'))
  expect(first.heard()).toBe('AT\r\r\nOK\r\n')
  const second = dial(server)
  await until(() => second.socket.closed)
  expect(second.socket.closed).toBe(true)
  expect(second.heard()).toBe('')
  first.socket.destroy()
  await until(() => !modem.isOpen)
  const third = dial(server)
  third.socket.write('ATI\r')
  await until(() => third.heard().includes('OK'))
  expect(third.heard()).toContain('Simulated Modem')
  await server.close()
})

test('an unplugged modem ends the connection and takes none until it is back', async () => {
  const { modem, server } = await served()
  const first = dial(server)
  await until(() => modem.isOpen)
  modem.unplug()
  await until(() => first.socket.closed)
  expect(first.socket.closed).toBe(true)
  const second = dial(server)
  await until(() => second.socket.closed)
  expect(second.socket.closed).toBe(true)
  modem.plugIn()
  const third = dial(server)
  await until(() => modem.isOpen)
  expect(modem.isOpen).toBe(true)
  third.socket.destroy()
  await server.close()
})

test('a port that is taken is a fault that names it', async () => {
  const { modem, server } = await served()
  await expect(ModemServer.listen(modem, '127.0.0.1', server.port)).rejects.toMatchObject({
    code: 'port_failed',
    message: expect.stringContaining(`127.0.0.1:${server.port}`),
  })
  await server.close()
})

test('without socat a pty is refused with what to install', async () => {
  const { server } = await served()
  await expect(Pty.open(server, '/tmp/no-such-pty', realClock, '/nowhere/socat')).rejects.toMatchObject({
    code: 'port_failed',
    message: expect.stringContaining('apt-get install socat'),
  })
  await server.close()
})

testWith('socat')('a pty goes with the modem and comes back with it', async () => {
  const { modem, port: link, close } = await town()
  expect(existsSync(link)).toBe(true)
  modem.unplug()
  await until(() => !existsSync(link))
  expect(existsSync(link)).toBe(false)
  modem.plugIn()
  await until(() => existsSync(link))
  expect(existsSync(link)).toBe(true)
  await close()
  expect(existsSync(link)).toBe(false)
})
