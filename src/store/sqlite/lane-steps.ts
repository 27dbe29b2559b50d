/** What is read of lanes from an index alone. */
export const laneSteps: readonly string[] = [
  `
  -- The ready lane with the oldest head is found without reading the lanes. Of those that were never served, it is next.
  DROP INDEX lane_ready;
  CREATE INDEX lane_ready ON lane (route, priority, client, turn, head) WHERE state = 'ready';
  `,
]
