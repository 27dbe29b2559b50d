/**
 * SQL of what is queued. Scheduled is what has to wait for its time: it is in no lane, however long lanes are. What the
 * indexes of either have is written as their conditions are.
 */
export const isScheduled = `status = 'queued' AND due IS NOT NULL`
export const isInLane = `status = 'queued' AND due IS NULL`
/** What has not ended, without what is scheduled. */
export const isUnderWay = `final = 0 AND (status <> 'queued' OR due IS NULL)`

/** The order in a lane: the more urgent first, then what could be sent first. Its life began then, too. */
export const beginning = 'COALESCE(send_at, queued_at)'
export const laneOrder = `priority DESC, ${beginning}, seq`

/** All that is queued for a lane, which is bound twice, and scheduled for it. */
export const queuedFor = `SELECT * FROM submission WHERE lane = ? AND ${isInLane}
  UNION ALL SELECT * FROM submission WHERE lane = ? AND ${isScheduled}`
