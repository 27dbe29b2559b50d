import * as z from 'zod'
import { defaultAlphabets } from '../smpp/message-alphabet.ts'
import { partForms } from '../smpp/message-body.ts'
import { shared } from './gateway-keys.ts'
import { flag, key, list, number } from './scalars.ts'

const whole = (min: number, max: number) => number({ min, max, integer: true })

/** SMPP 3.4 clause 4.1.1: fields of a bind have room for this much. */
const ascii = (most: number) =>
  z.string().regex(new RegExp(`^[ -~]{0,${most}}$`), `must be at most ${most} characters of ASCII`)

const file = z.string().min(1).optional()

const plan = (whose: string) =>
  key(
    z
      .strictObject({
        ton: key(whole(0, 7).optional(), 'Type of number: 0 unknown, 1 international, 2 national, 5 alphanumeric', '1'),
        npi: key(whole(0, 18).optional(), 'Numbering plan: 0 unknown, 1 E.164', '1'),
      })
      .prefault({}),
    `Type of number and numbering plan of ${whose}, where the SMSC wants others than those that follow from how it is written`,
    { ton: '1', npi: '1' },
  )

const files = z.strictObject({
  ca: key(file, 'PEM file of the authority that signed its certificate', 'ca.pem'),
  cert: key(file, 'PEM file of a certificate of the hub, where the SMSC requires one', 'hub.pem'),
  key: key(file, 'PEM file of the key of that certificate', 'hub.key'),
  server_name: key(z.string().min(1).optional(), 'The name in its certificate, where that is not host', 'smsc.example'),
})

/** An account at an SMSC. */
export const Smpp = z.strictObject({
  type: key(z.literal('smpp'), 'smpp: an account at a carrier, by SMPP 3.4', 'smpp'),
  host: key(
    list(z.string().min(1)).refine((hosts) => hosts.length > 0, { error: 'must name a host' }),
    'Host of the SMSC, or several, of which the next is tried where one fails',
    'smsc.example',
  ),
  port: key(whole(1, 65_535).default(2775), 'Its port', '2775'),
  tls: key(
    z.union([flag.transform((on) => (on ? {} : null)), files]).prefault(false),
    'true for TLS from the first octet, or its files',
    { ca: 'ca.pem' },
  ),
  system_id: key(ascii(15).min(1), 'The name of the account', 'hub'),
  password: key(ascii(8), 'Its password; SMPP has room for 8 characters', '!secret smsc'),
  system_type: key(ascii(12).default(''), 'What the contract names so', 'VMA'),
  bind: key(
    z.enum(['transceiver', 'both', 'transmitter']).default('transceiver'),
    'transceiver: one connection; both: a transmitter and a receiver on one each; transmitter: nothing is received',
    'both',
  ),
  address_range: key(ascii(40).default(''), 'Numbers that it receives for, where the SMSC wants to know', '^4915'),
  sender: key(
    z
      .string()
      .regex(/^(\+?\d{3,20}|[ -~]{1,11})$/, 'must be a number, a short code, or a name of at most 11 characters')
      .optional(),
    'Who texts are from: a number, a short code or a name; without it number, and without that what the SMSC has',
    'SMSHUB',
  ),
  sender_plan: plan('the sender'),
  recipient_plan: plan('recipients'),
  service_type: key(ascii(5).default(''), 'What the contract names so', 'CMT'),
  alphabet: key(
    z.enum(defaultAlphabets).default('gsm'),
    'What data_coding 0 is at this SMSC: gsm (a septet in each octet), packed, latin1 or ascii; texts that it lacks a character for are UCS-2',
    'latin1',
  ),
  data_coding: key(whole(0, 255).default(0), 'data_coding of texts in that alphabet', '3'),
  parts: key(
    z.enum(partForms).default('udh'),
    'Where the parts of a long text have their number: in a header (udh), in parameters (sar), or in a header within message_payload; whole: the SMSC divides a text that it gets in message_payload',
    'sar',
  ),
  validity: key(
    z.enum(['relative', 'absolute', 'none']).default('relative'),
    'How the time after which a text is not delivered is written; with none, the SMSC decides, and a text may be late',
    'absolute',
  ),
  receipts: key(
    z.enum(['marked', 'text']).default('marked'),
    'How receipts are known: by esm_class, or by their words too, which anybody can send',
    'text',
  ),
  statuses: key(
    z
      .record(
        z.string().regex(/^(0x)?[\da-f]{1,8}$/i, 'must be a command_status in hexadecimal, like 0404'),
        z.enum(['retry', 'give_up', 'pause', 'throttle']),
      )
      .default({}),
    'What to do about a command_status of this carrier',
    { '0404': 'pause' },
  ),
  enquire_link: key(number({ min: 5, max: 3_600 }).default(30), 'Seconds of silence after which it is asked', '30'),
  response_timeout: key(
    number({ min: 5, max: 240 }).default(60),
    'Seconds for the answer to a submission, which is in doubt after that',
    '60',
  ),
  ...shared,
})
