import { expect, test } from '@jest/globals'
import { settle } from '../fake-clock.ts'
import { bench, hub, linesIn, Terminal } from './bench.ts'

test('a modem fresh from the factory echoes and answers in words', async () => {
  const { terminal } = await bench()
  await terminal.type('AT&F\r')
  expect(await terminal.type('AT\r')).toBe('AT\r\r\nOK\r\n')
  expect(await terminal.type('AT+CSQ\r')).toBe('AT+CSQ\r\r\n+CSQ: 20,99\r\n\r\nOK\r\n')
  expect(await terminal.type('ATE0\r')).toBe('ATE0\r\r\nOK\r\n')
  expect(await terminal.type('AT\r')).toBe('\r\nOK\r\n')
})

test('ATV0 answers with digits, ATQ1 not at all, S3 and S4 are the line ends', async () => {
  const { terminal } = await bench()
  expect(await terminal.type('ATV0\r')).toBe('0\r')
  expect(await terminal.type('AT+CSQ\r')).toBe('+CSQ: 20,99\r\n0\r')
  expect(await terminal.type('AT+NONSENSE\r')).toBe('4\r')
  await terminal.type('ATV1Q1\r')
  expect(await terminal.type('AT\r')).toBe('')
  expect(await terminal.type('AT+CSQ\r')).toBe('\r\n+CSQ: 20,99\r\n')
  await terminal.type('ATQ0\r')
  expect(await terminal.type('ATS3=30\r')).toBe('\x1e\nOK\x1e\n')
  expect(await terminal.type('ATS3=13\x1e')).toBe('\r\nOK\r\n')
  expect(await terminal.command('ATS3?')).toEqual(['013', 'OK'])
})

test('a line starts with AT or at, whatever stands before; backspace rubs out', async () => {
  const { terminal } = await bench()
  expect(await terminal.type('\x1b\x1a\0garbage AAT+CSQ\r')).toBe('\r\n+CSQ: 20,99\r\n\r\nOK\r\n')
  expect(await terminal.type('at+csq\r')).toBe('\r\n+CSQ: 20,99\r\n\r\nOK\r\n')
  expect(await terminal.type('At+CSQ\r')).toBe('')
  expect(await terminal.type('hello\r\n\r\n')).toBe('')
  expect(await terminal.type('AT+CSX\bQ\r')).toBe('\r\n+CSQ: 20,99\r\n\r\nOK\r\n')
})

test('octets may come one by one', async () => {
  const { terminal } = await bench()
  let answer = ''
  for (const octet of 'AT+CSQ\r') answer += await terminal.type(octet)
  expect(answer).toBe('\r\n+CSQ: 20,99\r\n\r\nOK\r\n')
})

test('A/ repeats the last line', async () => {
  const { terminal } = await bench()
  await terminal.type('AT+CSQ\r')
  expect(await terminal.type('A/')).toBe('\r\n+CSQ: 20,99\r\n\r\nOK\r\n')
})

test('commands on one line share one result code, and the first that fails ends it', async () => {
  const { terminal } = await bench()
  expect(await terminal.type('AT+CPIN?;+CSQ\r')).toBe('\r\n+CPIN: READY\r\n\r\n+CSQ: 20,99\r\n\r\nOK\r\n')
  expect(await terminal.command('AT+CMEE=1;+CFUN=7;+CREG=2')).toEqual(['+CME ERROR: 50'])
  expect(await terminal.command('AT+CREG?;+CMEE?')).toEqual(['+CREG: 0,1', '+CMEE: 1', 'OK'])
})

test('errors are plain, numbers or words, by +CMEE', async () => {
  const { terminal, modem } = await bench()
  modem.sim.inserted = false
  expect(await terminal.command('AT+CIMI')).toEqual(['ERROR'])
  expect(await terminal.command('AT+CMEE=1;+CIMI')).toEqual(['+CME ERROR: 10'])
  expect(await terminal.command('AT+CMGR=1')).toEqual(['+CMS ERROR: 310'])
  expect(await terminal.command('AT+CMEE=2;+CIMI')).toEqual(['+CME ERROR: SIM not inserted'])
  expect(await terminal.command('AT+CMGR=1')).toEqual(['+CMS ERROR: SIM not inserted'])
})

test.each([
  ['AT+CSQ=1', '+CME ERROR: 4'],
  ['AT+CMGR', '+CMS ERROR: 303'],
  ['AT+CREG=9', '+CME ERROR: 50'],
  ['AT+CNMI=9', '+CMS ERROR: 303'],
  ['AT+CMGR=x', '+CMS ERROR: 304'],
  ['AT+CMGR=', '+CMS ERROR: 304'],
  ['AT+CNMI=1,1,0,1,0,7', '+CMS ERROR: 303'],
  ['AT+SYNCML=?', 'ERROR'],
  ['AT!!!', 'ERROR'],
])('%s is refused with %s', async (line, final) => {
  const { terminal } = await bench()
  await terminal.command('AT+CMEE=1')
  expect(await terminal.command(line)).toEqual([final])
})

test('what is typed while a command runs waits for its end', async () => {
  const { terminal, modem } = await bench()
  modem.faults.add({ fault: 'late_answer', ms: 2000, times: 1 })
  expect(await terminal.type('AT+CGMI\rAT+CGSN\r', 1999)).toBe('')
  expect(linesIn(await terminal.wait(1))).toEqual(['smshub', 'OK', '490154203237518', 'OK'])
})

test('settings live until ATZ or a reset; AT&W keeps them', async () => {
  const { terminal } = await bench()
  await terminal.command('AT+CNMI=2,1,0,1,0')
  await terminal.command('ATZE0')
  expect(await terminal.command('AT+CNMI?')).toEqual(['+CNMI: 0,0,0,0,0', 'OK'])
  await terminal.command('AT+CNMI=2,1,0,1,0;&W')
  await terminal.command('AT+CNMI=1,1')
  expect(await terminal.command('AT+CNMI?')).toEqual(['+CNMI: 1,1,0,1,0', 'OK'])
  await terminal.command('ATZ')
  expect(await terminal.command('AT+CNMI?')).toEqual(['+CNMI: 2,1,0,1,0', 'OK'])
})

test('the port has one holder, and the modem forgets nothing when it changes', async () => {
  const { clock, terminal, modem } = await bench()
  await terminal.command('AT+CMEE=1')
  expect(() => new Terminal(clock, modem)).toThrow('serves another stream already')
  await terminal.type('AT+CMGS=24\r')
  terminal.close()
  await settle()
  expect(modem.isOpen).toBe(false)
  const next = new Terminal(clock, modem)
  expect(await next.type('AT\r')).toBe('')
  expect(await next.type('\x1b')).toBe('\r\nOK\r\n')
  expect(await next.command('AT+CMEE?')).toEqual(['+CMEE: 1', 'OK'])
})

test('a line without end and a flood while busy are cut, not kept', async () => {
  const { terminal, modem } = await bench()
  await terminal.type(`AT${'Y'.repeat(100_000)}`)
  expect(await terminal.command('')).toEqual(['ERROR'])
  modem.faults.add({ fault: 'late_answer', ms: 1000, times: 1 })
  const answers = await terminal.type('AT\r'.repeat(100_000), 1000)
  expect(linesIn(answers).length).toBeLessThan(30_000)
  expect(await terminal.command('AT+CNUM')).toEqual([`+CNUM: ,"${hub}",145`, 'OK'])
})
