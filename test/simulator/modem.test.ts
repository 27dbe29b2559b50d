import { expect, test } from '@jest/globals'
import { SimulatedModem } from '../../src/simulator/modem/simulated-modem.ts'
import { settle } from '../fake-clock.ts'
import { bench, friend, hub, Terminal } from './bench.ts'

test('a modem answers all identity commands', async () => {
  const { terminal } = await bench()
  for (const command of ['AT+CGMI', 'AT+GMI']) expect(await terminal.command(command)).toEqual(['smshub', 'OK'])
  for (const command of ['AT+CGMM', 'AT+GMM'])
    expect(await terminal.command(command)).toEqual(['Simulated Modem', 'OK'])
  for (const command of ['AT+CGMR', 'AT+GMR']) expect(await terminal.command(command)).toEqual(['SIM1.0', 'OK'])
  for (const command of ['AT+CGSN', 'AT+GSN'])
    expect(await terminal.command(command)).toEqual(['490154203237518', 'OK'])
  expect(await terminal.command('ATI')).toEqual(['smshub', 'Simulated Modem', 'Revision: SIM1.0', 'OK'])
  expect(await terminal.command('AT+GCAP')).toEqual(['+GCAP: +CGSM,+DS,+ES', 'OK'])
  expect(await terminal.command('AT+CIMI')).toEqual(['262990000000001', 'OK'])
  expect(await terminal.command('AT+CCID')).toEqual(['+CCID: 8949017000000000017', 'OK'])
  expect(await terminal.command('AT+CRSM=176,12258,0,0,10')).toEqual(['+CRSM: 144,0,"989410070000000010F7"', 'OK'])
  expect(await terminal.command('AT+CRSM=192,12258')).toEqual(['+CRSM: 144,0,"0000000A2FE2040000FFFF01020000"', 'OK'])
  expect(await terminal.command('AT+CRSM=192,28421')).toEqual(['+CRSM: 148,4', 'OK'])
  expect(await terminal.command('AT+CNUM')).toEqual([`+CNUM: ,"${hub}",145`, 'OK'])
})

test('a locked SIM asks for its PIN, counts the tries, and after three for its PUK', async () => {
  const { clock, network } = await bench()
  const modem = new SimulatedModem({
    network,
    number: '+491710000009',
    sim: { locked: true, pin: '4321', puk: '87654321' },
  })
  const terminal = new Terminal(clock, modem)
  await terminal.command('ATE0+CMEE=1')
  expect(await terminal.command('AT+CPIN?')).toEqual(['+CPIN: SIM PIN', 'OK'])
  expect(await terminal.command('AT+CREG?')).toEqual(['+CREG: 0,0', 'OK'])
  expect(await terminal.command('AT+CIMI')).toEqual(['+CME ERROR: 11'])
  expect(await terminal.command('AT+CMGL=4')).toEqual(['+CMS ERROR: 311'])
  expect(await terminal.command('AT+CPIN="0000"')).toEqual(['+CME ERROR: 16'])
  expect(await terminal.command('AT+CPINR')).toEqual(['+CPINR: SIM PIN,2,3', '+CPINR: SIM PUK,10,10', 'OK'])
  await terminal.command('AT+CPIN=0000')
  await terminal.command('AT+CPIN=0000')
  expect(await terminal.command('AT+CPIN?')).toEqual(['+CPIN: SIM PUK', 'OK'])
  expect(await terminal.command('AT+CIMI')).toEqual(['+CME ERROR: 12'])
  expect(await terminal.command('AT+CPIN="4321"')).toEqual(['+CME ERROR: 12'])
  expect(await terminal.command('AT+CPIN="11111111","1111"')).toEqual(['+CME ERROR: 16'])
  expect(await terminal.command('AT+CPIN="87654321","1111"')).toEqual(['OK'])
  expect(await terminal.command('AT+CPIN?')).toEqual(['+CPIN: READY', 'OK'])
  expect(modem.sim.tries).toEqual({ pin: 3, puk: 10 })
  expect(await terminal.command('AT+CPIN="1111"')).toEqual(['+CME ERROR: 3'])
  await clock.advance(5000)
  expect(await terminal.command('AT+CREG?')).toEqual(['+CREG: 0,1', 'OK'])
  modem.reset()
  await clock.advance(10_000)
  expect(await terminal.command('ATE0+CPIN?')).toContain('+CPIN: SIM PIN')
})

test('ten wrong PUKs block a SIM for good', async () => {
  const { terminal, modem } = await bench({ modem: { sim: { locked: true } } })
  await terminal.command('AT+CMEE=1')
  for (let i = 0; i < 3; i++) await terminal.command('AT+CPIN="0000"')
  for (let i = 0; i < 10; i++) await terminal.command('AT+CPIN="00000000","1234"')
  expect(modem.sim.state).toBe('blocked')
  expect(await terminal.command('AT+CPIN?')).toEqual(['+CME ERROR: 13'])
  expect(await terminal.command('AT+CPIN="12345678","1234"')).toEqual(['+CME ERROR: 13'])
})

test('the SIM lock can be set and asked for', async () => {
  const { terminal, modem } = await bench()
  expect(await terminal.command('AT+CLCK="SC",2')).toEqual(['+CLCK: 0', 'OK'])
  await terminal.command('AT+CLCK="SC",1,"1234"')
  expect(await terminal.command('AT+CLCK="SC",2')).toEqual(['+CLCK: 1', 'OK'])
  await terminal.command('AT+CPWD="SC","1234","9999"')
  expect(modem.sim.enterPin('9999')).toBe(true)
})

test('registration and signal are reported, and each change where that is enabled', async () => {
  const { terminal, modem } = await bench()
  expect(await terminal.command('AT+CREG=?')).toEqual(['+CREG: (0-2)', 'OK'])
  expect(await terminal.command('AT+CREG?')).toEqual(['+CREG: 0,1', 'OK'])
  await terminal.command('AT+CREG=2;+CEREG=1')
  expect(await terminal.command('AT+CREG?')).toEqual(['+CREG: 2,1,"2142","0000B804",7', 'OK'])
  modem.radio.change({ registration: 'searching', signal: 99 })
  expect(await terminal.wait(0)).toBe('\r\n+CREG: 2\r\n\r\n+CEREG: 2\r\n')
  expect(await terminal.command('AT+COPS?')).toEqual(['+COPS: 0', 'OK'])
  expect(await terminal.command('AT+CSQ')).toEqual(['+CSQ: 99,99', 'OK'])
  modem.radio.change({ registration: 'roaming', signal: 5 })
  expect(await terminal.wait(0)).toBe('\r\n+CREG: 5,"2142","0000B804",7\r\n\r\n+CEREG: 5\r\n')
  expect(await terminal.command('AT+CSQ')).toEqual(['+CSQ: 5,99', 'OK'])
  expect(await terminal.command('AT+CESQ')).toEqual(['+CESQ: 99,99,255,255,20,15', 'OK'])
})

test('the operator is reported in the format that is set, selected, left and selected again', async () => {
  const { terminal } = await bench()
  expect(await terminal.command('AT+COPS?')).toEqual(['+COPS: 0,0,"Simulated Network",7', 'OK'])
  await terminal.command('AT+COPS=3,2')
  expect(await terminal.command('AT+COPS?')).toEqual(['+COPS: 0,2,"26299",7', 'OK'])
  expect(await terminal.command('AT+COPS=?')).toEqual([
    '+COPS: (2,"Simulated Network","SimNet","26299",7),,(0-4),(0-2)',
    'OK',
  ])
  await terminal.command('AT+COPS=2')
  expect(await terminal.command('AT+CREG?')).toEqual(['+CREG: 0,0', 'OK'])
  await terminal.command('AT+COPS=0')
  expect(await terminal.command('AT+CREG?')).toEqual(['+CREG: 0,2', 'OK'])
  await terminal.wait(3000)
  expect(await terminal.command('AT+CREG?')).toEqual(['+CREG: 0,1', 'OK'])
})

test('a modem without radio is not registered, and sends nothing', async () => {
  const { terminal } = await bench()
  await terminal.command('AT+CMEE=1;+CFUN=4')
  expect(await terminal.command('AT+CFUN?;+CREG?')).toEqual(['+CFUN: 4', '+CREG: 0,0', 'OK'])
  await terminal.command('AT+CMGF=1')
  await terminal.type(`AT+CMGS="${friend}"\r`)
  expect(await terminal.type('hi\x1a', 10_000)).toBe('\r\n+CMS ERROR: 331\r\n')
  await terminal.command('AT+CFUN=1', 3000)
  expect(await terminal.command('AT+CREG?')).toEqual(['+CREG: 0,1', 'OK'])
})

test('AT+CFUN=1,1 starts the modem anew: deaf, then RDY, a busy SIM, the network, and no setting left', async () => {
  const { terminal } = await bench()
  await terminal.command('AT+CMEE=1;+CNMI=2,1,0,1,0')
  expect(await terminal.type('AT+CFUN=1,1\r')).toBe('\r\nOK\r\n')
  expect(await terminal.type('AT\r', 1900)).toBe('')
  expect(await terminal.wait(100)).toBe('\r\nRDY\r\n')
  expect(await terminal.type('AT+CMEE=1;+CPIN?\r')).toBe('AT+CMEE=1;+CPIN?\r\r\n+CME ERROR: 14\r\n')
  expect(await terminal.wait(8000)).toBe('\r\n+CFUN: 1\r\n\r\n+CPIN: READY\r\n\r\nSMS Ready\r\n')
  expect(await terminal.type('ATE0;+CREG?;+CNMI?\r')).toBe(
    'ATE0;+CREG?;+CNMI?\r\r\n+CREG: 0,1\r\n\r\n+CNMI: 0,0,0,0,0\r\n\r\nOK\r\n',
  )
})

test('a pulled plug destroys the stream and loses the settings; the SIM keeps its messages', async () => {
  const { clock, network, terminal, modem } = await bench()
  await terminal.command('AT+CMEE=1')
  network.text({ from: friend, to: hub, text: 'kept' })
  await clock.advance(1000)
  modem.unplug(5000)
  await settle()
  expect(terminal.isClosed).toBe(true)
  expect(() => new Terminal(clock, modem)).toThrow('the modem is unplugged')
  network.text({ from: friend, to: hub, text: 'waits' })
  await clock.advance(5000)
  const next = new Terminal(clock, modem)
  await clock.advance(10_000)
  await next.command('ATE0')
  expect(await next.command('AT+CMEE?')).toEqual(['+CMEE: 0', 'OK'])
  expect(await next.command('AT+CPMS?')).toEqual(['+CPMS: "SM",2,20,"SM",2,20,"SM",2,20', 'OK'])
})

test('a call rings with its number, and ends when either side hangs up', async () => {
  const { network, terminal } = await bench()
  await terminal.command('AT+CLIP=1')
  const call = network.call(friend, hub)
  expect(await terminal.wait(6000)).toBe(
    '\r\nRING\r\n\r\n+CLIP: "+491710000002",145,,,,0\r\n\r\nRING\r\n\r\n+CLIP: "+491710000002",145,,,,0\r\n',
  )
  expect(await terminal.command('AT+CPAS;+CLCC')).toEqual(['+CPAS: 3', '+CLCC: 1,1,4,0,0,"+491710000002",145', 'OK'])
  expect(await terminal.command('ATA')).toEqual(['OK'])
  expect(call.state).toBe('answered')
  call.hangUp()
  expect(await terminal.wait(60_000)).toBe('\r\nNO CARRIER\r\n')
  const other = network.call(friend, hub)
  await terminal.wait(1000)
  expect(await terminal.command('AT+CHUP')).toEqual(['OK'])
  expect(other).toMatchObject({ state: 'ended', end: 'BUSY' })
  expect(await terminal.command('AT+CPAS;+CLCC')).toEqual(['+CPAS: 0', 'OK'])
})

test('ATD rings the other side, and hears what it does', async () => {
  const { clock, network, terminal } = await bench()
  const modem = new SimulatedModem({ network, number: friend })
  const other = new Terminal(clock, modem)
  await other.command('ATE0')
  expect(await terminal.command('ATD01710000002;')).toEqual(['OK'])
  await clock.advance(1000)
  expect(await other.wait(0)).toBe('\r\nRING\r\n')
  await other.command('ATH')
  expect(await terminal.wait(0)).toBe('\r\nBUSY\r\n')
  await terminal.command(`ATD${friend};`)
  expect(await terminal.wait(60_000)).toBe('\r\nNO ANSWER\r\n')
  await terminal.command('ATD+4917199;')
  expect(await terminal.wait(1000)).toBe('\r\nNO CARRIER\r\n')
  expect(await terminal.command('ATD*99#')).toEqual(['NO CARRIER'])
})

test('a balance is asked for by USSD, in the character set of the line', async () => {
  const { terminal } = await bench()
  expect(await terminal.command('AT+CUSD=1,"*100#",15')).toEqual(['OK'])
  expect(await terminal.wait(1000)).toBe('\r\n+CUSD: 0,"Your balance is 5.00",15\r\n')
  await terminal.command('AT+CSCS="UCS2"')
  await terminal.command('AT+CUSD=1,"002A0031003000300023",15')
  expect(await terminal.wait(1000)).toContain('+CUSD: 0,"0059006F0075')
  await terminal.command('AT+CSCS="GSM"')
  await terminal.command('AT+CUSD=1,"*999#",15')
  expect(await terminal.wait(1000)).toBe('\r\n+CUSD: 4\r\n')
})

test('the clock can be read and set, and runs on', async () => {
  const { terminal } = await bench()
  expect(await terminal.command('AT+CCLK?')).toEqual(['+CCLK: "26/11/22,12:00:00+00"', 'OK'])
  await terminal.command('AT+CCLK="30/01/02,03:04:05+00"', 60_000)
  expect(await terminal.command('AT+CCLK?')).toEqual(['+CCLK: "30/01/02,03:05:05+00"', 'OK'])
})

test('a time that does not exist is refused', async () => {
  const { terminal } = await bench()
  expect(await terminal.command('AT+CCLK="26/13/41,25:00:00+00"')).toEqual(['ERROR'])
  expect(await terminal.command('AT+CCLK?')).toEqual(['+CCLK: "26/11/22,12:00:00+00"', 'OK'])
})

test.each([
  'ATX4',
  'AT&C1',
  'AT&D2',
  'ATS0=0',
  'AT+IFC=2,2',
  'AT+IPR=115200',
  'AT\\Q3',
  'ATL0M0',
  'AT+CSSN=1,1',
  'AT+CMER=3,0,0,1',
  'AT+CIND?',
  'AT+CBC',
  'AT+CGATT?',
  'AT+WS46=?',
  'AT+CGSMS?',
  'AT+CSAS',
  'AT+CRES',
  'AT+CSCB?',
  'AT+CRC=1',
  'AT&V',
  'AT+CTZU=1',
])('%s, which clients send, is answered with OK', async (line) => {
  const { terminal } = await bench()
  expect((await terminal.command(line)).at(-1)).toBe('OK')
})
