import { describe, expect, test } from '@jest/globals'
import { readAnswer } from '../../src/device/receive/answer.ts'
import { readText } from '../../src/device/receive/read.ts'
import { makeTrial } from '../../src/device/receive/try.ts'
import { composeCommand } from '../../src/device/send/compose-command.ts'
import { allProfiles, deviceOf, undated } from './library.ts'

/** A device as it leaves the factory: nothing learned, nothing set that need not be. */
const fresh = (profile: string, config = '{}') => deviceOf(profile, config)
const eldes = '{ settings: { password: "1111" } }'
const panel = '{ settings: { code: "1234" } }'
const dsc = '{ settings: { access_code: "1234" } }'
const tc2 = '{ settings: { password: "1901" } }'
const molpir = '{ settings: { password: "1234" } }'
const pager4 = '{ variant: pager4 }'
const hash = '{ variant: hash }'
const latch = '{ variant: hash, settings: { relay_mode: latch } }'

test.each([
  ['eldes/esim', eldes, 'door triggered', 'alarm', { input_1: true }],
  ['eldes/esim', eldes, 'motion1 triggered', 'alarm', { input_4: true }],
  ['eldes/esim', eldes, 'garage triggered', 'alarm', { alarm_text: 'garage' }],
  ['electronics-line/iconnect', panel, 'PART ARMED - JOHN', null, { alarm_state: 'armed_home', user: 'JOHN' }],
  ['electronics-line/iconnect', panel, 'PERIMETER ARMED - ANNA', null, { alarm_state: 'armed_night' }],
  ['electronics-line/iconnect', panel, 'NIGHT ARMED - ANNA', null, { alarm_state: 'armed_custom_bypass' }],
  ['telsyco/gsm-key', '{}', 'ACCU,87.5', 'power_cut', { mains: false, credit: '87.5' }],
  ['ezy-switch/sms-2', '{}', 'The pump has turned off due to no water flow', 'dry_run', { output_1: 'OFF' }],
  ['tuta/s30', '{}', 'Mains Power Lost\nTemp: 17', 'power_cut', { mains: false, temperature: 17 }],
  ['tuta/s30', '{}', 'Mains Power Restored\nTemp: -3', 'power_back', { mains: true, temperature: -3 }],
  ['dsc/3g2055', dsc, 'System Away Armed', null, { alarm_state: 'armed_away' }],
  ['dsc/3g2055', dsc, 'System Disarmed Not Ready', null, { alarm_state: 'disarmed', state: 'not_ready' }],
  ['dsc/3g2055', dsc, 'System Unset Ready', null, { alarm_state: 'disarmed', state: 'ready' }],
  ['dsc/3g2055', dsc, 'System is in Alarm', 'alarm', { alarm_state: 'triggered' }],
  ['nice/1010gsm', '{}', 'E01:ATI\nE02:DES\nS01:ATI\nS02:DES', null, { input_1: true, input_2: false, output_1: 'ON' }],
  ['aristel/an1808', '{}', 'Power loss', 'power_cut', { mains: false }],
  ['aristel/an1808', '{}', 'Case open', 'tamper', {}],
  ['tell/pager', pager4, 'Disarming failed', 'disarming_failed', {}],
  ['tell/pager', '{}', 'Arming failed', 'arming_failed', {}],
] as const)('%s %s says %j, fresh from the factory', (profile, config, text, event, values) => {
  expect(readText(fresh(profile, config), text, undated)[0]).toMatchObject({ event, values })
})

test.each([
  ['focus/st-iiib', '{}', 'arm', {}, 'operation failure', 'refused'],
  ['dsc/3g2055', dsc, 'arm_stay', { partition: '1' }, 'stay arm 1 1234 unsuccessful', 'refused'],
  ['dsc/3g2055', dsc, 'arm', { partition: '1' }, 'Away Arm 1 1234 unsuccessful', 'refused'],
  ['dsc/3g2055', dsc, 'arm', {}, 'Invalid Command', 'refused'],
  ['dsc/3g2055', dsc, 'disarm', {}, 'disarm 1234 successful', 'accepted'],
  ['dsc/3g2055', dsc, 'status', {}, 'System Stay Armed', 'accepted'],
  ['nice/1010gsm', '{}', 'settings', {}, 'Command successfully executed.', 'accepted'],
  ['webasto/thermo-call-tc2', tc2, 'status', {}, 'N123456789012345\nF0\nW1\nS1\nH3025030\nP1234\nC3.2', 'accepted'],
  ['molpir/commandcall-cc2', molpir, 'parameters', {}, '680-HTP=060,AP=1.0', 'accepted'],
  ['wafer/gsm-relay6', '{}', 'add_user', { slot: '7', number: '61143999' }, 'WHL007 SET TO 61143999 OK', 'accepted'],
  [
    'king-pigeon/rtu5024',
    '{ variant: classic }',
    'text_on',
    { text: 'Porta Aperta!' },
    'Relay ON will return SMS: Porta Aperta!',
    'accepted',
  ],
  ['tell/pager', pager4, 'arm', {}, 'Armed', 'accepted'],
  ['tell/pager', pager4, 'disarm', {}, 'Disarming failed', 'refused'],
  ['aristel/an1808', '{}', 'status', {}, 'Function Code Error', 'refused'],
] as const)('%s %s: the answer to %s %j, %j, is %s', (profile, config, command, params, text, verdict) => {
  expect(readAnswer(fresh(profile, config), { command, params, text: '' }, text, undated).verdict).toBe(verdict)
})

describe('commands as the manuals print them', () => {
  test.each([
    ['tell/pager', pager4, 'arm', {}, '*ARM,PWD=1234,CRQ#'],
    ['tell/pager', pager4, 'status', {}, '*STATUS, PWD=1234#'],
    ['tell/pager', '{}', 'status', {}, '*STATUS REQ, PWD=1111#'],
    ['tell/pager', pager4, 'relay_for', { relay: '2', seconds: '3600' }, '*R2=ON3600, PWD=1234, CRQ#'],
    ['king-pigeon/rtu5024', hash, 'open', {}, '1234#ON#'],
    ['king-pigeon/rtu5024', latch, 'on', {}, '1234#KPON#'],
    ['king-pigeon/rtu5024', latch, 'off', {}, '1234#OFF#'],
    ['king-pigeon/rtu5024', hash, 'status', {}, '1234#RELAY?'],
    ['king-pigeon/rtu5024', hash, 'signal', {}, '1234#CSQ?'],
    ['king-pigeon/rtu5024', hash, 'relay_time', { seconds: '60' }, '1234#GOT60#'],
    ['eca/mci-3000', '{}', 'add_user', { slot: '901', number: '0417358532' }, '9999A9011*0417358532*5#'],
    ['eca/mci-3000', '{}', 'remove_user', { slot: '100', place: '3' }, '9999D1003#'],
    ['aristel/an1808', '{}', 'status', {}, '*22#'],
    ['molpir/commandcall-cc2', molpir, 'parameters', {}, '1234680'],
    ['webasto/thermo-call-tc2', tc2, 'status', {}, '1901 ST'],
    [
      'starline/s96',
      '{ settings: { password: "1234", emergency_code: "4711" } }',
      'emergency_disarm',
      {},
      '1234 30 4711',
    ],
    ['lkgps/lk209', '{}', 'locate', {}, 'G123456#'],
    ['coban/tk103', '{}', 'arm', {}, 'arm123456'],
    ['coban/tk103', '{}', 'disarm', {}, 'disarm123456'],
  ] as const)('%s %s %s %j', (profile, config, command, params, text) => {
    const composed = composeCommand(fresh(profile, config), command, params, {
      now: '2026-11-29T12:00:00Z',
      counter: 0,
    })
    expect(composed.texts.map((one) => one.text)).toEqual([text])
  })
})

test('a text of nobody known is not taken by an answer that has no word of its own', () => {
  const { matches } = makeTrial(allProfiles())('STATUS=ALARM, 1.5C', undated)
  expect(matches.map(({ profile }) => profile)).not.toContain('netcomm/ntc')
})
