import { Modem } from '../../src/gateway/modem/modem.ts'
import type { Segment } from '../../src/message/segment.ts'
import type { SubmitOutcome } from '../../src/message/submit-outcome.ts'
import { FakeClock } from '../fake-clock.ts'
import { factsOf, Told, WatchedClock } from './bench.ts'
import { ScriptedModem } from './scripted-modem.ts'
import type { Transcript } from './transcript.ts'

/** "begin123456" for +15551234567, relative validity of a day, report wanted. */
const alone: Segment = {
  to: '+15551234567',
  content: { alphabet: 'gsm7', text: 'begin123456' },
  concat: null,
  validitySeconds: 86_400,
  report: true,
  id: 'cmd.0.1',
  messageClass: null,
}
const firstOfTwo: Segment = { ...alone, concat: { ref: 1, bits: 8, total: 2, seq: 1 } }

/** Long enough for every deadline of a hand-over and the way back behind it. */
const patience = 200_000

/** What became of it, and what had to. */
export async function play(transcript: Transcript) {
  const wanted = {
    left: [],
    outcomes: transcript.outcomes,
    received: [...transcript.received].sort(),
    state: [...transcript.state].sort(),
    forbidden: [],
    timers: 0,
  }
  return { wanted, played: await replay(transcript) }
}

async function replay(transcript: Transcript) {
  const { given, steps, always, outcomes, leave, state, never, once, pin, baud, more } = transcript
  const clock = new FakeClock()
  const watched = new WatchedClock(clock)
  const modem = new ScriptedModem(clock, always, baud)
  const told = new Told()
  const driver = new Modem(
    { id: 'home', path: 'transcript', baudRate: 115_200, pin, open: async () => modem.open() },
    watched,
  )
  if (given === 'power-on') modem.begin(steps)
  driver.start(told)
  // Until the first look at the modem is over.
  if (given === 'ready') {
    await clock.advance(3_000)
    if (!driver.ready) throw new Error(`not ready: ${driver.state.last_error}`)
    modem.begin(steps)
  }
  const seen: string[] = []
  for (const _ of outcomes) {
    for (let ms = 0; !driver.ready && ms < patience; ms += 500) await clock.advance(500)
    let handover: SubmitOutcome | null = null
    void driver
      .submit(more ? firstOfTwo : alone, async () => leave)
      .then((one) => {
        handover = one
      })
    for (let ms = 0; handover === null && ms < patience; ms += 500) await clock.advance(500)
    seen.push(handover === null ? 'nothing' : named(handover))
  }
  for (let ms = 0; modem.left.length > 0 && ms < patience; ms += 500) await clock.advance(500)
  await clock.advance(2_000)
  const states = Object.entries(factsOf(driver)).map(([key, value]) => `${key}=${value}`)
  const stopped = driver.stop()
  await clock.advance(60_000)
  await stopped
  return {
    left: modem.left,
    outcomes: seen,
    received: told.messages.map(({ source, body: pdu }) => `${source} ${pdu}`).sort(),
    state: states.filter((one) => state.some((wanted) => one.startsWith(`${wanted.split('=')[0]}=`))).sort(),
    forbidden: [
      ...modem.written.filter((unit) => never.some((text) => unit.startsWith(text))),
      ...once.filter((text) => modem.written.filter((unit) => unit.startsWith(text)).length !== 1),
    ],
    timers: watched.running,
  }
}

function named(handover: SubmitOutcome): string {
  switch (handover.outcome) {
    case 'sent':
      return `sent ${handover.reference ?? '-'}`
    case 'refused':
      return `refused ${handover.cause.code ?? '-'} ${handover.cause.accepted} ${handover.cause.next}`
    default:
      return handover.outcome
  }
}
