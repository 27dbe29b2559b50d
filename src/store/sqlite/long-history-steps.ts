/** What lists of a long history are read by. */
export const longHistorySteps: readonly string[] = [
  `
  -- The overview of conversations, kept with their messages. Those of devices are in it twice: what is of the device
  -- itself, for those who see no texts of people, and all of it.
  CREATE TABLE conversation (
    key           TEXT NOT NULL,     -- d:<device> or n:<number>, as its lane
    people        INTEGER NOT NULL,  -- 1: texts with people included
    messages      INTEGER NOT NULL,
    sent          INTEGER,           -- its last submission, and its last received text
    queued_at     INTEGER,
    received      INTEGER,
    received_at   INTEGER,
    at            INTEGER GENERATED ALWAYS AS (MAX(COALESCE(queued_at, 0), COALESCE(received_at, 0))),
    PRIMARY KEY (key, people)
  ) WITHOUT ROWID;
  INSERT INTO conversation (key, people, messages, sent, queued_at, received, received_at)
    SELECT key, people, messages, sent, (SELECT queued_at FROM submission WHERE seq = sent),
      received, (SELECT received_at FROM incoming WHERE id = received)
    FROM (
      SELECT key, sight.people, SUM(n) AS messages, MAX(sent) AS sent, MAX(received) AS received
      FROM (
        SELECT 'd:' || device AS key, 0 AS people, COUNT(*) AS n, MAX(seq) AS sent, NULL AS received
          FROM submission WHERE device IS NOT NULL GROUP BY device
        UNION ALL SELECT lane, 1, COUNT(*), MAX(seq), NULL
          FROM submission WHERE device IS NULL AND lane IS NOT NULL GROUP BY lane
        UNION ALL SELECT 'd:' || device, 0, COUNT(*), NULL, MAX(id)
          FROM incoming WHERE device IS NOT NULL GROUP BY device
        UNION ALL SELECT 'n:' || sender, 1, COUNT(*), NULL, MAX(id)
          FROM incoming WHERE device IS NULL GROUP BY sender
      ) AS part JOIN (SELECT 0 AS people UNION ALL SELECT 1) AS sight ON part.people <= sight.people
      GROUP BY key, sight.people
    ) AS counted;
  CREATE INDEX conversation_latest ON conversation (people, at DESC, key);
  `,
]
