/** What is scheduled, and for whom as they were. */
export const madeForSteps: readonly string[] = [
  `
  -- For whom what is scheduled was made, and with what: one that has changed since does not get it.
  ALTER TABLE submission ADD COLUMN made_for TEXT;
  ALTER TABLE submission ADD COLUMN made_from TEXT;
  CREATE INDEX submission_made ON submission (made_for, made_from) WHERE status = 'queued' AND due IS NOT NULL;
  `,
]
