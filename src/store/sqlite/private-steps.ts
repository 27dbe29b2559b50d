/** Texts that nobody but their recipient sees. */
export const privateSteps: readonly string[] = [
  `
  -- A private text is nowhere but in places of its own, until it is sent. They have one size, and are used again.
  ALTER TABLE submission ADD COLUMN private INTEGER NOT NULL DEFAULT 0;
  CREATE TABLE secret (
    slot          INTEGER PRIMARY KEY,
    used          INTEGER NOT NULL,
    filling       TEXT NOT NULL
  );
  CREATE INDEX secret_free ON secret (slot) WHERE used = 0;
  ALTER TABLE segment ADD COLUMN slot INTEGER;
  `,
]
