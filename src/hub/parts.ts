import { Fault } from '../message/fault.ts'
import type { Failed } from '../util/background.ts'
import type { Clock } from '../util/clock.ts'
import { stopAll } from '../util/ending.ts'
import { type Checkpoint, Steps } from '../util/steps.ts'

/** A part of the hub. Those before it run from its start to its end. */
export interface Part {
  readonly name: string
  start(): unknown
  /** Stops the part, also if it was started only partly or not at all. */
  stop(): unknown
}

export interface PartsDeps {
  readonly clock: Clock
  readonly checkpoint: Checkpoint
  /** Receives failures of stopping. */
  failed(what: string): Failed
}

/** Parts that are started one after the other and stopped in reverse. */
export class Parts {
  readonly #parts: readonly Part[]
  readonly #deps: PartsDeps
  readonly #steps: Steps<string>
  #begun = 0

  constructor(parts: readonly Part[], deps: PartsDeps) {
    this.#parts = parts
    this.#deps = deps
    this.#steps = new Steps('start', deps.checkpoint)
  }

  /** Fails with the first part that can't be started. Those before it are to be ended by `stop`. */
  async start(): Promise<void> {
    for (const part of this.#parts) {
      this.#begun++
      await this.#steps
        .run(part.name, () => part.start())
        .catch((error: unknown) => {
          const { code, message, detail } = Fault.from(error)
          throw new Fault(code, `${part.name} can't be started: ${message}`, { ...detail, part: part.name }, error)
        })
    }
  }

  async stop(): Promise<void> {
    const begun = this.#parts.slice(0, this.#begun).reverse()
    const byName = Object.fromEntries(begun.map((part) => [part.name, part]))
    await stopAll(this.#deps.clock, byName, (name) => this.#deps.failed(`stopping ${name}`))
  }
}
