import type { Concerns } from './concerns.ts'
import type { Channel } from './line/channel.ts'
import type { Ask } from './observe.ts'

/** +CMS ERROR: SMSC address unknown (TS 27.005 clause 3.2.5). */
const smscUnknown = 330

const missingHint =
  'the SIM has no number of a service centre, every text is refused without; ' +
  'smshub modem at <gateway> \'AT+CSCA="+<number of your operator>"\' sets it'

export interface ServiceCentreDeps {
  readonly channel: Channel
  readonly concerns: Concerns
  log(level: 'info' | 'warn', message: string): void
}

/**
 * The number of the service centre on the SIM. Some USB modems lose it within a day: it is set again. A SIM without one
 * is reported before the first text is rejected.
 */
export class ServiceCentre {
  readonly #deps: ServiceCentreDeps
  /** As the modem reports it, after the colon; empty without a number, null where it can't be read. */
  #number: string | null

  constructor(deps: ServiceCentreDeps, number: string | null) {
    this.#deps = deps
    this.#number = number
  }

  start(): void {
    if (this.#number === '') this.#deps.concerns.set('centre', missingHint)
  }

  /** It may have been set meanwhile. */
  async look(ask: Ask): Promise<void> {
    if (this.#number !== '') return
    this.#number = await askCentre(ask)
    if (this.#number !== '') this.#isFound()
  }

  /** A text was sent: the modem has a number that it does not report. */
  sent(): void {
    if (this.#number !== '') return
    this.#number = null
    this.#isFound()
  }

  /** To be called inside `exclusive`, after a rejection. */
  async refused(cause: number | null): Promise<void> {
    if (cause !== smscUnknown || this.#number === null || this.#number === '') return
    this.#deps.log('warn', 'the SIM has lost the number of its service centre: it is set again')
    await this.#deps.channel.command(`AT+CSCA=${this.#number}`, 5_000)
  }

  #isFound(): void {
    this.#deps.concerns.set('centre', null)
  }
}

/** `+CSCA: "+491710000000",145` (TS 27.005 clause 3.3.1). */
export async function askCentre(ask: Ask): Promise<string | null> {
  const { lines, final } = await ask('AT+CSCA?', 5_000)
  const number = lines
    .find((line) => line.startsWith('+CSCA:'))
    ?.slice(6)
    .trim()
  if (final.kind !== 'ok' || number === undefined) return null
  return /\d/.test(number.split(',')[0] ?? '') ? number : ''
}
