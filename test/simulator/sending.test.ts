import { expect, test } from '@jest/globals'
import { decodePdu } from '../../src/sms/decode-pdu.ts'
import { bench, friend, linesIn, Recipient, submit } from './bench.ts'

test('AT+CMGS asks with CR LF > blank, and answers when the network has accepted', async () => {
  const { network, terminal } = await bench()
  const { pdu, tpduLength } = submit('begin123456', { statusReport: true })
  expect(await terminal.type(`AT+CMGS=${tpduLength}\r`)).toBe('\r\n> ')
  expect(await terminal.type(`${pdu}\x1a`, 999)).toBe('')
  expect(network.log.of('accepted')).toEqual([])
  expect(await terminal.wait(1)).toBe('\r\n+CMGS: 1\r\n\r\nOK\r\n')
  expect(network.log.of('accepted')).toMatchObject([{ to: friend, text: 'begin123456', reference: 1 }])
})

test('with echo on, the PDU is echoed after the prompt', async () => {
  const { terminal } = await bench()
  await terminal.type('ATE1\r')
  const { pdu, tpduLength } = submit('x')
  expect(await terminal.type(`AT+CMGS=${tpduLength}\r`)).toBe(`AT+CMGS=${tpduLength}\r\r\n> `)
  expect(await terminal.type(`${pdu}\x1a`, 1000)).toBe(`${pdu}\x1a\r\n+CMGS: 1\r\n\r\nOK\r\n`)
})

test('the modem counts its references and wraps at 256', async () => {
  const { network, terminal } = await bench({ network: { behaviour: { acceptMs: [0, 0], deliverMs: [0, 0] } } })
  for (let i = 1; i < 255; i++) await terminal.send(submit('x'))
  expect(await terminal.send(submit('x'))).toEqual(['+CMGS: 255', 'OK'])
  expect(await terminal.send(submit('x'))).toEqual(['+CMGS: 0', 'OK'])
  expect(await terminal.send(submit('x'))).toEqual(['+CMGS: 1', 'OK'])
  expect(network.log.of('accepted').at(-1)?.reference).toBe(1)
})

test('ESC gives up: OK, and nothing is sent', async () => {
  const { network, terminal } = await bench()
  await terminal.type('AT+CMGS=24\r')
  expect(await terminal.type('0031\x1b', 10_000)).toBe('\r\nOK\r\n')
  expect(network.log.events).toEqual([])
  expect(await terminal.type('AT\r')).toBe('\r\nOK\r\n')
})

test.each([
  ['a wrong length', (pdu: string) => pdu, 1],
  ['half an octet', (pdu: string) => `${pdu}0`, 0],
  ['what is no hex', (pdu: string) => `${pdu.slice(0, -2)}XY`, 0],
  ['nothing', () => '', 0],
])('%s is refused with 304 before the network sees it', async (_, change, longer) => {
  const { network, terminal } = await bench()
  await terminal.command('AT+CMEE=1')
  const { pdu, tpduLength } = submit('x')
  expect(await terminal.send({ pdu: change(pdu), tpduLength: tpduLength + longer })).toEqual(['+CMS ERROR: 304'])
  expect(network.log.events).toEqual([])
})

test('the PDU may name the service centre; without one anywhere it is 330', async () => {
  const { modem, terminal } = await bench()
  await terminal.command('AT+CMEE=1')
  modem.sim.serviceCentre = null
  expect(await terminal.command('AT+CSCA?')).toEqual(['+CSCA: "",129', 'OK'])
  expect(await terminal.send(submit('x'))).toEqual(['+CMS ERROR: 330'])
  expect(await terminal.send(submit('x', { smsc: { number: '491710760000', ton: 'international', npi: 1 } }))).toEqual([
    '+CMGS: 2',
    'OK',
  ])
  await terminal.command('AT+CSCA="+491710760000",145')
  expect(await terminal.command('AT+CSCA?')).toEqual(['+CSCA: "+491710760000",145', 'OK'])
  expect(await terminal.send(submit('x'))).toEqual(['+CMGS: 3', 'OK'])
})

test("the network's refusal is the modem's error", async () => {
  const { network, terminal } = await bench()
  network.change({ congestion: 1 })
  await terminal.command('AT+CMEE=2')
  expect(await terminal.send(submit('x'))).toEqual(['+CMS ERROR: Congestion'])
  expect(network.log.of('refused')).toHaveLength(1)
})

test('a text typed in text mode goes out with the settings of +CSMP, line by line', async () => {
  const { network, terminal } = await bench()
  new Recipient(network)
  await terminal.command('AT+CMGF=1;+CSMP=49,11,0,0')
  expect(await terminal.type(`AT+CMGS="${friend}"\r`)).toBe('\r\n> ')
  expect(await terminal.type('setdigout\r')).toBe('\r\n> ')
  expect(linesIn(await terminal.type('1 0\x1a', 1000))).toEqual(['+CMGS: 1', 'OK'])
  const [{ pdu } = { pdu: '' }] = network.log.of('accepted')
  expect(decodePdu(pdu)).toMatchObject({
    text: 'setdigout\n1 0',
    address: { number: '491710000002', ton: 'international' },
    statusReportRequest: true,
    vp: { format: 'relative', seconds: 3600 },
  })
})

test('text mode sends UCS2 from hex, and takes numbers with their type', async () => {
  const { network, terminal } = await bench()
  await terminal.command('AT+CMGF=1;+CSMP=17,167,0,8')
  await terminal.type('AT+CMGS="491710000002",145\r')
  await terminal.type('00FC20AC\x1a', 1000)
  expect(network.log.of('accepted')).toMatchObject([{ to: friend, text: 'ü€' }])
  await terminal.command('AT+CSCS="UCS2";+CSMP=17,167,0,0')
  await terminal.type('AT+CMGS="002B003400390031003700310030003000300030003000300032"\r')
  await terminal.type('00FC0040\x1a', 1000)
  expect(network.log.of('accepted').at(-1)).toMatchObject({ to: friend, text: 'ü@' })
})

test.each([
  ['too long', 'x'.repeat(161), 0],
  ['no hex where there must be', 'hello', 8],
])('a text that is %s is refused with 305', async (_, text, dcs) => {
  const { network, terminal } = await bench()
  await terminal.command(`AT+CMEE=1;+CMGF=1;+CSMP=17,167,0,${dcs}`)
  await terminal.type(`AT+CMGS="${friend}"\r`)
  expect(linesIn(await terminal.type(`${text}\x1a`, 1000))).toEqual(['+CMS ERROR: 305'])
  expect(network.log.events).toEqual([])
})

test('a message is written to memory, sent from there, and to somebody else', async () => {
  const { network, terminal } = await bench()
  const { pdu, tpduLength } = submit('draft')
  await terminal.type(`AT+CMGW=${tpduLength}\r`)
  expect(linesIn(await terminal.type(`${pdu}\x1a`))).toEqual(['+CMGW: 1', 'OK'])
  expect(await terminal.command('AT+CMGR=1')).toEqual([`+CMGR: 2,,${tpduLength}`, pdu, 'OK'])
  expect(await terminal.command('AT+CMSS=1', 1000)).toEqual(['+CMSS: 1', 'OK'])
  expect(await terminal.command('AT+CMSS=1,"+491710000003"', 1000)).toEqual(['+CMSS: 2', 'OK'])
  expect(network.log.of('accepted').map(({ to, text }) => [to, text])).toEqual([
    [friend, 'draft'],
    ['+491710000003', 'draft'],
  ])
  expect(await terminal.command('AT+CMGL=3')).toEqual([`+CMGL: 1,3,,${tpduLength}`, pdu, 'OK'])
})

test('a command of the service centre is asked for and refused: this network knows none', async () => {
  const { terminal } = await bench()
  await terminal.command('AT+CMEE=1')
  expect(await terminal.type('AT+CMGC=10\r')).toBe('\r\n> ')
  expect(linesIn(await terminal.type('00\x1a'))).toEqual(['+CMS ERROR: 176'])
})

test('lines that nobody asked for wait while a prompt is open, and come before the answer', async () => {
  const { modem, terminal } = await bench()
  const { pdu, tpduLength } = submit('x')
  await terminal.type(`AT+CMGS=${tpduLength}\r`)
  modem.emit('^RSSI:18')
  expect(await terminal.type(pdu)).toBe('')
  expect(await terminal.type('\x1a', 1000)).toBe('\r\n^RSSI:18\r\n\r\n+CMGS: 1\r\n\r\nOK\r\n')
})
