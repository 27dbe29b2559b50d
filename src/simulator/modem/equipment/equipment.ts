import type { Clock } from '../../../util/clock.ts'
import type { SimulatedNetwork } from '../../network/network.ts'
import type { Party } from '../../network/party.ts'
import type { FaultBoard } from './fault-board.ts'
import type { Point } from './faults.ts'
import type { MemoryName, MessageMemory } from './message-memory.ts'
import type { Settings } from './modem-settings.ts'
import type { Personality } from './personality.ts'
import type { Radio } from './radio.ts'
import type { Reception } from './reception.ts'
import type { SimCard } from './simulated-sim-card.ts'
import type { Telephone } from './telephone.ts'

/** What the rows of the command table work on: the ME of TS 27.005 with everything in it. */
export interface Equipment {
  readonly clock: Clock
  readonly network: SimulatedNetwork
  readonly personality: Personality
  readonly faults: FaultBoard
  readonly imei: string
  /** The subscriber number of the SIM. */
  readonly number: Party
  readonly sim: SimCard
  readonly radio: Radio
  readonly memories: Readonly<Record<MemoryName, MessageMemory>>
  /** +CPMS: where is read and deleted, written and sent, and where new messages go. */
  readonly chosen: [MemoryName, MemoryName, MemoryName]
  readonly reception: Reception
  readonly telephone: Telephone
  settings: Settings
  /** What ATZ brings back; AT&W fills it. */
  saved: Settings
  /** Command lines that have silenced something since the start. */
  readonly heard: Set<string>
  /** The real-time clock's distance from the wall clock, in milliseconds. */
  clockOffsetMs: number
  /** Says a line unasked. */
  say(line: string): void
  /** +CFUN=1,1 and its like: starts anew once the answer is out. */
  restart(): void
  /** A memory has room again: the network may try. */
  memoryAvailable(): void
}

/** The running command's way to its DTE. */
export interface Dialogue {
  /** Asks with the prompt; null when the DTE gives up with ESC. */
  ask(how: 'pdu' | 'text'): Promise<string | null>
  /** The dialogue is here: faults may strike, by throwing what ends it. */
  reach(point: Point): void
}

/** Ends a command without any result code. Thrown by faults, caught by the interpreter. */
export class Silence extends Error {}
