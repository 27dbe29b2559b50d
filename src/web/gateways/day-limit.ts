import type { Quota } from '../api/answer-types.ts'

/** Segments a day that a gateway may send; null without a limit. */
export const dayLimitOf = (quotas: readonly Quota[], gateway: string): number | null =>
  quotas.find(({ name }) => name === `${gateway}-day`)?.limit ?? null
