import { createHash } from 'node:crypto'
import { Fault } from '../../message/fault.ts'
import { headerOf } from './foreign-key.ts'
import {
  assertNone,
  type Dialect,
  type DialectRoute,
  type ForeignRequest,
  fieldIn,
  isWanted,
  recipientsIn,
} from './http-dialect.ts'

/** Ids are integers there. This one is the same for the same text, and fits into a double. */
const numberOf = (id: string): number => Number.parseInt(createHash('sha256').update(id).digest('hex').slice(0, 12), 16)

const numbersOf = (items: Parameters<DialectRoute['sent']>[0]) =>
  items.flatMap(({ id }) => (id === undefined ? [] : [numberOf(id)])).join(',')

const escaped = (text: string) => text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`)
const isXml = ({ query }: ForeignRequest) => query.responsetype === 'xml'
const xml = (status: number, content: string) => ({
  status,
  type: 'text/xml; charset=utf-8',
  body: `<?xml version="1.0" encoding="UTF-8"?>\n<xml>${content}</xml>\n`,
})

/** By the clock of a device whose zone is not known. */
const times = ['date', 'send_after', 'send_before']
const noZone = 'its time has no zone; "send_at" of POST /v1/messages has'

/** What only tries would send. */
const trials = ['test']
const noTrial = '"dry_run" of POST /v1/messages shows what would be sent'

/** Version 1: `http_api`, as Zabbix and Uptime Kuma call it. Recipients are named by another parameter in each call. */
const call = (name: string, recipient: string): DialectRoute => ({
  method: 'GET',
  path: `/http_api/${name}`,
  recipient: `the parameter ${recipient}`,
  key: ({ query }) => fieldIn(query, 'access_token', 'pass') || undefined,
  read: ({ query }) => {
    assertNone(query, times, noZone)
    assertNone(query, trials, noTrial)
    return {
      to: recipientsIn(query[recipient]),
      text: fieldIn(query, 'message'),
      ...(fieldIn(query, 'highpriority') === '1' && { priority: 'high' }),
      ...(isWanted(query.flash) && { flash: true }),
    }
  },
  sent: (items, request) => {
    const id = numbersOf(items)
    return isXml(request)
      ? xml(200, `<message_id>${id}</message_id><status>ok</status>`)
      : { status: 200, type: 'text/plain; charset=utf-8', body: `OK; ID=${id}` }
  },
  refused: ({ status, detail }, request) => {
    const words = status === 401 ? 'Invalid access token' : `Wrong parameters: ${detail}`
    return isXml(request)
      ? xml(status, `<error_text>${escaped(words)}</error_text><status>error</status>`)
      : { status, type: 'text/plain; charset=utf-8', body: words }
  },
})

/** Zabbix encodes its text as for a query, though it is in JSON; nobody else names the recipient twice. */
function textOf(body: ForeignRequest['body']): string {
  const text = fieldIn(body, 'text')
  if (body.recipient === undefined) return text
  try {
    return decodeURIComponent(text)
  } catch (error) {
    if (error instanceof URIError) return text
    throw error
  }
}

/** Version 2, as Uptime Kuma and newer media types of Zabbix call it. Whoever is `queued` is sent to. */
const messages: DialectRoute = {
  method: 'POST',
  path: '/api/v2/messages/sms',
  recipient: '"to"',
  key: headerOf('access-token'),
  read: ({ body }) => {
    assertNone(body, times, noZone)
    assertNone(body, trials, noTrial)
    const { contacts, groups, to, priority } = body
    if ([contacts, groups].some((list) => Array.isArray(list) && list.length > 0))
      throw new Fault(
        'not_supported',
        'contacts and groups are numbers of an address book that is not here: name them in "to"',
      )
    return {
      to: recipientsIn(to),
      text: textOf(body),
      ...(Number(priority ?? 0) > 0 && { priority: 'high' }),
      ...(isWanted(body.flash) && { flash: true }),
    }
  },
  sent: (items) => ({
    status: 200,
    body: items.map(({ id, to, error }) =>
      id === undefined
        ? { status: 'error', message: error?.message ?? 'not sent', number: to }
        : { status: 'queued', message: 'OK', number: to, id: numberOf(id) },
    ),
  }),
  refused: ({ status, detail }) => ({ status, body: [{ status: 'error', message: detail }] }),
}

export const smseagle: Dialect = [
  call('send_sms', 'to'),
  call('send_tocontact', 'contactname'),
  call('send_togroup', 'groupname'),
  messages,
]
