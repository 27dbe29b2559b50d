import { expect } from '@jest/globals'
import type { QueuedPacket, SessionChange } from '../../../src/message/broker-session.ts'
import type { Ledger } from '../../support/ledger.ts'
import type { Rules } from './rule.ts'

const bounds = { queued: 100, queuedOctets: 10_000, retained: 100, retainedOctets: 10_000 }
const payload = Buffer.from('hello')
const save = (ledger: Ledger, ...changes: SessionChange[]) => ledger.run('saveSessions', changes)
const load = (ledger: Ledger, over: Partial<typeof bounds> = {}) => ledger.run('loadSessions', { ...bounds, ...over })
const owner = (client: string): SessionChange => ({ kind: 'owner', client, user: 'boss', at: 1 })
const enqueue = (seq: number, over: Partial<QueuedPacket> = {}): SessionChange => ({
  kind: 'enqueue',
  packet: { seq, client: 'c', body: { id: 1, topic: 't', payload }, qos: 1, messageId: null, released: false, ...over },
})
const retain = (topic: string, text = 'x'): SessionChange => ({
  kind: 'retain',
  message: { topic, payload: Buffer.from(text), qos: 1 },
})
const page = (ledger: Ledger, after = '', limit = 99) =>
  ledger.run('brokerRetained', { after, limit }).map(({ topic }) => topic)

export const brokerRules = {
  saveSessions: {
    'a message is kept once for all that are owed it, until the last of them has it': (ledger) => {
      save(ledger, owner('c'), owner('d'), enqueue(1), enqueue(2, { client: 'd' }))
      expect(ledger.count('session_body')).toBe(1)
      save(ledger, { kind: 'dequeue', seq: 1 })
      expect(ledger.count('session_body')).toBe(1)
      save(ledger, { kind: 'release', seq: 2, messageId: 5 })
      expect(ledger.count('session_body')).toBe(0)
      expect(load(ledger).packets).toEqual([{ seq: 2, client: 'd', body: null, qos: 1, messageId: 5, released: true }])
    },
    'a session that is forgotten leaves nothing of itself, and the others everything': (ledger) => {
      const subscription = { topic: 't', qos: 1 }
      for (const client of ['c', 'd'])
        save(
          ledger,
          owner(client),
          { kind: 'subscribe', client, subscription },
          enqueue(client === 'c' ? 1 : 2, { client, body: { id: client === 'c' ? 1 : 2, topic: 't', payload } }),
          { kind: 'received', client, messageId: 3 },
        )
      save(ledger, { kind: 'forget', client: 'c' })
      const { sessions, subscriptions, packets, bodies, received } = load(ledger)
      for (const rows of [sessions, subscriptions, packets, received]) expect(rows).toMatchObject([{ client: 'd' }])
      expect(bodies).toMatchObject([{ id: 2 }])
    },
  },
  loadSessions: {
    'answers what was saved as it stood': (ledger) => {
      const will = { client: 'c', broker: 'b', topic: 'gone', payload, qos: 1, retain: true }
      save(
        ledger,
        owner('c'),
        { kind: 'left', client: 'c', at: 9 },
        { kind: 'subscribe', client: 'c', subscription: { topic: 'a', qos: 1 } },
        { kind: 'subscribe', client: 'c', subscription: { topic: 'b', qos: 1 } },
        { kind: 'unsubscribe', client: 'c', topic: 'a' },
        enqueue(1),
        { kind: 'number', seq: 1, messageId: 7 },
        { kind: 'received', client: 'c', messageId: 3 },
        { kind: 'received', client: 'c', messageId: 4 },
        { kind: 'completed', client: 'c', messageId: 4 },
        { kind: 'will', will },
      )
      expect(load(ledger)).toEqual({
        sessions: [{ client: 'c', user: 'boss', at: 9 }],
        subscriptions: [{ client: 'c', topic: 'b', qos: 1 }],
        packets: [{ seq: 1, client: 'c', body: 1, qos: 1, messageId: 7, released: false }],
        bodies: [{ id: 1, topic: 't', payload }],
        received: [{ client: 'c', messageId: 3 }],
        wills: [will],
        dropped: { queued: 0, retained: 0 },
      })
    },
    'what is beyond the bounds is dropped, the oldest first, and counted': (ledger) => {
      for (const seq of [1, 2, 3]) save(ledger, enqueue(seq, { body: { id: seq, topic: 't', payload } }))
      for (const topic of ['a', 'b', 'c']) save(ledger, retain(topic))
      const { packets, bodies, dropped } = load(ledger, { queued: 2, retained: 2 })
      expect(packets.map(({ seq }) => seq)).toEqual([2, 3])
      expect(bodies.map(({ id }) => id)).toEqual([2, 3])
      expect(dropped).toEqual({ queued: 1, retained: 1 })
      expect(load(ledger, { queuedOctets: payload.length + 1 }).packets.map(({ seq }) => seq)).toEqual([3])
    },
  },
  brokerRetained: {
    'answers a page of what clients have retained; an empty payload clears': (ledger) => {
      save(ledger, retain('c'), retain('a'), retain('b'), retain('d'), retain('c', ''))
      expect(page(ledger)).toEqual(['a', 'b', 'd'])
      expect(page(ledger, 'a', 1)).toEqual(['b'])
    },
  },
} satisfies Rules
