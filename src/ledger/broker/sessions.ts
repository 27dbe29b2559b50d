import type { RetainedMessage, SavedSessions, SessionBounds, SessionChange } from '../../message/broker-session.ts'
import { upsert } from '../sql.ts'
import type { Tx } from '../tx.ts'

const keepRetained = upsert('broker_retained', ['topic'], ['payload', 'qos'])

/** Saves changes of the embedded broker's sessions. */
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
      for (const { seq } of tx.all<{ seq: number }>('SELECT seq FROM session_owed WHERE client = ?', change.client))
        dequeue(tx, seq)
      for (const table of ['session', 'session_subscription', 'session_received'])
        tx.run(`DELETE FROM ${table} WHERE client = ?`, change.client)
      return
    case 'subscribe': {
      const { topic, qos } = change.subscription
      tx.run(upsert('session_subscription', ['client', 'topic'], ['qos']), change.client, topic, qos)
      return
    }
    case 'unsubscribe':
      tx.run('DELETE FROM session_subscription WHERE client = ? AND topic = ?', change.client, change.topic)
      return
    case 'enqueue': {
      const { seq, client, body, qos, messageId, released } = change.packet
      if (body !== null)
        tx.run(
          'INSERT INTO session_body (id, topic, payload) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING',
          body.id,
          body.topic,
          body.payload,
        )
      tx.run(
        upsert('session_owed', ['seq'], ['client', 'body', 'qos', 'message_id', 'released']),
        seq,
        client,
        body?.id ?? null,
        qos,
        messageId,
        released ? 1 : 0,
      )
      return
    }
    case 'number':
      tx.run('UPDATE session_owed SET message_id = ? WHERE seq = ?', change.messageId, change.seq)
      return
    case 'release': {
      const { body } = tx.one<{ body: number | null }>('SELECT body FROM session_owed WHERE seq = ?', change.seq) ?? {}
      tx.run(
        'UPDATE session_owed SET released = 1, message_id = ?, body = NULL WHERE seq = ?',
        change.messageId,
        change.seq,
      )
      letGo(tx, body)
      return
    }
    case 'dequeue':
      dequeue(tx, change.seq)
      return
    case 'received':
      tx.run(upsert('session_received', ['client', 'message_id'], []), change.client, change.messageId)
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
      else tx.run(keepRetained, topic, payload, qos)
      return
    }
    case 'will': {
      const { client, broker, topic, payload, qos, retain } = change.will
      tx.run(
        upsert('session_will', ['client'], ['broker', 'topic', 'payload', 'qos', 'retain']),
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

function dequeue(tx: Tx, seq: number): void {
  letGo(tx, tx.one<{ body: number | null }>('DELETE FROM session_owed WHERE seq = ? RETURNING body', seq)?.body)
}

/** Deletes messages that no session needs any more. */
function letGo(tx: Tx, body: number | null | undefined): void {
  if (body !== null && body !== undefined)
    tx.run(
      'DELETE FROM session_body WHERE id = ? AND NOT EXISTS (SELECT 1 FROM session_owed WHERE body = ?)',
      body,
      body,
    )
}

/** Loads everything except retained messages, on which only the limits are enforced here. */
export function loadSessions(tx: Tx, bounds: SessionBounds): SavedSessions {
  const dropped = { queued: trimQueued(tx, bounds), retained: trimRetained(tx, bounds) }
  const packets = tx.all<Omit<SavedSessions['packets'][number], 'released'> & { released: number }>(
    'SELECT seq, client, body, qos, message_id AS messageId, released FROM session_owed ORDER BY seq',
  )
  const wills = tx.all<Omit<SavedSessions['wills'][number], 'retain'> & { retain: number }>(
    'SELECT * FROM session_will',
  )
  return {
    sessions: tx.all('SELECT client, user, at FROM session'),
    subscriptions: tx.all('SELECT client, topic, qos FROM session_subscription ORDER BY client, topic'),
    packets: packets.map((packet) => ({ ...packet, released: packet.released === 1 })),
    bodies: tx.all('SELECT id, topic, payload FROM session_body'),
    received: tx.all('SELECT client, message_id AS messageId FROM session_received'),
    wills: wills.map((will) => ({ ...will, retain: will.retain === 1 })),
    dropped,
  }
}

/** Keeps the newest. */
function trimQueued(tx: Tx, { queued, queuedOctets }: SessionBounds): number {
  const { changes: many } = tx.run(
    'DELETE FROM session_owed WHERE seq <= (SELECT seq FROM session_owed ORDER BY seq DESC LIMIT 1 OFFSET ?)',
    queued,
  )
  const { changes: large } = tx.run(
    `DELETE FROM session_owed WHERE body IN (
       SELECT id FROM (SELECT id, SUM(LENGTH(payload) + LENGTH(topic)) OVER (ORDER BY id DESC) AS octets FROM session_body)
       WHERE octets > ?)`,
    queuedOctets,
  )
  if (many + large > 0)
    tx.run('DELETE FROM session_body WHERE id NOT IN (SELECT body FROM session_owed WHERE body IS NOT NULL)')
  return many + large
}

function trimRetained(tx: Tx, { retained, retainedOctets }: SessionBounds): number {
  return tx.run(
    `DELETE FROM broker_retained WHERE topic IN (
       SELECT topic FROM (
         SELECT topic, ROW_NUMBER() OVER (ORDER BY topic) AS place,
           SUM(LENGTH(payload) + LENGTH(topic)) OVER (ORDER BY topic) AS octets
         FROM broker_retained)
       WHERE place > ? OR octets > ?)`,
    retained,
    retainedOctets,
  ).changes
}

/** A page of retained messages of the embedded broker's clients outside the hub's own topics. */
export function brokerRetained(tx: Tx, { after, limit }: { after: string; limit: number }): RetainedMessage[] {
  return tx.all('SELECT topic, payload, qos FROM broker_retained WHERE topic > ? ORDER BY topic LIMIT ?', after, limit)
}
