import type { Duplex } from 'node:stream'
import type { Call } from '../network/call.ts'
import type { SimulatedNetwork } from '../network/network.ts'
import type { Party } from '../network/party.ts'
import type { Receipt, Subscriber } from '../network/subscriber.ts'
import { damagedLines } from './answer-faults.ts'
import { registrationLines } from './commands/network-commands.ts'
import { Conversation } from './conversation.ts'
import type { Equipment } from './equipment/equipment.ts'
import { FaultBoard } from './equipment/fault-board.ts'
import { routedLines } from './equipment/message-lines.ts'
import { type MemoryName, MessageMemory } from './equipment/message-memory.ts'
import { factorySettings } from './equipment/modem-settings.ts'
import { type Personality, standard } from './equipment/personality.ts'
import { Radio, type Registration } from './equipment/radio.ts'
import { Reception } from './equipment/reception.ts'
import { SimCard, type SimCardOptions } from './equipment/simulated-sim-card.ts'
import { Telephone } from './equipment/telephone.ts'

export interface ModemOptions {
  readonly network: SimulatedNetwork
  /** The SIM's subscriber number. */
  readonly number: Party
  readonly personality?: Personality
  readonly imei?: string
  readonly sim?: Partial<SimCardOptions>
  /** Slots of the memories, if not those of the model. */
  readonly capacity?: Partial<Readonly<Record<MemoryName, number>>>
}

/**
 * A GSM modem behind a byte stream, written from TS 27.005, TS 27.007 and V.250. It is on and registered from the
 * start; `faults` sets and clears faults.
 */
export class SimulatedModem implements Subscriber {
  readonly number: Party
  readonly faults: FaultBoard
  readonly sim: SimCard
  readonly radio: Radio
  readonly memories: Readonly<Record<MemoryName, MessageMemory>>
  readonly #me: Equipment
  readonly #conversation: Conversation
  /** Incremented by a reset or a loss of power, which void what was scheduled before. */
  #epoch = 0
  #isPlugged = true
  #hasStarted = true
  #restarts = false
  #hasRefused = false
  #registration: Registration

  constructor(options: ModemOptions) {
    const { network, personality = standard, capacity } = options
    const { clock } = network
    this.number = options.number
    this.faults = new FaultBoard(() => clock.after(0, () => this.#memoryAvailable()))
    this.sim = new SimCard({ serviceCentre: network.serviceCentre, ...options.sim })
    this.radio = new Radio(
      clock,
      () => this.sim.state === 'ready',
      () => this.#radioChanged(),
    )
    this.memories = memoriesOf({ ...personality.capacity, ...capacity }, personality, this.faults)
    this.#me = this.#equipment(options, personality)
    this.#conversation = new Conversation({
      me: this.#me,
      isAwake: () => this.#isPlugged && this.#hasStarted,
      unplug: (returnsAfterMs) => this.unplug(returnsAfterMs),
      reset: () => this.reset(),
      answered: () => {
        if (this.#restarts) this.reset()
      },
    })
    this.#registration = this.radio.state.registration
    this.#chatter()
    network.join(this)
  }

  /** Whether the modem is plugged in; otherwise its port is missing. */
  get isPlugged(): boolean {
    return this.#isPlugged
  }

  /** Whether a DTE has the port. */
  get isOpen(): boolean {
    return this.#conversation.isOpen
  }

  /** Serves a byte stream until it ends. Fails while another one has the port, and when the modem is unplugged. */
  attach(stream: Duplex): void {
    if (!this.#isPlugged) throw new Error('the modem is unplugged')
    this.#conversation.attach(stream)
  }

  /** Serves an additional byte stream beside the port's holder. Fails when the modem is unplugged. */
  attachBeside(stream: Duplex): void {
    if (!this.#isPlugged) throw new Error('the modem is unplugged')
    this.#conversation.attachBeside(stream)
  }

  /** The DTE closes the port. The modem keeps its state: settings, a half line, an open prompt. */
  detach(): void {
    this.#conversation.detach()
  }

  /** Unplugs the modem: the stream is destroyed, all unsaved settings are lost. */
  unplug(returnsAfterMs?: number): void {
    if (!this.#isPlugged) return
    this.#isPlugged = false
    this.#stop()
    this.#conversation.cut()
    if (returnsAfterMs !== undefined) this.#me.clock.after(returnsAfterMs, () => this.plugIn())
  }

  plugIn(): void {
    if (this.#isPlugged) return
    this.#isPlugged = true
    this.#start()
  }

  /** Restarts by itself; the port stays. */
  reset(): void {
    this.#stop()
    this.#start()
  }

  /** Emits unsolicited lines. */
  emit(...lines: readonly string[]): void {
    this.#conversation.emit(lines)
  }

  receive(pdu: string, answer: (receipt: Receipt) => void): void {
    if (this.#isReachable) this.#me.reception.receive(pdu, answer)
    else answer('absent')
  }

  ring(call: Call): void {
    if (this.#isReachable) this.#me.telephone.ring(call)
    else call.hangUp('NO CARRIER')
  }

  get #isReachable(): boolean {
    return this.#isPlugged && this.radio.isRegistered
  }

  #equipment({ network, number, imei = '490154203237518' }: ModemOptions, personality: Personality): Equipment {
    const { clock } = network
    const { faults, sim, radio, memories } = this
    const settings = () => this.#me.settings
    const emit = (lines: readonly string[]) => this.#conversation.emit(lines)
    const reception = new Reception({
      clock,
      settings,
      memory: (name) => memories[name],
      preferred: () => this.#me.chosen[2],
      acknowledgeMs: personality.acknowledgeMs,
      showsClass0: personality.showsClass0,
      emit,
      losesIndications: () => faults.take('lost_indication') !== null,
      show: (pdu) => {
        const lines = routedLines(pdu, settings(), personality)
        return damagedLines(lines, lines[0]?.slice(0, 4) ?? null, faults)
      },
      full: (name) => this.#memoryFull(name),
    })
    const parts = { clock, network, personality, faults, imei, number, sim, radio, memories, reception }
    return {
      ...parts,
      chosen: ['SM', 'SM', 'SM'],
      telephone: new Telephone({ clock, settings, emit }),
      settings: factorySettings(),
      saved: factorySettings(),
      heard: new Set(),
      clockOffsetMs: 0,
      emit: (line) => emit([line]),
      restart: () => {
        this.#restarts = true
      },
      memoryAvailable: () => this.#memoryAvailable(),
    }
  }

  /** Aborts everything in progress. */
  #stop(): void {
    this.#epoch++
    this.#restarts = false
    this.#conversation.stop()
    this.#me.reception.acknowledge(false)
    this.#me.telephone.hangUp()
  }

  #start(): void {
    const { bootMs, simBusyMs, registerMs, boot } = this.#me.personality
    this.#me.settings = structuredClone(this.#me.saved)
    this.#me.chosen.fill('SM')
    this.#me.heard.clear()
    this.#hasStarted = false
    this.sim.powerOn()
    this.sim.busy = true
    this.radio.powerOn(bootMs + simBusyMs + registerMs)
    this.#later(bootMs, () => {
      this.#hasStarted = true
    })
    this.#later(bootMs + simBusyMs, () => {
      this.sim.busy = false
    })
    for (const { afterMs, line, needs } of boot) {
      this.#later(afterMs, () => {
        if (needs === undefined || this.sim.state === 'ready') this.emit(line)
      })
    }
    this.#chatter()
  }

  #chatter(): void {
    for (const { everyMs, line, until } of this.#me.personality.chatter) {
      const again = () => {
        if (until !== undefined && this.#me.heard.has(until)) return
        this.emit(line)
        this.#later(everyMs, again)
      }
      this.#later(everyMs, again)
    }
  }

  #later(ms: number, act: () => void): void {
    const epoch = this.#epoch
    this.#me.clock.after(ms, () => {
      if (epoch === this.#epoch) act()
    })
  }

  #radioChanged(): void {
    const { registration } = this.radio.state
    if (registration !== this.#registration) for (const line of registrationLines(this.#me)) this.emit(line)
    this.#registration = registration
    if (this.#isReachable) this.#me.network.alert(this.number)
  }

  #memoryFull(name: MemoryName): void {
    this.#hasRefused = true
    this.faults.take('storage_full')
    const { fullLine } = this.#me.personality
    if (fullLine !== null) this.emit(fullLine.replace('{memory}', name))
  }

  /** RP-SMMA (TS 24.011 clause 5.3.3): refused messages may be retried. */
  #memoryAvailable(): void {
    if (!this.#hasRefused || Object.values(this.memories).every((memory) => memory.isFull)) return
    this.#hasRefused = false
    this.#me.network.alert(this.number)
  }
}

function memoriesOf(capacity: Readonly<Record<MemoryName, number>>, personality: Personality, faults: FaultBoard) {
  const isStuck = () => faults.peek('storage_full') !== null
  const memory = (name: MemoryName) =>
    new MessageMemory(capacity[name], personality.firstIndex, isStuck, personality.renumbers)
  return { SM: memory('SM'), ME: memory('ME'), SR: memory('SR') }
}
