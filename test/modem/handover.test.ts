import { describe, expect, test } from '@jest/globals'
import type { Event, Outcome, State } from '../../src/gateway/modem/messages/submit-table.ts'
import { table } from '../../src/gateway/modem/messages/submit-table.ts'
import type { SendPermit } from '../../src/message/submit-outcome.ts'
import { Bench, order } from './bench.ts'

const second = 1_000

/** An answer that the test gives when it likes. */
function promised<T>() {
  let give!: (value: T) => void
  let fail!: (error: Error) => void
  const promise = new Promise<T>((resolve, reject) => {
    give = resolve
    fail = reject
  })
  return { promise, give, fail }
}

/** What went to the modem, ESC and Ctrl-Z in sight. */
const written = (bench: Bench) => bench.written.map((line) => line.replace('\x1b', 'ESC').replace('\x1a', '^Z'))
const hasPdu = (bench: Bench) => bench.written.some((line) => line.includes('\x1a'))

describe('at the prompt the hub is asked', () => {
  test('once, and only its go lets the message leave', async () => {
    const bench = await Bench.ready()
    const verdict = promised<SendPermit>()
    let asked = 0
    const handover = bench.driver.submit(order('x'), () => {
      asked++
      return verdict.promise
    })
    await bench.clock.advance(20 * second)
    expect(asked).toBe(1)
    expect(hasPdu(bench)).toBe(false)
    verdict.give('go')
    expect(await bench.outcomeOf(handover)).toMatchObject({ outcome: 'sent' })
    expect(asked).toBe(1)
    expect(bench.accepted('x')).toBe(1)
  })

  test.each(['expired', 'stop'] as const)('%s keeps the message, and ESC takes the prompt back', async (verdict) => {
    const bench = await Bench.ready()
    expect(await bench.send('x', async () => verdict)).toEqual({ outcome: 'not_sent', reason: verdict })
    await bench.clock.advance(second)
    expect(written(bench).slice(0, 3)).toEqual(['AT+CMGS=15', 'ESC', 'AT'])
    expect(hasPdu(bench)).toBe(false)
    expect(await bench.send('y')).toMatchObject({ outcome: 'sent' })
  })

  test.each([
    ['fails', async () => Promise.reject(new Error('the store is closed'))],
    [
      'throws',
      () => {
        throw new Error('the store is closed')
      },
    ],
  ])('where asking %s, the message stays', async (_, leave) => {
    const bench = await Bench.ready()
    expect(await bench.send('x', leave)).toEqual({ outcome: 'not_sent', reason: 'the store is closed' })
    expect(hasPdu(bench)).toBe(false)
  })

  test('a go that comes after its time is no go', async () => {
    const bench = await Bench.ready()
    const verdict = promised<SendPermit>()
    const handover = await bench.send('x', () => verdict.promise)
    expect(handover).toEqual({ outcome: 'not_sent', reason: 'the hub took too long to let the message go within 30 s' })
    verdict.give('go')
    await bench.clock.advance(5 * second)
    expect(hasPdu(bench)).toBe(false)
    expect(await bench.send('y')).toMatchObject({ outcome: 'sent' })
    expect(bench.accepted('x')).toBe(0)
  })

  test('nobody hears how it ended before the hub has its mark', async () => {
    for (const strike of ['unplug', 'reset', 'error'] as const) {
      const bench = await Bench.ready()
      const verdict = promised<SendPermit>()
      let outcome = ''
      const handover = bench.driver.submit(order('x'), () => verdict.promise)
      void handover.then((one) => {
        outcome = one.outcome
      })
      await bench.clock.advance(100)
      if (strike === 'unplug') bench.modem.unplug(second)
      if (strike === 'reset') bench.modem.reset()
      if (strike === 'error') bench.modem.faults.add({ fault: 'error', at: 'before_acceptance', times: 1 })
      await bench.clock.advance(5 * second)
      expect(outcome).toBe('')
      verdict.give('stop')
      await bench.clock.advance(second)
      expect(outcome).toBe('not_sent')
      expect(hasPdu(bench)).toBe(false)
    }
  })

  test('a go for a modem that is gone by then writes nothing', async () => {
    const bench = await Bench.ready()
    const verdict = promised<SendPermit>()
    const handover = bench.driver.submit(order('x'), () => verdict.promise)
    await bench.clock.advance(100)
    bench.modem.unplug(second)
    await bench.clock.advance(10 * second)
    verdict.give('go')
    expect(await bench.outcomeOf(handover)).toMatchObject({ outcome: 'not_sent' })
    await bench.clock.advance(10 * second)
    expect(hasPdu(bench)).toBe(false)
    expect(await bench.send('y')).toMatchObject({ outcome: 'sent' })
  })
})

describe('hand-overs', () => {
  test('that are asked for together go one after the other, in their order', async () => {
    const bench = await Bench.ready()
    const names = ['a', 'b', 'c', 'd']
    const outcomes = await bench.outcomeOf(
      Promise.all(names.map((name) => bench.driver.submit(order(name), async () => 'go'))),
    )
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['sent', 'sent', 'sent', 'sent'])
    expect(bench.network.log.of('accepted').map(({ text }) => text)).toEqual(names)
  })

  test('that wait when the modem resets are told at once that nothing left', async () => {
    const bench = await Bench.ready()
    const first = bench.driver.submit(order('a'), async () => 'go')
    const others = ['b', 'c'].map((name) => bench.driver.submit(order(name), async () => 'go'))
    await bench.clock.advance(100)
    bench.modem.reset()
    await bench.clock.advance(3 * second)
    expect((await bench.outcomeOf(first)).outcome).toBe('in_doubt')
    for (const other of others) expect(await bench.outcomeOf(other)).toMatchObject({ outcome: 'not_sent' })
    expect(bench.accepted('b') + bench.accepted('c')).toBe(0)
  })

  test('before the start and behind the stop send nothing', async () => {
    const bench = new Bench()
    expect(await bench.driver.submit(order('x'), async () => 'go')).toMatchObject({ outcome: 'not_sent' })
    bench.driver.start(bench.told)
    await bench.clock.advance(second)
    await bench.stop()
    expect(await bench.driver.submit(order('x'), async () => 'go')).toMatchObject({ outcome: 'not_sent' })
  })

  test('are not asked for while the modem looks for a network', async () => {
    const bench = await Bench.ready()
    bench.modem.radio.search(10 * second)
    await bench.clock.advance(100)
    expect(bench.facts).toMatchObject({ status: 'ready', network: 'searching' })
    expect(bench.driver.ready).toBe(false)
    await bench.clock.advance(10 * second)
    expect(bench.driver.ready).toBe(true)
  })

  test('are not asked for during a pause, and the end of the pause is told', async () => {
    const bench = await Bench.ready()
    bench.driver.pause(60 * second, 'no credit')
    expect(bench.driver.ready).toBe(false)
    expect(bench.driver.state.last_error).toBe('no credit')
    let told = 0
    bench.told.state = () => String(++told)
    await bench.clock.advance(60 * second)
    expect(bench.driver.ready).toBe(true)
    expect(told).toBeGreaterThan(0)
  })

  test('to a modem that always says a bare OK are not held up for long', async () => {
    const bench = await Bench.ready()
    bench.modem.faults.add({ fault: 'bare_ok', command: '+CMGS' })
    const took: number[] = []
    for (let i = 0; i < 5; i++) {
      const since = bench.clock.monotonic()
      expect(await bench.send(`x${i}`)).toEqual({ outcome: 'sent', reference: null })
      took.push(Math.round((bench.clock.monotonic() - since) / second))
    }
    expect(took).toEqual([6, 6, 6, 2, 2])
  })

  test("a reference that comes behind its time is not the next message's", async () => {
    const bench = await Bench.ready()
    bench.modem.faults.add({ fault: 'bare_ok', command: '+CMGS', times: 3 })
    for (let i = 0; i < 3; i++) await bench.send(`bare ${i}`)
    bench.modem.faults.add({ fault: 'ok_first', command: '+CMGS', gapMs: 2_500, times: 2 })
    expect(await bench.send('late')).toEqual({ outcome: 'sent', reference: null })
    await bench.clock.advance(3 * second)
    // From then on it is waited for again.
    expect(await bench.send('waited for')).toEqual({ outcome: 'sent', reference: '5' })
    expect(await bench.send('next')).toEqual({ outcome: 'sent', reference: '6' })
  })
})

describe('the table of AT+CMGS', () => {
  const states = Object.keys(table) as State[]
  const outcomes: readonly string[] = ['sent', 'refused', 'not_sent', 'in_doubt'] satisfies Outcome[]
  /** States that can follow, and the outcomes that end them. */
  const reach = (from: State) => {
    const seen = new Set<State>([from])
    const ends = new Set<string>()
    for (const state of seen) {
      for (const next of Object.values(table[state])) {
        if (outcomes.includes(next)) ends.add(next)
        else if (next !== 'ignore') seen.add(next as State)
      }
    }
    return { seen, ends }
  }

  test('once the message is written it can not be said that it was not sent', () => {
    expect(reach('written').ends).toEqual(new Set(['sent', 'refused', 'in_doubt']))
    expect(reach('written').seen.has('prompted')).toBe(false)
  })

  test('the message is written in one place only, on the word of the hub', () => {
    const ways = states.flatMap((state) =>
      (Object.keys(table[state]) as Event[])
        .filter((event) => table[state][event] === 'written')
        .map((event) => `${state} ${event}`),
    )
    expect(ways).toEqual(['prompted go'])
  })

  test('every state ends when its time is over, and when the port or the modem is gone', () => {
    for (const state of states) {
      for (const event of ['timeout', 'lost', 'reset'] as const) expect(outcomes).toContain(table[state][event])
    }
  })
})
