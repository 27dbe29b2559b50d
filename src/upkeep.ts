import { Fault } from './message/fault.ts'
import type { DataFolder } from './store/folder.ts'
import type { Store } from './store/store.ts'
import type { Clock } from './util/clock.ts'
import { every } from './util/every.ts'
import type { SteadyTime } from './util/steady-time.ts'

export interface UpkeepRooms {
  readonly store: Store
  readonly folder: DataFolder
  readonly time: SteadyTime
  readonly clock: Clock
  /** Number of this run of the hub. */
  readonly boot: number
  /** There is room on the disk again, or none any more. */
  roomChanged(): void
  /** The clock was moved, and the open waits with it. */
  waitsMoved(): void
  log(level: 'info' | 'warn' | 'error', message: string): void
}

const watchMs = 30_000
const pruneMs = 3_600_000
const historyMs = 90 * 86_400_000
const rawMs = 31 * 86_400_000
const pruneBite = 500

/** Looks after time and room, and forgets what is older than the history. */
export class Upkeep {
  readonly #rooms: UpkeepRooms
  #ends: (() => void)[] = []
  #hasRoom = true
  #stopped = false

  constructor(rooms: UpkeepRooms) {
    this.#rooms = rooms
  }

  get hasRoom(): boolean {
    return this.#hasRoom
  }

  start(): void {
    const { clock, log } = this.#rooms
    const failed = (error: unknown) => log('error', Fault.from(error).message)
    this.#ends = [
      every(clock, watchMs, () => this.#watch(), failed),
      every(clock, pruneMs, () => this.#prune(), failed),
    ]
  }

  stop(): void {
    this.#stopped = true
    for (const end of this.#ends) end()
  }

  async #watch(): Promise<void> {
    const { time, store, boot, log, waitsMoved } = this.#rooms
    this.#measureRoom()
    const step = time.check()
    if (step === 0) return
    log('warn', `the clock was moved by ${Math.round(step / 1000)} s: open waits move with it`)
    await store.run('rebase', { delta: step, boot, since: time.startedAt })
    time.adopt(step)
    waitsMoved()
  }

  #measureRoom(): void {
    const { folder, log, roomChanged } = this.#rooms
    const hasRoom = folder.hasRoom()
    if (hasRoom === this.#hasRoom) return
    this.#hasRoom = hasRoom
    if (hasRoom) log('info', 'the disk has room again')
    else log('error', 'the disk is nearly full: nothing is taken in or sent until there is room')
    roomChanged()
  }

  async #prune(): Promise<void> {
    const { store, time } = this.#rooms
    const now = time.now()
    await store.run('noteTime', { now })
    while (
      !this.#stopped &&
      (await store.run('prune', { before: now - historyMs, rawBefore: now - rawMs, limit: pruneBite }))
    );
  }
}
