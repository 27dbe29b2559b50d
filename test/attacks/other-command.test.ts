import { describe, expect, test } from '@jest/globals'
import type { Publish } from '../../src/message/publish.ts'
import { acceptPublish } from '../../src/mqtt/accept-publish.ts'
import { accessOf } from '../support/access.ts'

/** Somebody who may open, and whose filters reach the topics where a payload names what is asked for. */
const access = accessOf({
  guest: { role: 'operator', devices: ['gate'], commands: ['open'] },
  wide: { write: ['smshub/gate/command', 'smshub/gate/command/open', 'smshub/gate/set', 'smshub/gate/get'] },
})

const publish = (topic: string, payload: Uint8Array): Publish => ({
  client: 'c',
  connection: '1',
  messageId: 1,
  duplicate: false,
  topic,
  payload,
  retained: false,
  clearing: 'no',
  waited: false,
  expirySeconds: null,
  response: null,
})

const tries: readonly (readonly [topic: string, payload: string | Uint8Array])[] = [
  ['gate/command/close', ''],
  ['gate/command', 'close'],
  ['gate/command', ' close\n'],
  ['gate/command', '"close"'],
  ['gate/command', '["close"]'],
  ['gate/command', '["open", "close"]'],
  ['gate/command', '["open", {"command": "close"}]'],
  ['gate/command', '{"command": "close"}'],
  ['gate/command', '{"command": "open", "command": "close"}'],
  ['gate/command', '{"command": "close", "command": "open"}'],
  ['gate/command', '{"comm\\u0061nd": "close", "command": "open"}'],
  ['gate/command', '{"comm\\u0061nd": "close"}'],
  ['gate/command', '{"command": "close"} '],
  ['gate/command', '{"command": "open"} {"command": "close"}'],
  ['gate/command', '{"command": "close"'],
  ['gate/command', '\ufeff{"command": "close"}'],
  ['gate/command', '\ufeffclose'],
  ['gate/command', Buffer.from('{"command": "close"}', 'utf16le')],
  ['gate/command', Buffer.from('\ufeff{"command": "close"}', 'utf16le')],
  ['gate/command', Buffer.from([...Buffer.from('close'), 0xff])],
  ['gate/command', `{"command": "close", "x": ${'['.repeat(20)}${']'.repeat(20)}}`],
  ['gate/command', `{"command": "close", "x": "${'x'.repeat(70_000)}"}`],
  ['gate/set', '{"command": "close"}'],
  ['gate/set', '{"gate": "CLOSE"}'],
  ['gate/set', '{"gate": "OPEN", "command": "close"}'],
  ['gate/set', '{"output_1": "ON"}'],
  ['gate/get', '{"close": ""}'],
  ['gate/set/gate', 'CLOSE'],
  ['gate/send', '1234CLOSE'],
  ['gate/command/open/close', ''],
  ['gate/command/OPEN', ''],
  ['as/admin/gate/command/close', ''],
]

describe('attack 11: somebody who may open only', () => {
  test.each(tries)('does nothing else with %s %j', (topic, text) => {
    const payload = typeof text === 'string' ? Buffer.from(text) : text
    for (const user of ['guest', 'wide']) {
      if (access.refusesPublish(user, `smshub/${topic}`, payload) !== null) continue
      const accepted = acceptPublish(publish(topic, payload))
      const done = accepted === null || accepted.fault !== null ? [] : accepted.intents
      expect({ user, done }).toEqual({ user, done: [] })
    }
  })

  test.each([
    ['guest', 'gate/command/open', 'PRESS'],
    ['wide', 'gate/command', 'open'],
    ['wide', 'gate/command', '["open", "open"]'],
    ['wide', 'gate/command', '{"id": "a", "command": "open", "ttl": 5}'],
    ['wide', 'gate/get', ''],
  ])('%s opens by %s %s', (user, topic, payload) => {
    expect(access.refusesPublish(user, `smshub/${topic}`, Buffer.from(payload))).toBeNull()
  })
})
