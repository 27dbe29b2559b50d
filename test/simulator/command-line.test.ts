import { expect, test } from '@jest/globals'
import { parseCommandLine } from '../../src/simulator/modem/equipment/command-line.ts'

const read = (body: string) =>
  parseCommandLine(body)?.map(({ name, form, parameters }) => [
    name,
    form,
    ...parameters.map((one) => one?.text ?? null),
  ]) ?? null

test.each([
  ['', []],
  ['E0', [['E', 'set', '0']]],
  ['e', [['E', 'execute']]],
  [
    'E0V1&F',
    [
      ['E', 'set', '0'],
      ['V', 'set', '1'],
      ['&F', 'execute'],
    ],
  ],
  [
    'E0+CMEE=1',
    [
      ['E', 'set', '0'],
      ['+CMEE', 'set', '1'],
    ],
  ],
  [
    'S3=13S4?',
    [
      ['S3', 'set', '13'],
      ['S4', 'read'],
    ],
  ],
  ['\\Q3', [['\\Q', 'set', '3']]],
  [
    '+CMEE=1;+CREG=2',
    [
      ['+CMEE', 'set', '1'],
      ['+CREG', 'set', '2'],
    ],
  ],
  [
    ' +cpin? ; +CSQ',
    [
      ['+CPIN', 'read'],
      ['+CSQ', 'execute'],
    ],
  ],
  ['+CNMI=?', [['+CNMI', 'test']]],
  ['+CSMP=,,0,8', [['+CSMP', 'set', null, null, '0', '8']]],
  ['+CPMS="SM", "ME",', [['+CPMS', 'set', 'SM', 'ME', null]]],
  [
    '+CUSD=1,"*100;#",15;E0',
    [
      ['+CUSD', 'set', '1', '*100;#', '15'],
      ['E', 'set', '0'],
    ],
  ],
  ['+CPBW=1,"a,b"', [['+CPBW', 'set', '1', 'a,b']]],
  ['^CURC=0', [['^CURC', 'set', '0']]],
  ['D+491710000002;', [['D', 'set', '+491710000002', ';']]],
  ['D*99#', [['D', 'set', '*99#', null]]],
])('the command line %j is read as its commands', (body, commands) => {
  expect(read(body)).toEqual(commands)
})

test.each(['+', '1', '?', '+CMEE?1', 'E0?', '=5', '"'])('the command line %j cannot be read', (body) => {
  expect(read(body)).toBeNull()
})

test('blanks outside of strings are nothing, as V.250 has it', () => {
  const same = read('+CMGF=1;+CPMS="SM","ME";+CSQ;E0')
  expect(read(' +CMGF = 1 ; + CPMS = "SM" , "ME" ;+CSQ ; E 0 ')).toEqual(same)
  expect(read('+CMGS = "+49 151"')).toEqual([['+CMGS', 'set', '+49 151']])
  expect(read('+CMGF = ?')).toEqual(read('+CMGF=?'))
  expect(read('+CMGF ?')).toEqual(read('+CMGF?'))
})
