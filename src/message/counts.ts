/** Rows of the store by what they wait for, for health. */
export interface Counts {
  readonly queued: number
  /** For later. */
  readonly scheduled: number
  readonly open: number
  readonly publications: number
  readonly parked: number
  readonly quarantined: number
  /** Duplicate messages, and texts of unknown numbers beyond their quota: totals since the installation. */
  readonly copies: number
  readonly strangers: number
}
