import type { RetainedMessage, SessionStore } from '../../message/broker-session.ts'
import type { Store } from '../../store/store.ts'
import { retainedOf } from './messages-of.ts'

/** Retained messages that are read at once. */
const page = 500
const octets = new TextEncoder()

/**
 * The sessions and retained messages of the embedded broker, in the hub's store. The hub's own retained messages are
 * made from its current states; only those of other clients are written.
 */
export function sessionStore(store: Store, baseTopic: string): SessionStore {
  return {
    load: (bounds) => store.run('loadSessions', bounds),
    save: (changes) => store.run('saveSessions', changes),
    async retained(cursor) {
      const [whose, ...after] = (cursor ?? 'own').split(' ')
      if (whose === 'own') {
        const [kind = '', ...words] = after
        const subject = words.join(' ')
        const rows = await store.run('currentStates', { kind, subject, limit: page })
        const messages = rows.map((row): RetainedMessage => {
          const { topic, payload } = retainedOf(row, baseTopic)
          return { topic, payload: octets.encode(payload), qos: 1 }
        })
        const last = rows.at(-1)
        return { messages, own: true, next: rows.length < page ? 'all' : `own ${last?.kind} ${last?.subject}` }
      }
      const messages = await store.run('brokerRetained', { after: after.join(' '), limit: page })
      return { messages, own: false, next: messages.length < page ? null : `all ${messages.at(-1)?.topic}` }
    },
  }
}
