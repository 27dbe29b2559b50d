import { Fault } from '../message/fault.ts'
import type { Failed } from '../util/background.ts'
import type { Clock } from '../util/clock.ts'
import { stopAll } from '../util/ending.ts'
import { type Checkpoint, Steps } from '../util/steps.ts'

/** A part of the hub. It may count on those before it, from its start to its end. */
export interface Part {
  readonly name: string
  start(): unknown
  /** Ends what has been started, or only half, or not at all. */
  stop(): unknown
}

export interface PartsDeps {
  readonly clock: Clock
  readonly checkpoint: Checkpoint
  /** Told of what can't be stopped. */
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

  /** The first that can't be started ends the start, and is named by the error. Those before it are for `stop` to end. */
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
