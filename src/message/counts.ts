/** Rows of the store by what they wait for: for health and metrics. */
export interface Counts {
  readonly queued: number
  readonly open: number
  readonly publications: number
  readonly parked: number
  readonly quarantined: number
  readonly oldestQueuedAt: number | null
}
