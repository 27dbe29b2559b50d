import { type OperationName, operations } from '../../src/ledger/operations.ts'
import { Fault, type FaultCode, isDiskFault } from '../../src/message/fault.ts'
import type { DataFolder } from '../../src/store/folder.ts'
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'

/** What each operation has been asked for, and which of them fail next. */
export class Faults {
  readonly asked = new Map<OperationName, number>()
  readonly struck = new Set<OperationName>()
  /** How many of each were under way at once, at the most. */
  readonly mostAtOnce = new Map<OperationName, number>()
  readonly #underWay = new Map<OperationName, number>()
  readonly #next = new Map<OperationName, FaultCode>()

  /** The next call of this operation is carried out by nobody: it rejects. */
  add(name: OperationName, code: FaultCode): void {
    this.#next.set(name, code)
  }

  /** Of each operation that the store has. */
  addAll(code: FaultCode): void {
    for (const name of Object.keys(operations) as OperationName[]) this.add(name, code)
  }

  /** What has not failed yet, does not. */
  clear(): void {
    this.#next.clear()
  }

  began(name: OperationName): void {
    const underWay = (this.#underWay.get(name) ?? 0) + 1
    this.#underWay.set(name, underWay)
    this.mostAtOnce.set(name, Math.max(underWay, this.mostAtOnce.get(name) ?? 0))
  }

  ended(name: OperationName): void {
    this.#underWay.set(name, (this.#underWay.get(name) ?? 0) - 1)
  }

  take(name: OperationName): Fault | null {
    this.asked.set(name, (this.asked.get(name) ?? 0) + 1)
    const code = this.#next.get(name)
    if (code === undefined) return null
    this.#next.delete(name)
    this.struck.add(name)
    return new Fault(code, `injected into ${name}`)
  }
}

/** A real store in which chosen calls reject, as they do when the disk is full or an operation has a defect. */
export function failingStore(faults: Faults): (folder: DataFolder, now: () => number) => Promise<Store> {
  return async (folder, now) => letFail(await SqliteStore.open({ path: folder.storePath, durable: false, now }), faults)
}

/** A disk that has refused something takes nothing before it was tried again. */
export function letFail<S extends Store>(store: S, faults: Faults): S {
  const { run, runEarly } = store
  let trouble: Fault | null = null
  const troubled = (now: Fault | null) => {
    const isNews = (trouble === null) !== (now === null)
    trouble = now
    if (isNews) store.onTrouble(now)
  }
  const failing =
    (call: typeof run) =>
    async (name: never, args: never): Promise<unknown> => {
      const fault = faults.take(name)
      if (fault === null) {
        faults.began(name)
        const value = await (call.call(store, name, args) as Promise<unknown>).finally(() => faults.ended(name))
        if (name === 'tryDisk') troubled(null)
        return value
      }
      if (isDiskFault(fault.code)) troubled(fault)
      throw fault
    }
  store.run = failing(run) as typeof run
  store.runEarly = failing(runEarly as typeof run) as typeof runEarly
  return Object.defineProperty(store, 'trouble', { get: () => trouble })
}
