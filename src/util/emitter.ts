import { asError } from './background.ts'

/** Typed listeners by event. A listener that throws is reported and does not stop the others. */
export class Emitter<Events extends Record<string, unknown>> {
  readonly #listeners = new Map<keyof Events, Set<(event: never) => void>>()
  readonly #failed: (name: keyof Events, error: Error) => void

  constructor(failed: (name: keyof Events, error: Error) => void) {
    this.#failed = failed
  }

  on<K extends keyof Events>(name: K, listener: (event: Events[K]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, listeners.add(listener as (event: never) => void))
    return () => listeners.delete(listener as (event: never) => void)
  }

  emit<K extends keyof Events>(name: K, event: Events[K]): void {
    for (const listener of this.#listeners.get(name) ?? []) {
      try {
        ;(listener as (event: Events[K]) => void)(event)
      } catch (error) {
        this.#failed(name, asError(error))
      }
    }
  }
}
