import { createHmac } from 'node:crypto'
import { Fault } from '../message/fault.ts'
import type { ApiDeps } from './operation.ts'

/**
 * Stands for all of what can be changed, over restarts, too. Some of it may be shown to nobody, such as a password:
 * without the key it could be guessed from its revision.
 */
export const digestOf = (all: unknown, { revisionKey }: Pick<ApiDeps, 'revisionKey'>): string =>
  createHmac('sha256', revisionKey).update(JSON.stringify(all)).digest('base64url').slice(0, 22)

/** Fails with `conflict` unless it is the wanted revision; null is any. */
export function assertWanted(what: string, present: string, wanted: string | null): void {
  if (wanted === null || wanted === present) return
  throw new Fault('conflict', `${what} was changed meanwhile: its revision is ${present}`, { revision: present })
}
