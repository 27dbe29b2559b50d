import type { CredentialKind } from '../message/events.ts'
import { RefusalLog } from '../util/refusal-log.ts'
import { Keeper } from './keeper.ts'
import { Prover } from './prover.ts'
import { Roll, type RollDeps } from './roll.ts'

/** Who may make requests over HTTP: keys of programs, and users with their sessions. */
export class Access {
  readonly #roll: Roll
  readonly prover: Prover
  readonly keeper: Keeper

  constructor(deps: RollDeps & { unproven(kind: CredentialKind): void }) {
    this.#roll = new Roll(deps)
    const refused = new RefusalLog(deps.clock, (line) => deps.log('warn', line))
    const failed = (kind: CredentialKind, address: string, words: string) => {
      refused.add(address, words)
      deps.unproven(kind)
    }
    this.prover = new Prover({ ...deps, roll: this.#roll, failed })
    this.keeper = new Keeper({ ...deps, roll: this.#roll })
  }

  start(): Promise<void> {
    return this.#roll.start()
  }

  stop(): Promise<void> {
    return this.#roll.stop()
  }
}
