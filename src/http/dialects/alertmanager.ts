import { createHash } from 'node:crypto'
import { alertText } from './alert-text.ts'
import { authorizationOf } from './foreign-key.ts'
import { type Dialect, fieldIn, recipientsIn, type WantedText } from './http-dialect.ts'

type Table = Readonly<Record<string, unknown>>
const table = (value: unknown): Table => (typeof value === 'object' && value !== null ? (value as Table) : {})

/** What is wrong, and where: the annotations are written for people, the labels are not. */
function lineOf(alert: Table): string {
  const [labels, annotations] = [table(alert.labels), table(alert.annotations)]
  const what = fieldIn(annotations, 'summary', 'description', 'message') || fieldIn(labels, 'alertname')
  const where = fieldIn(labels, 'instance')
  return where === '' || what.includes(where) ? what : `${what} (${where})`
}

/**
 * What Alertmanager repeats because it had no answer, and what it repeats because `repeat_interval` is over, are the same
 * octets: only the time distinguishes them. It tries again at once and then ever more slowly, a minute and a half apart
 * at most, until `group_interval` is over (5 min by default, and the soonest that a group is repeated on purpose).
 */
const retriesMs = 3 * 60_000

/** Names a notification: what is wrong since when, the words and the recipients. Null where the call names no group. */
function onceOf(
  body: Table,
  alerts: readonly Table[],
  sent: readonly unknown[],
): NonNullable<WantedText['once']> | null {
  const group = fieldIn(body, 'groupKey')
  if (group === '' || alerts.length === 0) return null
  const states = alerts.map(({ fingerprint, status, startsAt }) => [fingerprint, status, startsAt])
  const names = JSON.stringify([group, body.receiver, body.status, states, sent])
  const digest = createHash('sha256').update(names).digest('base64url').slice(0, 22)
  return { id: `alertmanager:${digest}`, forMs: retriesMs }
}

/** Webhooks of Prometheus's Alertmanager and of Grafana's alerting, which have the same form. */
export const alertmanager: Dialect = [
  {
    method: 'POST',
    path: '/hooks/alertmanager',
    recipient: 'the URL: ?to=<number, contact or group>',
    key: authorizationOf,
    read: ({ query, body }) => {
      const alerts = Array.isArray(body.alerts) ? body.alerts.map(table) : []
      const firing = alerts.filter(({ status }) => status !== 'resolved')
      const name = fieldIn(table(body.groupLabels), 'alertname') || fieldIn(table(body.commonLabels), 'alertname')
      const state = firing.length > 0 ? `FIRING ${firing.length}` : 'RESOLVED'
      const lines = (firing.length > 0 ? firing : alerts).map(lineOf)
      const to = recipientsIn(query.to)
      const title = `${state}: ${name}`.replace(/: $/, '')
      const text = alertText([title, ...new Set(lines.filter((line) => line !== name))])
      const once = onceOf(body, alerts, [to, text])
      return { to, text, ...(firing.length > 0 && { priority: 'high' }), ...(once !== null && { once }) }
    },
    sent: () => ({ status: 200, body: { status: 'ok' } }),
    // Alertmanager repeats a call after 5xx only: what is answered with 429 is lost.
    refused: ({ status, detail }) => ({
      status: status === 429 ? 503 : status,
      body: { status: 'error', message: detail },
    }),
  },
]
