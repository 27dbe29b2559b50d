/** What proves that a text is its device's own. */
export const trustSteps: readonly string[] = [
  `
  -- How well it is proven that a text is its device's own.
  ALTER TABLE incoming ADD COLUMN trust TEXT;             -- stranger, number, route, secret
  -- The ways by which answers of a device came, and how many.
  CREATE TABLE route (
    device        TEXT NOT NULL,
    print         TEXT NOT NULL,
    count         INTEGER NOT NULL,
    first         INTEGER NOT NULL,
    last          INTEGER NOT NULL,
    PRIMARY KEY (device, print)
  ) WITHOUT ROWID;
  -- When a device was asked whether an unverified text is true, and what that said; kept for a day.
  CREATE TABLE question (device TEXT NOT NULL, at INTEGER NOT NULL, claimed TEXT, PRIMARY KEY (device, at)) WITHOUT ROWID;
  `,
]
