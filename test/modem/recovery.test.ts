import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { powerCycle } from '../../src/gateway/modem/hardware/power.ts'
import { personalities } from '../../src/simulator/modem/personalities.ts'
import { temporaryFolder } from '../support/folder.ts'
import { testClock } from '../support/world.ts'
import { Bench } from './bench.ts'

const minute = 60_000
const second = 1_000

describe('a modem that does not serve', () => {
  test('is set up anew, has its radio cycled, is reset, loses its power: each after the one before, and counted', async () => {
    let powered = 0
    const bench = new Bench({
      driver: {
        power: async () => {
          powered++
        },
      },
    })
    bench.modem.faults.add({ fault: 'error', at: 'command', command: '+CMGF' })
    bench.driver.start(bench.told)
    await bench.until(() => powered > 0, 20 * minute)
    expect(bench.written.filter((line) => /^AT\+CFUN=/.test(line)).slice(0, 3)).toEqual([
      'AT+CFUN=0',
      'AT+CFUN=1',
      'AT+CFUN=1,1',
    ])
    expect(bench.driver.state.recoveries).toMatchObject({ reopen: 3, radio: 1, reset: 1, power: 1 })
    expect(bench.driver.state.recovering).toBe('power')
    bench.modem.faults.clear()
    await bench.until(() => bench.driver.ready, 5 * minute)
    expect(bench.facts).toMatchObject({ status: 'ready', recovering: null, last_error: null })
  })

  test('is healed by what heals it: a reset', async () => {
    const bench = new Bench()
    bench.modem.faults.add({ fault: 'error', at: 'command', command: '+CMGF' })
    bench.driver.start(bench.told)
    await bench.until(() => bench.written.includes('AT+CFUN=1,1'), 20 * minute)
    bench.modem.faults.clear()
    // Left alone while it starts, then opened.
    expect(await bench.until(() => bench.driver.ready, 5 * minute)).toBeLessThan(30 * second)
    expect(bench.driver.state.recoveries).toMatchObject({ reset: 1, power: 0 })
  })

  test('that draws out every answer is given up at the deadline of the step', async () => {
    const bench = new Bench()
    bench.modem.faults.add({ fault: 'error', at: 'command', command: '+CPMS', cms: 314 })
    bench.modem.faults.add({ fault: 'late_answer', command: '+CPMS', ms: 9_900 })
    bench.driver.start(bench.told)
    const message = 'start-up: the modem took longer than 180 s over its messages'
    await bench.until(() => bench.driver.state.last_error === message, 4 * minute)
    bench.modem.faults.clear()
    await bench.until(() => bench.driver.ready, 5 * minute)
  })

  test('has the ladder of its make', async () => {
    const bench = await Bench.ready({ modem: { personality: personalities.telit_le910 } })
    // 41 stays in a Telit until its SIM has been without power.
    bench.modem.faults.add({ fault: 'error', at: 'before_acceptance', command: '+CMGS', cms: 41 })
    for (let i = 0; i < 4; i++) {
      await bench.until(() => bench.driver.ready, 5 * minute)
      expect(await bench.send(`stuck ${i}`)).toMatchObject({ outcome: 'refused', cause: { code: 41 } })
    }
    await bench.until(() => bench.written.includes('AT+CFUN=0'), minute)
    expect(bench.driver.state.recoveries).toMatchObject({ restart: 1, radio: 1, reset: 0 })
    bench.modem.faults.clear()
    await bench.until(() => bench.driver.ready, 5 * minute)
  })

  test('is reset although it has lost its voice', async () => {
    const bench = await Bench.ready()
    bench.modem.faults.add({ fault: 'silence', at: 'everywhere' })
    await bench.until(() => bench.written.includes('AT+CFUN=1,1'), 20 * minute)
    bench.modem.faults.clear()
    await bench.until(() => bench.driver.ready, 5 * minute)
  })

  test('that says nothing about messages is started again, and more is done when that does not help', async () => {
    const bench = await Bench.ready()
    bench.modem.faults.add({ fault: 'silence', at: 'before_acceptance', command: '+CMGS' })
    for (let i = 0; i < 12; i++) {
      await bench.until(() => bench.driver.ready, 10 * minute)
      expect(await bench.send(`lost ${i}`)).toMatchObject({ outcome: 'in_doubt' })
    }
    await bench.clock.advance(2 * minute)
    expect(bench.driver.state.recoveries).toMatchObject({ restart: 2, radio: 1 })
    expect(bench.driver.state.recoveries.resync).toBeGreaterThan(4)
    bench.modem.faults.clear()
    await bench.until(() => bench.driver.ready, 10 * minute)
    expect(await bench.send('well')).toMatchObject({ outcome: 'sent' })
    const { reset } = bench.driver.state.recoveries
    await bench.clock.advance(60 * minute)
    expect(bench.driver.state.recoveries.reset).toBe(reset)
  })

  test('because it finds no network for long is started again, and not sooner', async () => {
    const bench = await Bench.ready()
    bench.modem.radio.change({ registration: 'denied' })
    await bench.clock.advance(9 * minute)
    expect(bench.driver.state.recoveries.restart ?? 0).toBe(0)
    await bench.clock.advance(3 * minute)
    expect(bench.driver.state.recoveries.restart).toBe(1)
    await bench.clock.advance(50 * minute)
    expect(bench.driver.state.recoveries.radio).toBeGreaterThan(0)
    bench.modem.radio.change({ registration: 'home' })
    await bench.until(() => bench.driver.ready && bench.facts.network === 'registered', 10 * minute)
  })

  test('whose PIN is wrong or whose plug is pulled is neither reset nor powered off', async () => {
    let powered = 0
    const power = async () => {
      powered++
    }
    const locked = new Bench({
      modem: { sim: { pin: '1234', locked: true } },
      driver: { pin: '9999', power },
    })
    locked.driver.start(locked.told)
    await locked.clock.advance(60 * minute)
    expect(locked.written.filter((line) => line.startsWith('AT+CFUN='))).toEqual([])
    expect(powered).toBe(0)
    const bench = await Bench.ready({ driver: { power } })
    for (let i = 0; i < 5; i++) {
      bench.modem.unplug(3 * second)
      await bench.clock.advance(3 * minute)
    }
    expect(bench.written.filter((line) => line.startsWith('AT+CFUN='))).toEqual([])
    expect(bench.driver.state.recoveries).toMatchObject({ radio: 0, reset: 0 })
    expect(bench.driver.ready).toBe(true)
  })
})

describe('the power of a modem', () => {
  test('goes by the command of the user, who is told its path', async () => {
    const file = join(temporaryFolder(), 'said')
    await powerCycle('/dev/ttyUSB7', `echo "$1" > '${file}'`, testClock)
    expect(readFileSync(file, 'utf8')).toBe('/dev/ttyUSB7\n')
    await expect(powerCycle('x', 'echo no hub >&2; exit 1', testClock)).rejects.toThrow('recover: no hub')
  })

  test('has no way back where it is no USB device and no command is named', async () => {
    await expect(powerCycle('/dev/null', undefined, testClock)).rejects.toThrow('recover: under the gateway')
  })
})
