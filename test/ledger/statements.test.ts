import { expect, test } from '@jest/globals'
import type { Tx } from '../../src/ledger/tx.ts'
import { Ledger, second } from '../support/ledger.ts'

/** Statements that one message takes from its publish to its end, savepoints and all: the writer's time goes by them. */
const most = { text: 86, command: 106 }

function counting(): { ledger: Ledger; taken(): number } {
  const ledger = new Ledger()
  let count = 0
  for (const name of ['one', 'all', 'run'] as const satisfies readonly (keyof Tx)[]) {
    const original = ledger.engine[name].bind(ledger.engine) as (sql: string, ...values: unknown[]) => never
    ledger.engine[name] = (sql: string, ...values: unknown[]) => {
      count++
      return original(sql, ...values)
    }
  }
  const taken = () => {
    const before = count
    count = 0
    return before
  }
  return { ledger, taken }
}

/** The first message of a lane makes rows that the others find. */
function ofTheSecond(ledger: Ledger, live: () => void, taken: () => number): number {
  live()
  ledger.pass(second)
  taken()
  live()
  return taken()
}

test('a text to a person takes no more statements than it did', () => {
  const { ledger, taken } = counting()
  const live = () => {
    ledger.queue()
    ledger.sent(ledger.write(), 7)
    ledger.report(7)
  }
  expect(ofTheSecond(ledger, live, taken)).toBeLessThanOrEqual(most.text)
})

test('a command with its report and its answer takes no more statements than it did', () => {
  const { ledger, taken } = counting()
  const live = () => {
    ledger.command()
    const seq = ledger.write()
    ledger.sent(seq, 7)
    ledger.report(7, { recipient: '4915112345602' })
    ledger.reply(seq)
  }
  expect(ofTheSecond(ledger, live, taken)).toBeLessThanOrEqual(most.command)
})
