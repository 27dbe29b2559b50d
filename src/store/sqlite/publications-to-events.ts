/** Messages of schema 23 and before, with `place`: their topic, a slash in front where it is whole. */
const kindOfTopic = `CASE
      WHEN place LIKE '/%/config' AND retain = 1 THEN 'announcement'
      WHEN place LIKE '/%' THEN CASE retain WHEN 1 THEN 'dialect_state' ELSE 'dialect' END
      WHEN place LIKE 'gateway/%/availability' THEN 'gateway_availability'
      WHEN place LIKE 'gateway/%/event' THEN 'gateway_event'
      WHEN place LIKE 'gateway/%' THEN 'gateway'
      WHEN place = 'sms/status' THEN 'sms_status'
      WHEN place = 'sms/received' THEN 'received'
      WHEN place = 'bridge/event' THEN 'hub_event'
      WHEN place = 'bridge/info' THEN 'info'
      WHEN place = 'bridge/health' THEN 'health'
      WHEN place = 'bridge/devices' OR place LIKE 'bridge/devices/%' THEN 'devices'
      WHEN place LIKE 'bridge/profiles/%' THEN 'profile'
      WHEN place LIKE 'bridge/response/%' THEN 'answer'
      WHEN place LIKE '%/availability' THEN 'availability'
      WHEN place LIKE '%/location' THEN 'location'
      WHEN place LIKE '%/event' THEN 'device_event'
      WHEN place LIKE '%/result' THEN 'result'
      ELSE 'state' END`

/** The level after this number of characters. */
const levelBehind = (count: number) => `substr(place, ${count + 1}, instr(substr(place, ${count + 1}) || '/', '/') - 1)`

const subjectOfTopic = `CASE
      WHEN place LIKE '/%' THEN substr(place, 2)
      WHEN place LIKE 'gateway/%' THEN ${levelBehind('gateway/'.length)}
      WHEN place LIKE 'bridge/devices/%' THEN ${levelBehind('bridge/devices/'.length)}
      WHEN place LIKE 'bridge/profiles/%' THEN substr(place, ${'bridge/profiles/'.length + 1})
      WHEN place LIKE 'bridge/response/%' THEN substr(place, ${'bridge/response/'.length + 1})
      WHEN place LIKE 'bridge/%' OR place LIKE 'sms/%' THEN ''
      ELSE ${levelBehind(0)} END`

const dataOfPayload = `CASE
      WHEN kind IN ('availability', 'gateway_availability') AND payload <> ''
        THEN CASE payload WHEN 'online' THEN 'true' ELSE 'false' END
      WHEN payload = '' AND retain = 1 THEN NULL
      ELSE payload END`

/** The step that makes events of messages: what waits is still published, and what is retained is the current state. */
export const publicationsToEvents = `
  -- What a change leaves to be told is an event: outlets make messages of it. data: JSON, or a text of somebody else's
  CREATE TABLE event (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT,
    kind          TEXT NOT NULL,
    subject       TEXT NOT NULL,     -- whom it is about; empty for the hub itself
    data          TEXT,              -- NULL withdraws a state
    replaced      TEXT,              -- what stood before, where its readers have to be told
    reply_to      TEXT,              -- who asked for it is answered with it
    parked        TEXT               -- why the broker refused it
  );
  CREATE INDEX event_waiting ON event (seq) WHERE parked IS NULL;
  CREATE INDEX event_parked ON event (seq) WHERE parked IS NOT NULL;
  -- The latest event of each subject, of those kinds that last.
  CREATE TABLE latest (
    kind          TEXT NOT NULL,
    subject       TEXT NOT NULL,
    data          TEXT NOT NULL,
    PRIMARY KEY (kind, subject)
  ) WITHOUT ROWID;
  INSERT INTO event (seq, kind, subject, data, reply_to, parked)
    SELECT seq, kind, CASE WHEN correlation IS NULL THEN subject ELSE '' END, ${dataOfPayload},
      CASE WHEN correlation IS NOT NULL
        THEN json_object('kind', 'mqtt', 'topic', topic, 'correlation', correlation) END, parked
    FROM (SELECT *, ${kindOfTopic} AS kind, ${subjectOfTopic} AS subject
      FROM (SELECT *, CASE absolute WHEN 1 THEN '/' ELSE '' END || topic AS place FROM publication));
  INSERT INTO latest (kind, subject, data)
    SELECT kind, subject, ${dataOfPayload}
    FROM (SELECT *, ${kindOfTopic} AS kind, ${subjectOfTopic} AS subject
      FROM (SELECT topic AS place, payload, 1 AS retain FROM retained));
  DROP TABLE publication;
  DROP TABLE retained;
  `
