/** Fingerprints of requests, by which repetitions are recognised. */
export const printSteps: readonly string[] = [
  `
  -- They were plain hashes, by which short passwords can be tried, and no keyed one is equal to them: unknown, as in a
  -- backup, until their rows are pruned.
  UPDATE submission SET ref_hash = '' WHERE ref_hash IS NOT NULL;
  UPDATE publish_key SET hash = '';
  -- Nothing that holds now can be compared with these: as rows from before them.
  UPDATE submission SET made_for = NULL, made_from = NULL WHERE made_for IS NOT NULL;
  `,
]
