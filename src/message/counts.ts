/** Rows of the store by what they wait for: for health and metrics. */
export interface Counts {
  readonly queued: number
  readonly open: number
  readonly publications: number
  readonly parked: number
  readonly quarantined: number
  /** Messages that came more than once, and texts of unknown numbers beyond their share: counted since the installation. */
  readonly copies: number
  readonly strangers: number
  readonly oldestQueuedAt: number | null
}
