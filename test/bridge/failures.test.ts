import { beforeEach, expect, test } from '@jest/globals'
import { Failures } from '../../src/bridge/failures.ts'
import type { HubEvent } from '../../src/message/hub-event.ts'

let lines: string[]
let failures: Failures
beforeEach(() => {
  lines = []
  failures = new Failures((_, line) => lines.push(line))
})

const error = { code: 'delivery_failed', message: 'the phone is off' }
const result = (data: object, subject = 'gate') =>
  ({
    kind: 'result',
    subject,
    data: { device: subject, command: 'open', final: true, ok: false, status: 'failed', command_id: 'cmd_1', ...data },
  }) as unknown as HubEvent
const text = (data: object) =>
  ({
    kind: 'sms_status',
    subject: '',
    data: { device: null, to: '+491', status: 'failed', error, command_id: 'cmd_2', ...data },
  }) as unknown as HubEvent

test.each([
  [result({ error }), 'gate open: failed: the phone is off (cmd_1)'],
  [
    result({ command: 'set', property: 'mode', status: 'unconfirmed', ok: null, reason: 'no reply' }),
    'gate set mode: unconfirmed: no reply (cmd_1)',
  ],
  [result({ status: 'replied', error }), 'gate open: replied: the phone is off (cmd_1)'],
  [text({}), '+491 text: failed: the phone is off (cmd_2)'],
])('a command or a text that failed is a line of the log: %#', (event, line) => {
  failures.published(event, 0)
  expect(lines).toEqual([line])
})

test.each([
  result({ final: false }),
  result({ status: 'replied', ok: true }),
  result({ status: 'cancelled', ok: null }),
  result({ status: 'rejected', error }),
  // The answer to whoever sent a text to a person, whose status has said it already.
  result({ error }, ''),
  // A text of a command: its result says it.
  text({ device: 'gate' }),
  text({ status: 'rejected' }),
  text({ status: 'delivered', error: null }),
  { kind: 'state', subject: 'gate', data: { status: 'failed' } } as HubEvent,
])('what did not fail, or was told already, is none: %#', (event) => {
  failures.published(event, 0)
  expect(lines).toEqual([])
})

test('of many failures in a minute twenty are logged, and the others counted', () => {
  for (let n = 0; n < 25; n++) failures.published(result({ error }), n)
  expect(lines).toHaveLength(20)
  failures.published(result({ error }), 60_000)
  expect(lines.slice(20)).toEqual([
    '5 more commands failed; smshub history shows them',
    'gate open: failed: the phone is off (cmd_1)',
  ])
})
