/** Which hub has what. */
export const ownerSteps: readonly string[] = [
  `
  -- Who claimed a submission, and in which run of it; and the hubs that have this store open.
  ALTER TABLE submission RENAME COLUMN boot TO epoch;
  ALTER TABLE submission ADD COLUMN owner TEXT;
  CREATE TABLE hub (
    owner         TEXT PRIMARY KEY,
    epoch         INTEGER NOT NULL,
    lease_until   INTEGER NOT NULL
  ) WITHOUT ROWID;
  `,
]
