import { authorizationOf } from './foreign-key.ts'
import { type Dialect, fieldIn, isWanted, recipientsIn } from './http-dialect.ts'

/** `POST /sms` of sms-gammu-gateway and of the add-on for Home Assistant that was made of it. */
export const gammuGateway: Dialect = [
  {
    method: 'POST',
    path: '/sms',
    recipient: '"number"',
    key: authorizationOf,
    read: ({ body, query }) => {
      const fields = { ...query, ...body }
      return {
        to: recipientsIn(fieldIn(fields, 'number', 'target')),
        text: fieldIn(fields, 'text', 'message'),
        ...(isWanted(fields.flash) && { flash: true }),
      }
    },
    sent: (items) => ({
      status: 200,
      body: { status: 200, message: JSON.stringify(items.map(({ id }) => id ?? null)) },
    }),
    refused: ({ status, detail }) => ({ status, body: { status, message: detail } }),
  },
]
