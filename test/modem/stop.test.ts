import { duplexPair } from 'node:stream'
import { describe, expect, test } from '@jest/globals'
import type { Port } from '../../src/gateway/modem/line/port.ts'
import { Bench, type BenchOptions, friend, hub, order, portOn } from './bench.ts'

const second = 1_000

/** It has stopped: the port is free, nothing is pending, nothing is written any more. */
async function isQuiet(bench: Bench): Promise<void> {
  expect(bench.watched.running).toBe(0)
  expect(bench.modem.isOpen).toBe(false)
  expect(bench.driver.ready).toBe(false)
  expect(bench.driver.state.status).toBe('offline')
  const written = bench.written.length
  bench.modem.plugIn()
  await bench.clock.advance(120 * second)
  expect(bench.written).toHaveLength(written)
  expect(bench.watched.running).toBe(0)
}

describe('stop', () => {
  test('lets a running hand-over finish', async () => {
    const bench = await Bench.ready()
    const handover = bench.driver.submit(order('x'), async () => 'go')
    await bench.clock.advance(100)
    expect(await bench.stop()).toBeLessThan(2 * second)
    expect(await handover).toMatchObject({ outcome: 'sent' })
    await isQuiet(bench)
  })

  test('takes a prompt back before it closes', async () => {
    const bench = await Bench.ready()
    const handover = bench.driver.submit(order('x'), async () => {
      await new Promise<void>((resolve) => bench.clock.after(300, resolve))
      return 'stop'
    })
    await bench.clock.advance(100)
    expect(await bench.stop()).toBeLessThan(2 * second)
    expect(await handover).toMatchObject({ outcome: 'not_sent' })
    expect(bench.written).toContain('\x1b')
    await isQuiet(bench)
  })

  test('hands no other segment over that waits', async () => {
    const bench = await Bench.ready()
    const first = bench.driver.submit(order('a'), async () => 'go')
    const second = bench.driver.submit(order('b'), async () => 'go')
    await bench.clock.advance(100)
    await bench.stop()
    expect(await first).toMatchObject({ outcome: 'sent' })
    expect(await second).toMatchObject({ outcome: 'not_sent' })
    expect(bench.accepted('b')).toBe(0)
    await isQuiet(bench)
  })

  test('lets a message that is being filed be filed and deleted no more than that', async () => {
    const bench = await Bench.ready()
    bench.told.file = () => new Promise((resolve) => bench.clock.after(3 * second, resolve))
    bench.network.text({ from: friend, to: hub, text: 'x' })
    await bench.clock.advance(1_500)
    expect(await bench.stop()).toBeLessThan(5 * second)
    expect(bench.told.messages).toHaveLength(1)
    await isQuiet(bench)
  })

  const hanging: readonly (readonly [string, (bench: Bench) => void, number])[] = [
    [
      'the modem is silent behind the message',
      (bench) => {
        bench.modem.faults.add({ fault: 'silence', at: 'before_acceptance', command: '+CMGS' })
        void bench.driver.submit(order('x'), async () => 'go')
      },
      150,
    ],
    [
      'the modem never asks',
      (bench) => {
        bench.modem.faults.add({ fault: 'silence', at: 'everywhere' })
        void bench.driver.submit(order('x'), async () => 'go')
      },
      30,
    ],
    [
      'the hub never answers at the prompt',
      (bench) => {
        void bench.driver.submit(order('x'), () => new Promise(() => {}))
      },
      35,
    ],
    [
      'the store never answers',
      (bench) => {
        bench.told.file = () => new Promise(() => {})
        bench.network.text({ from: friend, to: hub, text: 'x' })
      },
      40,
    ],
    [
      'the store never answers for a report',
      (bench) => {
        bench.told.file = () => new Promise(() => {})
        bench.modem.emit('+CDS: 25', '0006070B915155214365F7621122712443006211227124530000')
      },
      70,
    ],
    [
      'the store refuses a report',
      (bench) => {
        bench.told.file = async () => Promise.reject(new Error('full'))
        bench.modem.emit('+CDS: 25', '0006070B915155214365F7621122712443006211227124530000')
      },
      5,
    ],
    [
      'the modem does not answer',
      (bench) => {
        bench.modem.faults.add({ fault: 'silence', at: 'everywhere' })
      },
      5,
    ],
    ['it waits before it opens the port again', (bench) => bench.modem.unplug(), 1],
    ['it pauses', (bench) => bench.driver.pause(3_600_000, 'no credit'), 1],
    ['the modem resets', (bench) => bench.modem.reset(), 5],
  ]
  test.each(hanging)('ends in bounded time although %s', async (_, strike, limit) => {
    const bench = await Bench.ready()
    strike(bench)
    await bench.clock.advance(2_500)
    expect((await bench.stop()) / second).toBeLessThanOrEqual(limit)
    await isQuiet(bench)
  })

  test('before the start, and twice, is nothing', async () => {
    const bench = new Bench()
    expect(await bench.stop()).toBe(0)
    const other = await Bench.ready()
    await Promise.all([other.stop(), other.driver.stop()])
    await isQuiet(other)
  })

  /** Every command takes its time, so that the stop meets each of them. */
  const busy: BenchOptions = {}
  test.each(Array.from({ length: 40 }, (_, i) => 35 * i))('ends in bounded time %d ms behind the start', async (ms) => {
    const bench = new Bench(busy)
    bench.modem.faults.add({ fault: 'late_answer', ms: 40 })
    bench.network.text({ from: friend, to: hub, text: 'x' })
    bench.driver.start(bench.told)
    await bench.clock.advance(ms)
    expect(await bench.stop()).toBeLessThan(2 * second)
    await isQuiet(bench)
  })

  test.each(Array.from({ length: 40 }, (_, i) => 35 * i))(
    'ends in bounded time %d ms behind a text and a hand-over',
    async (ms) => {
      const bench = await Bench.ready({
        behaviour: { acceptMs: [200, 200], deliverMs: [100, 100], reportMs: [100, 100] },
      })
      bench.modem.faults.add({ fault: 'late_answer', ms: 40 })
      bench.network.text({ from: friend, to: hub, text: 'in' })
      const handover = bench.driver.submit(order('out', true), async () => 'go')
      await bench.clock.advance(ms)
      expect(await bench.stop()).toBeLessThan(2 * second)
      const { outcome } = await handover
      expect(outcome === 'sent' ? 1 : 0).toBe(bench.accepted('out'))
      await isQuiet(bench)
    },
  )
})

describe('a port', () => {
  /** A port whose opening and closing are in the test's hands. */
  function difficult(bench: Bench, how: { open?: () => Promise<void>; close?: () => Promise<void> }) {
    let closed = 0
    const open = async (): Promise<Port> => {
      await how.open?.()
      const [here, there] = duplexPair()
      there.on('close', () => here.destroy())
      here.on('close', () => there.destroy())
      bench.modem.attach(there)
      const port = portOn(here)
      return {
        ...port,
        close: async () => {
          closed++
          await port.close()
          await how.close?.()
        },
      }
    }
    return { open, closed: () => closed }
  }

  test('that does not open is given up, tried again, and closed if it opens late', async () => {
    let tries = 0
    let late = () => {}
    const bench: Bench = new Bench({
      driver: {
        open: () => port.open(),
      },
    })
    const port = difficult(bench, {
      open: () =>
        ++tries === 1
          ? new Promise((resolve) => {
              late = resolve
            })
          : Promise.resolve(),
    })
    bench.driver.start(bench.told)
    await bench.clock.advance(15_500)
    expect(bench.driver.state.last_error).toBe('memory does not open: no answer from the system')
    late()
    await bench.clock.advance(500)
    expect(port.closed()).toBe(1)
    await bench.clock.advance(10_000)
    expect(bench.driver.ready).toBe(true)
    expect(tries).toBe(2)
  })

  test('that does not close holds nobody up', async () => {
    const bench: Bench = new Bench({ driver: { open: () => port.open() } })
    const port = difficult(bench, { close: () => new Promise(() => {}) })
    bench.driver.start(bench.told)
    await bench.clock.advance(3 * second)
    expect(bench.driver.ready).toBe(true)
    expect(await bench.stop()).toBeLessThanOrEqual(5 * second)
    expect(bench.watched.running).toBe(0)
  })

  test('that is stopped while it opens is closed when it does', async () => {
    let late = () => {}
    const bench: Bench = new Bench({ driver: { open: () => port.open() } })
    const port = difficult(bench, {
      open: () =>
        new Promise((resolve) => {
          late = resolve
        }),
    })
    bench.driver.start(bench.told)
    await bench.clock.advance(second)
    expect(await bench.stop()).toBe(0)
    late()
    await bench.clock.advance(100)
    expect(port.closed()).toBe(1)
    await isQuiet(bench)
  })

  test('that goes again and again is opened again ever more slowly, and at once when it had served well', async () => {
    const bench = await Bench.ready()
    const away: number[] = []
    for (let i = 0; i < 6; i++) {
      bench.modem.unplug()
      bench.modem.plugIn()
      await bench.until(() => !bench.driver.ready)
      away.push(Math.round((await bench.until(() => bench.driver.ready)) / second))
    }
    expect(away.every((one, i) => i === 0 || one >= (away[i - 1] as number) || one >= 30)).toBe(true)
    expect(away.at(-1)).toBeGreaterThan(8)
    await bench.clock.advance(120 * second)
    bench.modem.unplug()
    await bench.clock.advance(100)
    expect(bench.facts).toMatchObject({
      status: 'offline',
      last_error: 'the port was lost: the stream has ended',
    })
    bench.modem.plugIn()
    expect(await bench.until(() => bench.driver.ready)).toBeLessThan(10 * second)
  })
})
