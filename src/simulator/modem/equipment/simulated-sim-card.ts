import { cme, cms, type Refusal } from './result-codes.ts'

export interface SimCardOptions {
  readonly iccid?: string
  readonly imsi?: string
  readonly pin?: string
  readonly puk?: string
  /** The card requires its PIN after power-on. */
  readonly locked?: boolean
  /** Number of the service centre, EF_SMSP; null for a card without one. */
  readonly serviceCentre: string | null
}

export type SimState = 'absent' | 'busy' | 'pin' | 'puk' | 'blocked' | 'ready'

/** Attempts for a PIN and for a PUK (TS 51.011 clause 9.2.9, 9.2.13). */
const maxPinAttempts = 3
const maxPukAttempts = 10

/** Refusal of commands that need the card, by state (TS 27.007 clause 9.2, TS 27.005 clause 3.2.5). */
const refusals: Readonly<Record<Exclude<SimState, 'ready'>, { readonly cme: Refusal; readonly cms: Refusal }>> = {
  absent: { cme: cme(10), cms: cms(310) },
  busy: { cme: cme(14), cms: cms(314) },
  pin: { cme: cme(11), cms: cms(311) },
  puk: { cme: cme(12), cms: cms(316) },
  blocked: { cme: cme(13), cms: cms(313) },
}

/** A SIM: identity, PIN state, and the last TP-MR (EF_SMSS is on the card). */
export class SimCard {
  /** Changing it replaces the card: while the modem is off, or followed by a reset. */
  iccid: string
  readonly imsi: string
  serviceCentre: string | null
  /** False when the card is removed. */
  inserted = true
  /** Still starting after power-on. */
  busy = false
  #pin: string
  readonly #puk: string
  #locked: boolean
  #unlocked: boolean
  #pinTries = maxPinAttempts
  #pukTries = maxPukAttempts
  #reference = 0

  constructor(options: SimCardOptions) {
    this.iccid = options.iccid ?? '8949017000000000017'
    this.imsi = options.imsi ?? '262990000000001'
    this.serviceCentre = options.serviceCentre
    this.#pin = options.pin ?? '1234'
    this.#puk = options.puk ?? '12345678'
    this.#locked = options.locked ?? false
    this.#unlocked = !this.#locked
  }

  get state(): SimState {
    if (!this.inserted) return 'absent'
    if (this.busy) return 'busy'
    if (this.#pukTries === 0) return 'blocked'
    if (this.#pinTries === 0) return 'puk'
    return this.#unlocked ? 'ready' : 'pin'
  }

  /** Attempts left. */
  get tries(): { readonly pin: number; readonly puk: number } {
    return { pin: this.#pinTries, puk: this.#pukTries }
  }

  /** Whether the PIN is required at power-on (facility lock SC). */
  get locked(): boolean {
    return this.#locked
  }

  /** Why the card can't be used; null when it can. */
  refusal(family: 'cme' | 'cms'): Refusal | null {
    const { state } = this
    return state === 'ready' ? null : refusals[state][family]
  }

  /** As after a power cut: the PIN is required again. */
  powerOn(): void {
    this.#unlocked = !this.#locked
  }

  /** Checks the PIN; a wrong one costs an attempt. */
  enterPin(pin: string): boolean {
    if (this.#pinTries === 0) return false
    this.#pinTries = pin === this.#pin ? maxPinAttempts : this.#pinTries - 1
    if (pin === this.#pin) this.#unlocked = true
    return pin === this.#pin
  }

  /** Checks the PUK and sets a new PIN; a wrong one costs an attempt, the last one blocks the card. */
  enterPuk(puk: string, newPin: string): boolean {
    if (this.#pukTries === 0) return false
    this.#pukTries = puk === this.#puk ? maxPukAttempts : this.#pukTries - 1
    if (puk !== this.#puk) return false
    this.#pin = newPin
    this.#pinTries = maxPinAttempts
    this.#unlocked = true
    return true
  }

  setLock(locked: boolean): void {
    this.#locked = locked
  }

  changePin(pin: string): void {
    this.#pin = pin
  }

  /** The TP-MR of the next message, 0 to 255 (TS 23.040 clause 9.2.3.6). */
  nextReference(): number {
    this.#reference = (this.#reference + 1) & 0xff
    return this.#reference
  }
}
