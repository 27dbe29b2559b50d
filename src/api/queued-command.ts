import type * as z from 'zod'
import { type ErrorReport, Fault } from '../message/fault.ts'
import type { Submitted } from '../message/submitted.ts'
import type { queued } from './outputs.ts'

/** The output for a command that was queued. Fails with why it was not, for those who are answered part by part. */
export function queuedCommand({ repeated, commands, answers }: Submitted): z.input<typeof queued> {
  const [first] = answers
  if (first !== undefined && first.error !== null) throw refusedBy(first.error, repeated)
  const result = first?.result as z.input<typeof queued>['result']
  return { repeated, commands: [...commands], ...(result && { result }) }
}

/** A refusal in the store as a fault. */
export function refusedBy({ code, message, details }: ErrorReport, repeated: boolean): Fault {
  return new Fault(code, message, { ...details, ...(repeated && { repeated }) })
}
