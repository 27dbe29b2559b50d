import { alertText } from './alert-text.ts'
import { type Dialect, fieldIn, recipientsIn } from './http-dialect.ts'

/**
 * The formatted webhook of Grafana OnCall, which Zabbix and Uptime Kuma call. Their clients have a URL and nothing
 * else: the key is in it, and who is sent to. Only 200 counts as success.
 */
export const oncall: Dialect = [
  {
    method: 'POST',
    path: '/hooks/oncall/:key',
    recipient: 'the URL: ?to=<number, contact or group>',
    key: ({ params }) => params.key,
    read: ({ query, body }) => {
      const isOver = fieldIn(body, 'state') === 'ok'
      const title = fieldIn(body, 'title') || 'an alert without a title'
      return {
        to: recipientsIn(query.to),
        text: alertText([`${isOver ? 'OK' : 'ALERT'}: ${title}`, fieldIn(body, 'message')]),
        ...(!isOver && { priority: 'high' }),
      }
    },
    sent: () => ({ status: 200, body: { status: 'ok' } }),
    refused: ({ status, detail }) => ({ status, body: { status: 'error', message: detail } }),
  },
]
