import { describe, expect, test } from '@jest/globals'
import { Unread } from '../../src/mqtt/embedded/unread.ts'

const mebibyte = 1024 * 1024

/** A client with so many octets in its socket's buffer. */
function client(writableLength: number) {
  return { conn: { writableNeedDrain: writableLength > 0, writableLength, destroyed: false } }
}

describe('what clients do not read', () => {
  test('is let go on as long as it is read, however many messages that are', () => {
    const unread = new Unread()
    const quick = client(0)
    for (let n = 0; n < 100_000; n++) expect(unread.add(quick)).toBeNull()
  })

  test('puts out who leaves too many octets', () => {
    const unread = new Unread()
    expect(unread.add(client(15 * mebibyte))).toBeNull()
    const deaf = client(16 * mebibyte)
    expect(unread.add(deaf)).toBe(deaf)
  })

  test('puts out who leaves too many messages, however small they are', () => {
    const unread = new Unread()
    const deaf = client(100_000)
    let messages = 0
    while (unread.add(deaf) === null) messages++
    expect(messages).toBeGreaterThan(10_000)
    expect(messages).toBeLessThan(20_000)
  })

  test('is bounded for all clients together: who leaves most is put out', () => {
    const unread = new Unread()
    const clients = Array.from({ length: 8 }, (_, n) => client((n === 3 ? 15.5 : 15) * mebibyte))
    expect(clients.map((one) => unread.add(one))).toEqual(clients.map(() => null))
    expect(unread.add(client(10 * mebibyte))).toBe(clients[3])
  })

  test('counts no client that has read on, or gone, since its last message', () => {
    const unread = new Unread()
    for (let n = 0; n < 50; n++) {
      const one = client(10 * mebibyte)
      expect(unread.add(one)).toBeNull()
      if (n % 2 === 0) one.conn.writableNeedDrain = false
      else one.conn.destroyed = true
    }
  })
})
