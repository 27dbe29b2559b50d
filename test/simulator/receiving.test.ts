import { expect, test } from '@jest/globals'
import { decodePdu } from '../../src/sms/decode-pdu.ts'
import { encodePdu } from '../../src/sms/encode-pdu.ts'
import { bench, friend, hub, linesIn, Recipient, submit } from './bench.ts'

const second = 1000

function pduOf(text: string, dcs = 0, scts = '2026-11-22T12:00:00+00:00') {
  const smsc = { number: '491710760000', ton: 'international', npi: 1 } as const
  const address = { number: '491710000002', ton: 'international', npi: 1 } as const
  return encodePdu({ type: 'deliver', smsc, address, scts, dcs, text })
}

/** Sends a text to the modem and returns what it says. */
async function deliver({ network, terminal }: Awaited<ReturnType<typeof bench>>, pdu: string): Promise<string> {
  network.deliver({ from: friend, to: hub, pdu })
  return terminal.wait(second)
}

test('values of +CNMI are listed, read back, and refused with 303', async () => {
  const { terminal } = await bench()
  expect(await terminal.command('AT+CNMI=?')).toEqual(['+CNMI: (0-3),(0-3),(0,2,3),(0-2),(0,1)', 'OK'])
  expect(await terminal.command('AT+CNMI=2,1,0,2,0')).toEqual(['OK'])
  expect(await terminal.command('AT+CNMI?')).toEqual(['+CNMI: 2,1,0,2,0', 'OK'])
})

const hello = pduOf('hello')
const onSim = pduOf('hello', 0xf2)
const flash = pduOf('hello', 0x10)
const stored = '\r\n+CMTI: "SM",1\r\n'
const direct = (message: typeof hello) => `\r\n+CMT: ,${message.tpduLength}\r\n${message.pdu}\r\n`

test.each([
  ['mt 0', '2,0,0,0,0', hello, '', 1],
  ['mt 1', '2,1,0,0,0', hello, stored, 1],
  ['mt 2', '2,2,0,0,0', hello, direct(hello), 0],
  ['mt 2 and class 0', '2,2,0,0,0', flash, direct(flash), 0],
  ['mt 2 and class 2, which is for the SIM', '2,2,0,0,0', onSim, stored, 1],
  ['mt 3 without class 3', '2,3,0,0,0', hello, stored, 1],
  ['mode 0', '0,1,0,0,0', hello, '', 1],
])('with %s a text is told as the standard says', async (_, cnmi, message, said, used) => {
  const all = await bench()
  await all.terminal.command(`AT+CNMI=${cnmi}`)
  expect(await deliver(all, message.pdu)).toBe(said)
  expect(all.modem.memories.SM.used).toBe(used)
})

test('lines buffered by mode 0 are emitted, or dropped, when another mode is set', async () => {
  for (const [bfr, said] of [
    [0, ['+CMTI: "SM",1', 'OK']],
    [1, ['OK']],
  ] as const) {
    const all = await bench()
    await all.terminal.command('AT+CNMI=0,1')
    await deliver(all, hello.pdu)
    expect(await all.terminal.command(`AT+CNMI=2,1,0,0,${bfr}`)).toEqual(said)
  }
})

test('a stored message is unread, then read, then gone', async () => {
  const all = await bench()
  const { terminal } = all
  await terminal.command('AT+CMEE=1')
  await deliver(all, hello.pdu)
  expect(await terminal.command('AT+CMGL=?')).toEqual(['+CMGL: (0-4)', 'OK'])
  expect(await terminal.command('AT+CMGL=1')).toEqual(['OK'])
  expect(await terminal.type('AT+CMGL\r')).toBe(`\r\n+CMGL: 1,0,,${hello.tpduLength}\r\n${hello.pdu}\r\n\r\nOK\r\n`)
  expect(await terminal.command('AT+CMGR=1')).toEqual([`+CMGR: 1,,${hello.tpduLength}`, hello.pdu, 'OK'])
  expect(await terminal.command('AT+CMGD=?')).toEqual(['+CMGD: (1),(0-4)', 'OK'])
  expect(await terminal.command('AT+CMGD=1')).toEqual(['OK'])
  expect(await terminal.command('AT+CMGR=1')).toEqual(['+CMS ERROR: 321'])
  expect(await terminal.command('AT+CMGD=99')).toEqual(['+CMS ERROR: 321'])
  expect(await terminal.command('AT+CMGL=4')).toEqual(['OK'])
})

test('AT+CMGD deletes by status', async () => {
  const all = await bench()
  const { terminal, modem } = all
  for (const text of ['a', 'b', 'c']) await deliver(all, pduOf(text).pdu)
  await terminal.command('AT+CMGR=2')
  await terminal.command('AT+CMGD=1,1')
  expect(modem.memories.SM.list().map(([index]) => index)).toEqual([1, 3])
  await terminal.command('AT+CMGD=1,4')
  expect(modem.memories.SM.used).toBe(0)
})

test('memories are chosen and counted', async () => {
  const all = await bench()
  const { terminal } = all
  expect(await terminal.command('AT+CPMS=?')).toEqual(['+CPMS: ("SM","ME","SR"),("SM","ME"),("SM","ME")', 'OK'])
  expect(await terminal.command('AT+CPMS="SM","SM","ME"')).toEqual(['+CPMS: 0,20,0,20,0,50', 'OK'])
  await terminal.command('AT+CNMI=2,1')
  expect(await deliver(all, hello.pdu)).toBe('\r\n+CMTI: "ME",1\r\n')
  expect(await terminal.command('AT+CPMS?')).toEqual(['+CPMS: "SM",0,20,"SM",0,20,"ME",1,50', 'OK'])
  expect(await terminal.command('AT+CMGL=4')).toEqual(['OK'])
  await terminal.command('AT+CPMS="ME"')
  expect(await terminal.command('AT+CMGL=4')).toHaveLength(3)
  expect(await terminal.command('AT+CPMS="XX"')).toEqual(['ERROR'])
})

test('a full memory takes nothing; the network keeps the text until there is room', async () => {
  const all = await bench({ modem: { capacity: { SM: 2 } } })
  const { terminal, network } = all
  await terminal.command('AT+CNMI=2,1')
  for (const text of ['a', 'b']) await deliver(all, pduOf(text).pdu)
  expect(await deliver(all, pduOf('c').pdu)).toBe('')
  expect(network.log.of('deferred')).toHaveLength(1)
  expect(await terminal.command('AT+CPMS?')).toEqual(['+CPMS: "SM",2,2,"SM",2,2,"SM",2,2', 'OK'])
  expect(await terminal.command('AT+CMGD=1')).toEqual(['+CMTI: "SM",1', 'OK'])
  expect(await terminal.command('AT+CMGR=1')).toContain(pduOf('c').pdu)
})

test('in service 1 a routed text is acknowledged once', async () => {
  const all = await bench()
  const { terminal, network } = all
  await terminal.command('AT+CMEE=1')
  expect(await terminal.command('AT+CSMS=1')).toEqual(['+CSMS: 1,1,1', 'OK'])
  expect(await terminal.command('AT+CSMS?')).toEqual(['+CSMS: 1,1,1,1', 'OK'])
  await terminal.command('AT+CNMI=2,2,0,1')
  expect(await deliver(all, hello.pdu)).toBe(direct(hello))
  expect(network.log.of('delivered')).toEqual([])
  expect(await terminal.command('AT+CNMA=0')).toEqual(['OK'])
  expect(network.log.of('delivered')).toHaveLength(1)
  expect(await terminal.command('AT+CNMA')).toEqual(['+CMS ERROR: 340'])
  expect(await deliver(all, hello.pdu)).toBe(direct(hello))
  expect(await terminal.command('AT+CNMA=2')).toEqual(['OK'])
  expect(network.log.of('deferred')).toHaveLength(1)
})

test('without +CNMA in time the network hears an error and routing ends', async () => {
  const all = await bench({
    network: { behaviour: { acceptMs: [0, 0], deliverMs: [second, second], retryMs: 60_000 } },
  })
  const { terminal, network } = all
  await terminal.command('AT+CSMS=1;+CNMI=2,2,0,1')
  await deliver(all, hello.pdu)
  await terminal.wait(16_999)
  expect(await terminal.command('AT+CNMI?')).toEqual(['+CNMI: 2,2,0,1,0', 'OK'])
  await terminal.wait(1)
  expect(network.log.of('deferred')).toHaveLength(1)
  expect(await terminal.command('AT+CNMI?')).toEqual(['+CNMI: 2,0,0,0,0', 'OK'])
  await terminal.wait(60_000)
  expect(await terminal.command('AT+CMGL=4')).toContain(hello.pdu)
})

test('a second text waits for the acknowledgement of the first', async () => {
  const all = await bench()
  await all.terminal.command('AT+CSMS=1;+CNMI=2,2')
  await deliver(all, hello.pdu)
  expect(await deliver(all, flash.pdu)).toBe('')
  expect(linesIn(await all.terminal.type('AT+CNMA\r'))).toEqual([`+CMT: ,${flash.tpduLength}`, flash.pdu, 'OK'])
})

test.each([
  ['ds 0: to nobody', '2,1,0,0,0', [], 0],
  [
    'ds 1: at once',
    '2,1,0,1,0',
    ['+CDS: 25', expect.stringMatching(/^079194710167000006010C9194710100002062112221/)],
    0,
  ],
  ['ds 2: to the memory SR', '2,1,0,2,0', ['+CDSI: "SR",1'], 1],
])('a delivery report comes with %s', async (_, cnmi, said, used) => {
  const { terminal, network, modem } = await bench()
  new Recipient(network)
  await terminal.command(`AT+CNMI=${cnmi}`)
  const { pdu, tpduLength } = submit('x', { statusReport: true })
  await terminal.type(`AT+CMGS=${tpduLength}\r`)
  await terminal.type(`${pdu}\x1a`, second)
  expect(linesIn(await terminal.wait(2 * second))).toEqual(said)
  expect(modem.memories.SR.used).toBe(used)
})

test('a stored report is read from its memory', async () => {
  const { terminal, network } = await bench()
  new Recipient(network)
  await terminal.command('AT+CNMI=2,1,0,2,0')
  await terminal.send(submit('x', { statusReport: true }))
  expect(await terminal.command('AT+CPMS="SR"')).toEqual(['+CPMS: 1,20,0,20,0,20', 'OK'])
  const [header, pdu] = await terminal.command('AT+CMGR=1')
  expect(header).toBe('+CMGR: 0,,25')
  expect(decodePdu(pdu as string)).toMatchObject({ type: 'statusReport', mr: 1, status: 0 })
})

test('text mode shows texts, drafts and reports with and without their details', async () => {
  const all = await bench()
  const { terminal, network } = all
  new Recipient(network)
  await terminal.command('AT+CMGF=1;+CNMI=2,1,0,1,0')
  await deliver(all, pduOf('tea @ 5', 0, '2026-11-22T17:42:34+01:00').pdu)
  const header = '"+491710000002",,"26/11/22,17:42:34+04"'
  expect(await terminal.command('AT+CMGL="ALL"')).toEqual([`+CMGL: 1,"REC UNREAD",${header}`, 'tea @ 5', 'OK'])
  expect(await terminal.command('AT+CMGR=1')).toEqual([`+CMGR: "REC READ",${header}`, 'tea @ 5', 'OK'])
  await terminal.command('AT+CSDH=1')
  const details = ',145,4,0,0,"+491710760000",145,7'
  expect(await terminal.command('AT+CMGR=1')).toEqual([`+CMGR: "REC READ",${header}${details}`, 'tea @ 5', 'OK'])
  await terminal.command('AT+CSCS="GSM"')
  expect((await terminal.command('AT+CMGR=1'))[1]).toBe('tea \0 5')
  await terminal.command('AT+CSCS="UCS2"')
  expect((await terminal.command('AT+CMGR=1'))[1]).toBe('0074006500610020004000200035')
  await terminal.command('AT+CSCS="IRA";+CSDH=0')
  await terminal.type(`AT+CMGW="${friend}"\r`)
  await terminal.type('later\x1a')
  expect(await terminal.command('AT+CMGL="STO UNSENT"')).toEqual([
    '+CMGL: 2,"STO UNSENT","+491710000002",,',
    'later',
    'OK',
  ])
  await terminal.command('AT+CSMP=49,167,0,0')
  await terminal.type(`AT+CMGS="${friend}"\r`)
  await terminal.type('now\x1a', second)
  expect(await terminal.wait(2 * second)).toMatch(
    /^\r\n\+CDS: 6,1,"\+491710000002",145,"26\/11\/22,12:\d\d:\d\d\+00",".*",0\r\n$/,
  )
})

test('text mode routes texts whole, and shows in hex what is no text', async () => {
  const all = await bench()
  await all.terminal.command('AT+CMGF=1;+CNMI=2,2')
  expect(await deliver(all, hello.pdu)).toBe('\r\n+CMT: "+491710000002",,"26/11/22,12:00:00+00"\r\nhello\r\n')
  expect(linesIn(await deliver(all, pduOf('ü', 8).pdu))[1]).toBe('00FC')
})

test('what nobody can read is stored and handed on as it is', async () => {
  const all = await bench()
  const pdu = '07919471016700000C0C9194710100'
  await deliver(all, pdu)
  expect(await all.terminal.command('AT+CMGR=1')).toEqual(['+CMGR: 0,,7', pdu, 'OK'])
})
