import { describe, expect, test } from '@jest/globals'
import type { ModemFault } from '../../src/simulator/modem/equipment/faults.ts'
import { Bench, friend, hub } from './bench.ts'

/** Somebody calls the modem. */
function call(bench: Bench, from = friend) {
  return bench.network.call(from, hub)
}

describe('a call that comes in', () => {
  test('is told once with its number, and turned away', async () => {
    const bench = await Bench.ready()
    const ringing = call(bench)
    await bench.until(() => ringing.state === 'ended')
    expect(ringing.end).toBe('BUSY')
    await bench.clock.advance(60_000)
    expect(bench.told.calls).toEqual([friend])
  })

  test('whose number is withheld is told without one', async () => {
    const bench = await Bench.ready()
    await bench.outcomeOf(bench.driver.can.at('AT+CLIP=0'))
    call(bench)
    await bench.clock.advance(30_000)
    expect(bench.told.calls).toEqual([null])
  })

  test('is told again when it comes again', async () => {
    const bench = await Bench.ready()
    call(bench)
    await bench.clock.advance(30_000)
    call(bench)
    await bench.clock.advance(30_000)
    expect(bench.told.calls).toEqual([friend, friend])
  })

  test('that the modem does not end at first is ended at its next ring, and told once', async () => {
    const bench = await Bench.ready()
    bench.modem.faults.add({ fault: 'error', at: 'command', command: '+CHUP', times: 1 })
    bench.modem.faults.add({ fault: 'error', at: 'command', command: 'H', times: 1 })
    const ringing = call(bench)
    await bench.until(() => ringing.state === 'ended')
    expect(bench.told.calls).toEqual([friend])
  })

  test('while a text is on its way waits for the line, and neither is lost', async () => {
    const bench = await Bench.ready({ behaviour: { acceptMs: [8_000, 8_000] } })
    const handover = bench.send('meanwhile')
    await bench.clock.advance(1_000)
    const ringing = call(bench)
    expect(await handover).toMatchObject({ outcome: 'sent' })
    await bench.until(() => ringing.state === 'ended')
    expect(bench.told.calls).toEqual([friend])
  })
})

describe('texts that a modem counts and does not show', () => {
  const cases: readonly [string, readonly ModemFault[]][] = [
    [
      'as it lists and reads nothing',
      [
        { fault: 'error', at: 'command', command: '+CMGL' },
        { fault: 'error', at: 'command', command: '+CMGR' },
      ],
    ],
    [
      'as its listing and its slots are empty',
      [
        { fault: 'answer', command: '+CMGL', lines: [] },
        { fault: 'answer', command: '+CMGR', lines: [] },
      ],
    ],
    [
      'as its listing is empty and slots can’t be read',
      [
        { fault: 'answer', command: '+CMGL', lines: [] },
        { fault: 'error', at: 'command', command: '+CMGR', cms: 500 },
      ],
    ],
  ]

  test.each(cases)('%s are told, for as long as it is so; then they are read', async (_, faults) => {
    const bench = await Bench.ready()
    for (const fault of faults) bench.modem.faults.add(fault)
    for (let i = 0; i < 3; i++) bench.network.text({ from: friend, to: hub, text: `unseen ${i}` })
    const hidden = { status: 'degraded', last_error: expect.stringContaining('counts 3 messages in SM and shows none') }
    for (let minutes = 0; minutes < 15; minutes += 3) {
      await bench.clock.advance(180_000)
      expect(bench.facts).toMatchObject(hidden)
    }
    bench.modem.faults.clear()
    await bench.clock.advance(180_000)
    expect(bench.facts).toMatchObject({ status: 'ready', last_error: null })
    expect(bench.told.messages).toHaveLength(3)
  })

  test('in its list, and does in their slots, are no trouble', async () => {
    const bench = await Bench.ready()
    bench.modem.faults.add({ fault: 'error', at: 'command', command: '+CMGL' })
    bench.network.text({ from: friend, to: hub, text: 'seen' })
    await bench.clock.advance(180_000)
    expect(bench.facts).toMatchObject({ status: 'ready', last_error: null })
    expect(bench.told.messages).toHaveLength(1)
  })
})

describe('the storage of a modem', () => {
  test('is told with what it holds', async () => {
    const bench = await Bench.ready()
    expect(bench.facts).toMatchObject({ storage_used: 0, storage_total: 20 })
  })

  test('that stays full although it was read out is told as what it is, until there is room', async () => {
    const bench = await Bench.ready({ modem: {} })
    bench.told.file = async () => {
      throw new Error('busy')
    }
    for (let i = 0; i < 20; i++) bench.network.text({ from: friend, to: hub, text: `in ${i}` })
    await bench.clock.advance(120_000)
    expect(bench.facts).toMatchObject({
      status: 'degraded',
      storage_used: 20,
      storage_total: 20,
      last_error: expect.stringContaining('20 of 20 messages remain in the modem'),
    })
    bench.told.file = async () => {}
    await bench.clock.advance(120_000)
    expect(bench.facts).toMatchObject({ status: 'ready', storage_used: 0, last_error: null })
    expect(new Set(bench.told.messages.map(({ body: pdu }) => pdu)).size).toBe(20)
  })
})

describe('a SIM that roams', () => {
  test('sends nothing, says why, and still hears', async () => {
    const bench = await Bench.ready()
    bench.modem.radio.change({ registration: 'roaming' })
    await bench.clock.advance(40_000)
    expect(bench.driver.ready).toBe(false)
    expect(bench.facts).toMatchObject({
      status: 'degraded',
      network: 'roaming',
      last_error: expect.stringContaining('gateways.home.roaming'),
    })
    expect(await bench.send('out')).toMatchObject({ outcome: 'not_sent' })
    bench.network.text({ from: friend, to: hub, text: 'in' })
    await bench.clock.advance(40_000)
    expect(bench.told.messages).toHaveLength(1)
    bench.modem.radio.change({ registration: 'home' })
    await bench.clock.advance(40_000)
    expect(bench.facts).toMatchObject({ status: 'ready', last_error: null })
    expect(await bench.send('out')).toMatchObject({ outcome: 'sent' })
  })

  test('sends where that is allowed', async () => {
    const bench = await Bench.ready({ driver: { roaming: true } })
    bench.modem.radio.change({ registration: 'roaming' })
    await bench.clock.advance(40_000)
    expect(bench.facts).toMatchObject({ status: 'ready', network: 'roaming' })
    expect(await bench.send('out')).toMatchObject({ outcome: 'sent' })
  })
})
