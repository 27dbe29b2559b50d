import { expect, test } from '@jest/globals'
import { Ledger, second } from '../support/ledger.ts'
import { Recorder } from '../support/recorder.ts'

/** Statements that one message takes from its publish to its end, savepoints and all: the writer's time goes by them. */
const most = { text: 86, command: 106 }

/** The first message of a lane makes rows that the others find. */
function ofTheSecond(ledger: Ledger, live: () => void): number {
  const recorder = new Recorder(ledger)
  live()
  ledger.pass(second)
  return recorder.of(live).length
}

test('a text to a person takes no more statements than it did', () => {
  const ledger = new Ledger()
  const live = () => {
    ledger.queue()
    ledger.sent(ledger.write(), 7)
    ledger.report(7)
  }
  expect(ofTheSecond(ledger, live)).toBeLessThanOrEqual(most.text)
})

test('a command with its report and its answer takes no more statements than it did', () => {
  const ledger = new Ledger()
  const live = () => {
    ledger.command()
    const seq = ledger.write()
    ledger.sent(seq, 7)
    ledger.report(7, { recipient: '4915112345602' })
    ledger.reply(seq)
  }
  expect(ofTheSecond(ledger, live)).toBeLessThanOrEqual(most.command)
})
