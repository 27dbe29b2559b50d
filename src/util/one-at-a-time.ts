/**
 * Work that is requested while it runs is done once more afterwards, with the last request, however many there were:
 * requests do not queue up.
 */
export class OneAtATime {
  readonly #begin: (work: () => Promise<void>) => void
  #next: (() => unknown) | null = null
  #isRunning = false

  /** `begin` runs the work in the background and reports what fails. */
  constructor(begin: (work: () => Promise<void>) => void) {
    this.#begin = begin
  }

  ask(work: () => unknown): void {
    this.#next = work
    if (this.#isRunning) return
    this.#isRunning = true
    this.#begin(() => this.#run())
  }

  async #run(): Promise<void> {
    try {
      for (let work = this.#next; work !== null; work = this.#next) {
        this.#next = null
        await work()
      }
    } finally {
      this.#isRunning = false
    }
  }
}
