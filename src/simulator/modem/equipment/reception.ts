import type { Clock, Timer } from '../../../util/clock.ts'
import { tpduIn } from '../../network/network-tpdu.ts'
import type { Receipt } from '../../network/subscriber.ts'
import type { MemoryName, MessageMemory } from './message-memory.ts'
import type { Settings } from './modem-settings.ts'

type Route = 'store' | 'announce' | 'direct' | 'drop'
type ClassKey = 'none' | 0 | 1 | 2 | 3 | 'waiting'

/** <mt> of +CNMI: what becomes of an SMS-DELIVER by its class (TS 27.005 clause 3.4.1). */
const deliverRoutes: Readonly<Record<number, Readonly<Record<ClassKey, Route>>>> = {
  0: { none: 'store', 0: 'store', 1: 'store', 2: 'store', 3: 'store', waiting: 'store' },
  1: { none: 'announce', 0: 'announce', 1: 'announce', 2: 'announce', 3: 'announce', waiting: 'announce' },
  2: { none: 'direct', 0: 'direct', 1: 'direct', 2: 'announce', 3: 'direct', waiting: 'announce' },
  3: { none: 'announce', 0: 'announce', 1: 'announce', 2: 'announce', 3: 'direct', waiting: 'announce' },
}

/** <ds> of +CNMI: what becomes of an SMS-STATUS-REPORT. */
const reportRoutes: Readonly<Record<number, Route>> = { 0: 'drop', 1: 'direct', 2: 'announce' }

/** Unsolicited result codes that a modem keeps back while nobody wants them. */
const mostBuffered = 20

export interface ReceptionDeps {
  readonly clock: Clock
  readonly settings: () => Settings
  readonly memory: (name: MemoryName) => MessageMemory
  /** mem3, where new messages go. */
  readonly preferred: () => MemoryName
  readonly acknowledgeMs: number
  readonly showsClass0: boolean
  /** Says these lines to the DTE, unasked. */
  readonly say: (lines: readonly string[]) => void
  /** A fault swallows +CMTI and +CDSI. */
  readonly losesIndications: () => boolean
  /** The lines of +CMT or +CDS in the format that is set. */
  readonly show: (pdu: string) => readonly string[]
  /** A memory turned out to be full. */
  readonly full: (name: MemoryName) => void
}

/** What a modem does with a TPDU that comes in (TS 27.005 clause 3.4). */
export class Reception {
  readonly #deps: ReceptionDeps
  /** The one that +CNMA is awaited for, in service 1. */
  #open: { readonly answer: (receipt: Receipt) => void; readonly timer: Timer } | null = null
  /** What <mode> 0 keeps back. */
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

  /** +CNMI was set: what was kept back is told (<bfr> 0) or forgotten. */
  release(): void {
    const [mode, , , , bfr] = this.#deps.settings().numbers['+CNMI']
    if (mode === 0) return
    const kept = this.#buffer.splice(0)
    if (bfr === 0) for (const lines of kept) this.#deps.say(lines)
  }

  #tell(lines: readonly string[]): void {
    if (this.#deps.settings().numbers['+CNMI'][0] !== 0) this.#deps.say(lines)
    else if (this.#buffer.length < mostBuffered) this.#buffer.push(lines)
  }

  /** Service 1 waits for +CNMA; without it in time RP-ERROR goes out and the modem routes nothing more (clause 3.4.1). */
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
      this.#tell(show(pdu))
    } else {
      this.#tell(show(pdu))
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
    if (announced && !this.#deps.losesIndications()) this.#tell([`${code}: "${name}",${index}`])
    return 'taken'
  }
}

/** What decides about a PDU; one that can't be read is a text without class. */
function kindOf(pdu: string): { readonly isReport: boolean; readonly key: ClassKey } {
  const tpdu = tpduIn(pdu)
  if (tpdu === null || tpdu.type === 'statusReport') return { isReport: tpdu !== null, key: 'none' }
  const { cls, mwi } = tpdu.coding
  return { isReport: false, key: mwi?.store ? 'waiting' : ((cls ?? 'none') as ClassKey) }
}
