import { describe, expect, test } from '@jest/globals'
import { ResponseTopics } from '../../src/mqtt/external/mqtt5-properties.ts'

const commands = ['sms2mqtt/send', 'smshub/gate/command/open']
const topics = new ResponseTopics('smshub', ['panel/#', 'sms2mqtt/#', 'smshub/#', '#'], (topic) =>
  commands.includes(topic),
)
const narrow = new ResponseTopics('smshub', [], () => false)

describe('a response topic', () => {
  test.each(['smshub/reply/me', 'smshub/reply/me/and/more', 'panel/x', 'other/place'])('may be %s', (topic) => {
    expect(topics.refuses(topic, null, null)).toBeNull()
  })

  test.each([
    '',
    'smshub',
    'smshub/reply',
    'smshub/replying/x',
    'smshub/bridge/state',
    'smshub/gate',
    'smshub/gate/command/open',
    'sms2mqtt/send',
    '$SYS/x',
    '$share/a/b',
    'panel/+',
    'panel/#',
    'panel/\u0000',
    'panel/a\nb',
    'panel/\u009b',
    `panel/${'x'.repeat(300)}`,
    `smshub/reply/${'ä'.repeat(150)}`,
  ])('is never %j, whatever the owner allows', (topic) => {
    expect(topics.refuses(topic, null, null)).not.toBeNull()
  })

  test('is nothing but a reply where the owner allows nothing more', () => {
    expect(narrow.refuses('zigbee2mqtt/lock/set', null, null)).toContain('smshub/reply/ or in mqtt.response_topics')
    expect(narrow.refuses('smshub/reply/x', Buffer.alloc(1_024), null)).toBeNull()
    expect(narrow.refuses('smshub/reply/x', Buffer.alloc(65_535), null)).toContain('at most 1024 octets')
  })

  test('is in the name of who asks, where that is known', () => {
    expect(narrow.refuses('smshub/reply/alice/x', null, 'alice')).toBeNull()
    expect(narrow.refuses('smshub/reply/bob/x', null, 'alice')).not.toBeNull()
    expect(narrow.refuses('smshub/reply/alicex/x', null, 'alice')).not.toBeNull()
  })
})
