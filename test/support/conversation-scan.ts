import { type Sight, seesPeople } from '../../src/ledger/about.ts'
import { recount } from '../../src/ledger/conversation-rows.ts'
import { mostUnread } from '../../src/ledger/read-marks.ts'
import type { Rows, Tx } from '../../src/ledger/tx.ts'

/** A conversation as its messages have it: the time and the key of the last one, how many they are, and how many unread. */
export interface Scanned {
  readonly key: string
  readonly messages: number
  readonly at: number
  readonly last: string
  readonly unread: number
}

interface Of {
  readonly key: string | null
  readonly device: string | null
  readonly id: string
  readonly at: number
}

/**
 * What the overview has to be, from all messages, the latest first: the last one is the last that was made each way. What
 * was read is known by its id.
 */
export function scannedConversations(rows: Rows, sight: Sight, isRead: ReadonlySet<string>): Scanned[] {
  const isSeen = ({ device }: Of) => (device === null ? seesPeople(sight) : (sight.devices?.includes(device) ?? true))
  const sent = rows.all<Of>(
    `SELECT COALESCE('d:' || device, lane) AS key, device, COALESCE(message_id, command_id) AS id, queued_at AS at
     FROM submission ORDER BY seq`,
  )
  const incoming = rows.all<Of>(
    `SELECT COALESCE('d:' || device, 'n:' || sender) AS key, device, message_id AS id, received_at AS at
     FROM incoming ORDER BY incoming.id`,
  )
  const found = new Map<string, { messages: number; sent?: Of; received?: Of }>()
  for (const [way, messages] of [
    ['sent', sent],
    ['received', incoming],
  ] as const)
    for (const one of messages.filter(isSeen)) {
      if (one.key === null) continue
      const before = found.get(one.key)
      found.set(one.key, { ...before, messages: (before?.messages ?? 0) + 1, [way]: one })
    }
  return [...found]
    .map(([key, { messages, sent, received }]) => {
      const last = (received?.at ?? 0) >= (sent?.at ?? 0) && received !== undefined ? received : (sent as Of)
      const late = incoming.filter((one) => one.key === key && isSeen(one) && !isRead.has(one.id))
      return { key, messages, at: last.at, last: last.id, unread: Math.min(late.length, mostUnread) }
    })
    .sort((a, b) => b.at - a.at || (a.key < b.key ? -1 : 1))
}

/** The overview of messages that a test has written into the tables itself. */
export function overviewWritten(tx: Pick<Tx, 'all' | 'run'>): void {
  const keys = tx.all<{ key: string | null }>(
    `SELECT DISTINCT COALESCE('d:' || device, lane) AS key FROM submission
     UNION SELECT COALESCE('d:' || device, 'n:' || sender) FROM incoming`,
  )
  recount(
    tx,
    keys.map(({ key }) => key),
  )
}
