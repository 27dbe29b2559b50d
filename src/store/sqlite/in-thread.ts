import { readList } from '../../ledger/lists/lists.ts'
import type { Backend, StoreOptions } from './backend.ts'
import { Batch, type Call } from './batch.ts'
import { SqliteEngine } from './sqlite-engine.ts'
import type { Answer } from './thread-answer.ts'
import type { FromWorker } from './worker.ts'

/** An engine in this thread, for simulations on their own clock. */
export function inThread({ path, durable = true }: StoreOptions, received: (message: FromWorker) => void): Backend {
  const engine = new SqliteEngine(path, { durable })
  const calls: Call[] = []
  let now = 0
  let closed = false
  const flush = () => {
    if (calls.length === 0 || closed) return
    const answers: Answer[] = []
    const batch = new Batch(engine, (answer) => answers.push(answer))
    batch.run(calls.splice(0), now)
    received({ answers, ...batch.commit() })
  }
  return {
    isShared: engine.isShared,
    send: (message) => {
      if (!('calls' in message)) return
      if (calls.length === 0) setImmediate(flush)
      calls.push(...message.calls)
      now = message.now
    },
    read: async (name, args) => {
      flush()
      return readList(engine, name, args)
    },
    copyTo: (path) => {
      flush()
      engine.copyTo(path)
    },
    close: async () => {
      flush()
      closed = true
      engine.close()
    },
  }
}
