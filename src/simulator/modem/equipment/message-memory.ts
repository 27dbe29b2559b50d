/** <stat> of TS 27.005 clause 3.1: the number in PDU mode, the words in text mode; 4 asks for all. */
export const statusWords = ['REC UNREAD', 'REC READ', 'STO UNSENT', 'STO SENT', 'ALL'] as const

export type MessageStatus = 0 | 1 | 2 | 3

export interface StoredMessage {
  /** Hex with the service centre in front. */
  readonly pdu: string
  status: MessageStatus
}

export type MemoryName = 'SM' | 'ME' | 'SR'

/** A message storage: slots with numbers. */
export class MessageMemory {
  readonly capacity: number
  /** The number of its first slot: 1, or 0 with some models. */
  readonly firstIndex: number
  readonly #isStuck: () => boolean
  readonly #renumbers: boolean
  readonly #slots = new Map<number, StoredMessage>()

  /** `isStuck` makes it always full; with `renumbers` there is never a gap between used slots. */
  constructor(capacity: number, firstIndex: number, isStuck: () => boolean, renumbers: boolean) {
    this.capacity = capacity
    this.firstIndex = firstIndex
    this.#isStuck = isStuck
    this.#renumbers = renumbers
  }

  get used(): number {
    return this.#isStuck() ? this.capacity : this.#slots.size
  }

  get isFull(): boolean {
    return this.used >= this.capacity
  }

  /** Stores in the first free slot; null when there is none. */
  put(pdu: string, status: MessageStatus): number | null {
    if (this.isFull) return null
    let index = this.firstIndex
    while (this.#slots.has(index)) index++
    this.#slots.set(index, { pdu, status })
    return index
  }

  /** Whether the slot exists, used or not. */
  has(index: number): boolean {
    return index >= this.firstIndex && index < this.firstIndex + this.capacity
  }

  at(index: number): StoredMessage | undefined {
    return this.#slots.get(index)
  }

  delete(index: number): void {
    if (!this.#slots.delete(index) || !this.#renumbers) return
    for (const [later, message] of this.list().filter(([one]) => one > index)) {
      this.#slots.delete(later)
      this.#slots.set(later - 1, message)
    }
  }

  /** Used slots in their order. */
  list(): readonly (readonly [index: number, message: StoredMessage])[] {
    return [...this.#slots].sort(([one], [other]) => one - other)
  }
}
