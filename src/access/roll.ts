import type { Store } from '../store/store.ts'
import { logged, untilDone } from '../util/background.ts'
import type { Clock } from '../util/clock.ts'
import { every } from '../util/every.ts'
import { SerialQueue } from '../util/serial-queue.ts'
import { type FileUser, type Roster, rosterOf } from './roster.ts'

export interface RollDeps {
  readonly store: Store
  readonly clock: Clock
  /** Users of smshub.yaml. */
  readonly users: Readonly<Record<string, FileUser>>
  now(): number
  log(level: 'info' | 'warn' | 'error', message: string): void
}

/** When keys and sessions were used is stored this often, apart from the requests that use them. */
const usesMs = 60_000

/** Keeps in memory who may make requests, as it is in the store: checking a request asks no store. */
export class Roll {
  readonly #deps: RollDeps
  readonly #changes = new SerialQueue()
  #roster: Roster
  #uses = { keys: new Map<string, number>(), logIns: new Map<string, number>() }
  #ends: (() => void)[] = []
  #stopped = false

  constructor(deps: RollDeps) {
    this.#deps = deps
    this.#roster = rosterOf({ keys: [], users: [], logIns: [] }, deps.users)
  }

  get roster(): Roster {
    return this.#roster
  }

  async start(): Promise<void> {
    const { clock, store, log } = this.#deps
    await this.#load()
    const failed = logged(log, 'noting when keys and sessions were used')
    const reread = () => {
      this.change(async () => {}).catch(failed)
    }
    this.#ends = [
      every(clock, usesMs, () => this.noteUses(), failed),
      // The clock was set, and times with it.
      store.on('times', reread),
      // Labels of keys may have named somebody of whom nothing is to be left.
      store.on('erased', reread),
    ]
  }

  async stop(): Promise<void> {
    for (const end of this.#ends) end()
    this.#stopped = true
    await this.noteUses()
  }

  /** Changes run one after the other: each sees the result of the previous one, and requests see it from then on. */
  change<T>(work: (roster: Roster) => Promise<T>): Promise<T> {
    return this.#changes.run(async () => {
      const done = await work(this.#roster)
      // It is stored: until it is read again, what was removed would still be valid.
      const { clock, log } = this.#deps
      const failed = logged(log, 'reading keys, users and sessions')
      await untilDone(
        clock,
        () => this.#load(),
        () => !this.#stopped,
        failed,
      )
      return done
    })
  }

  used(kind: 'keys' | 'logIns', id: string): void {
    this.#uses[kind].set(id, this.#deps.now())
  }

  /** When a key or a session was used last, as it is not yet stored. */
  usedAt(kind: 'keys' | 'logIns', id: string): number | undefined {
    return this.#uses[kind].get(id)
  }

  async noteUses(): Promise<void> {
    const { keys, logIns } = this.#uses
    if (keys.size + logIns.size === 0) return
    await this.change(() => this.#store({ keys, logIns }))
  }

  async #store({ keys, logIns }: { keys: ReadonlyMap<string, number>; logIns: ReadonlyMap<string, number> }) {
    this.#uses = { keys: new Map(), logIns: new Map() }
    await this.#deps.store.run('noteUses', { keys: Object.fromEntries(keys), logIns: Object.fromEntries(logIns) })
  }

  async #load(): Promise<void> {
    const { store, users } = this.#deps
    this.#roster = rosterOf(await store.run('accessRows', undefined), users)
  }
}
