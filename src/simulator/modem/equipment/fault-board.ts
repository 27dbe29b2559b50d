import type { FaultName, ModemFault } from './faults.ts'

type FaultOf<Name extends FaultName> = Extract<ModemFault, { fault: Name }>

/** An occasion for faults. */
export interface Occasion {
  readonly at?: string
  readonly command?: string | null
}

/** The active faults. The oldest one that fits applies. */
export class FaultBoard {
  readonly #faults: { readonly fault: ModemFault; left: number }[] = []
  readonly #cleared: () => void

  /** Calls back when faults end. */
  constructor(cleared: () => void = () => {}) {
    this.#cleared = cleared
  }

  /** Active faults with their remaining counts. */
  get active(): readonly { readonly fault: ModemFault; readonly left: number }[] {
    return this.#faults
  }

  add(fault: ModemFault): void {
    this.#faults.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY })
  }

  /** Ends the faults of this name, or all. */
  clear(name?: FaultName): void {
    for (let i = this.#faults.length - 1; i >= 0; i--) {
      if (name === undefined || this.#faults[i]?.fault.fault === name) this.#faults.splice(i, 1)
    }
    this.#cleared()
  }

  /** The fault that applies here; it is counted. */
  take<Name extends FaultName>(name: Name, occasion: Occasion = {}): FaultOf<Name> | null {
    const index = this.#find(name, occasion)
    const found = this.#faults[index]
    if (!found) return null
    if (--found.left <= 0) {
      this.#faults.splice(index, 1)
      this.#cleared()
    }
    return found.fault as FaultOf<Name>
  }

  /** The fault that would apply here; it is not counted. */
  peek<Name extends FaultName>(name: Name, occasion: Occasion = {}): FaultOf<Name> | null {
    return (this.#faults[this.#find(name, occasion)]?.fault as FaultOf<Name> | undefined) ?? null
  }

  #find(name: FaultName, { at, command }: Occasion): number {
    return this.#faults.findIndex(({ fault }) => {
      if (fault.fault !== name) return false
      const here = !('at' in fault) || fault.at === at || fault.at === 'everywhere'
      return here && (!('command' in fault) || fault.command === undefined || fault.command === command)
    })
  }
}
