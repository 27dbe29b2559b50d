/** What searches in messages are read by. */
export const searchSteps: readonly string[] = [
  `
  -- Texts and numbers beside each other, in the order of the messages: whole rows are five times as long.
  CREATE INDEX submission_words ON submission (seq, text, recipient);
  CREATE INDEX incoming_words ON incoming (id, text, sender);
  `,
]
