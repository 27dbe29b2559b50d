import type { OperationName } from '../../src/ledger/operations.ts'
import { Fault, type FaultCode } from '../../src/message/fault.ts'
import type { DataFolder } from '../../src/store/folder.ts'
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'

/** What each operation has been asked for, and which of them fail next. */
export class Faults {
  readonly asked = new Map<OperationName, number>()
  readonly struck = new Set<OperationName>()
  readonly #next = new Map<OperationName, FaultCode>()

  /** The next call of this operation is carried out by nobody: it rejects. */
  add(name: OperationName, code: FaultCode): void {
    this.#next.set(name, code)
  }

  /** What has not failed yet, does not. */
  clear(): void {
    this.#next.clear()
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
export function failingStore(faults: Faults): (folder: DataFolder) => Promise<Store> {
  return async (folder) => {
    const store = await SqliteStore.open({ path: folder.storePath, durable: false })
    const { run, runEarly } = store
    const failing =
      (call: typeof run) =>
      (name: never, args: never): Promise<unknown> => {
        const fault = faults.take(name)
        return fault === null ? (call.call(store, name, args) as Promise<unknown>) : Promise.reject(fault)
      }
    store.run = failing(run) as typeof run
    store.runEarly = failing(runEarly as typeof run) as typeof runEarly
    return store
  }
}
