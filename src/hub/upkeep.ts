import { Fault } from '../message/fault.ts'
import { happening } from '../message/hub-event.ts'
import { isoTime } from '../message/result.ts'
import type { DataFolder } from '../store/folder.ts'
import type { Store } from '../store/store.ts'
import { inBackground } from '../util/background.ts'
import type { Clock } from '../util/clock.ts'
import { every } from '../util/every.ts'
import { OneAtATime } from '../util/one-at-a-time.ts'
import type { SteadyTime } from '../util/steady-time.ts'

export interface UpkeepDeps {
  readonly store: Store
  readonly folder: DataFolder
  readonly time: SteadyTime
  readonly clock: Clock
  /** Number of this run of the hub. */
  readonly epoch: number
  /** The latest time in the store, ms since 1970. */
  readonly newest: number
  /** The disk has space again, or none any more. */
  roomChanged(): void
  /** Commits fail, or succeed again. */
  storeChanged(): void
  /** The clock was set, and open deadlines were moved with it. */
  waitsMoved(): void
  log(level: 'info' | 'warn' | 'error', message: string): void
}

const watchMs = 30_000
/** A larger correction of the clock would make those of service centres look as if they had been set. */
const noticedMs = 500
const pruneMs = 3_600_000
const historyMs = 90 * 86_400_000
const rawMs = 31 * 86_400_000
const pruneBatchSize = 500
/** Events after which the log is pruned, however soon that is. */
const maxUnprunedEvents = 10_000

/** Watches the clock and the disk, and prunes what is older than the history. */
export class Upkeep {
  readonly #deps: UpkeepDeps
  #ends: (() => void)[] = []
  #hasRoom = true
  #newest: number
  #isHeld = false
  #stopped = false
  #unprunedEvents = 0
  readonly #pruning: OneAtATime

  constructor(deps: UpkeepDeps) {
    this.#deps = deps
    const failed = (error: unknown) => deps.log('error', Fault.from(error).message)
    this.#pruning = new OneAtATime((work) => inBackground(work, failed))
    this.#newest = deps.newest
  }

  get hasRoom(): boolean {
    return this.#hasRoom
  }

  async start(): Promise<void> {
    if (this.clockIsBehind) await this.#clockChanged()
    const { clock, log, store } = this.#deps
    store.onTrouble = (trouble) => this.#storeChanged(trouble)
    const failed = (error: unknown) => log('error', Fault.from(error).message)
    this.#ends = [
      every(clock, watchMs, () => this.#watch(), failed),
      every(clock, pruneMs, async () => this.#pruning.ask(() => this.#prune()), failed),
      store.onEmitted((events) => this.#recorded(events?.length ?? maxUnprunedEvents / 10)),
    ]
  }

  stop(): void {
    this.#stopped = true
    for (const end of this.#ends) end()
  }

  async #watch(): Promise<void> {
    const { time, store, epoch, log, waitsMoved } = this.#deps
    this.#measureRoom()
    if (store.trouble !== null && !(await this.#diskWorks())) return
    const { step, isLarge } = time.check()
    if (isLarge) {
      log('warn', `the clock was set by ${Math.round(step / 1000)} s: open deadlines move with it`)
      await store.run('rebase', { delta: step, epoch, since: time.startedAt })
    } else if (Math.abs(step) > noticedMs) await store.run('shiftSmscClocks', { delta: step })
    time.adopt(step)
    // What is scheduled is wanted by the clock as it is now.
    if (Math.abs(step) > noticedMs) waitsMoved()
    if (this.#isHeld && !this.clockIsBehind) await this.#clockChanged()
  }

  /** The clock is before the latest known time: nothing unsafe is sent, and nothing unsafe expires. */
  get clockIsBehind(): boolean {
    return this.#deps.time.now() < this.#newest
  }

  /** The clock is behind until this time, ms since 1970. */
  get newest(): number {
    return this.#newest
  }

  /** An administrator has accepted the clock. */
  async acceptClock(): Promise<{ readonly moved: number }> {
    const { store, time, waitsMoved } = this.#deps
    const accepted = await store.run('acceptClock', { now: time.now() })
    this.#newest = 0
    waitsMoved()
    if (this.#isHeld) await this.#clockChanged()
    return accepted
  }

  /** Reports the beginning and the end of the hold. */
  async #clockChanged(): Promise<void> {
    const { store, time, log } = this.#deps
    const isBehind = this.clockIsBehind
    this.#isHeld = isBehind
    const data = { time: isoTime(time.now()), newest: isoTime(this.#newest) }
    if (isBehind)
      log(
        'warn',
        `the clock is at ${data.time}, before ${data.newest} in the store: commands that must not be repeated wait. Set the clock, or accept it: smshub clock accept, bridge/request/clock/accept`,
      )
    else log('info', 'the clock is right: commands that waited for it are sent')
    const event = isBehind ? happening('clock_behind', data) : happening('clock_right', { time: data.time })
    await store.run('emit', [event])
  }

  /** Why nothing is accepted and stored; null without a problem. */
  get storeFault(): string | null {
    const { fatal, trouble } = this.#deps.store
    if (fatal !== null) return fatal.message
    return trouble === null ? null : `nothing can be written, so nothing is accepted or sent: ${trouble.message}`
  }

  #storeChanged(trouble: Fault | null): void {
    const { log, storeChanged } = this.#deps
    if (trouble === null) log('info', 'the store is writable again')
    else log('error', `store: ${this.storeFault}`)
    storeChanged()
  }

  /** Tries a write, as otherwise an idle hub would not notice that the store is writable again. */
  #diskWorks(): Promise<boolean> {
    const { store, time } = this.#deps
    return store.run('tryDisk', { now: time.now() }).then(
      () => true,
      // Reported when it began.
      () => false,
    )
  }

  #measureRoom(): void {
    const { folder, log, roomChanged } = this.#deps
    const hasRoom = folder.hasRoom()
    if (hasRoom === this.#hasRoom) return
    this.#hasRoom = hasRoom
    if (hasRoom) log('info', 'the disk has space again')
    else log('error', 'the disk is nearly full: nothing is accepted or sent until there is space')
    roomChanged()
  }

  /** The log of a busy hub is pruned by its length. More events than are handed over at once count as many. */
  #recorded(count: number): void {
    this.#unprunedEvents += count
    if (this.#unprunedEvents < maxUnprunedEvents) return
    this.#unprunedEvents = 0
    this.#pruning.ask(() => this.#prune())
  }

  async #prune(): Promise<void> {
    const { store, time } = this.#deps
    const now = time.now()
    await store.run('noteTime', { now })
    while (
      !this.#stopped &&
      (await store.run('prune', { now, before: now - historyMs, rawBefore: now - rawMs, limit: pruneBatchSize }))
    );
  }
}
