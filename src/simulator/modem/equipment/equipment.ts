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

/** The object of the command table: the ME of TS 27.005. */
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
  /** +CPMS: the memories for reading and deleting, for writing and sending, and for received messages. */
  readonly chosen: [MemoryName, MemoryName, MemoryName]
  readonly reception: Reception
  readonly telephone: Telephone
  settings: Settings
  /** Restored by ATZ, saved by AT&W. */
  saved: Settings
  /** Received command lines that disable an unsolicited line. */
  readonly heard: Set<string>
  /** The real-time clock's offset from the wall clock, in milliseconds. */
  clockOffsetMs: number
  /** Emits an unsolicited line. */
  emit(line: string): void
  /** +CFUN=1,1 and the like: restarts after the answer. */
  restart(): void
  /** A memory has space again: the network may retry. */
  memoryAvailable(): void
}

/** The running command's access to its DTE. */
export interface Dialogue {
  /** Prompts for input; null when the DTE cancels with ESC. */
  ask(how: 'pdu' | 'text'): Promise<string | null>
  /** The dialogue has reached a point: an active fault throws. */
  reach(point: Point): void
}

/** Ends a command without any result code. Thrown by faults, caught by the interpreter. */
export class Silence extends Error {}
