/** What clients that bind to the hub need. */
export const smppSteps: readonly string[] = [
  `
  -- Parts of long texts whose others are missing: they are answered, and so must outlive the hub.
  CREATE TABLE smpp_part (
    client    TEXT NOT NULL,
    name      TEXT NOT NULL,     -- addresses and reference of the text
    seq       INTEGER NOT NULL,
    total     INTEGER NOT NULL,
    assembly  TEXT NOT NULL,     -- the id of the text
    text      TEXT NOT NULL,
    wants     INTEGER NOT NULL,  -- registered_delivery
    at        INTEGER NOT NULL,
    PRIMARY KEY (client, name, seq)
  ) WITHOUT ROWID;
  CREATE INDEX smpp_part_at ON smpp_part (at);
  -- Which events wait for an outlet: all, answers to its own requests, or these and received texts.
  ALTER TABLE outlet ADD COLUMN selects TEXT NOT NULL DEFAULT 'all';
  `,
]
