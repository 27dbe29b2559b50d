import { authorizationOf } from './foreign-key.ts'
import { type Dialect, fieldIn, recipientsIn } from './http-dialect.ts'

/** The SMS sender of Traccar (`sms.http.*`): JSON or a form, with the names that its template has. */
export const traccar: Dialect = [
  {
    method: 'POST',
    path: '/hooks/traccar',
    recipient: '"to" or "phone" of the template',
    key: authorizationOf,
    read: ({ body }) => ({
      to: recipientsIn(fieldIn(body, 'to', 'phone', 'number')),
      text: fieldIn(body, 'text', 'message', 'body'),
    }),
    sent: ([first]) => ({ status: 200, body: { id: first?.id, status: first?.status } }),
    refused: ({ status, detail }) => ({ status, body: { status: 'error', message: detail } }),
  },
]
