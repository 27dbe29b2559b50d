/** A place in the list of events for each outlet. */
export const outletSteps: readonly string[] = [
  `
  -- The events that wait for each outlet, and those that it could not pass on. An event goes when it is in neither.
  DROP INDEX event_waiting;
  DROP INDEX event_parked;
  CREATE TABLE outlet (name TEXT PRIMARY KEY) WITHOUT ROWID;
  CREATE TABLE event_waiting (
    outlet        TEXT NOT NULL,
    seq           INTEGER NOT NULL,
    PRIMARY KEY (outlet, seq)
  ) WITHOUT ROWID;
  CREATE TABLE event_parked (
    outlet        TEXT NOT NULL,
    seq           INTEGER NOT NULL,
    reason        TEXT NOT NULL,
    PRIMARY KEY (outlet, seq)
  ) WITHOUT ROWID;
  INSERT INTO outlet (name) VALUES ('mqtt');
  INSERT INTO event_waiting (outlet, seq) SELECT 'mqtt', seq FROM event WHERE parked IS NULL;
  INSERT INTO event_parked (outlet, seq, reason) SELECT 'mqtt', seq, parked FROM event WHERE parked IS NOT NULL;
  ALTER TABLE event DROP COLUMN parked;
  `,
]
