import { describe, expect, test } from '@jest/globals'
import { type BindingMemory, BindingsOfThisRun } from '../../src/gateway/modem/hardware/binding.ts'
import { standard } from '../../src/simulator/modem/equipment/personality.ts'
import { Bench, friend, hub } from './bench.ts'

const first = '8949017000000000017'
const second = '8949017000000000025'

/** A hub that starts with this card, with what another one has left behind. */
async function started(bindings: BindingMemory, iccid: string, lacks: readonly string[] = []): Promise<Bench> {
  const personality = { ...standard, lacks }
  const bench = new Bench({
    modem: { personality, sim: { iccid, serviceCentre: '+491710000000' } },
    driver: { bindings },
  })
  bench.driver.start(bench.told)
  await bench.until(() => ['ready', 'degraded'].includes(bench.driver.state.status))
  return bench
}

describe('a card', () => {
  test.each([
    ['with its check digit', `${first}9`],
    ['filled up', `${first}F`],
    ['without its last digit', first.slice(0, -1)],
  ])('that is told %s is the same card', async (_, iccid) => {
    const bindings = new BindingsOfThisRun()
    await (await started(bindings, first)).stop()
    expect((await started(bindings, iccid)).driver.ready).toBe(true)
  })

  test('of which only the subscriber is told, for once, is the same card, and the next other one is another', async () => {
    const bindings = new BindingsOfThisRun()
    const mute = ['+CCID', '+CRSM']
    await (await started(bindings, first, mute)).stop()
    await (await started(bindings, first)).stop()
    expect((await started(bindings, first, mute)).driver.ready).toBe(true)
    expect((await started(bindings, second)).driver.ready).toBe(false)
  })

  test('that was exchanged while the hub runs sends nothing, receives, and goes on when it is the old one again', async () => {
    const bench = await started(new BindingsOfThisRun(), first)
    const change = async (iccid: string, status: string) => {
      bench.modem.sim.iccid = iccid
      bench.modem.reset()
      await bench.clock.advance(10_000)
      await bench.until(() => bench.driver.state.status === status)
      await bench.clock.advance(5_000)
    }
    await change(second, 'degraded')
    expect(bench.driver.ready).toBe(false)
    expect(await bench.send('not through this one')).toMatchObject({
      outcome: 'not_sent',
      reason: expect.stringContaining('smshub modem accept home'),
    })
    bench.network.text({ from: friend, to: hub, text: 'hello' })
    await bench.clock.advance(60_000)
    expect(bench.told.messages).toHaveLength(1)
    const lastError = expect.stringContaining('…0025')
    expect(bench.facts).toMatchObject({ status: 'degraded', unaccepted: 'sim', last_error: lastError })
    await change(first, 'ready')
    expect(bench.facts).toMatchObject({ unaccepted: null, last_error: null })
    expect(await bench.send('through the old one')).toMatchObject({ outcome: 'sent' })
    expect(bench.accepted('not through this one')).toBe(0)
  })

  test('that is accepted while nothing is there may be any', async () => {
    const bindings = new BindingsOfThisRun()
    const bench = await started(bindings, first)
    bench.modem.unplug()
    await bench.clock.advance(10_000)
    expect(await bench.driver.can.accept()).toBe('home takes the modem and the SIM that it meets next')
    bench.modem.sim.iccid = second
    bench.modem.plugIn()
    await bench.until(() => bench.driver.ready)
    await bench.stop()
    expect((await started(bindings, first)).driver.ready).toBe(false)
  })
})

describe('another modem on the path of a bound one', () => {
  test('sees neither the PIN nor a message before it is accepted, whatever card it shows', async () => {
    const bindings = new BindingsOfThisRun()
    await (await started(bindings, first)).stop()
    const fake = new Bench({
      modem: { imei: '356938035643809', sim: { iccid: first, locked: true, serviceCentre: '+491710000000' } },
      driver: { bindings, pin: '1234' },
    })
    fake.driver.start(fake.told)
    await fake.clock.advance(30 * 60_000)
    expect(fake.driver.state.last_error).toBe(
      'another modem is there (IMEI …3809 instead of …7518): nothing is sent through it until smshub modem accept home',
    )
    expect(fake.facts.unaccepted).toBe('modem')
    expect(await fake.send('secret')).toMatchObject({ outcome: 'not_sent' })
    expect(fake.written.filter((line) => /^AT\+CPIN=|^AT\+CMGS|^[0-9A-F]{20}/.test(line))).toEqual([])
    expect(fake.modem.radio.isRegistered && fake.modem.sim.state).not.toBe('ready')
    await fake.driver.can.accept()
    expect(fake.facts.unaccepted).toBeNull()
    await fake.until(() => fake.driver.ready)
    expect(fake.modem.sim.state).toBe('ready')
    expect(await fake.send('now')).toMatchObject({ outcome: 'sent' })
  })

  test('is bound at first sight, before its PIN is entered', async () => {
    const bindings = new BindingsOfThisRun()
    const bench = new Bench({
      modem: { sim: { locked: true, serviceCentre: null } },
      driver: { bindings, pin: '9999' },
    })
    bench.driver.start(bench.told)
    await bench.until(() => bench.driver.state.status === 'sim_locked')
    expect((await bindings.all()).get('home')).toEqual({ modem: '490154203237518', sim: null })
  })
})
