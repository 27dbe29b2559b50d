import { expect, test } from '@jest/globals'
import type { Personality } from '../../src/simulator/modem/equipment/personality.ts'
import { personalities } from '../../src/simulator/modem/personalities.ts'
import { bench, friend, hub } from './bench.ts'

/** A make as it could be: every field of a personality says something else than the standard. */
const stick: Personality = {
  ...personalities.standard,
  manufacturer: 'Stick & Co',
  model: 'E1',
  lineEnds: 'cr_doubled',
  prompt: 'crlf_after',
  unknownCommand: 'COMMAND NOT SUPPORT',
  lacks: ['+CEREG'],
  answers: { '^CURC=0': [], '^CPIN?': ['^CPIN: READY,,10,3,10,3'] },
  values: { '+CNMI': '(0-1),(0-3),(0,2),(0-1),(0)' },
  boot: [{ afterMs: 500, line: '^SYSSTART' }],
  bootMs: 400,
  chatter: [{ everyMs: 5000, line: '^RSSI:18' }],
  capacity: { SM: 1, ME: 5, SR: 5 },
  firstIndex: 0,
  emptySlot: 'ok',
  escape: 'silent',
  fullLine: '^SMMEMFULL:"{memory}"',
}

test('a make is a row of data', async () => {
  const { terminal } = await bench({ modem: { personality: stick } })
  expect(await terminal.type('AT+CGMI\r')).toBe('\r\r\nStick & Co\r\r\n\r\r\nOK\r\r\n')
  expect(await terminal.command('AT+CEREG?')).toEqual(['COMMAND NOT SUPPORT'])
  expect(await terminal.command('AT^CURC=0')).toEqual(['OK'])
  expect(await terminal.command('AT^CPIN?')).toEqual(['^CPIN: READY,,10,3,10,3', 'OK'])
  expect(await terminal.command('AT+CNMI=?')).toEqual(['+CNMI: (0-1),(0-3),(0,2),(0-1),(0)', 'OK'])
  expect(await terminal.command('AT+CMEE=1;+CNMI=2,1,0,1,0')).toEqual(['+CMS ERROR: 303'])
  expect(await terminal.command('AT+CNMI=1,1,0,1,0')).toEqual(['OK'])
  expect(await terminal.command('AT+CMGR=0')).toEqual(['OK'])
  expect(await terminal.type('AT+CMGS=10\r')).toBe('\r\n>\r\n')
  expect(await terminal.type('\x1b')).toBe('')
})

test('a model emits unsolicited lines, has its own start-up lines and reports a full memory', async () => {
  const { terminal, network, modem } = await bench({ modem: { personality: stick } })
  await terminal.command('AT+CNMI=1,1')
  expect(await terminal.wait(10_000)).toBe('\r\r\n^RSSI:18\r\r\n\r\r\n^RSSI:18\r\r\n')
  network.text({ from: friend, to: hub, text: 'a' })
  network.text({ from: friend, to: hub, text: 'b' })
  expect(await terminal.wait(1000)).toBe('\r\r\n+CMTI: "SM",0\r\r\n\r\r\n^SMMEMFULL:"SM"\r\r\n')
  modem.reset()
  expect(await terminal.wait(1000)).toBe('\r\r\n^SYSSTART\r\r\n')
})

test('a model renumbers its messages, accepts few memories, leaves out an OK and stops its lines when disabled', async () => {
  const { terminal, network } = await bench({
    modem: {
      personality: {
        ...personalities.standard,
        renumbers: true,
        mostMemories: 1,
        noOkBehind: ['+CPIN'],
        reportComma: true,
        chatter: [{ everyMs: 400, line: '+WIND: 7', until: '+WIND=0' }],
        answers: { '+WIND=0': [] },
      },
    },
  })
  expect(await terminal.wait(500)).toBe('\r\n+WIND: 7\r\n')
  expect(await terminal.command('AT+WIND=0')).toEqual(['OK'])
  expect(await terminal.wait(5_000)).toBe('')
  expect(await terminal.type('AT+CPIN?\r')).toBe('\r\n+CPIN: READY\r\n')
  expect(await terminal.command('AT+CPMS="SM","SM"')).toEqual(['ERROR'])
  for (const text of ['a', 'b', 'c']) network.text({ from: friend, to: hub, text })
  await terminal.wait(1_000)
  await terminal.command('AT+CMGD=1')
  expect((await terminal.command('AT+CMGL=4')).filter((line) => line.startsWith('+CMGL:'))).toEqual([
    expect.stringMatching(/^\+CMGL: 1,/),
    expect.stringMatching(/^\+CMGL: 2,/),
  ])
})
