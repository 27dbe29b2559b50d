import type { Clock, Timer } from '../../../util/clock.ts'
import { tpduIn } from '../../network/network-tpdu.ts'
import type { Receipt } from '../../network/subscriber.ts'
import type { MemoryName, MessageMemory } from './message-memory.ts'
import type { Settings } from './modem-settings.ts'

type Route = 'store' | 'announce' | 'direct' | 'drop'
type ClassKey = 'none' | 0 | 1 | 2 | 3 | 'waiting'

/** <mt> of +CNMI: routing of an SMS-DELIVER by its class (TS 27.005 clause 3.4.1). */
const deliverRoutes: Readonly<Record<number, Readonly<Record<ClassKey, Route>>>> = {
  0: { none: 'store', 0: 'store', 1: 'store', 2: 'store', 3: 'store', waiting: 'store' },
  1: { none: 'announce', 0: 'announce', 1: 'announce', 2: 'announce', 3: 'announce', waiting: 'announce' },
  2: { none: 'direct', 0: 'direct', 1: 'direct', 2: 'announce', 3: 'direct', waiting: 'announce' },
  3: { none: 'announce', 0: 'announce', 1: 'announce', 2: 'announce', 3: 'direct', waiting: 'announce' },
}

/** <ds> of +CNMI: routing of an SMS-STATUS-REPORT. */
const reportRoutes: Readonly<Record<number, Route>> = { 0: 'drop', 1: 'direct', 2: 'announce' }

/** Unsolicited result codes that a modem buffers while they are disabled. */
const maxBuffered = 20

export interface ReceptionDeps {
  readonly clock: Clock
  readonly settings: () => Settings
  readonly memory: (name: MemoryName) => MessageMemory
  /** mem3, the memory for received messages. */
  readonly preferred: () => MemoryName
  readonly acknowledgeMs: number
  readonly showsClass0: boolean
  /** Emits unsolicited lines. */
  readonly emit: (lines: readonly string[]) => void
  /** A fault drops +CMTI and +CDSI. */
  readonly losesIndications: () => boolean
  /** The lines of +CMT or +CDS in the current format. */
  readonly show: (pdu: string) => readonly string[]
  /** A memory is full. */
  readonly full: (name: MemoryName) => void
}

/** Handles a received TPDU (TS 27.005 clause 3.4). */
export class Reception {
  readonly #deps: ReceptionDeps
  /** The message that waits for +CNMA, in service 1. */
  #open: { readonly answer: (receipt: Receipt) => void; readonly timer: Timer } | null = null
  /** Lines buffered by <mode> 0. */
  #buffer: (readonly string[])[] = []

  constructor(deps: ReceptionDeps) {
    this.#deps = deps
  }

  receive(pdu: string, answer: (receipt: Receipt) => void): void {
    const { isReport, key } = kindOf(pdu)
    const [, mt = 0, , ds = 0] = this.#deps.settings().numbers['+CNMI']
    const isShown = this.#deps.showsClass0 && key === 0
    const route = isReport ? reportRoutes[ds] : isShown ? 'direct' : deliverRoutes[mt]?.[key]
    if (route === 'drop') answer('taken')
    else if (route === 'direct') this.#handOver(pdu, answer)
    // TS 23.038 clause 4: class 2 is for the SIM.
    else answer(this.#store(pdu, isReport ? 'SR' : key === 2 ? 'SM' : this.#deps.preferred(), route === 'announce'))
  }

  /** +CNMA: RP-ACK or RP-ERROR. False when nothing is to be acknowledged. */
  acknowledge(isGood: boolean): boolean {
    const open = this.#open
    if (!open) return false
    this.#open = null
    open.timer.cancel()
    open.answer(isGood ? 'taken' : 'not_acknowledged')
    return true
  }

  /** +CNMI was set: buffered lines are emitted (<bfr> 0) or dropped. */
  release(): void {
    const [mode, , , , bfr] = this.#deps.settings().numbers['+CNMI']
    if (mode === 0) return
    const kept = this.#buffer.splice(0)
    if (bfr === 0) for (const lines of kept) this.#deps.emit(lines)
  }

  #emit(lines: readonly string[]): void {
    if (this.#deps.settings().numbers['+CNMI'][0] !== 0) this.#deps.emit(lines)
    else if (this.#buffer.length < maxBuffered) this.#buffer.push(lines)
  }

  /** Service 1 waits for +CNMA; after a timeout RP-ERROR is sent and routing ends (clause 3.4.1). */
  #handOver(pdu: string, answer: (receipt: Receipt) => void): void {
    const { clock, settings, acknowledgeMs, show } = this.#deps
    if (settings().numbers['+CSMS'][0] === 1) {
      const timer = clock.after(acknowledgeMs, () => {
        const cnmi = settings().numbers['+CNMI']
        cnmi[1] = 0
        cnmi[3] = 0
        this.acknowledge(false)
      })
      this.#open = { answer, timer }
      this.#emit(show(pdu))
    } else {
      this.#emit(show(pdu))
      answer('taken')
    }
  }

  #store(pdu: string, name: MemoryName, announced: boolean): Receipt {
    const index = this.#deps.memory(name).put(pdu, 0)
    if (index === null) {
      this.#deps.full(name)
      return 'full'
    }
    const code = name === 'SR' ? '+CDSI' : '+CMTI'
    if (announced && !this.#deps.losesIndications()) this.#emit([`${code}: "${name}",${index}`])
    return 'taken'
  }
}

/** The routing criteria of a PDU; an undecodable one is a text without class. */
function kindOf(pdu: string): { readonly isReport: boolean; readonly key: ClassKey } {
  const tpdu = tpduIn(pdu)
  if (tpdu === null || tpdu.type === 'statusReport') return { isReport: tpdu !== null, key: 'none' }
  const { cls, mwi } = tpdu.coding
  return { isReport: false, key: mwi?.store ? 'waiting' : ((cls ?? 'none') as ClassKey) }
}
