import { typeOfAddressOf } from '../../../sms/tp-address.ts'
import type { Clock, Timer } from '../../../util/clock.ts'
import type { Call } from '../../network/call.ts'
import type { UssdMenu } from '../../network/network.ts'
import { addressOf } from '../../network/party.ts'
import type { Settings } from './modem-settings.ts'

/** Ring interval of an unanswered call (TS 27.007 clause 6.11), and its maximum duration. */
const ringMs = 5000
const maxRingingMs = 60_000

export interface TelephoneDeps {
  readonly clock: Clock
  readonly settings: () => Settings
  readonly emit: (lines: readonly string[]) => void
}

/** The voice call of a modem; there is one at a time. */
export class Telephone {
  readonly #deps: TelephoneDeps
  #call: { readonly call: Call; readonly isIncoming: boolean } | null = null
  #timer: Timer | null = null
  /** The USSD menu that waits for a choice. */
  menu: UssdMenu | null = null

  constructor(deps: TelephoneDeps) {
    this.#deps = deps
  }

  get current(): { readonly call: Call; readonly isIncoming: boolean } | null {
    return this.#call
  }

  /** An outgoing call of the DTE. */
  dial(call: Call): void {
    this.#hold(call, false)
    this.#timer = this.#deps.clock.after(maxRingingMs, () => {
      if (call.state === 'ringing') call.hangUp('NO ANSWER')
    })
  }

  /** An incoming call; a second one is busy. */
  ring(call: Call): void {
    if (this.#call) return call.hangUp('BUSY')
    this.#hold(call, true)
    this.#ringOn(call, 0)
  }

  hangUp(): void {
    const held = this.#call
    this.#forget()
    held?.call.hangUp(held.isIncoming && held.call.state === 'ringing' ? 'BUSY' : 'NO CARRIER')
  }

  #hold(call: Call, isIncoming: boolean): void {
    this.#call = { call, isIncoming }
    call.watch(() => {
      if (this.#call?.call !== call || call.state !== 'ended') return
      this.#forget()
      this.#deps.emit([isIncoming ? 'NO CARRIER' : (call.end ?? 'NO CARRIER')])
    })
  }

  #ringOn(call: Call, waitedMs: number): void {
    if (this.#call?.call !== call || call.state !== 'ringing') return
    if (waitedMs >= maxRingingMs) return call.hangUp('NO ANSWER')
    const { numbers } = this.#deps.settings()
    this.#deps.emit([numbers['+CRC'][0] === 1 ? '+CRING: VOICE' : 'RING'])
    const type = typeOfAddressOf(addressOf(call.from))
    if (numbers['+CLIP'][0] === 1) this.#deps.emit([`+CLIP: "${call.from}",${type},,,,0`])
    this.#timer = this.#deps.clock.after(ringMs, () => this.#ringOn(call, waitedMs + ringMs))
  }

  #forget(): void {
    this.#timer?.cancel()
    this.#timer = null
    this.#call = null
  }
}
