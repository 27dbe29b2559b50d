import type { Arguments } from './arguments.ts'
import type { Dialogue, Equipment } from './equipment.ts'

/** Lines of information; without any, OK alone. A refusal is thrown. */
export type Answer = readonly string[] | string | undefined

export type Handler = (me: Equipment, values: Arguments, dialogue: Dialogue) => Answer | Promise<Answer>

/** A command in its forms (V.250 clause 5.4). A missing form is refused. */
export interface CommandRow {
  readonly execute?: Handler
  readonly read?: Handler
  readonly set?: Handler
  /** The text after the name and colon; an empty one is OK alone. */
  readonly test?: string | ((me: Equipment) => string)
  /** Refused until the SIM is ready. */
  readonly needs?: 'sim'
  /** Errors of TS 27.005 instead of 27.007. */
  readonly errors?: 'cms'
}

export type CommandTable = Readonly<Record<string, CommandRow>>
