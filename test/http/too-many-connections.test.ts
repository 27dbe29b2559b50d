import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type HttpHub, startHttpHub } from '../support/http-hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { patienceMs, until } from '../support/patience.ts'

const most = 1_000
const batch = 50

let hub: HttpHub
const open = new Set<Socket>()
beforeAll(async () => {
  hub = await startHttpHub()
})
afterAll(async () => {
  for (const socket of open) socket.destroy()
  await hub.close()
})

/** A connection that asks for something and stays; it resolves with the first octets, or none where it is closed. */
function asking(): Promise<{ readonly socket: Socket; readonly answer: string }> {
  return new Promise((resolve) => {
    const socket = connect(hub.port, '127.0.0.1')
    open.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      open.delete(socket)
      resolve({ socket, answer: '' })
    })
    socket.once('data', (octets) => resolve({ socket, answer: octets.toString() }))
    socket.write(`GET /v1/queue HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${hub.keys.owner}\r\n\r\n`)
  })
}

/** Until so many are answered and open; those that the server has closed meanwhile are made again. */
async function fill(): Promise<void> {
  while (open.size < most) await Promise.all(Array.from({ length: Math.min(batch, most - open.size) }, asking))
}

test(
  'a thousand connections are served, one more is closed at once, and nothing else of the hub is held up',
  async () => {
    const broker = await TestClient.connect(hub.mqttUrl, {}, 'smshub/sms/status')
    let further = 'nobody has asked'
    await until(async () => {
      await fill()
      const { answer } = await asking()
      further = answer
      return answer === '' && open.size === most
    })
    expect(further).toBe('')
    // All of them are served on.
    const [first] = open
    const next = new Promise<string>((resolve) => first?.once('data', (octets) => resolve(octets.toString())))
    first?.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')
    expect(await next).toMatch(/^HTTP\/1\.1 200 /)
    // MQTT and the command line have nothing to do with it.
    await broker.publish('smshub/sms/send', { to: 'owner', text: 'still here', id: 'beside' })
    await broker.wait(({ json }) => json.client_id === 'beside' && json.status === 'sent')
    expect(await hub.hub.request('queue/list', {})).toMatchObject({ paused: [] })
    // A place is free once somebody goes.
    for (const socket of [...open].slice(0, batch)) socket.destroy()
    await until(async () => (await asking()).answer.startsWith('HTTP/1.1 200 '))
    await broker.close()
  },
  patienceMs,
)
