import { PinsOfThisRun } from '../../src/gateway/pin.ts'
import type { SubmitOutcome } from '../../src/message/submit-outcome.ts'
import type { ModemFault } from '../../src/simulator/modem/equipment/faults.ts'
import { type PersonalityName, personalities } from '../../src/simulator/modem/personalities.ts'
import { decodePdu } from '../../src/sms/decode-pdu.ts'
import { seededRandom } from '../../src/util/random.ts'
import { Bench, friend, hub, order } from './bench.ts'
import { allOutages } from './outages.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute

/** How long an outage took to end, and how long it may have. */
export interface Recovery {
  readonly kind: string
  /** h from the beginning. */
  readonly at: number
  readonly seconds: number
  readonly limit: number
}

export interface WeekOptions {
  readonly seed: number
  readonly hours: number
  readonly make?: PersonalityName
  readonly heartbeatMs?: number
}

/** Another make for each seed. */
export function makeOf(seed: number): PersonalityName {
  const makes = Object.keys(personalities) as PersonalityName[]
  return makes[(seed - 1) % makes.length] as PersonalityName
}

/** What the driver said of a text; `killed` when the hub did not live to hear it. */
type Said = SubmitOutcome | 'killed'

/** A modem and its driver through outages of every kind, with texts both ways, on simulated time. */
export class Week {
  readonly bench: Bench
  readonly recoveries: Recovery[] = []
  readonly #heartbeat: number
  readonly #random: () => number
  readonly #pins = new PinsOfThisRun()
  readonly #sent = new Map<string, Said>()
  readonly #asked = new Map<string, number>()
  readonly #accepted = new Map<string, number>()
  readonly #came: string[] = []
  readonly #filed = new Map<string, number>()
  #pin: string | undefined
  #pinsMade = 0
  #texts = 0
  #died: () => void = () => {}
  #death: Promise<'killed'> = Promise.resolve('killed')
  #hungUntil: ((written: string) => boolean) | null = null
  #read = 0

  private constructor({ seed, make = 'standard', heartbeatMs = 30_000 }: WeekOptions) {
    this.#random = seededRandom(seed)
    this.#heartbeat = heartbeatMs / second
    this.bench = new Bench({
      chunk: (data) => this.#chunks(data),
      modem: { personality: personalities[make] },
      driver: {
        heartbeatMs,
        pins: this.#pins,
        power: async () => {
          if (this.#hungUntil !== null) this.#comesBack(() => this.bench.modem.unplug(5 * second))
        },
      },
    })
    this.bench.network.log.watch(({ kind, from, text }) => {
      if (kind === 'accepted' && from === hub && text !== null)
        this.#accepted.set(text, (this.#accepted.get(text) ?? 0) + 1)
    })
    this.bench.told.file = async ({ body: pdu }) => {
      const tpdu = decodePdu(pdu)
      if (tpdu.type === 'deliver' && !this.#filed.has(tpdu.text ?? '')) this.#filed.set(tpdu.text ?? '', this.now)
    }
    this.#live()
  }

  /** All outages of the table, spread over the hours; where there are not enough hours for all, as many as fit. */
  static async through(options: WeekOptions): Promise<Week> {
    const week = new Week(options)
    week.bench.driver.start(week.bench.told)
    const all = allOutages()
    const plan = week.#shuffled(all).slice(0, Math.ceil((all.length * options.hours) / 168))
    const end = week.now + options.hours * hour
    for (const [i, outage] of plan.entries()) {
      const left = (end - week.now) / (plan.length - i)
      await week.live(week.between(0.2, 0.8) * Math.max(5 * minute, left))
      const since = await outage.strike(week)
      if (since === null) continue
      const limit = outage.within(week.#heartbeat)
      const seconds = await week.#recovered(since, outage.kind, limit)
      week.recoveries.push({ kind: outage.kind, at: Math.round(since / hour), seconds, limit })
    }
    if (week.now < end) await week.live(end - week.now)
    await week.pass(10 * minute)
    return week
  }

  get now(): number {
    return this.bench.clock.monotonic()
  }

  between(least: number, most: number): number {
    return least + this.#random() * (most - least)
  }

  any<T>(list: readonly T[]): T {
    return list[Math.floor(this.#random() * list.length)] as T
  }

  /** Simulated time goes by, and nothing else happens. */
  async pass(ms: number): Promise<void> {
    await this.bench.clock.advance(ms)
  }

  /** Time goes by with texts both ways now and then. */
  async live(ms: number): Promise<void> {
    const end = this.now + ms
    const pace = Math.min(40 * minute, Math.max(20 * second, ms / 4))
    while (this.now < end) {
      if (this.#random() < 0.7) this.out()
      if (this.#random() < 0.7) this.in()
      await this.pass(Math.min(end - this.now, this.between(0, pace)))
    }
  }

  /** One text to the network. Resolves with whether the driver says that it went. */
  async out(): Promise<boolean> {
    const text = `out ${this.#texts++}`
    const leave = async () => {
      this.#asked.set(text, (this.#asked.get(text) ?? 0) + 1)
      return 'go' as const
    }
    const handover = this.bench.driver.submit(order(text, this.#random() < 0.5), leave)
    const said = await Promise.race([handover, this.#death])
    this.#sent.set(text, said)
    return said !== 'killed' && said.outcome === 'sent'
  }

  /** One text from the network. */
  in(): string {
    const text = `in ${this.#texts++}`
    this.#came.push(text)
    this.bench.network.text({ from: friend, to: hub, text })
    return text
  }

  /** Switches a fault on and brings the driver to where it strikes; answers when it did, null when it never does. */
  async strikes(fault: ModemFault, poke: 'send' | 'receive' | 'look' | 'start'): Promise<number | null> {
    const { faults } = this.bench.modem
    faults.add(fault)
    if (poke === 'start') this.bench.modem.reset()
    if (poke === 'send') void this.out()
    if (poke === 'receive') this.in()
    const end = this.now + 2 * this.#heartbeat * second + 30 * second
    while (faults.active.some((one) => one.fault === fault)) {
      if (this.now > end) {
        faults.clear()
        return null
      }
      await this.pass(200)
    }
    return this.now
  }

  /** As a hub that is killed and started again. */
  restart(): void {
    this.#died()
    this.bench.restart({ pin: this.#pin })
    this.#live()
  }

  /**
   * The SIM wants another PIN than the configuration says; the hub is killed and the modem reset meanwhile. Answers
   * when the right one was put in.
   */
  async wrongPin(): Promise<number> {
    const { modem } = this.bench
    const right = String(5_000 + ++this.#pinsMade)
    this.#pin = String(7_000 + this.#pinsMade)
    modem.sim.setLock(true)
    modem.sim.changePin(right)
    this.restart()
    modem.reset()
    for (let i = 0; i < 4; i++) {
      await this.live(this.between(10 * second, 20 * minute))
      this.any([() => this.restart(), () => modem.reset(), () => modem.unplug(5 * second)])()
    }
    await this.pass(2 * minute)
    if (modem.sim.tries.pin !== 2) throw new Error(`a wrong PIN left ${modem.sim.tries.pin} tries`)
    if (this.bench.driver.state.status !== 'sim_locked') throw new Error('nobody is told of the PIN')
    this.#pin = right
    this.restart()
    return this.now
  }

  /** Silent until it is reset by a command that fits, or loses its power; answers when that began. */
  async hangs(until: (written: string) => boolean): Promise<number> {
    this.#hungUntil = until
    this.bench.modem.faults.add({ fault: 'silence', at: 'everywhere' })
    return this.now
  }

  /** Every text has its end, and every promise is kept; an empty list when that is so. */
  broken(): string[] {
    const lost = this.#came.filter((text) => !this.#filed.has(text)).map((text) => `lost: ${text}`)
    const lies = [...this.#sent].flatMap(([text, said]) => {
      const accepted = this.#accepted.get(text) ?? 0
      const asked = this.#asked.get(text) ?? 0
      const was =
        said === 'killed' ? said : said.outcome === 'refused' ? `refused ${said.cause.accepted}` : said.outcome
      const fits =
        was === 'sent' ? accepted === 1 : was === 'not_sent' || was === 'refused no' ? accepted === 0 : accepted <= 1
      return fits && asked <= 1 ? [] : [`${text}: ${was}, accepted ${accepted} times, asked ${asked} times`]
    })
    const open = this.#texts - this.#came.length - this.#sent.size
    const unanswered = open === 0 ? [] : [`${open} texts have no outcome`]
    const kept = Object.entries(this.bench.modem.memories).flatMap(([name, { used }]) =>
      used === 0 ? [] : [`${used} messages are left in ${name}`],
    )
    const pin =
      this.bench.modem.sim.tries.pin === 3 ? [] : [`${this.bench.modem.sim.tries.pin} tries of the PIN are left`]
    return [...lost, ...lies, ...unanswered, ...kept, ...pin]
  }

  get count(): { readonly sent: number; readonly came: number } {
    return {
      sent: [...this.#sent.values()].filter((said) => said !== 'killed' && said.outcome === 'sent').length,
      came: this.#filed.size,
    }
  }

  /** s from then until a text has gone out and one that came then is filed. */
  async #recovered(since: number, kind: string, limit: number): Promise<number> {
    let out = Number.NaN
    void (async () => {
      while (Number.isNaN(out)) {
        if (this.bench.driver.ready && (await this.out())) out = this.now
        else await new Promise<void>((resolve) => this.bench.clock.after(500, resolve))
      }
    })()
    const text = this.in()
    const end = since + Math.max(60, 3 * limit) * second
    while (Number.isNaN(out) || !this.#filed.has(text)) {
      if (this.now > end) throw new Error(`${kind} at ${(since / hour).toFixed(2)} h does not end: ${this.#where()}`)
      this.#look()
      await this.pass(500)
    }
    return (Math.max(out, this.#filed.get(text) as number) - since) / second
  }

  #where(): string {
    const wire = this.bench.wire
      .slice(-20)
      .map(({ to, text, at }) => `${to} ${(at / second).toFixed(1)} ${JSON.stringify(text)}`)
    return [JSON.stringify(this.bench.driver.state), ...this.bench.told.lines.slice(-10), ...wire].join('\n')
  }

  /** A modem that hangs hears what is written all the same. */
  #look(): void {
    const { wire } = this.bench
    for (; this.#read < wire.length; this.#read++) {
      const { to, text } = wire[this.#read] as (typeof wire)[number]
      if (to === '>' && this.#hungUntil?.(text.replace(/\r$/, ''))) this.#comesBack(() => this.bench.modem.reset())
    }
  }

  #comesBack(how: () => void): void {
    this.#hungUntil = null
    this.bench.modem.faults.clear()
    how()
  }

  #live(): void {
    this.#death = new Promise((resolve) => {
      this.#died = () => resolve('killed')
    })
  }

  /** Pieces of random lengths, as a busy serial driver hands them out. */
  #chunks(data: Buffer): Buffer[] {
    const pieces: Buffer[] = []
    for (let at = 0; at < data.length; ) {
      const length = 1 + Math.floor(this.#random() * 60)
      pieces.push(data.subarray(at, at + length))
      at += length
    }
    return pieces
  }

  #shuffled<T>(list: readonly T[]): T[] {
    return list
      .map((one) => [this.#random(), one] as const)
      .sort(([a], [b]) => a - b)
      .map(([, one]) => one)
  }
}
