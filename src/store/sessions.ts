import type { RetainedMessage, SavedSessions, SessionChange } from '../message/session.ts'
import type { Tx } from './engine.ts'

/** What the embedded broker keeps for its clients, carried over into rows. */
export function saveSessions(tx: Tx, changes: readonly SessionChange[]): void {
  for (const change of changes) save(tx, change)
}

function save(tx: Tx, change: SessionChange): void {
  switch (change.kind) {
    case 'owner':
      tx.run(
        `INSERT INTO session (client, user, at) VALUES (?, ?, ?) ON CONFLICT (client) DO UPDATE SET user = excluded.user, at = excluded.at`,
        change.client,
        change.user,
        change.at,
      )
      return
    case 'left':
      tx.run('UPDATE session SET at = ? WHERE client = ?', change.at, change.client)
      return
    case 'forget':
      for (const table of ['session', 'session_subscription', 'session_packet', 'session_received'])
        tx.run(`DELETE FROM ${table} WHERE client = ?`, change.client)
      return
    case 'subscribe': {
      const { topic, qos } = change.subscription
      tx.run(
        'INSERT OR REPLACE INTO session_subscription (client, topic, qos) VALUES (?, ?, ?)',
        change.client,
        topic,
        qos,
      )
      return
    }
    case 'unsubscribe':
      tx.run('DELETE FROM session_subscription WHERE client = ? AND topic = ?', change.client, change.topic)
      return
    case 'enqueue': {
      const { seq, client, topic, payload, qos, messageId, released } = change.packet
      tx.run(
        'INSERT OR REPLACE INTO session_packet (seq, client, topic, payload, qos, message_id, released) VALUES (?, ?, ?, ?, ?, ?, ?)',
        seq,
        client,
        topic,
        payload,
        qos,
        messageId,
        released ? 1 : 0,
      )
      return
    }
    case 'number':
      tx.run('UPDATE session_packet SET message_id = ? WHERE seq = ?', change.messageId, change.seq)
      return
    case 'release':
      tx.run(
        `UPDATE session_packet SET released = 1, message_id = ?, payload = x'' WHERE seq = ?`,
        change.messageId,
        change.seq,
      )
      return
    case 'dequeue':
      tx.run('DELETE FROM session_packet WHERE seq = ?', change.seq)
      return
    case 'received':
      tx.run(
        'INSERT OR REPLACE INTO session_received (client, message_id) VALUES (?, ?)',
        change.client,
        change.messageId,
      )
      return
    case 'completed':
      tx.run('DELETE FROM session_received WHERE client = ? AND message_id = ?', change.client, change.messageId)
      return
    case 'completed_all':
      tx.run('DELETE FROM session_received WHERE client = ?', change.client)
      return
    case 'retain': {
      const { topic, payload, qos } = change.message
      if (payload.length === 0) tx.run('DELETE FROM broker_retained WHERE topic = ?', topic)
      else tx.run('INSERT OR REPLACE INTO broker_retained (topic, payload, qos) VALUES (?, ?, ?)', topic, payload, qos)
      return
    }
    case 'will': {
      const { client, broker, topic, payload, qos, retain } = change.will
      tx.run(
        'INSERT OR REPLACE INTO session_will (client, broker, topic, payload, qos, retain) VALUES (?, ?, ?, ?, ?, ?)',
        client,
        broker,
        topic,
        payload,
        qos,
        retain ? 1 : 0,
      )
      return
    }
    case 'no_will':
      tx.run('DELETE FROM session_will WHERE client = ?', change.client)
  }
}

/** All of it but the retained messages. */
export function loadSessions(tx: Tx): SavedSessions {
  const packets = tx.all<Omit<SavedSessions['packets'][number], 'released'> & { released: number }>(
    'SELECT seq, client, topic, payload, qos, message_id AS messageId, released FROM session_packet ORDER BY seq',
  )
  const wills = tx.all<Omit<SavedSessions['wills'][number], 'retain'> & { retain: number }>(
    'SELECT * FROM session_will',
  )
  return {
    sessions: tx.all('SELECT client, user, at FROM session'),
    subscriptions: tx.all('SELECT client, topic, qos FROM session_subscription ORDER BY rowid'),
    packets: packets.map((packet) => ({ ...packet, released: packet.released === 1 })),
    received: tx.all('SELECT client, message_id AS messageId FROM session_received'),
    wills: wills.map((will) => ({ ...will, retain: will.retain === 1 })),
  }
}

/** A page of what clients of the embedded broker have retained outside the hub's own topics. */
export function brokerRetained(tx: Tx, { after, limit }: { after: string; limit: number }): RetainedMessage[] {
  return tx.all('SELECT topic, payload, qos FROM broker_retained WHERE topic > ? ORDER BY topic LIMIT ?', after, limit)
}
