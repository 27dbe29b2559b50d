import { expect, test } from '@jest/globals'
import { freePort } from '../support/folder.ts'
import { startHub } from '../support/hub.ts'
import { deliveredIn, publishPacket, RawClient, subscribePacket } from '../support/raw-client.ts'

test.each([0, 1])('a subscriber that stops reading holds up nobody, and is put out at last (QoS %i)', async (qos) => {
  const port = await freePort()
  const { hub, log } = await startHub(`mqtt: { broker: { listen: 127.0.0.1:${port} } }\nhttp: { enabled: false }`)
  const subscribed = async (id: string, granted: number) => {
    const client = await RawClient.connected(port, { id })
    client.send(subscribePacket([['news/#', granted]]))
    await client.next(9)
    return client
  }
  const deaf = await subscribed('deaf', qos)
  deaf.socket.pause()
  const good = await subscribed('good', 0)
  const sender = await RawClient.connected(port, { id: 'sender' })
  const body = Buffer.alloc(200_000, 65)
  const count = 200
  for (let n = 0; n < count; n++) {
    sender.send(publishPacket(`news/${n}`, body, { qos: 1, id: n + 1 }))
    expect((await sender.next(4))?.body.readUInt16BE(0)).toBe(n + 1)
    expect(deliveredIn((await good.next(3)) as never).topic).toBe(`news/${n}`)
  }
  expect(log.some(({ message }) => /deaf.*does not read/.test(message))).toBe(true)
  for (const client of [deaf, good, sender]) client.end()
  await hub.stop()
})
