import { createHash } from 'node:crypto'
import { Fault } from '../../message/fault.ts'
import type { Problem } from '../problem-document.ts'
import { authorizationOf } from './foreign-key.ts'
import { assertNone, type Dialect, type ForeignRequest, fieldIn, recipientsIn } from './http-dialect.ts'

/** Its numbers for what can be wrong; libraries show them. */
const codes: Readonly<Partial<Record<Problem['code'], number>>> = {
  unauthenticated: 20003,
  insufficient_scope: 20003,
  not_allowed: 20003,
  rate_limited: 20429,
  queue_full: 20429,
  number_blocked: 21408,
  text_too_long: 21617,
  invalid_payload: 21211,
}

/** Its own form of `private`. */
const isDiscarded = (body: ForeignRequest['body']): boolean => fieldIn(body, 'ContentRetention') === 'discard'

/** `Messages` of version 2010-04-01, for libraries that speak only that: a form, and the key as the password. */
export const twilio: Dialect = [
  {
    method: 'POST',
    path: '/2010-04-01/Accounts/:account/Messages.json',
    recipient: 'To',
    key: authorizationOf,
    read: ({ body }) => {
      assertNone(body, ['MediaUrl', 'ContentSid'], 'SMS has text only')
      const [sendAt, schedule] = [fieldIn(body, 'SendAt'), fieldIn(body, 'ScheduleType')]
      if ((sendAt === '') !== (schedule === '') || !['', 'fixed'].includes(schedule))
        throw new Fault('invalid_payload', '"SendAt" needs "ScheduleType": "fixed", and goes with nothing else')
      const seconds = Number(fieldIn(body, 'ValidityPeriod') || Number.NaN)
      return {
        to: recipientsIn(body.To),
        text: fieldIn(body, 'Body'),
        ...(seconds > 0 && { ttl: seconds }),
        ...(sendAt !== '' && { send_at: sendAt }),
        ...(isDiscarded(body) && { private: true }),
      }
    },
    sent: ([first], { params, body }) => ({
      status: 201,
      body: {
        sid: `SM${createHash('sha256')
          .update(first?.id ?? '')
          .digest('hex')
          .slice(0, 32)}`,
        account_sid: params.account,
        status: fieldIn(body, 'SendAt') === '' ? 'queued' : 'scheduled',
        direction: 'outbound-api',
        to: first?.to,
        from: fieldIn(body, 'From') || null,
        messaging_service_sid: fieldIn(body, 'MessagingServiceSid') || null,
        body: isDiscarded(body) ? '' : fieldIn(body, 'Body'),
        num_segments: String(first?.parts ?? 0),
        num_media: '0',
        error_code: null,
        error_message: null,
      },
    }),
    refused: ({ status, detail, code }) => ({
      status,
      body: { code: codes[code] ?? 20001, message: detail, more_info: '', status },
    }),
  },
]
