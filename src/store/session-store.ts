import type { RetainedMessage, SessionStore } from '../message/session.ts'
import { wholeTopic } from '../message/topics.ts'
import type { Store } from './store.ts'

/** Retained messages that come in one go. */
const page = 500
const octets = new TextEncoder()

/**
 * What the embedded broker keeps, in the hub's store. The hub's own retained messages are rows of it already: they
 * are read from there, and only those of other clients are written.
 */
export function sessionStore(store: Store, baseTopic: string): SessionStore {
  return {
    load: (bounds) => store.run('loadSessions', bounds),
    save: (changes) => store.run('saveSessions', changes),
    async retained(cursor) {
      const [kind, after] = cursor === null ? ['own', ''] : [cursor.slice(0, 3), cursor.slice(3)]
      if (kind === 'own') {
        const rows = await store.run('retainedTopics', { after, limit: page })
        const messages = rows.map(({ topic, payload }): RetainedMessage => {
          return { topic: wholeTopic(baseTopic, topic), payload: octets.encode(payload), qos: 1 }
        })
        return { messages, own: true, next: rows.length < page ? 'all' : `own${rows.at(-1)?.topic}` }
      }
      const messages = await store.run('brokerRetained', { after, limit: page })
      return { messages, own: false, next: messages.length < page ? null : `all${messages.at(-1)?.topic}` }
    },
  }
}
