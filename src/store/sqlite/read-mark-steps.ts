/** What was read of conversations. */
export const readMarkSteps: readonly string[] = [
  `
  -- The last received text of a conversation that was read, the same in both rows of a device. All that there is before
  -- this step counts as read.
  ALTER TABLE conversation ADD COLUMN read_to INTEGER NOT NULL DEFAULT 0;
  UPDATE conversation SET read_to = COALESCE(received, 0);
  `,
]
