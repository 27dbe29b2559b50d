import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { phaseOf } from '../../src/ledger/outbox/states/state.ts'
import { ignored, impossible, table } from '../../src/ledger/outbox/states/table.ts'
import { record, type SubmissionRow, smsRecord } from '../../src/ledger/rows.ts'
import { Fault } from '../../src/message/fault.ts'
import type { HubEvent } from '../../src/message/hub-event.ts'
import { publicEventOf } from '../../src/message/public-event.ts'
import { resultOf, smsStatusOf } from '../../src/message/result.ts'
import { Ledger } from '../support/ledger.ts'
import { eventNames, phaseNames, statesPage, type Walked, walk } from '../support/submission-diagram.ts'
import { now, statesOf } from '../support/submission-states.ts'

const cells = eventNames.flatMap((name) => phaseNames.map((phase) => [name, phase] as const))

/** What the outside may see: every status, and those that may follow it. */
const commands: Readonly<Record<string, readonly string[]>> = {
  queued: ['sending', 'delivered', 'replied', 'expired', 'cancelled'],
  sending: ['queued', 'sent', 'delivered', 'replied', 'failed', 'expired', 'undelivered', 'unconfirmed', 'in_doubt'],
  sent: ['delivered', 'replied', 'unconfirmed', 'undelivered'],
  delivered: ['replied', 'unconfirmed'],
}
const texts: Readonly<Record<string, readonly string[]>> = {
  queued: ['sending', 'delivered', 'expired', 'cancelled'],
  sending: ['queued', 'sent', 'delivered', 'undelivered', 'failed', 'expired', 'in_doubt'],
  sent: ['delivered', 'undelivered'],
  undelivered: ['delivered'],
  in_doubt: ['delivered', 'undelivered'],
}

const moves = cells.flatMap(([name, phase]) => {
  const walked = walk(phase, name)
  if (walked instanceof Fault) return []
  return walked.flatMap(({ after, ...one }) => (after === null ? [] : [{ ...one, after }]))
})
type Move = (typeof moves)[number]

function followed(column: 'status' | 'sms_status'): Record<string, string[]> {
  const found: Record<string, Set<string>> = {}
  for (const { state, after } of moves) {
    const from = state.row[column]
    if (after[column] !== from) found[from] = (found[from] ?? new Set<string>()).add(after[column])
  }
  return Object.fromEntries(Object.entries(found).map(([from, to]) => [from, [...to].sort()]))
}

const sorted = (moves: Readonly<Record<string, readonly string[]>>) =>
  Object.fromEntries(Object.entries(moves).map(([from, to]) => [from, [...to].sort()]))

test('the states that the cells are walked with are of the phase that they stand for', () => {
  for (const phase of phaseNames) {
    const states = statesOf(phase)
    expect(states.length).toBeGreaterThan(7)
    expect([...new Set(states.map((state) => state.phase))]).toEqual([phase])
  }
})

test.each(cells)('%s while %s is decided', (name, phase) => {
  const walked = walk(phase, name)
  const rule: unknown = table[name][phase]
  if (rule === impossible)
    expect(walked).toMatchObject({ code: 'internal', message: `cmd_1 is ${phase}: it can't be ${name}` })
  else expect((walked as Walked[]).some(({ after }) => after !== null)).toBe(rule !== ignored)
})

/** Every move of every cell; `rule` says what is wrong with it, if anything. */
function wrong(rule: (move: Move) => boolean): string[] {
  const found = moves.filter((move) => !rule(move))
  const words = found.map(({ state, event, after }) => `${event.type} while ${state.phase}: ${phaseOf(after)}`)
  return [...new Set(words)]
}

describe('a move', () => {
  test('never changes a result that is final', () => {
    const frozen = ({ state, after }: Move) =>
      (Object.keys(after) as (keyof Move['after'])[])
        .filter((key) => after[key] !== state.row[key])
        .every((key) => ['sms_status', 'parts_delivered', 'sim', 'sent_at', 'delivered_at'].includes(key))
    expect(
      wrong((move) => move.state.row.final === 0 || (frozen(move) && !move.effects.includes('publish_result'))),
    ).toEqual([])
  })

  test('ends a command as a whole, or not at all', () => {
    const isWhole = ({ after, effects }: Move) =>
      after.open === 0 &&
      after.due === null &&
      after.deadline === null &&
      (after.in_doubt === 1) === (after.status === 'in_doubt') &&
      !['queued', 'sending'].includes(after.status) &&
      !['queued', 'sending'].includes(after.sms_status) &&
      ['end_change', 'publish_result'].every((effect) => effects.includes(effect))
    expect(wrong((move) => move.state.row.final === 1 || move.after.final === 0 || isWhole(move))).toEqual([])
  })

  test('forgets its text once, as soon as nothing of it can be sent any more', () => {
    const forgets = ({ effects }: Move) => effects.includes('forget_text')
    // Phases from which one of a single text comes to a gateway, found by what follows what.
    const single = moves.filter(({ state }) => state.row.last === 0)
    const leadingTo = (phases: ReadonlySet<string>) =>
      new Set([...phases, ...single.filter(({ after }) => phases.has(phaseOf(after))).map(({ state }) => state.phase)])
    let needing: ReadonlySet<string> = new Set(['sending'])
    for (let more = leadingTo(needing); more.size > needing.size; more = leadingTo(needing)) needing = more
    const needs = (row: Move['after']) => (row.last === 0 ? needing.has(phaseOf(row)) : row.final === 0)
    expect(wrong((move) => forgets(move) === (needs(move.state.row as Move['after']) && !needs(move.after)))).toEqual(
      [],
    )
  })

  test('leaves no command without something that ends its wait', () => {
    // A gateway ends what it has itself, and what was on its way is found by its status after a crash.
    const ends = ({ after }: Move) =>
      ({ scheduled: after.due !== null, queued: after.expires_at !== null, sending: true })[phaseOf(after) as string] ??
      after.deadline !== null
    expect(wrong((move) => move.after.final === 1 || ends(move))).toEqual([])
  })

  test('gives the lane to what a gateway has or may have, and takes it from what is queued, let go or only reported', () => {
    const holds = ['sending', 'between', 'outcome', 'doubtful']
    const free = ['scheduled', 'queued', 'released', 'unreported', 'final']
    const fits = ({ after }: Move) =>
      !(holds.includes(phaseOf(after)) ? after.open === 0 : free.includes(phaseOf(after)) && after.open > 0)
    expect(wrong(fits)).toEqual([])
  })

  test('is published where programs see another state than before, and nowhere else', () => {
    const ledger = new Ledger()
    const rest = ledger.row(ledger.command())
    const result = (row: SubmissionRow): HubEvent => {
      return { kind: 'result', subject: 'gate', data: resultOf(record(row, now)) }
    }
    const text = (row: SubmissionRow): HubEvent => {
      return { kind: 'sms_status', subject: '', data: smsStatusOf(smsRecord(row, now)) }
    }
    for (const [effect, status, eventOf] of [
      ['publish_result', 'status', result],
      ['publish_sms_status', 'sms_status', text],
    ] as const) {
      const seen = (row: object) => JSON.stringify(publicEventOf(eventOf({ ...rest, ...row }), now))
      const isNews = ({ state: { row }, after }: Move) => row[status] !== after[status] || seen(row) !== seen(after)
      expect(wrong((move) => !move.effects.includes(effect) || isNews(move))).toEqual([])
    }
  })

  test('lets the lane look for its next command whenever that may have changed', () => {
    const changes = ({ state: { row }, after }: Move) =>
      row.open !== after.open || row.status !== after.status || row.due !== after.due
    expect(wrong((move) => !changes(move) || move.effects.includes('refresh_lane'))).toEqual([])
  })
})

test('statuses follow each other as they are documented', () => {
  expect(followed('status')).toEqual(sorted(commands))
  expect(followed('sms_status')).toEqual(sorted(texts))
})

test('the diagram in src/README.md is that of the table; STATES=write writes it', () => {
  const page = fileURLToPath(new URL('../../src/README.md', import.meta.url))
  const text = readFileSync(page, 'utf8')
  const [, before, after] = /^([\s\S]*<!-- states -->\n)[\s\S]*(\n<!-- \/states -->[\s\S]*)$/.exec(
    text,
  ) as RegExpExecArray
  const printed = `${before}\n${statesPage()}\n${after}`
  if (process.env.STATES === 'write') writeFileSync(page, printed)
  expect(readFileSync(page, 'utf8')).toBe(printed)
})
