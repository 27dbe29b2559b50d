import { expect, test } from '@jest/globals'
import type { FaultName, ModemFault } from '../../src/simulator/modem/equipment/faults.ts'
import { faultMeanings, points, promptShapes } from '../../src/simulator/modem/equipment/faults.ts'
import { bench, friend, hub, Recipient, submit } from './bench.ts'

/** What is on the line when one text is sent with the fault, and how often the network accepts it. */
interface Case {
  readonly fault: ModemFault
  /** Behind AT+CMGS. */
  readonly prompt: string
  /** Behind the PDU, within ten seconds. */
  readonly answer: string
  readonly accepted: 0 | 1
}

const prompt = '\r\n> '
const answer = '\r\n+CMGS: 1\r\n\r\nOK\r\n'
const once = { times: 1 } as const

const cases: readonly Case[] = [
  {
    fault: { fault: 'answer', command: '+CMGS', lines: ['+CMGS: 099'], ...once },
    prompt,
    answer: '\r\n+CMGS: 099\r\n\r\nOK\r\n',
    accepted: 1,
  },
  { fault: { fault: 'silence', at: 'command', ...once }, prompt: '', answer: '', accepted: 0 },
  { fault: { fault: 'silence', at: 'everywhere', ...once }, prompt: '', answer: '', accepted: 0 },
  { fault: { fault: 'silence', at: 'before_prompt', ...once }, prompt: '', answer: '', accepted: 0 },
  { fault: { fault: 'silence', at: 'after_prompt', ...once }, prompt, answer: '', accepted: 0 },
  { fault: { fault: 'silence', at: 'before_acceptance', ...once }, prompt, answer: '', accepted: 0 },
  { fault: { fault: 'silence', at: 'after_acceptance', ...once }, prompt, answer: '', accepted: 1 },
  { fault: { fault: 'lost_prompt', ...once }, prompt: '', answer, accepted: 1 },
  { fault: { fault: 'prompt', shape: 'crlf_after', ...once }, prompt: '\r\n>\r\n', answer, accepted: 1 },
  { fault: { fault: 'prompt', shape: 'bare', ...once }, prompt: '>', answer, accepted: 1 },
  { fault: { fault: 'stuck_prompt', ...once }, prompt, answer: '', accepted: 0 },
  {
    fault: { fault: 'error', at: 'before_prompt', cms: 302, ...once },
    prompt: '\r\n+CMS ERROR: 302\r\n',
    answer: '',
    accepted: 0,
  },
  {
    fault: { fault: 'error', at: 'after_prompt', cme: 14, ...once },
    prompt: `${prompt}\r\n+CME ERROR: 14\r\n`,
    answer: '',
    accepted: 0,
  },
  {
    fault: { fault: 'error', at: 'before_acceptance', cms: 38, ...once },
    prompt,
    answer: '\r\n+CMS ERROR: 38\r\n',
    accepted: 0,
  },
  {
    fault: { fault: 'error', at: 'after_acceptance', cms: 332, ...once },
    prompt,
    answer: '\r\n+CMS ERROR: 332\r\n',
    accepted: 1,
  },
  { fault: { fault: 'error', at: 'before_acceptance', ...once }, prompt, answer: '\r\nERROR\r\n', accepted: 0 },
  {
    fault: { fault: 'error', at: 'command', verbatim: 'COMMAND NOT SUPPORT', ...once },
    prompt: '\r\nCOMMAND NOT SUPPORT\r\n',
    answer: '',
    accepted: 0,
  },
  { fault: { fault: 'bare_ok', ...once }, prompt, answer: '\r\nOK\r\n', accepted: 1 },
  { fault: { fault: 'ok_first', gapMs: 2500, ...once }, prompt, answer: '\r\nOK\r\n\r\n+CMGS: 1\r\n', accepted: 1 },
  { fault: { fault: 'late_answer', ms: 5000, ...once }, prompt, answer, accepted: 1 },
  { fault: { fault: 'double_final', final: 'ERROR', ...once }, prompt, answer: `${answer}\r\nERROR\r\n`, accepted: 1 },
  {
    fault: { fault: 'unsolicited', at: 'before_answer', line: '^BOOT:1', ...once },
    prompt,
    answer: `\r\n^BOOT:1\r\n${answer}`,
    accepted: 1,
  },
  {
    fault: { fault: 'unsolicited', at: 'inside_answer', line: '^BOOT:1', ...once },
    prompt,
    answer: '\r\n+CMGS: 1\r\n\r\n^BOOT:1\r\n\r\nOK\r\n',
    accepted: 1,
  },
  {
    fault: { fault: 'unsolicited', at: 'glued', line: '+CMTI: "SM",4', ...once },
    prompt,
    answer: '\r\n+CMGS: 1+CMTI: "SM",4\r\n\r\nOK\r\n',
    accepted: 1,
  },
  {
    fault: { fault: 'unsolicited', at: 'after_prompt', line: '+CSQ: 20,99', ...once },
    prompt: `${prompt}\r\n+CSQ: 20,99\r\n`,
    answer,
    accepted: 1,
  },
  { fault: { fault: 'line_ends', shape: 'cr', ...once }, prompt, answer: '\r+CMGS: 1\r\rOK\r', accepted: 1 },
  { fault: { fault: 'line_ends', shape: 'tail_only', ...once }, prompt, answer: '+CMGS: 1\r\nOK\r\n', accepted: 1 },
  { fault: { fault: 'slow', msPerOctet: 100, ...once }, prompt, answer, accepted: 1 },
]

test.each(cases.map((one) => [JSON.stringify(one.fault), one] as const))(
  'with the fault %s the line and the network show it, once',
  async (_, one) => {
    const { modem, network, terminal } = await bench()
    await terminal.command('AT+CMEE=1')
    modem.faults.add(one.fault)
    const { pdu, tpduLength } = submit('open')
    expect(await terminal.type(`AT+CMGS=${tpduLength}\r`)).toBe(one.prompt)
    expect(await terminal.type(`${pdu}\x1a`, 10_000)).toBe(one.answer)
    expect(network.log.of('accepted')).toHaveLength(one.accepted)
    expect(modem.faults.active).toEqual([])
    await terminal.type('\x1b')
    expect(await terminal.send(submit('again'))).toEqual([
      `+CMGS: ${network.log.of('accepted').at(-1)?.reference}`,
      'OK',
    ])
  },
)

test.each(Object.entries(promptShapes))('the prompt %s is %j', async (shape, octets) => {
  const { modem, terminal } = await bench()
  modem.faults.add({ fault: 'prompt', shape: shape as keyof typeof promptShapes })
  expect(await terminal.type('AT+CMGS=10\r')).toBe(octets)
})

const struck = {
  command: 0,
  before_prompt: 0,
  after_prompt: 0,
  inside_pdu: 0,
  before_acceptance: 0,
  after_acceptance: 1,
  inside_answer: 1,
} as const

test.each(Object.keys(points) as (keyof typeof points)[])(
  'the plug can be pulled at %s, and put in again',
  async (at) => {
    const { clock, modem, network, terminal } = await bench()
    modem.faults.add({ fault: 'unplug', at, command: '+CMGS', returnsAfterMs: 30_000, ...once })
    const { pdu, tpduLength } = submit('open')
    await terminal.type(`AT+CMGS=${tpduLength}\r`)
    const said = await terminal.type(`${pdu}\x1a`, 10_000)
    expect(said).toBe(at === 'inside_answer' ? answer.slice(0, answer.length / 2) : '')
    expect(terminal.isClosed).toBe(true)
    expect(modem.isPlugged).toBe(false)
    expect(network.log.of('accepted')).toHaveLength(struck[at])
    await clock.advance(30_000)
    expect(modem.isPlugged).toBe(true)
  },
)

test.each(Object.keys(points) as (keyof typeof points)[])(
  'the modem can start anew at %s: RDY, echo on, settings lost',
  async (at) => {
    const { modem, network, terminal } = await bench()
    await terminal.command('AT+CMEE=1')
    modem.faults.add({ fault: 'reset', at, command: '+CMGS', ...once })
    const { pdu, tpduLength } = submit('open')
    await terminal.type(`AT+CMGS=${tpduLength}\r`)
    const said = await terminal.type(`${pdu}\x1a`, 20_000)
    expect(said).toMatch(/\r\nRDY\r\n\r\n\+CFUN: 1\r\n\r\n\+CPIN: READY\r\n\r\nSMS Ready\r\n$/)
    expect(network.log.of('accepted')).toHaveLength(struck[at])
    expect(await terminal.type('AT+CMEE?\r')).toBe('AT+CMEE?\r\r\n+CMEE: 0\r\n\r\nOK\r\n')
  },
)

test('a modem that is silent everywhere emits no unsolicited lines either, until that ends', async () => {
  const { modem, network, terminal } = await bench()
  await terminal.command('AT+CNMI=2,1')
  modem.faults.add({ fault: 'silence', at: 'everywhere' })
  network.text({ from: friend, to: hub, text: 'x' })
  expect(await terminal.type('AT\rAT\r', 10_000)).toBe('')
  modem.faults.clear('silence')
  expect(await terminal.command('AT')).toEqual(['OK'])
  expect(modem.memories.SM.used).toBe(1)
})

test('a stuck prompt ends with ESC only', async () => {
  const { modem, network, terminal } = await bench()
  modem.faults.add({ fault: 'stuck_prompt' })
  await terminal.type('AT+CMGS=10\r')
  expect(await terminal.type('00\x1aAT\r\x1a', 60_000)).toBe('')
  expect(await terminal.type('\x1b')).toBe('\r\nOK\r\n')
  expect(network.log.events).toEqual([])
})

test('the echo comes back for so many lines', async () => {
  const { modem, terminal } = await bench()
  modem.faults.add({ fault: 'echo', times: 2 })
  for (const octets of ['AT\r\r\nOK\r\n', 'AT\r\r\nOK\r\n', '\r\nOK\r\n'])
    expect(await terminal.type('AT\r')).toBe(octets)
})

test('garbage stands before an answer, the same with the same seed', async () => {
  const noisy = async () => {
    const { modem, terminal } = await bench()
    modem.faults.add({ fault: 'garbage', octets: 20, ...once })
    return terminal.type('AT+CSQ\r')
  }
  const said = await noisy()
  expect(said).toHaveLength(20 + '\r\n+CSQ: 20,99\r\n\r\nOK\r\n'.length)
  expect(said.endsWith('\r\n+CSQ: 20,99\r\n\r\nOK\r\n')).toBe(true)
  expect(await noisy()).toBe(said)
})

test('a storage that is stuck full stores nothing and reports that, until it is cleared', async () => {
  const { modem, network, terminal } = await bench()
  await terminal.command('AT+CNMI=2,1')
  modem.faults.add({ fault: 'storage_full' })
  network.text({ from: friend, to: hub, text: 'x' })
  expect(await terminal.wait(1000)).toBe('')
  expect(await terminal.command('AT+CPMS?')).toEqual(['+CPMS: "SM",20,20,"SM",20,20,"SM",20,20', 'OK'])
  modem.faults.clear('storage_full')
  expect(await terminal.wait(0)).toBe('\r\n+CMTI: "SM",1\r\n')
})

test('an indication is lost, the message is not', async () => {
  const { modem, network, terminal } = await bench()
  await terminal.command('AT+CNMI=2,1')
  modem.faults.add({ fault: 'lost_indication', ...once })
  network.text({ from: friend, to: hub, text: 'x' })
  network.text({ from: friend, to: hub, text: 'y' })
  expect(await terminal.wait(1000)).toBe('\r\n+CMTI: "SM",2\r\n')
  expect((await terminal.command('AT+CMGL=4')).filter((line) => line.startsWith('+CMGL'))).toHaveLength(2)
})

test('octets of a slow modem come one by one', async () => {
  const { modem, terminal } = await bench()
  modem.faults.add({ fault: 'slow', msPerOctet: 100 })
  expect(await terminal.type('AT\r', 250)).toBe('\r\n')
  expect(await terminal.wait(1000)).toBe('OK\r\n')
})

test('a fault for one command leaves the others alone', async () => {
  const { modem, terminal } = await bench()
  modem.faults.add({ fault: 'silence', at: 'command', command: '+CSQ' })
  expect(await terminal.command('AT')).toEqual(['OK'])
  expect(await terminal.command('AT+CSQ')).toEqual([])
  expect(await terminal.command('AT+CREG?')).toEqual(['+CREG: 0,1', 'OK'])
  expect(modem.faults.active).toHaveLength(1)
})

test('a report may overtake the answer of its own message', async () => {
  const { modem, network, terminal } = await bench()
  new Recipient(network)
  await terminal.command('AT+CNMI=2,1,0,1,0')
  modem.faults.add({ fault: 'late_answer', ms: 5000, command: '+CMGS' })
  const lines = await terminal.send(submit('x', { statusReport: true }))
  expect(lines.map((line) => line.slice(0, 5))).toEqual(['+CDS:', '07919', '+CMGS', 'OK'])
})

test('every fault has been shown', () => {
  const elsewhere: readonly FaultName[] = [
    'unplug',
    'reset',
    'echo',
    'garbage',
    'storage_full',
    'lost_indication',
    'damaged',
  ]
  const shown = new Set([...cases.map(({ fault }) => fault.fault), ...elsewhere])
  expect([...shown].sort()).toEqual(Object.keys(faultMeanings).sort())
})
