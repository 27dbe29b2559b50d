import { describe, expect, test } from '@jest/globals'
import { Ledger, minute } from '../support/ledger.ts'

const error = { code: 'modem_error', message: 'CMS 500', retryable: true } as const
const at = (ledger: Ledger, seq: number) => ({ seq, part: 1, gateway: 'home', account: 'home', now: ledger.now })

/** A claim that another run of the hub, or another hub, has taken over meanwhile. */
function takenOver(): { ledger: Ledger; id: string; seq: number; before: Ledger['owner'] } {
  const ledger = new Ledger()
  const id = ledger.command()
  const { seq } = ledger.claim()
  const before = ledger.owner
  ledger.restart()
  expect(ledger.claim().commandId).toBe(id)
  return { ledger, id, seq: seq as number, before }
}

describe('an intention of a run whose claim is another’s now', () => {
  test('marks nothing as written: the permit is refused', () => {
    const { ledger, seq, before } = takenOver()
    const mark = { ...at(ledger, seq), validFor: 60 }
    expect(ledger.run('markWritten', { ...mark, ...before })).toBe('stop')
    expect(ledger.run('markWritten', { ...mark, ...ledger.owner, owner: 'other' })).toBe('stop')
    expect(ledger.run('markWritten', { ...mark, ...ledger.owner })).toBe('go')
  })

  test('brings nothing back into the queue', () => {
    const { ledger, id, seq, before } = takenOver()
    ledger.run('requeue', { ...at(ledger, seq), ...before, retryAt: ledger.now + minute, error })
    expect(ledger.row(id)).toMatchObject({ status: 'sending' })
    ledger.run('requeue', { ...at(ledger, seq), ...ledger.owner, retryAt: ledger.now + minute, error })
    expect(ledger.row(id)).toMatchObject({ status: 'queued' })
  })

  test('gives nothing up', () => {
    const { ledger, id, seq, before } = takenOver()
    ledger.run('giveUp', { ...at(ledger, seq), ...before, status: 'failed', error })
    expect(ledger.row(id)).toMatchObject({ status: 'sending', final: 0 })
    ledger.run('giveUp', { ...at(ledger, seq), ...ledger.owner, status: 'failed', error })
    expect(ledger.row(id)).toMatchObject({ status: 'failed', final: 1 })
  })
})

test('a fact is taken whoever reports it: the network has the text', () => {
  const { ledger, id, seq } = takenOver()
  ledger.sent(seq, 7)
  expect(ledger.row(id)).toMatchObject({ status: 'sent' })
})

describe('a hub that starts beside another one', () => {
  /** What another hub, which may live, is sending. */
  function beside(leaseUntil: (now: number) => number) {
    const ledger = new Ledger()
    const id = ledger.command()
    ledger.claim('home', { owner: 'other', epoch: 1 })
    ledger.engine.run(
      'INSERT INTO hub (owner, epoch, lease_until) VALUES (?, ?, ?)',
      'other',
      1,
      leaseUntil(ledger.now),
    )
    return { ledger, id }
  }

  test('leaves alone what that one is sending', () => {
    const { ledger, id } = beside((now) => now + minute)
    ledger.restart({ isAlone: false })
    expect(ledger.row(id)).toMatchObject({ status: 'sending', owner: 'other' })
    ledger.now += 2 * minute
    ledger.restart({ isAlone: false })
    expect(ledger.row(id)).toMatchObject({ status: 'queued' })
  })

  test('takes back its own work of an earlier run', () => {
    const { ledger } = beside((now) => now + minute)
    const own = ledger.queue()
    expect(ledger.claim().commandId).toBe(own)
    ledger.restart({ isAlone: false })
    expect(ledger.row(own)).toMatchObject({ status: 'queued' })
  })

  test('takes over everything where nobody else can have the store open', () => {
    const { ledger, id } = beside((now) => now + minute)
    ledger.restart()
    expect(ledger.row(id)).toMatchObject({ status: 'queued' })
  })
})
