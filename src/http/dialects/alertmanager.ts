import { alertText } from './alert-text.ts'
import { authorizationOf } from './foreign-key.ts'
import { type Dialect, fieldIn, recipientsIn } from './http-dialect.ts'

type Table = Readonly<Record<string, unknown>>
const table = (value: unknown): Table => (typeof value === 'object' && value !== null ? (value as Table) : {})

/** What is wrong, and where: the annotations are written for people, the labels are not. */
function lineOf(alert: Table): string {
  const [labels, annotations] = [table(alert.labels), table(alert.annotations)]
  const what = fieldIn(annotations, 'summary', 'description', 'message') || fieldIn(labels, 'alertname')
  const where = fieldIn(labels, 'instance')
  return where === '' || what.includes(where) ? what : `${what} (${where})`
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
      return {
        to: recipientsIn(query.to),
        text: alertText([`${state}: ${name}`.replace(/: $/, ''), ...new Set(lines.filter((line) => line !== name))]),
        ...(firing.length > 0 && { priority: 'high' }),
      }
    },
    sent: () => ({ status: 200, body: { status: 'ok' } }),
    // Alertmanager repeats a call after 5xx only: what is answered with 429 is lost.
    refused: ({ status, detail }) => ({
      status: status === 429 ? 503 : status,
      body: { status: 'error', message: detail },
    }),
  },
]
