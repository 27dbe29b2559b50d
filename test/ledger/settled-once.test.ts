import { describe, expect, test } from '@jest/globals'
import type { Tx } from '../../src/ledger/tx.ts'
import type { StatusReport } from '../../src/message/report.ts'
import { Ledger } from '../support/ledger.ts'

const count = (tx: Tx, table: string) => tx.one<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table}`)?.n
const stateOf = ({ engine }: Ledger, raw: number) =>
  engine.one<{ state: string }>('SELECT state FROM raw WHERE id = ?', raw)?.state

/** Two that look for what is filed may find the same message. */
describe('a filed message is settled once, whoever looks:', () => {
  test('a text', () => {
    const ledger = new Ledger()
    const id = ledger.command()
    const seq = ledger.write()
    ledger.sent(seq, 1)
    const raw = ledger.filed()
    ledger.reply(seq, 'accepted', {}, [raw])
    const events = count(ledger.engine, 'event')
    ledger.reply(seq, 'refused', {}, [raw])
    expect(ledger.row(id)).toMatchObject({ status: 'replied', ok: 1 })
    expect(count(ledger.engine, 'incoming')).toBe(1)
    expect(count(ledger.engine, 'event')).toBe(events)
  })

  test('a report that waits for its reference', () => {
    const ledger = new Ledger()
    const raw = ledger.filed()
    const report: StatusReport = {
      account: 'home',
      matching: 'tp_mr',
      reference: '9',
      recipient: '4915112345601',
      scts: ledger.now,
      centre: 'centre',
      receivedAt: ledger.now,
      status: 0,
      outcome: 'delivered',
      meaning: 'delivered',
    }
    const settle = () => ledger.run('settleReport', { raw, report, now: ledger.now })
    settle()
    expect(stateOf(ledger, raw)).toBe('report')
    const id = ledger.queue({ report: true })
    ledger.sent(ledger.write(), 9)
    expect(ledger.row(id)).toMatchObject({ status: 'delivered' })
    settle()
    expect(stateOf(ledger, raw)).toBe('done')
  })

  test('a message that can’t be decoded', () => {
    const ledger = new Ledger()
    const raw = ledger.filed()
    const quarantine = (reason: string) => ledger.run('quarantine', { raw, reason, data: {} })
    quarantine('too short')
    quarantine('too long')
    expect(count(ledger.engine, 'event')).toBe(1)
    expect(ledger.engine.one<{ document: string }>('SELECT document FROM raw WHERE id = ?', raw)?.document).toBe(
      'too short',
    )
  })

  test('a segment', () => {
    const ledger = new Ledger()
    const [first, second] = [ledger.filed(), ledger.filed()]
    const take = (raw: number, part: number) =>
      ledger.run('assemble', {
        ...{ raw, key: 'k', sender: 'a', part, total: 2, scts: ledger.now, now: ledger.now },
        content: JSON.stringify({ text: `part ${part}`, scts: ledger.now }),
      })
    expect(take(first, 1).complete).toBeNull()
    expect(take(first, 1)).toMatchObject({ complete: null, copy: false })
    expect(take(second, 2).complete?.parts).toHaveLength(2)
  })
})
