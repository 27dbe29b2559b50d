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
 * The number of the service centre that the SIM names. Sticks have been seen that lose it within a day: they are told
 * it again. A SIM without one is told of before the first text is refused.
 */
export class ServiceCentre {
  readonly #deps: ServiceCentreDeps
  /** As the modem says it, behind the colon; empty without a number, null where it can't be asked. */
  #said: string | null

  constructor(deps: ServiceCentreDeps, said: string | null) {
    this.#deps = deps
    this.#said = said
  }

  start(): void {
    if (this.#said === '') this.#deps.concerns.set('centre', missingHint)
  }

  /** Somebody may have set it meanwhile. */
  async look(ask: Ask): Promise<void> {
    if (this.#said !== '') return
    this.#said = await askCentre(ask)
    if (this.#said !== '') this.#isFound()
  }

  /** A text has left: the modem knows a number that it does not tell. */
  sent(): void {
    if (this.#said !== '') return
    this.#said = null
    this.#isFound()
  }

  /** To be called inside `exclusive`, behind a refusal. */
  async refused(cause: number | null): Promise<void> {
    if (cause !== smscUnknown || this.#said === null || this.#said === '') return
    this.#deps.log('warn', 'the SIM has lost the number of its service centre: it is told again')
    await this.#deps.channel.command(`AT+CSCA=${this.#said}`, 5_000)
  }

  #isFound(): void {
    this.#deps.concerns.set('centre', null)
  }
}

/** `+CSCA: "+491710000000",145` (TS 27.005 clause 3.3.1). */
export async function askCentre(ask: Ask): Promise<string | null> {
  const { lines, final } = await ask('AT+CSCA?', 5_000)
  const said = lines
    .find((line) => line.startsWith('+CSCA:'))
    ?.slice(6)
    .trim()
  if (final.kind !== 'ok' || said === undefined) return null
  return /\d/.test(said.split(',')[0] ?? '') ? said : ''
}
