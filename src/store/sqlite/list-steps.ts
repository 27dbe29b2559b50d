/** What lists of messages are read by. */
export const listSteps: readonly string[] = [
  `
  -- Messages of a device, and texts to people by their lane, apart: each message is in one of them. A refused text has a
  -- lane as well, so that it is found by its number. Two indexes of incoming were the same.
  DROP INDEX submission_device;
  CREATE INDEX submission_device ON submission (device, seq) WHERE device IS NOT NULL;
  UPDATE submission SET lane = 'n:' || recipient WHERE lane IS NULL AND device IS NULL AND recipient IS NOT NULL;
  CREATE INDEX submission_text ON submission (lane, seq) WHERE device IS NULL;
  DROP INDEX incoming_device;
  CREATE INDEX incoming_device ON incoming (device, id) WHERE device IS NOT NULL;
  DROP INDEX incoming_age;
  `,
]
