import type { Clock } from './clock.ts'

/** Something that happens once, with those who wait for it. */
export class Latch {
  #isFired = false
  readonly #waiting = new Set<() => void>()

  get isFired(): boolean {
    return this.#isFired
  }

  fire(): void {
    this.#isFired = true
    for (const act of [...this.#waiting]) act()
    this.#waiting.clear()
  }

  /** Calls back when it happens, unless the returned function has been called: that removes the listener. */
  on(act: () => void): () => void {
    if (this.#isFired) act()
    else this.#waiting.add(act)
    return () => this.#waiting.delete(act)
  }

  wait(): Promise<void> {
    return new Promise((resolve) => this.on(resolve))
  }

  /** Resolves when it happens, at the latest after `ms`. */
  waitUpTo(ms: number, clock: Clock): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isFired) return resolve()
      const off = this.on(() => {
        timer.cancel()
        resolve()
      })
      const timer = clock.after(ms, () => {
        off()
        resolve()
      })
    })
  }
}
