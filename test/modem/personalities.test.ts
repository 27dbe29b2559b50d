import { describe, expect, test } from '@jest/globals'
import type { Personality } from '../../src/simulator/modem/equipment/personality.ts'
import { personalities } from '../../src/simulator/modem/personalities.ts'
import { decodePdu } from '../../src/sms/decode-pdu.ts'
import { Bench, friend, hub, order } from './bench.ts'

const makes = Object.entries(personalities) as [string, Personality][]
/** CDMA knows none. */
const withReports = makes.filter(([name]) => name !== 'huawei_mc509')
const stored = (bench: Bench) => Object.values(bench.modem.memories).reduce((sum, { used }) => sum + used, 0)

async function ready(personality: Personality, more = {}): Promise<Bench> {
  const bench = new Bench({ modem: { personality, ...more }, driver: { pin: '1234' } })
  bench.modem.reset()
  bench.driver.start(bench.told)
  await bench.until(() => bench.driver.ready)
  await bench.clock.advance(10_000)
  return bench
}

const received = (bench: Bench) =>
  bench.told.messages.map(({ body: pdu }) => {
    const tpdu = decodePdu(pdu)
    return tpdu.type === 'deliver' ? { from: tpdu.address, text: tpdu.text } : { report: tpdu.type === 'statusReport' }
  })

describe.each(makes)('%s', (_, personality) => {
  test('starts, sends, receives, survives a reset and a new plug', async () => {
    const bench = await ready(personality)
    const text = async (one: string) => {
      expect(await bench.send(`out ${one}`)).toMatchObject({ outcome: 'sent', reference: expect.any(String) })
      expect(bench.accepted(`out ${one}`)).toBe(1)
      bench.network.text({ from: friend, to: hub, text: `in ${one}` })
      await bench.clock.advance(40_000)
      expect(received(bench).at(-1)).toEqual({
        from: { number: friend.slice(1), ton: 'international', npi: 1 },
        text: `in ${one}`,
      })
      expect(stored(bench)).toBe(0)
    }
    await text('at first')
    bench.modem.reset()
    await bench.clock.advance(60_000)
    await bench.until(() => bench.driver.ready)
    await text('behind a reset')
    bench.modem.unplug(5_000)
    await bench.clock.advance(30_000)
    await bench.until(() => bench.driver.ready)
    await text('behind a plug')
    expect(received(bench)).toHaveLength(3)
    await bench.stop()
    expect(bench.watched.running).toBe(0)
  })

  test('gets its PIN once, and never as its last try', async () => {
    const locked = { sim: { pin: '1234', locked: true } }
    const bench = await ready(personality, locked)
    expect(bench.modem.sim.state).toBe('ready')
    const other = new Bench({ modem: { personality, ...locked }, driver: { pin: '9999' } })
    other.modem.reset()
    other.driver.start(other.told)
    await other.clock.advance(600_000)
    expect(other.driver.state.status).toBe('sim_locked')
    expect(other.modem.sim.tries.pin).toBe(2)
  })
})

test.each(withReports)('%s gives delivery reports', async (_, personality) => {
  const bench = await ready(personality)
  expect(await bench.outcomeOf(bench.driver.submit(order('x', true), async () => 'go'))).toMatchObject({
    outcome: 'sent',
  })
  await bench.clock.advance(40_000)
  expect(received(bench)).toEqual([{ report: true }])
})

describe('a modem without PDU mode', () => {
  test('sends and receives any alphabet', async () => {
    const bench = await ready(personalities.text_only)
    for (const text of ['OK', 'Größe @ €', 'по-русски 🚪']) {
      const handover = bench.driver.submit(order(text, false, 'ucs2'), async () => 'go')
      expect(await bench.outcomeOf(handover)).toMatchObject({ outcome: 'sent' })
      expect(bench.accepted(text)).toBe(1)
      bench.network.text({ from: friend, to: hub, text })
      await bench.clock.advance(40_000)
      expect(received(bench).at(-1)).toMatchObject({ text })
    }
  })

  test('refuses what only a PDU can say', async () => {
    const bench = await ready(personalities.text_only)
    // Before, it may come to know PDU mode.
    await bench.clock.advance(60_000)
    const long = order('x'.repeat(100), false, 'gsm7', { ref: 1, bits: 8, total: 2, seq: 1 })
    expect(await bench.outcomeOf(bench.driver.submit(long, async () => 'go'))).toMatchObject({
      outcome: 'refused',
      cause: { accepted: 'no', next: 'give_up', text: expect.stringContaining('one part only') },
    })
    expect(bench.written.filter((line) => line.startsWith('AT+CMGS'))).toEqual([])
  })

  test('and without UCS2 refuses what is not the same in every alphabet', async () => {
    const bench = new Bench({ modem: { personality: personalities.text_only } })
    bench.modem.faults.add({ fault: 'error', at: 'command', command: '+CSCS' })
    bench.driver.start(bench.told)
    await bench.until(() => bench.driver.ready)
    expect(await bench.send('setdigout 1')).toMatchObject({ outcome: 'sent' })
    expect(bench.accepted('setdigout 1')).toBe(1)
    await bench.clock.advance(60_000)
    for (const text of ['me@home', 'a_b', '5 €', 'Tür'])
      expect(await bench.send(text)).toMatchObject({
        outcome: 'refused',
        cause: { accepted: 'no', next: 'give_up', text: expect.stringContaining('neither PDU mode nor UCS2') },
      })
    expect(bench.network.log.of('accepted')).toHaveLength(1)
  })

  test('of CDMA: OK is not yet the network', async () => {
    const bench = await ready(personalities.huawei_mc509)
    bench.network.change({ acceptMs: [20_000, 20_000] })
    const handover = bench.driver.submit(order('slow'), async () => 'go')
    await bench.clock.advance(15_000)
    expect(bench.accepted('slow')).toBe(0)
    expect(await bench.outcomeOf(handover)).toMatchObject({ outcome: 'sent', reference: expect.any(String) })
    bench.network.change({ congestion: 1 })
    expect(await bench.send('refused')).toMatchObject({ outcome: 'refused' })
    expect(await bench.send('no Größe')).toMatchObject({
      outcome: 'refused',
      cause: { accepted: 'no', next: 'give_up' },
    })
  })
})
