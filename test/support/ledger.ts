import { seesAll } from '../../src/ledger/about.ts'
import type { Settlement } from '../../src/ledger/inbox/settle-device.ts'
import type { Filter } from '../../src/ledger/lists/condition.ts'
import { type ListArgs, type ListName, type ListOf, readList } from '../../src/ledger/lists/lists.ts'
import type { ArgsOf, OperationName, ResultOf } from '../../src/ledger/operations.ts'
import type { Claim, Claimed } from '../../src/ledger/outbox/claim.ts'
import type { NewSubmission } from '../../src/ledger/outbox/new-submission.ts'
import { Turns } from '../../src/ledger/outbox/turns.ts'
import type { SubmissionRow } from '../../src/ledger/rows.ts'
import type { StatusReport } from '../../src/message/report.ts'
import { messagesOf, retainedOf } from '../../src/mqtt/outlet/messages-of.ts'
import { Batch } from '../../src/store/sqlite/batch.ts'
import { SqliteEngine } from '../../src/store/sqlite/sqlite-engine.ts'
import type { Answer } from '../../src/store/sqlite/thread-answer.ts'

export const start = Date.parse('2026-11-22T12:00:00Z')
export const second = 1_000
export const minute = 60_000
export const hour = 3_600_000
export const day = 24 * hour

/** Lists all messages. */
export const noFilter: Filter = {
  device: null,
  numbers: [],
  direction: null,
  status: null,
  gateway: null,
  since: null,
  until: null,
  search: null,
  batch: null,
  sight: seesAll,
}

/** Every operation of the store on a real SQLite in memory, with a clock that the test sets. */
export class Ledger {
  readonly engine = new SqliteEngine(':memory:', { durable: false })
  now = start
  #id = 0

  /** Whose claims these are; the epoch grows with every start. */
  owner = { owner: 'hub', epoch: 0 }

  constructor() {
    this.restart()
  }

  run<K extends OperationName>(name: K, args: ArgsOf<K>): ResultOf<K> {
    const answers: Answer[] = []
    const batch = new Batch(this.engine, (answer) => answers.push(answer))
    batch.run([{ id: 1, name, args, early: false }], this.now)
    batch.commit()
    const answer = answers[0]
    if (answer?.kind === 'failed') throw Object.assign(new Error(answer.fault.message), answer.fault)
    return answer?.value as ResultOf<K>
  }

  read<K extends ListName>(name: K, args: ListArgs<K>): ListOf<K> {
    return readList(this.engine, name, args) as ListOf<K>
  }

  /** Queues a text to a person, or what `over` makes of it. */
  queue(over: Partial<NewSubmission> = {}, args: Partial<ArgsOf<'enqueue'>> = {}): string {
    const item = this.item(over)
    const limits = { perLane: 1_000, perClient: 10_000, clientPerHour: null, devicePerDay: null }
    this.run('enqueue', { key: null, ref: null, items: [item], limits, now: this.now, ...args })
    return item.commandId
  }

  item(over: Partial<NewSubmission> = {}): NewSubmission {
    const id = `cmd_${++this.#id}`
    return {
      commandId: id,
      messageId: `out_${this.#id}`,
      client: 'client',
      ref: null,
      response: null,
      device: null,
      verb: 'text',
      command: null,
      property: null,
      value: null,
      args: null,
      private: false,
      clientQuota: 'client:client',
      counter: null,
      lane: 'n:+4915112345601',
      recipient: '+4915112345601',
      segments: [`text ${this.#id}`],
      text: `text ${this.#id}`,
      digest: id,
      safe: false,
      unproven: false,
      priority: 1,
      expect: 'none',
      withinMs: 0,
      gapMs: 0,
      report: true,
      route: '',
      spec: null,
      sendAt: null,
      madeFor: null,
      expiresAt: (over.sendAt ?? this.now) + day,
      repeatWindowMs: null,
      messageClass: null,
      ring: null,
      steps: [],
      joins: null,
      held: false,
      perDay: null,
      changes: {},
      supersedes: false,
      ...over,
    }
  }

  /** A command for the device `gate`. */
  command(over: Partial<NewSubmission> = {}): string {
    return this.queue({
      device: 'gate',
      verb: 'command',
      command: 'open',
      lane: 'd:gate',
      recipient: '+4915112345602',
      expect: 'required',
      withinMs: minute,
      ...over,
    })
  }

  /** The next submission for a gateway: its command id, or null. */
  claim(gateway = 'home', over: Partial<ArgsOf<'claim'>> = {}): Partial<Claim> & Pick<Claimed, 'blockedUntil'> {
    const { claims, blockedUntil } = this.claims(1, gateway, over)
    return { ...claims[0], blockedUntil }
  }

  /** The next submissions for a gateway. */
  claims(limit: number, gateway = 'home', over: Partial<ArgsOf<'claim'>> = {}): Claimed {
    return this.run('claim', {
      limit,
      gateway,
      now: this.now,
      ...this.owner,
      turns: new Turns().state,
      limits: { minute: null, day: null, month: null },
      routes: [''],
      shared: [''],
      absent: [],
      safeOnly: false,
      ...over,
    })
  }

  /** Claims the next one and marks its parts up to `part` as written, the ones before as sent. */
  write(part = 1, gateway = 'home'): number {
    const { seq } = this.claim(gateway)
    if (seq === undefined) throw new Error('nothing to claim')
    for (let each = 1; each <= part; each++) {
      this.run('markWritten', {
        seq,
        part: each,
        gateway,
        account: gateway,
        now: this.now,
        validFor: 86_400,
        ...this.owner,
      })
      if (each < part) this.sent(seq, each, each)
    }
    return seq
  }

  sent(seq: number, mr: number | string | null, part = 1, gateway = 'home'): void {
    const reference = mr === null ? null : String(mr)
    const matching = typeof mr === 'string' ? 'message_id' : 'tp_mr'
    this.run('markSent', { seq, part, gateway, account: gateway, reference, matching, now: this.now })
  }

  doubt(seq: number, part = 1, gateway = 'home'): void {
    const error = { code: 'modem_error', message: 'CMS 500', retryable: true } as const
    this.run('doubt', { seq, part, gateway, account: gateway, now: this.now, reason: 'CMS 500', error })
  }

  /** A message has been filed; its row. */
  filed(): number {
    const { lastInsertRowid } = this.engine.run(
      `INSERT INTO raw (gateway, sim, source, pdu, hash, state, received_at) VALUES ('home', 'home', 'direct', '', ?, 'filed', ?)`,
      `hash ${++this.#id}`,
      this.now,
    )
    return Number(lastInsertRowid)
  }

  /** A delivery report comes in, as the deliver flow would settle it. */
  report(reference: number | string, over: Partial<StatusReport> = {}): boolean {
    const raw = this.filed()
    const report: StatusReport = {
      account: 'home',
      matching: typeof reference === 'string' ? 'message_id' : 'tp_mr',
      reference: String(reference),
      recipient: '4915112345601',
      scts: this.now,
      centre: 'centre',
      receivedAt: this.now,
      status: 0,
      outcome: 'delivered',
      meaning: 'delivered',
      ...over,
    }
    return this.run('settleReport', { raw, report, now: this.now }).matched
  }

  /** A text of the device `gate` comes in and settles a command, as the deliver flow would have it. */
  reply(
    seq: number,
    verdict: Settlement['verdict'] = 'accepted',
    over: Partial<Settlement> = {},
    raws: readonly number[] = [],
  ): void {
    const text = `reply ${++this.#id}`
    const messageId = `in_${this.#id}`
    const reply = { text, parsed: {}, matched_by: 'pattern' } as const
    const settlement: Settlement = {
      seq,
      verdict,
      ok: true,
      reason: null,
      reply,
      waitMs: 10 * minute,
      learned: {},
      ...over,
    }
    const sender = '+4915112345602'
    this.run('settleText', {
      raws,
      assembly: null,
      stamp: { scts: null, receivedAt: this.now },
      centre: null,
      now: this.now,
      incoming: { messageId, device: 'gate', sender, gateway: 'home', text, trust: 'number', document: null },
      state: null,
      carrier: null,
      isStranger: false,
      unknown: false,
      heard: null,
      settlements: [settlement],
      learned: {},
      cancels: [],
      window: null,
      events: [],
      delayed: false,
      route: null,
      question: null,
      contradicts: false,
    })
  }

  /** The hub ended without notice and starts again. */
  restart(over: Partial<ArgsOf<'recover'>> = {}): void {
    const { epoch } = this.run('recover', {
      owner: this.owner.owner,
      isAlone: true,
      now: this.now,
      machineBoot: null,
      machine: null,
      gateways: ['home', 'away'],
      ...over,
    })
    this.owner = { ...this.owner, epoch }
  }

  /** Lets time pass and ends what is over. */
  pass(ms: number): void {
    this.now += ms
    while (this.run('sweep', { now: this.now, hold: false }).more);
  }

  row(id: string | number): SubmissionRow {
    return this.engine.one<SubmissionRow>(
      'SELECT * FROM submission WHERE command_id = ? OR seq = ?',
      id,
      id,
    ) as SubmissionRow
  }

  /** What was published on a topic, and not yet taken by the broker. */
  published(topic: string): Record<string, any>[] {
    const waiting = this.run('waitingEvents', { outlet: 'mqtt', known: [], limit: 10_000 })
    const messages = waiting.flatMap((event) => messagesOf(event, 'smshub'))
    return messages.filter((one) => one.topic === `smshub/${topic}`).map(({ payload }) => JSON.parse(payload))
  }

  /** What a broker retains of it, by topics behind the base topic and whole ones. */
  retained(): Map<string, string> {
    const standing = this.run('currentStates', { kind: '', subject: '', limit: 10_000 }).map((row) =>
      retainedOf(row, 'smshub'),
    )
    return new Map(standing.map(({ topic, payload }) => [topic.replace(/^smshub\//, ''), payload]))
  }

  count(table: string, where = '1'): number {
    return this.engine.one<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table} WHERE ${where}`)?.n ?? 0
  }
}
