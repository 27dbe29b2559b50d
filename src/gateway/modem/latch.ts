/** Something that happens once. */
export class Latch {
  readonly fired: Promise<void>
  #isFired = false
  #resolve!: () => void

  constructor() {
    this.fired = new Promise((resolve) => {
      this.#resolve = resolve
    })
  }

  get isFired(): boolean {
    return this.#isFired
  }

  fire(): void {
    this.#isFired = true
    this.#resolve()
  }
}
