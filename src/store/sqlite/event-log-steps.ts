/** The log of events that programs read. */
export const eventLogSteps: readonly string[] = [
  `
  -- When it was recorded, ms since 1970. Events that programs see stay for a while after the outlets have passed them on.
  ALTER TABLE event ADD COLUMN at INTEGER NOT NULL DEFAULT 0;
  `,
]
