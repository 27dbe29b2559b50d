import * as z from 'zod'
import { Fault } from '../message/fault.ts'
import { CarrierDescription } from './carrier-schema.ts'
import { carrierOf } from './carriers.ts'
import { shared } from './gateway-keys.ts'
import { flag, key, number } from './scalars.ts'

const text = z.string().min(1).optional()

/** An account at a carrier with an HTTP interface. */
export const HttpCarrier = z
  .strictObject({
    type: key(z.literal('http'), 'http: an account at a carrier with an HTTP interface', 'http'),
    carrier: key(
      z.string().min(1).optional(),
      'The carrier: a file of src/gateway/http/carriers or boxes without its end, like seven; or api: describes it',
      'seven',
    ),
    api: key(
      z.record(z.string(), z.unknown()).optional(),
      'The interface of a carrier without such a file, described as these files are',
      {
        name: 'Example',
        base: 'https://sms.example/v1',
        send: { path: '/send', form: { to: '{to}', text: '{text}' } },
        id: 'id',
      },
    ),
    base: key(
      z
        .string()
        .regex(/^https?:\/\/[^/\s?#]+[^\s?#]*$/, 'must be a URL like https://api.carrier.example')
        .optional(),
      'Another address of its interface than that of the file, like that of a sandbox',
      'https://api.sandbox.carrier.example',
    ),
    user: key(text, 'The name of the account', 'AC0123456789abcdef'),
    secret: key(text, 'Its password, token or key', '!secret carrier'),
    sender: key(text, 'Who texts are from: a number or a name that the account has', '+4915112345600'),
    account: key(
      z.record(z.string().regex(/^[a-z]\w*$/), z.string()).default({}),
      'What the carrier wants besides, by the names of its file',
      { region: 'eu' },
    ),
    webhooks: key(
      flag.default(false),
      'The carrier reaches the hub at http.url, and calls it with reports and texts; else the hub asks where it can',
      'true',
    ),
    signing_secret: key(text, 'What its webhooks are signed with, where that is not secret', '!secret carrier_signing'),
    poll: key(
      number({ min: 5, max: 86_400, integer: true }).optional(),
      'Seconds between two questions for reports and texts, beside webhooks too',
      '60',
    ),
    timeout: key(
      number({ min: 1, max: 240 }).default(30),
      'Seconds for the answer to a text, which is in doubt after that',
      '30',
    ),
    ca: key(text, 'PEM file of an authority for its certificate, instead of those of the system', 'ca.pem'),
    ...shared,
  })
  .superRefine((row, context) => {
    try {
      const { requires } = descriptionOf(row)
      for (const name of requires) {
        if (givenValue(row, name) !== undefined) continue
        const at = ['user', 'secret', 'sender'].includes(name) ? [name] : ['account', name]
        context.addIssue({ code: 'custom', path: at, message: 'is missing: this carrier needs it' })
      }
    } catch (error) {
      if (!(error instanceof z.ZodError))
        context.addIssue({ code: 'custom', path: ['carrier'], message: Fault.from(error).message })
      else
        for (const issue of error.issues)
          context.issues.push({ ...issue, input: row.api, path: ['api', ...issue.path] } as z.core.$ZodRawIssue)
    }
  })
type HttpRow = z.output<typeof HttpCarrier>

/** The interface of the carrier of a row. Fails with `invalid_config`. */
export function descriptionOf(row: Pick<HttpRow, 'carrier' | 'api' | 'base'>): CarrierDescription {
  const found = described(row)
  return { ...found, base: row.base ?? found.base }
}

function described({ carrier, api }: Pick<HttpRow, 'carrier' | 'api'>): CarrierDescription {
  if (carrier !== undefined && api !== undefined) throw new Fault('invalid_config', 'name carrier or api, not both')
  if (api !== undefined) return CarrierDescription.parse(api)
  if (carrier === undefined) throw new Fault('invalid_config', 'is missing: name the carrier, or describe it in api')
  return carrierOf(carrier)
}

/** A value of a row by the name that a description has for it. */
function givenValue({ user, secret, sender, number: own, account }: HttpRow, name: string): string | undefined {
  const values: Readonly<Record<string, string | undefined>> = { ...account, user, secret, sender: sender ?? own }
  return values[name]
}
