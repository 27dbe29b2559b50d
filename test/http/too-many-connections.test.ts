import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type HttpHub, startHttpHub } from '../support/http-hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { patienceMs, until } from '../support/patience.ts'

const most = { all: 1_000, ofSource: 750 }
const batch = 50
/** Each an address of this machine: a client of its own. */
const [greedy, other, third] = ['127.0.0.21', '127.0.0.22', '127.0.0.23'] as const

let hub: HttpHub
const open = new Map<Socket, string>()
beforeAll(async () => {
  hub = await startHttpHub()
})
afterAll(async () => {
  for (const socket of open.keys()) socket.destroy()
  await hub.close()
})

const openOf = (source: string) => [...open].filter(([, from]) => from === source).map(([socket]) => socket)

/** A connection that asks for something and stays. Resolves with the first octets, or none where it is closed. */
function asking(localAddress: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port: hub.port, host: '127.0.0.1', localAddress })
    open.set(socket, localAddress)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      open.delete(socket)
      resolve('')
    })
    socket.once('data', (octets) => resolve(octets.toString()))
    socket.write(`GET /v1/queue HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${hub.keys.owner}\r\n\r\n`)
  })
}

/** Until so many are answered and open; those that the server has closed meanwhile, as idle ones, are made again. */
async function fill(source: string, count: number): Promise<void> {
  for (let left = count; left > 0; left = count - openOf(source).length)
    await Promise.all(Array.from({ length: Math.min(batch, left) }, () => asking(source)))
}

/** What a further one gets while so many are open. */
async function further(source: string, full: () => Promise<void>): Promise<string> {
  let answer = 'nobody has asked'
  await until(async () => {
    await full()
    const before = open.size
    answer = await asking(source)
    return answer === '' && open.size === before
  })
  return answer
}

test(
  'a client has 750 connections and all have a thousand: one more is closed at once, and nothing else is held up',
  async () => {
    const broker = await TestClient.connect(hub.mqttUrl, {}, 'smshub/sms/status')
    expect(await further(greedy, () => fill(greedy, most.ofSource))).toBe('')
    // What is left is for the others.
    expect(await asking(other)).toMatch(/^HTTP\/1\.1 200 /)
    const all = async () => {
      for (const socket of openOf(third)) socket.destroy()
      await fill(greedy, most.ofSource)
      await fill(other, most.all - most.ofSource)
    }
    expect(await further(third, all)).toBe('')
    // All of them are served on.
    for (const source of [greedy, other]) {
      const socket = openOf(source).at(-1)
      const next = new Promise<string>((resolve) => socket?.once('data', (octets) => resolve(octets.toString())))
      socket?.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')
      expect(await next).toMatch(/^HTTP\/1\.1 200 /)
    }
    // MQTT and the command line have nothing to do with it.
    await broker.publish('smshub/sms/send', { to: 'owner', text: 'still here', id: 'beside' })
    await broker.wait(({ json }) => json.client_id === 'beside' && json.status === 'sent')
    expect(await hub.hub.request('queue/list', {})).toMatchObject({ paused: [] })
    // A place is free once somebody goes.
    for (const source of [greedy, other]) {
      for (const socket of openOf(source).slice(0, batch)) socket.destroy()
      await until(async () => (await asking(source)).startsWith('HTTP/1.1 200 '))
    }
    await until(async () => (await asking(third)).startsWith('HTTP/1.1 200 '))
    await broker.close()
  },
  patienceMs,
)
