import { expect, test } from '@jest/globals'
import type { SubmitOutcome } from '../../src/message/submit-outcome.ts'
import { type ModemFault, type Point, points, promptShapes } from '../../src/simulator/modem/equipment/faults.ts'
import { decodePdu } from '../../src/sms/decode-pdu.ts'
import { seededRandom } from '../../src/util/random.ts'
import { Bench, friend, hub, order } from './bench.ts'
import { makeOf, Week } from './week.ts'

const minute = 60_000
const commands = ['+CMGS', '+CMGR', '+CMGL', '+CMGD', '+CPMS', '+CSQ', '+CREG', '+CNMI', undefined] as const
const urcs = [
  '^RSSI:18',
  'RING',
  '+CREG: 1',
  '+CMTI: "SM",1',
  '+CMTI: ,-1',
  '^SMMEMFULL:"SM"',
  '+CPIN: READY',
  '> hello',
]

/** Any fault that a modem can have, once or a few times. Errors behind the acceptance are lies: nobody can do better. */
function anyFault(random: () => number): ModemFault {
  const any = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)] as T
  const command = any(commands)
  const of = { times: 1 + Math.floor(random() * 2), ...(command !== undefined && { command }) }
  const at = any(Object.keys(points) as Point[])
  const row: readonly (() => ModemFault)[] = [
    () => ({ fault: 'silence', at: any([at, 'everywhere']), ...of }),
    () => ({ fault: 'unplug', at, returnsAfterMs: 100 + random() * 40_000, ...of }),
    () => ({ fault: 'reset', at, ...of }),
    () => ({
      fault: 'error',
      at: any(['command', 'before_prompt', 'after_prompt', 'before_acceptance']),
      cms: any([38, 302, 314, 500]),
      ...of,
    }),
    () => ({ fault: 'lost_prompt', times: 1 }),
    () => ({ fault: 'prompt', shape: any(Object.keys(promptShapes) as (keyof typeof promptShapes)[]), times: 3 }),
    () => ({ fault: 'stuck_prompt', times: 1 }),
    () => ({ fault: 'bare_ok', ...of }),
    () => ({ fault: 'ok_first', gapMs: random() * 4_000, ...of }),
    () => ({ fault: 'late_answer', ms: random() * 130_000, ...of }),
    () => ({ fault: 'double_final', final: any(['OK', 'ERROR']), ...of }),
    () => ({
      fault: 'unsolicited',
      at: any(['before_answer', 'inside_answer', 'glued', 'after_prompt']),
      line: any(urcs),
      ...of,
    }),
    () => ({ fault: 'line_ends', shape: any(['tail_only', 'cr', 'lf', 'cr_doubled']), times: 20 }),
    () => ({ fault: 'echo', times: 1 }),
    () => ({ fault: 'garbage', octets: Math.floor(random() * 100), ...of }),
    () => ({ fault: 'slow', msPerOctet: random() * 50, times: 3 }),
    () => ({ fault: 'lost_indication', times: 2 }),
  ]
  return any(row)()
}

/** Pieces of random lengths, as a busy serial driver hands them out. */
function chunker(random: () => number) {
  return (data: Buffer): Buffer[] => {
    const pieces: Buffer[] = []
    for (let at = 0; at < data.length; ) {
      const length = 1 + Math.floor(random() * 30)
      pieces.push(data.subarray(at, at + length))
      at += length
    }
    return pieces
  }
}

/** As many as SOAK_SEEDS says. */
const seedsOr = (count: number) => Array.from({ length: Number(process.env.SOAK_SEEDS ?? count) }, (_, i) => i + 1)

test.each(seedsOr(10))(
  'seed %d: three hours of anything break no promise, and end in a modem that works',
  async (seed) => {
    const random = seededRandom(seed)
    const bench = await Bench.ready({ chunk: chunker(random), behaviour: { retryMs: 5 * minute } })
    const end = bench.clock.monotonic() + 180 * minute
    const sent = new Map<string, SubmitOutcome>()
    const asked = new Map<string, number>()
    const told: string[] = []
    bench.told.file = async () => {
      if (random() < 0.1) throw new Error('busy')
    }
    const sender = (async () => {
      for (let i = 0; bench.clock.monotonic() < end; i++) {
        const text = `out ${i}`
        const wait = random() < 0.2 ? random() * 20_000 : 0
        const handover = await bench.driver.submit(order(text, random() < 0.5), async () => {
          asked.set(text, (asked.get(text) ?? 0) + 1)
          if (wait > 0) await new Promise<void>((resolve) => bench.clock.after(wait, resolve))
          return random() < 0.9 ? 'go' : 'expired'
        })
        sent.set(text, handover)
        await new Promise<void>((resolve) => bench.clock.after(random() * 2 * minute, resolve))
      }
    })()
    for (let i = 0; bench.clock.monotonic() < end; i++) {
      const text = `in ${i}`
      told.push(text)
      bench.network.text({ from: friend, to: hub, text })
      if (random() < 0.6) bench.modem.faults.add(anyFault(random))
      // A fault that nothing meets must not strike later than the test looks.
      if (random() < 0.2) bench.modem.faults.clear()
      await bench.clock.advance(random() * 3 * minute)
    }
    bench.modem.faults.clear()
    bench.modem.plugIn()
    bench.told.file = async () => {}
    await bench.clock.advance(20 * minute)
    await bench.outcomeOf(sender)

    for (const [text, handover] of sent) {
      const accepted = bench.accepted(text)
      expect({ text, asked: Math.max(1, asked.get(text) ?? 1) }).toEqual({ text, asked: 1 })
      const said = handover.outcome === 'refused' ? `refused ${handover.cause.accepted}` : handover.outcome
      const fits =
        said === 'sent' ? accepted === 1 : said === 'not_sent' || said === 'refused no' ? accepted === 0 : accepted <= 1
      expect({ text, said, accepted, fits }).toEqual({ text, said, accepted, fits: true })
    }
    expect([...sent.values()].filter(({ outcome }) => outcome === 'sent').length).toBeGreaterThan(20)
    const filed = new Set(
      bench.told.messages.map(({ body: pdu }) => {
        const tpdu = decodePdu(pdu)
        return tpdu.type === 'deliver' ? tpdu.text : null
      }),
    )
    expect(told.filter((text) => !filed.has(text))).toEqual([])
    expect(Object.values(bench.modem.memories).map(({ used }) => used)).toEqual([0, 0, 0])
    expect(bench.driver.ready).toBe(true)
    expect(await bench.send('in the end')).toMatchObject({ outcome: 'sent', reference: expect.any(String) })
    await bench.stop()
    expect(bench.watched.running).toBe(0)
  },
)

/** A look every five minutes: a week of looks twice a minute is most of its cost. */
const heartbeatMs = 5 * minute
const hours = Number(process.env.SOAK_HOURS ?? 168)

test.each(seedsOr(1))(
  'seed %d: in a week of outages no promise is broken, and each ends without a hand within its time',
  async (seed) => {
    const week = await Week.through({ seed, hours, make: makeOf(seed), heartbeatMs })
    expect(week.broken()).toEqual([])
    expect(week.recoveries.filter(({ seconds, limit }) => seconds > limit)).toEqual([])
    // A few points are none of this make.
    expect(week.recoveries.length).toBeGreaterThan(hours * 0.6)
    expect(week.count.sent).toBeGreaterThan(hours * 4)
    expect(week.bench.driver.ready).toBe(true)
    await week.bench.stop()
    expect(week.bench.watched.running).toBe(0)
  },
  600_000,
)
