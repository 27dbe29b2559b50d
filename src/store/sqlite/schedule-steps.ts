/** Texts and commands for later. */
export const scheduleSteps: readonly string[] = [
  `
  -- When its requester wants it to be sent. Until then it is also due then, and in no lane: of what lanes are read by,
  -- no index has it. What is in a lane is in the order in which it could first be sent.
  ALTER TABLE submission ADD COLUMN send_at INTEGER;
  ALTER TABLE client ADD COLUMN scheduled INTEGER NOT NULL DEFAULT 0;
  DROP INDEX submission_queue;
  CREATE INDEX submission_queue ON submission (lane, priority DESC, COALESCE(send_at, queued_at), seq, due)
    WHERE status = 'queued' AND due IS NULL;
  CREATE INDEX submission_scheduled ON submission (due) WHERE status = 'queued' AND due IS NOT NULL;
  CREATE INDEX submission_scheduled_lane ON submission (lane, due) WHERE status = 'queued' AND due IS NOT NULL;
  DROP INDEX submission_unfinished;
  CREATE INDEX submission_unfinished ON submission (seq) WHERE final = 0 AND (status <> 'queued' OR due IS NULL);
  `,
  `
  -- What a device was sent last: with times for later, that is not what was asked for last.
  CREATE INDEX submission_written ON submission (device, written_at) WHERE written_at IS NOT NULL;
  `,
  `
  -- The order in a lane is that of numbers, not of times: what came due is behind the row that was the last one then.
  ALTER TABLE submission ADD COLUMN place INTEGER;
  DROP INDEX submission_queue;
  CREATE INDEX submission_queue ON submission (lane, priority DESC, COALESCE(place, seq), COALESCE(send_at, 0), seq, due)
    WHERE status = 'queued' AND due IS NULL;
  `,
]
