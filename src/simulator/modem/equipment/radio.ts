import type { Clock, Timer } from '../../../util/clock.ts'

/** <stat> of +CREG (TS 27.007 clause 7.2). */
export const registrations = { idle: 0, home: 1, searching: 2, denied: 3, unknown: 4, roaming: 5 } as const

export type Registration = keyof typeof registrations

export interface RadioState {
  readonly registration: Registration
  /** +CSQ: 0 to 31, 99 unknown; dBm are -113 + 2 n. */
  readonly signal: number
  readonly operator: { readonly long: string; readonly short: string; readonly numeric: string }
  readonly area: string
  readonly cell: string
  /** <AcT>: 0 GSM, 2 UTRAN, 7 E-UTRAN. */
  readonly technology: number
}

const atHome: RadioState = {
  registration: 'home',
  signal: 20,
  operator: { long: 'Simulated Network', short: 'SimNet', numeric: '26299' },
  area: '2142',
  cell: '0000B804',
  technology: 7,
}

/** The radio of a modem: its registration and network. */
export class Radio {
  readonly #clock: Clock
  readonly #hasSim: () => boolean
  readonly #changed: () => void
  #there: RadioState = atHome
  #functionality = 1
  #allowed = true
  #search: Timer | null = null

  /** Calls back when the registration may have changed. */
  constructor(clock: Clock, hasSim: () => boolean, changed: () => void) {
    this.#clock = clock
    this.#hasSim = hasSim
    this.#changed = changed
  }

  /** The current state. */
  get state(): RadioState {
    if (this.#functionality !== 1) return { ...this.#there, registration: 'idle', signal: 99 }
    if (!this.#allowed || !this.#hasSim()) return { ...this.#there, registration: 'idle' }
    return this.#search ? { ...this.#there, registration: 'searching' } : this.#there
  }

  get isRegistered(): boolean {
    return this.state.registration === 'home' || this.state.registration === 'roaming'
  }

  /** +CFUN: 0 minimum, 1 full, 4 radio off (TS 27.007 clause 8.2). */
  get functionality(): number {
    return this.#functionality
  }

  setFunctionality(functionality: number, registerMs: number): void {
    this.#functionality = functionality
    this.search(functionality === 1 ? registerMs : 0)
  }

  /** As after power-on. */
  powerOn(registerMs: number): void {
    this.#allowed = true
    this.setFunctionality(1, registerMs)
  }

  /** +COPS=2 leaves the network, +COPS=0 comes back (clause 7.3). */
  setAllowed(allowed: boolean, registerMs: number): void {
    if (this.#allowed === allowed) return
    this.#allowed = allowed
    this.search(allowed ? registerMs : 0)
  }

  /** Changes the surroundings: another network, no network, a bad signal. */
  change(there: Partial<RadioState>): void {
    this.#there = { ...this.#there, ...there }
    this.#changed()
  }

  /** Searches for the network for this time. */
  search(ms: number): void {
    this.#search?.cancel()
    this.#search = null
    if (ms > 0) {
      this.#search = this.#clock.after(ms, () => {
        this.#search = null
        this.#changed()
      })
    }
    this.#changed()
  }
}
