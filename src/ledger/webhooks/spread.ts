import { eventOf } from '../../message/hub-event.ts'
import { type PublicEvent, publicEventOf } from '../../message/public-event.ts'
import { selects } from '../../message/public-event-types.ts'
import { asError } from '../../util/background.ts'
import { webhookOutlet } from '../events/outlets.ts'
import { acknowledge, parkEvent, type WaitingEvent, waitingEvents } from '../events/waiting.ts'
import { meta } from '../outbox/recover.ts'
import { insertRow } from '../sql.ts'
import type { Tx } from '../tx.ts'
import { contentOf } from './content.ts'
import { type DeliveryState, listIn, type WebhookRow } from './webhook-rows.ts'

/** Events of one transaction. */
const page = 100

/** Deliveries of an endpoint that may wait; those behind them are given up at once, and can be replayed. */
const maxWaiting = 10_000
const tooMany = JSON.stringify({ status: null, error: `${maxWaiting} deliveries wait already`, text: '', took_ms: 0 })

/**
 * Makes deliveries of the events that wait for webhooks since they were committed. An event leaves that list with its
 * deliveries, so that each has exactly one for every endpoint that selects it. Returns whether there are more.
 */
export function spread(tx: Tx, now: number): boolean {
  const events = waitingEvents(tx, { outlet: webhookOutlet, known: [], limit: page })
  if (events.length === 0) return false
  const wanting = tx.all<WebhookRow>('SELECT * FROM webhook WHERE enabled = 1 ORDER BY id').map(wantingOf)
  const full = new Set(wanting.map((one) => one.id).filter((webhook) => isFull(tx, webhook)))
  const nameOf = namesIn(tx)
  for (const event of events) {
    const shown = shownOf(event)
    // It blocks nothing behind it, and stays with the reason.
    if (shown instanceof Error) parkEvent(tx, { outlet: webhookOutlet, seq: event.seq, reason: shown.message })
    else if (shown !== null)
      for (const one of wanting)
        if (concerns(shown, one)) {
          const body = contentOf(shown, event.seq, one.isThin)
          const { type, device } = shown
          add(tx, { webhook: one.id, name: nameOf(event), type, device, body, queued_at: now }, full.has(one.id))
        }
  }
  acknowledge(tx, { outlet: webhookOutlet, seqs: events.map(({ seq }) => seq) })
  return events.length === page
}

/** All of them: before endpoints change, as each gets what was committed while it was as it was then. */
export function spreadAll(tx: Tx, now: number): void {
  while (spread(tx, now));
}

/**
 * What an event is called for its receivers, who know repetitions by it: always the same, be it that a backup is
 * restored from before its deliveries, and not that of an event of another hub.
 */
function namesIn(tx: Tx): (event: WaitingEvent) => string {
  const installedAt = Number(meta(tx, 'installed_at') ?? '0')
  return ({ at, seq }) => `msg_${installedAt.toString(36)}_${at.toString(36)}_${seq}`
}

interface Added {
  readonly webhook: string
  readonly name: string
  readonly type: string
  readonly device: string | null
  readonly body: string
  readonly queued_at: number
}

function add(tx: Tx, added: Added, isFull: boolean): void {
  const { webhook, queued_at: now } = added
  const state: DeliveryState = isFull ? 'dead' : 'waiting'
  const ended = { answered_at: now, answer: tooMany }
  insertRow(tx, 'webhook_delivery', { ...added, state, ...(isFull ? ended : { due: now }) })
  if (isFull) tx.run('UPDATE webhook SET dead = dead + 1 WHERE id = ?', webhook)
}

/** As programs see it; null where it is not for them, an error where it can't be read. */
function shownOf(event: WaitingEvent): PublicEvent | null | Error {
  try {
    return publicEventOf(eventOf(event), event.at)
  } catch (error) {
    return asError(error)
  }
}

interface Wanting {
  readonly id: string
  readonly isThin: boolean
  readonly types: readonly string[] | null
  readonly devices: readonly string[] | null
}

const wantingOf = ({ id, thin, types, devices }: WebhookRow): Wanting => ({
  id,
  isThin: thin === 1,
  types: listIn(types),
  devices: listIn(devices),
})

/** That an endpoint fails is of no use to the endpoint itself. */
function concerns({ type, device, data }: PublicEvent, { id, types, devices }: Wanting): boolean {
  if (type === 'webhook.failing' && data.webhook === id) return false
  if (devices !== null && (device === null || !devices.includes(device))) return false
  return types === null || selects(types, type)
}

function isFull(tx: Tx, webhook: string): boolean {
  const last = `SELECT seq FROM webhook_delivery WHERE webhook = ? AND state = 'waiting' ORDER BY seq LIMIT 1 OFFSET ?`
  return tx.one(last, webhook, maxWaiting - page) !== undefined
}
