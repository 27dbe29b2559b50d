import { describe, expect, test } from '@jest/globals'
import {
  type FaultName,
  faultMeanings,
  type ModemFault,
  type Point,
  points,
} from '../../src/simulator/modem/equipment/faults.ts'
import { Bench, friend, hub } from './bench.ts'

type Outcome = 'sent' | 'refused' | 'not_sent' | 'in_doubt'

interface Case {
  readonly fault: ModemFault
  /** How the hand-over ends that it strikes. */
  readonly outcome: Outcome
  /** Whether the network has the message. */
  readonly accepted: 0 | 1
  /** Seconds until the outcome, at most. */
  readonly within: number
}

const once = { times: 1, command: '+CMGS' } as const

/** Where nothing of the message has left the hub. */
const before: readonly Point[] = ['command', 'before_prompt']
/** Where the network has taken it. */
const behind: readonly Point[] = ['after_acceptance', 'inside_answer']

const takenAt = (at: Point): 0 | 1 => (behind.includes(at) ? 1 : 0)
const lossAt = (at: Point): Outcome => (before.includes(at) ? 'not_sent' : 'in_doubt')
const allPoints = Object.keys(points) as Point[]

const silences: Case[] = allPoints
  .filter((at) => at !== 'inside_pdu' && at !== 'inside_answer')
  .map((at) => ({
    fault: { fault: 'silence', at, ...once },
    outcome: lossAt(at),
    accepted: takenAt(at),
    within: before.includes(at) ? 6 : 121,
  }))

const losses: Case[] = allPoints.flatMap((at) => [
  // The hub is still deciding when the modem goes right behind its prompt.
  {
    fault: { fault: 'unplug', at, returnsAfterMs: 5_000, ...once },
    outcome: at === 'after_prompt' ? 'not_sent' : lossAt(at),
    accepted: takenAt(at),
    within: 2,
  },
  {
    fault: { fault: 'reset', at, ...once },
    outcome: lossAt(at),
    accepted: takenAt(at),
    within: 5,
  },
])

const errors: Case[] = (['command', 'before_prompt', 'after_prompt', 'before_acceptance'] as const).flatMap((at) =>
  [{ cms: 38 }, { cme: 14 }, {}, { verbatim: 'COMMAND NOT SUPPORT' }].map(
    (kind): Case => ({
      fault: { fault: 'error', at, ...kind, ...once },
      outcome: 'refused',
      accepted: 0,
      within: 2,
    }),
  ),
)

const answers: Case[] = [
  { fault: { fault: 'lost_prompt', times: 1 }, outcome: 'not_sent', accepted: 0, within: 6 },
  { fault: { fault: 'stuck_prompt', times: 1 }, outcome: 'in_doubt', accepted: 0, within: 121 },
  { fault: { fault: 'bare_ok', ...once }, outcome: 'sent', accepted: 1, within: 7 },
  { fault: { fault: 'ok_first', gapMs: 2_500, ...once }, outcome: 'sent', accepted: 1, within: 4 },
  { fault: { fault: 'late_answer', ms: 60_000, ...once }, outcome: 'sent', accepted: 1, within: 62 },
  { fault: { fault: 'late_answer', ms: 119_500, ...once }, outcome: 'in_doubt', accepted: 1, within: 121 },
  { fault: { fault: 'late_answer', ms: 125_000, ...once }, outcome: 'in_doubt', accepted: 1, within: 121 },
  { fault: { fault: 'double_final', final: 'ERROR', ...once }, outcome: 'sent', accepted: 1, within: 2 },
  { fault: { fault: 'double_final', final: 'OK', ...once }, outcome: 'sent', accepted: 1, within: 2 },
  { fault: { fault: 'garbage', octets: 200, ...once }, outcome: 'sent', accepted: 1, within: 7 },
  { fault: { fault: 'slow', msPerOctet: 100, times: 1 }, outcome: 'sent', accepted: 1, within: 6 },
  { fault: { fault: 'silence', at: 'everywhere', ...once }, outcome: 'not_sent', accepted: 0, within: 6 },
  // The modem's settings may be gone with the echo: nothing is written to it before it is started up again.
  { fault: { fault: 'echo', times: 1 }, outcome: 'not_sent', accepted: 0, within: 6 },
  ...(['before_answer', 'inside_answer', 'glued', 'after_prompt'] as const).flatMap((at) =>
    ['^BOOT:27710117,0,0,0,75', '+CMTI: "SM",4', 'RING', '+CREG: 1', 'UNDER-VOLTAGE WARNNING'].map(
      (line): Case => ({ fault: { fault: 'unsolicited', at, line, ...once }, outcome: 'sent', accepted: 1, within: 7 }),
    ),
  ),
  ...(['standard', 'crlf_after', 'bare', 'bare_space', 'cr_after', 'no_space'] as const).map(
    (shape): Case => ({ fault: { fault: 'prompt', shape, times: 1 }, outcome: 'sent', accepted: 1, within: 2 }),
  ),
  ...(['tail_only', 'cr', 'lf', 'cr_doubled'] as const).map(
    (shape): Case => ({ fault: { fault: 'line_ends', shape, times: 1 }, outcome: 'sent', accepted: 1, within: 2 }),
  ),
]

const cases = [...silences, ...losses, ...errors, ...answers]

describe('a hand-over that is struck by a fault', () => {
  test.each(cases.map((one) => [JSON.stringify(one.fault), one.outcome, one] as const))(
    '%s ends %s',
    async (_, __, one) => {
      const bench = await Bench.ready()
      bench.modem.faults.add(one.fault)
      const since = bench.clock.monotonic()
      let asked = 0
      const handover = await bench.send('first', async () => {
        asked++
        return 'go'
      })
      expect(handover.outcome).toBe(one.outcome)
      expect((bench.clock.monotonic() - since) / 1000).toBeLessThanOrEqual(one.within)
      expect(asked).toBeLessThanOrEqual(1)
      expect(bench.accepted('first')).toBe(one.accepted)

      // The driver recovers by itself, and nothing of the first message leaves any more.
      await bench.until(() => bench.driver.ready)
      let next = await bench.send('second')
      for (let more = 0; next.outcome !== 'sent' && more < 3; more++) {
        expect(next.outcome).toBe('not_sent')
        await bench.clock.advance(5_000)
        await bench.until(() => bench.driver.ready)
        next = await bench.send('second')
      }
      expect(next).toEqual({ outcome: 'sent', reference: String(bench.network.log.of('accepted').at(-1)?.reference) })
      expect(bench.accepted('second')).toBe(1)
      expect(bench.accepted('first')).toBe(one.accepted)

      // It still hears what the network brings.
      bench.network.text({ from: friend, to: hub, text: 'heard' })
      await bench.until(() => bench.told.messages.length > 0)
      await bench.stop()
      expect(bench.watched.running).toBe(0)
    },
  )

  test('every fault has struck', () => {
    const elsewhere: readonly FaultName[] = ['storage_full', 'lost_indication', 'answer', 'damaged']
    const struck = new Set([...cases.map(({ fault }) => fault.fault), ...elsewhere])
    expect([...struck].sort()).toEqual(Object.keys(faultMeanings).sort())
  })

  test('an error behind the acceptance is what the modem says it is: nobody can know better', async () => {
    const bench = await Bench.ready()
    bench.modem.faults.add({ fault: 'error', at: 'after_acceptance', cms: 332, ...once })
    expect(await bench.send('first')).toMatchObject({ outcome: 'refused', cause: { accepted: 'unknown' } })
    bench.modem.faults.add({ fault: 'error', at: 'after_acceptance', ...once })
    expect(await bench.send('second')).toMatchObject({ outcome: 'refused', cause: { accepted: 'unknown' } })
  })
})
