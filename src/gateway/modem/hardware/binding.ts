import { Fault } from '../../../message/fault.ts'

/** The modem (IMEI) and the SIM (ICCID) of a gateway; null where none was seen. */
export interface Binding {
  readonly modem: string | null
  readonly sim: string | null
}

/** Keeps the modem and the SIM of each gateway over restarts. */
export interface BindingMemory {
  all(): Promise<ReadonlyMap<string, Binding>>
  /** Resolved, it is stored. */
  note(gateway: string, binding: Binding): Promise<void>
}

const nobody: Binding = { modem: null, sim: null }

/**
 * A gateway is bound to its first modem and SIM. Another SIM sends nothing before a person has accepted it: its texts
 * would come from a number that no device accepts, at the cost of whoever pays for it.
 */
export class Bond {
  readonly #gateway: string
  readonly #memory: BindingMemory
  /** What is there now. */
  #present: Binding = nobody
  #held: string | null = null

  constructor(gateway: string, memory: BindingMemory) {
    this.#gateway = gateway
    this.#memory = memory
  }

  /** Why nothing is sent, and what to do; null while nothing has changed. */
  get held(): string | null {
    return this.#held
  }

  /**
   * This modem is present. Fails where the gateway is bound to another one: else any device on the port could read the
   * PIN and the texts. The first one is bound before its PIN is entered.
   */
  async admit(modem: string | null): Promise<void> {
    const known = (await this.#memory.all()).get(this.#gateway) ?? nobody
    this.#present = { modem, sim: null }
    if (known.modem === null) {
      if (modem !== null) await this.#memory.note(this.#gateway, { modem, sim: known.sim })
      return
    }
    if (modem !== null && isSameModem(known.modem, modem)) return
    const change = `another modem is there (IMEI ${modem === null ? '-' : tailOf(modem)} instead of ${tailOf(known.modem)})`
    throw new Fault('not_allowed', `${change}: nothing is sent through it until smshub modem accept ${this.#gateway}`, {
      needsPerson: true,
      unaccepted: 'modem',
    })
  }

  /** This modem and SIM are present. Resolves when it is known whether they may send. */
  async meet(present: Binding): Promise<void> {
    this.#present = present
    const known = (await this.#memory.all()).get(this.#gateway) ?? nobody
    const isOther = known.sim !== null && present.sim !== null && !isSameSim(known.sim, present.sim)
    this.#held = isOther ? this.#changed(known.sim as string, present.sim as string) : null
    if (isOther) return
    // Another modem with the same SIM needs no confirmation: the SIM decides who pays and which number sends.
    const tellsMore = known.sim === null || (present.sim !== null && isIccid(present.sim) && !isIccid(known.sim))
    const binding = { modem: present.modem ?? known.modem, sim: tellsMore ? present.sim : known.sim }
    if (binding.modem !== known.modem || binding.sim !== known.sim) await this.#memory.note(this.#gateway, binding)
  }

  /** Nothing is present. */
  part(): void {
    this.#present = nobody
  }

  /** Binds to what is present, or to what comes next. Resolves with a sentence about it. */
  async accept(): Promise<string> {
    const { modem, sim } = this.#present
    await this.#memory.note(this.#gateway, this.#present)
    this.#held = null
    if (modem === null && sim === null) return `${this.#gateway} takes the modem and the SIM that it meets next`
    return `${this.#gateway} is the modem with IMEI ${modem ?? '-'} with the SIM ${sim ?? '-'} from now on`
  }

  #changed(before: string, now: string): string {
    const change = `the SIM is another one (${tailOf(now)} instead of ${tailOf(before)})`
    return `${change}: nothing is sent through it until smshub modem accept ${this.#gateway}`
  }
}

/** The 15th digit is a check digit, or begins the number of the software (TS 23.003 clause 6.2). */
function isSameModem(one: string, other: string): boolean {
  return one.slice(0, 14) === other.slice(0, 14)
}

/** Vendors differ in whether they report the check digit and the filler of an ICCID, and some report an IMSI at times. */
function isSameSim(one: string, other: string): boolean {
  const [a, b] = [one, other].map((sim) => sim.replace(/F+$/i, '')) as [string, string]
  if (isIccid(a) !== isIccid(b)) return true
  return a.startsWith(b) || b.startsWith(a)
}

/** ITU-T E.118: 89 is telecommunication. What begins with anything else is an IMSI. */
function isIccid(sim: string): boolean {
  return sim.startsWith('89')
}

/** Enough of it to find the card, and no more: states are public. */
function tailOf(sim: string): string {
  return `…${sim.replace(/F+$/i, '').slice(-4)}`
}

/** Kept while the program runs. */
export class BindingsOfThisRun implements BindingMemory {
  readonly #bindings = new Map<string, Binding>()

  async all(): Promise<ReadonlyMap<string, Binding>> {
    return this.#bindings
  }

  async note(gateway: string, binding: Binding): Promise<void> {
    this.#bindings.set(gateway, binding)
  }
}
