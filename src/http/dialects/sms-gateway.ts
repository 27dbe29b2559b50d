import { headerOf } from './foreign-key.ts'
import { type Dialect, fieldIn, recipientsIn } from './http-dialect.ts'

/** `POST /api/v1/sms/send`, the "SMS Gateway" of Uptime Kuma: one recipient in each call. */
export const smsGateway: Dialect = [
  {
    method: 'POST',
    path: '/api/v1/sms/send',
    recipient: '"to"',
    key: headerOf('x-api-key'),
    read: ({ body }) => ({ to: recipientsIn(body.to), text: fieldIn(body, 'body', 'text', 'message') }),
    sent: ([first]) => ({ status: 200, body: { status: 'queued', id: first?.id, to: first?.to } }),
    refused: ({ status, detail }) => ({ status, body: { status: 'failed', message: detail } }),
  },
]
