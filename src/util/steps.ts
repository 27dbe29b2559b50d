/**
 * Called before and after every step of a flow. The crash tests end the process there; otherwise it does nothing.
 */
export type Checkpoint = (point: string) => void

/** Runs the steps of a flow under their names: the list of names is the list of failpoints. */
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
