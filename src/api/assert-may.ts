import type { Asker } from '../message/accepted.ts'
import { Fault } from '../message/fault.ts'
import { type Action, may } from '../message/rights.ts'

/** Fails with `not_allowed`. On MQTT the topics decide. */
export function assertMay({ rights, name }: Asker, action: Action, what: string): void {
  if (rights !== null && !may(rights, action)) throw new Fault('not_allowed', `${name} is not allowed to ${what}`)
}
