import { describe, expect, test } from '@jest/globals'
import { readAnswer } from '../../src/device/receive/answer.ts'
import { sampleDevice } from '../../src/device/sample.ts'
import { composeCommand } from '../../src/device/send/compose-command.ts'
import { exampleReply, recogniseCommand } from '../../src/simulator/device/answers.ts'
import { deviceOf, profileIds, profileOf, undated } from './library.ts'

const now = '2026-01-01T00:00:00Z'

/** Parameters, and the serial number among them for those who count their commands. */
const numbered = ({ counter, ...params }: Readonly<Record<string, unknown>>) =>
  [params, { now, counter: Number(counter ?? 0) }] as const

describe.each(profileIds)('a simulated %s', (id) => {
  const profile = profileOf(id)
  const examples = [...profile.dialects].flatMap(([variant, dialect]) =>
    Object.entries(dialect.commands).flatMap(([name, command]) =>
      command.text === undefined
        ? []
        : command.examples
            .filter((row) => (row.variant ?? variant) === variant)
            .map((row) => ({ variant, name, command, row })),
    ),
  )

  test('recognises every command of its examples, and its answer is one', () => {
    for (const { variant, name, command, row } of examples) {
      const device = sampleDevice(profile, variant, { hub_number: '+4915112345678', ...row.settings })
      const composed = composeCommand(device, name, ...numbered(row.params))
      const text = composed.texts[0]?.text ?? ''
      const seen = recogniseCommand(device, text)
      // Two commands may make the same text: authorise the hub, and add a number.
      expect({ id, name, text, seen: seen !== null }).toEqual({ id, name, text, seen: true })
      if (seen?.command === name)
        expect(composeCommand(device, name, ...numbered(seen.params)).texts[0]?.text).toBe(text)
      const reply = exampleReply(device, name, composed.params)
      if (command.reply.expect === 'required')
        expect({ id, name, answers: reply.texts.length > 0 }).toEqual({ id, name, answers: true })
      for (const said of reply.texts) {
        expect({
          id,
          name,
          said,
          verdict: readAnswer(device, { command: name, params: composed.params, text }, said, undated).verdict,
        }).toMatchObject({ verdict: 'accepted' })
      }
    }
  })
})

test('a simulated device wants its own password and what is in range', () => {
  const gate = deviceOf('king-pigeon/rtu5024', '{ variant: classic, settings: { password: "4711" } }')
  expect(recogniseCommand(gate, '4711CC')).toEqual({ command: 'open', params: {} })
  expect(recogniseCommand(gate, '4711cc')).toBeNull()
  expect(recogniseCommand(gate, '1234CC')).toBeNull()
  expect(recogniseCommand(gate, '4711GOT007#')).toEqual({ command: 'relay_time', params: { seconds: '7' } })
  expect(recogniseCommand(gate, '4711A016#123456#1502050800#1502051000#')).toEqual({
    command: 'add_user',
    params: { slot: '16', number: '123456', from: '2015-02-05T08:00', to: '2015-02-05T10:00' },
  })
  expect(recogniseCommand(deviceOf('coban/tk103'), 'xtime123456 1005')).toBeNull()
})

test('a simulated device repeats the serial number of a command', () => {
  const tracker = deviceOf('queclink/gl300')
  const { text = '' } = composeCommand(tracker, 'locate', ...numbered({ counter: 418 })).texts[0] ?? {}
  expect(text).toBe('AT+GTRTO=gl300,1,,,,,,01A2$')
  const seen = recogniseCommand(tracker, text)
  expect(seen).toEqual({ command: 'locate', params: { counter: '418' } })
  const { pending } = exampleReply(tracker, 'locate', seen?.params ?? {})
  expect(pending).toBe('+ACK:GTRTO,1A0102,135790246811220,,01A2,20101029085505,0025$')
  const open = { command: 'locate', params: { counter: 418 }, text }
  expect(readAnswer(tracker, open, pending ?? '', undated).verdict).toBe('pending')
  expect(readAnswer(tracker, { ...open, params: { counter: 419 } }, pending ?? '', undated).verdict).toBe('none')
})

test('its answers hold its own settings and the parameters of the command', () => {
  const gate = deviceOf('king-pigeon/rtu5024', '{ variant: classic, settings: { text_on: Auf } }')
  expect(exampleReply(gate, 'change_password', { new: '7777' }).texts).toEqual([
    'Password changed to 7777, please remember it carefully.',
  ])
  expect(exampleReply(deviceOf('siemens/logo-cmr'), 'output', { output: 2, state: 'OFF' }).texts).toEqual([
    'OUTPUT=O2,0:OK',
  ])
  expect(exampleReply(deviceOf('coban/tk103'), 'stop', {})).toEqual({
    pending: 'it will be executed after speed less than 20KM/H',
    texts: ['Stop engine Succeed'],
  })
  expect(exampleReply(gate, 'relay_time', { seconds: 5 })).toEqual({ pending: null, texts: [] })
  expect(exampleReply(gate, 'status', {}).texts).toEqual(['Relay OFF; GSM Signal Value: 26'])
  expect(exampleReply(gate, 'nothing', {}).texts).toEqual([])
})
