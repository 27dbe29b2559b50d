import { expect, test } from '@jest/globals'
import type { NewStep } from '../../src/ledger/outbox/acts.ts'
import type { SubmissionRow } from '../../src/ledger/rows.ts'
import { seededRandom } from '../../src/util/random.ts'
import { day, Ledger, minute, second } from '../support/ledger.ts'

const joins = { head: '', tail: '', separator: ';', max: null, maxLength: null, body: 'x' }
const error = { code: 'modem_error', message: 'CMS 500', retryable: true } as const

/** A hub whose modems, network, devices and users do anything, in any order. */
class History {
  readonly ledger = new Ledger()
  readonly #random: () => number
  /** What gateways have, as the send flow knows it. */
  readonly #held = new Map<string, { readonly seq: number; part: number; readonly parts: number; written: boolean }>()
  readonly done: string[] = []

  constructor(seed: number) {
    this.#random = seededRandom(seed)
  }

  #upTo = (n: number): number => Math.floor(this.#random() * n)
  #one = <T>(of: readonly T[]): T => of[this.#upTo(of.length)] as T

  step(): void {
    const act = this.#one(this.#acts)
    this.done.push(act.name)
    act.call(this)
  }

  #enqueue(): void {
    const common = { safe: this.#upTo(2) === 0, priority: this.#one([0, 1, 1, 2]), report: this.#upTo(3) > 0 }
    const segments = this.#one([['a'], ['a'], ['a', 'b']])
    const wait = this.#one([null, null, null, 5 * second, 5 * minute])
    const sendAt = wait === null ? null : this.ledger.now + wait
    if (this.#upTo(3) === 0) this.ledger.queue({ ...common, segments, safe: false, sendAt })
    else {
      const expects = ['none', 'optional', 'required'] as const
      const steps: NewStep[] = Array.from({ length: this.#one([0, 0, 1, 2]) }, () => ({
        goes: this.#one(['then', 'else']),
        waitMs: this.#one([0, 5 * second]),
        segments: ['next'],
        expect: this.#one(expects),
        withinMs: minute,
        spec: null,
      }))
      const mayJoin = steps.length === 0 && segments.length === 1 && this.#upTo(3) === 0
      const gapMs = this.#one([0, 10 * second])
      this.ledger.command({
        ...{ ...common, steps, segments, gapMs, expect: this.#one(expects) },
        ...{ joins: mayJoin ? joins : null, sendAt, expiresAt: (sendAt ?? this.ledger.now) + this.#one([minute, day]) },
      })
    }
  }

  #claim(): void {
    const gateway = this.#one(['home', 'away'])
    if (this.#held.has(gateway)) return
    const claim = this.ledger.claim(gateway)
    if (claim.seq !== undefined)
      this.#held.set(gateway, { seq: claim.seq, part: 1, parts: (claim.segments ?? []).length, written: false })
  }

  #gateway(): void {
    const [gateway, held] = this.#one([...this.#held, ['', undefined] as const])
    if (held === undefined) return
    const { ledger } = this
    const at = { seq: held.seq, part: held.part, gateway, account: gateway, now: ledger.now }
    const back = () => {
      ledger.run('requeue', { ...at, ...ledger.owner, retryAt: ledger.now + this.#one([0, 5 * second]), error })
      this.#held.delete(gateway)
    }
    if (!held.written) {
      const verdict = ledger.run('markWritten', { ...at, ...ledger.owner, validFor: this.#one([60, 3_600]) })
      held.written = verdict === 'go'
      if (verdict === 'expired') ledger.run('giveUp', { ...at, ...ledger.owner, status: 'expired', error })
      if (verdict === 'stop') back()
      if (verdict !== 'go') this.#held.delete(gateway)
      return
    }
    const how = this.#upTo(8)
    if (how < 5) {
      ledger.sent(held.seq, this.#one([this.#upTo(256), null]), held.part, gateway)
      held.part += 1
      held.written = false
      if (held.part > held.parts) this.#held.delete(gateway)
    } else if (how === 5) back()
    else {
      if (how === 6) ledger.doubt(held.seq, held.part, gateway)
      else ledger.run('giveUp', { ...at, ...ledger.owner, status: 'failed', error })
      this.#held.delete(gateway)
    }
  }

  #report(): void {
    const segments = this.ledger.engine.all<{ reference: string; account: string; recipient: string }>(
      `SELECT reference, segment.sim AS account, recipient FROM segment JOIN submission ON seq = submission WHERE reference IS NOT NULL`,
    )
    const segment = this.#one(segments)
    if (segment === undefined) return
    const outcome = this.#one(['delivered', 'delivered', 'failed', 'trying'] as const)
    const status = { delivered: 0, failed: 0x46, trying: 0x20 }[outcome]
    this.ledger.report(Number(segment.reference), {
      ...segment,
      recipient: segment.recipient.slice(1),
      outcome,
      status,
    })
  }

  #reply(): void {
    const rows = this.rows().filter(({ device, written_at }) => device !== null && written_at !== null)
    const row = this.#one(rows)
    const verdicts = ['accepted', 'accepted', 'refused', 'pending', 'partial', 'mismatch', 'unverified'] as const
    if (row !== undefined) this.ledger.reply(row.seq, this.#one(verdicts))
  }

  #cancel(): void {
    const row = this.#one(this.rows())
    if (row !== undefined) this.ledger.run('cancelCommand', { id: row.command_id, now: this.ledger.now })
  }

  #pass(): void {
    this.ledger.pass(this.#one([second, 10 * second, 2 * minute]))
  }

  #crash(): void {
    if (this.#upTo(4) > 0) return
    this.#held.clear()
    this.ledger.restart({ machineBoot: this.#one([null, 'a', 'b']) })
  }

  readonly #acts = [
    ...[this.#enqueue, this.#enqueue, this.#claim, this.#claim, this.#gateway, this.#gateway, this.#gateway],
    ...[this.#gateway, this.#report, this.#reply, this.#cancel, this.#pass, this.#crash],
  ]

  rows(): SubmissionRow[] {
    return this.ledger.engine.all<SubmissionRow>('SELECT * FROM submission ORDER BY seq')
  }

  /** Everything ends, if only by time. */
  end(): void {
    this.#held.clear()
    this.ledger.restart()
    for (let i = 0; i < 4; i++) this.ledger.pass(day)
  }
}

const n = (history: History, sql: string) => history.ledger.engine.one<{ n: number }>(sql)?.n ?? 0

/** What must hold between any two events. */
function holds(history: History): string[] {
  const lanes = n(
    history,
    'SELECT COUNT(*) AS n FROM (SELECT lane FROM submission WHERE open = 1 GROUP BY lane HAVING COUNT(*) > 1)',
  )
  const sending = n(
    history,
    `SELECT COUNT(*) AS n FROM (SELECT lane FROM submission WHERE status = 'sending' AND in_doubt = 0 AND carrier IS NULL
       GROUP BY lane HAVING COUNT(*) > 1)`,
  )
  const held = n(history, 'SELECT COUNT(*) AS n FROM submission WHERE final = 1 AND (open > 0 OR deadline IS NOT NULL)')
  const ready = n(
    history,
    `SELECT COUNT(*) AS n FROM lane JOIN submission ON seq = head WHERE state = 'ready' AND final = 1`,
  )
  const aged = n(
    history,
    `SELECT COUNT(*) AS n FROM lane JOIN submission ON seq = head
       WHERE state = 'ready' AND head_at IS NOT COALESCE(send_at, queued_at)`,
  )
  const early = n(
    history,
    `SELECT COUNT(*) AS n FROM submission LEFT JOIN lane ON head = seq
       WHERE send_at > ${history.ledger.now} AND final = 0 AND (status <> 'queued' OR key IS NOT NULL)`,
  )
  const queued = n(history, `SELECT COUNT(*) AS n FROM submission WHERE status = 'queued' AND due IS NULL`)
  const counted = n(history, 'SELECT COALESCE(SUM(queued), 0) AS n FROM client')
  const scheduled = n(history, `SELECT COUNT(*) AS n FROM submission WHERE status = 'queued' AND due IS NOT NULL`)
  const countedLater = n(history, 'SELECT COALESCE(SUM(scheduled), 0) AS n FROM client')
  return [
    ...(lanes > 0 ? ['two hold one lane'] : []),
    ...(sending > 0 ? ['two are sending in one lane'] : []),
    ...(held > 0 ? ['a final one holds its lane, or waits'] : []),
    ...(ready > 0 ? ['a final one is to be sent'] : []),
    ...(aged > 0 ? ['a lane has waited for another time than its head'] : []),
    ...(early > 0 ? ['one goes before its time'] : []),
    ...(scheduled !== countedLater ? [`${scheduled} are scheduled, ${countedLater} are counted`] : []),
    ...(queued !== counted ? [`${queued} are queued, ${counted} are counted`] : []),
  ]
}

test('whatever happens in whatever order, every command has one result, and only what is unfinished holds a lane', () => {
  const seeds = Number(process.env.HISTORIES ?? 60)
  for (let seed = 1; seed <= seeds; seed++) {
    const history = new History(seed)
    const ended = new Map<string, string>()
    for (let step = 0; step < 80; step++) {
      history.step()
      const trouble = holds(history)
      for (const row of history.rows().filter(({ final }) => final === 1)) {
        const was = ended.get(row.command_id)
        const is = `${row.status} ok=${row.ok} ${row.reason} at ${row.final_at}`
        if (was !== undefined && was !== is) trouble.push(`${row.command_id} has moved from ${was} to ${is}`)
        ended.set(row.command_id, is)
      }
      expect({ seed, last: history.done.slice(-12), trouble }).toEqual({
        seed,
        last: history.done.slice(-12),
        trouble: [],
      })
    }
    history.end()
    const open = history
      .rows()
      .filter(({ final, sms_status }) => final === 0 || ['queued', 'sending'].includes(sms_status))
    expect({ seed, open }).toEqual({ seed, open: [] })
    const results = history.ledger.published('gate/result').filter(({ final }) => final)
    const commands = history.rows().filter(({ device }) => device !== null)
    expect({ seed, ids: results.map(({ command_id }) => command_id).sort() }).toEqual({
      seed,
      ids: commands.map(({ command_id }) => command_id).sort(),
    })
    expect({ seed, trouble: holds(history) }).toEqual({ seed, trouble: [] })
    history.ledger.engine.close()
  }
})
