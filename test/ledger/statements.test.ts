import { expect, jest, test } from '@jest/globals'
import { Ledger, second } from '../support/ledger.ts'
import { Recorder } from '../support/recorder.ts'
import { addHook } from '../support/webhook-ledger.ts'

/**
 * Statements that one message takes from its publish to its end, savepoints and all, and those of its events until the
 * outlet has passed them on: the writer's time goes by them. One for each text, sent or received, is for the overview of
 * conversations.
 */
const most = { text: 81, command: 101 }

/** Documents that are written and read for it in the store: each event once, and what was asked and answered. */
const mostDocuments = { text: { written: 6, read: 0 }, command: { written: 13, read: 7 } }

/** The first message of a lane makes rows that the others find. */
function ofTheSecond(ledger: Ledger, live: () => void): number {
  const recorder = new Recorder(ledger)
  const outlet = 'mqtt'
  const waiting = () => ledger.run('waitingEvents', { outlet, known: [], limit: 1_000 }).map(({ seq }) => seq)
  live()
  ledger.pass(second)
  ledger.run('acknowledge', { outlet, seqs: waiting() })
  const asked = recorder.of(live).length
  // It was given them with the answers (test/outlet/hand-over.test.ts), and acknowledges them together.
  const seqs = waiting()
  return asked + recorder.of(() => ledger.run('acknowledge', { outlet, seqs })).length
}

/** The same of JSON. */
function documentsOfTheSecond(ledger: Ledger, live: () => void): { written: number; read: number } {
  live()
  ledger.pass(second)
  const [written, read] = [jest.spyOn(JSON, 'stringify'), jest.spyOn(JSON, 'parse')]
  try {
    live()
    return { written: written.mock.calls.length, read: read.mock.calls.length }
  } finally {
    written.mockRestore()
    read.mockRestore()
  }
}

const lives: Readonly<Record<keyof typeof most, (ledger: Ledger) => void>> = {
  text: (ledger) => {
    ledger.queue()
    ledger.sent(ledger.write(), 7)
    ledger.report(7)
  },
  command: (ledger) => {
    ledger.command()
    const seq = ledger.write()
    ledger.sent(seq, 7)
    ledger.report(7, { recipient: '4915112345602' })
    ledger.reply(seq)
  },
}

test.each(['text', 'command'] as const)('a %s takes no more statements than it did', (what) => {
  const ledger = new Ledger()
  expect(ofTheSecond(ledger, () => lives[what](ledger))).toBeLessThanOrEqual(most[what])
})

test.each(['text', 'command'] as const)(
  'a %s is written and read as often as something new is published of it',
  (what) => {
    const ledger = new Ledger()
    const { written, read } = documentsOfTheSecond(ledger, () => lives[what](ledger))
    expect(written).toBeLessThanOrEqual(mostDocuments[what].written)
    expect(read).toBeLessThanOrEqual(mostDocuments[what].read)
  },
)

test('a start takes as many statements with a thousand devices that are as they were as with one', () => {
  const atStart = (count: number) => {
    const ledger = new Ledger()
    const devices = Array.from({ length: count }, (_, i) => ({ id: `d${i}`, fields: ['door'] }))
    ledger.run('announceDevices', { devices })
    return new Recorder(ledger).of(() => ledger.run('announceDevices', { devices })).length
  }
  expect(atStart(1_000)).toBe(atStart(1))
})

test.each(['text', 'command'] as const)(
  'a %s asks for the same with webhooks: its deliveries are made behind it',
  (what) => {
    const asked = (...hooks: readonly string[]) => {
      const ledger = new Ledger()
      for (const id of hooks) addHook(ledger, id)
      lives[what](ledger)
      ledger.pass(second)
      return new Recorder(ledger).of(() => lives[what](ledger)).length
    }
    expect([asked('one'), asked('one', 'other', 'third')]).toEqual([asked(), asked()])
  },
)
