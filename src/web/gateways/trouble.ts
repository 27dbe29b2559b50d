import type { Gateway } from '../api/answer-types.ts'

export type Trouble = 'pin' | 'puk' | 'sim' | 'gateway'

/** What keeps a gateway from working; null where it works, or has just begun. */
export function troubleOf({ status, sim }: Pick<Gateway, 'status' | 'sim'>): Trouble | null {
  if (status === 'sim_locked') return sim === 'puk' ? 'puk' : 'pin'
  if (status === 'no_sim') return 'sim'
  return status === 'ready' || status === 'initializing' ? null : 'gateway'
}
