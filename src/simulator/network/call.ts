import type { Party } from './party.ts'

export type CallState = 'ringing' | 'answered' | 'ended'

/** Why a call ended, by the result code that ATD gives for it. */
export type CallEnd = 'NO CARRIER' | 'BUSY' | 'NO ANSWER'

/** A voice call between two parties, without audio. */
export class Call {
  readonly from: Party
  readonly to: Party
  readonly #watchers: ((call: Call) => void)[] = []
  #state: CallState = 'ringing'
  #end: CallEnd | null = null
  #isAlerting = false

  constructor(from: Party, to: Party) {
    this.from = from
    this.to = to
  }

  get state(): CallState {
    return this.#state
  }

  get end(): CallEnd | null {
    return this.#end
  }

  /** The called party rings; before that, it is paged. */
  get isAlerting(): boolean {
    return this.#isAlerting
  }

  alert(): void {
    this.#isAlerting = true
  }

  /** Called at each change of state. */
  watch(watcher: (call: Call) => void): void {
    this.#watchers.push(watcher)
  }

  answer(): void {
    if (this.#state === 'ringing') this.#move('answered')
  }

  hangUp(end: CallEnd = 'NO CARRIER'): void {
    if (this.#state === 'ended') return
    this.#end = end
    this.#move('ended')
  }

  #move(state: CallState): void {
    this.#state = state
    for (const watcher of this.#watchers) watcher(this)
  }
}
