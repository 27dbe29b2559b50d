/** What is read of lanes from an index alone. */
export const laneSteps: readonly string[] = [
  `
  -- The ready lane with the oldest head is found without reading the lanes. Of those that were never served, it is next.
  DROP INDEX lane_ready;
  CREATE INDEX lane_ready ON lane (route, priority, client, turn, head) WHERE state = 'ready';
  `,
]

/** How long lanes have been able to send. */
export const laneAgeSteps: readonly string[] = [
  `
  -- When the life of the head began: the oldest of the ready ones is the first of an index, however many they are.
  ALTER TABLE lane ADD COLUMN head_at INTEGER;
  UPDATE lane SET head_at = (SELECT COALESCE(send_at, queued_at) FROM submission WHERE seq = lane.head);
  CREATE INDEX lane_oldest ON lane (head_at) WHERE state = 'ready';
  `,
]
