/**
 * SQL of what is queued. Scheduled is what has to wait for its time: it is in no lane, however long lanes are. What the
 * indexes of either have is written as their conditions are.
 */
export const isScheduled = `status = 'queued' AND due IS NOT NULL`
export const isInLane = `status = 'queued' AND due IS NULL`
/** What has not ended, without what is scheduled. */
export const isUnderWay = `final = 0 AND (status <> 'queued' OR due IS NULL)`

/** When its life began. */
export const beginning = 'COALESCE(send_at, queued_at)'

/**
 * The order in a lane: the more urgent first, then as it was queued. What came due then is behind its `place`, by its
 * time. No clock of the hub decides, as it may be set.
 */
export const laneOrder = 'priority DESC, COALESCE(place, seq), COALESCE(send_at, 0), seq'

/** All that is queued for a lane, which is bound twice, and scheduled for it. */
export const queuedFor = `SELECT * FROM submission WHERE lane = ? AND ${isInLane}
  UNION ALL SELECT * FROM submission WHERE lane = ? AND ${isScheduled}`
