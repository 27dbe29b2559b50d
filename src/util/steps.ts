/**
 * Told before and after every step of a flow. In the crash tests it ends the process there; in a running hub it does
 * nothing.
 */
export type Checkpoint = (point: string) => void

/** Runs the steps of one flow under their names, so that the list of names is the list of places to fail at. */
export class Steps<Name extends string> {
  readonly #flow: string
  readonly #checkpoint: Checkpoint

  constructor(flow: string, checkpoint: Checkpoint) {
    this.#flow = flow
    this.#checkpoint = checkpoint
  }

  async run<T>(name: Name, step: () => T | Promise<T>): Promise<T> {
    this.#checkpoint(`${this.#flow}.${name}:before`)
    const value = await step()
    this.#checkpoint(`${this.#flow}.${name}:after`)
    return value
  }

  runSync<T>(name: Name, step: () => T): T {
    this.#checkpoint(`${this.#flow}.${name}:before`)
    const value = step()
    this.#checkpoint(`${this.#flow}.${name}:after`)
    return value
  }
}
