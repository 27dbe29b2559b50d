import { accessSteps, successorSteps } from './access-steps.ts'
import { carrierSteps } from './carrier-steps.ts'
import { eventDeviceSteps, eventLogSteps } from './event-log-steps.ts'
import { laneAgeSteps, laneSteps } from './lane-steps.ts'
import { listSteps } from './list-steps.ts'
import { longHistorySteps } from './long-history-steps.ts'
import { madeForSteps } from './made-for-steps.ts'
import { outletSteps } from './outlet-steps.ts'
import { ownerSteps } from './owner-steps.ts'
import { printSteps } from './print-steps.ts'
import { privateSteps } from './private-steps.ts'
import { publicationsToEvents } from './publications-to-events.ts'
import { quotaSteps } from './quota-steps.ts'
import { readMarkSteps } from './read-mark-steps.ts'
import { scheduleSteps } from './schedule-steps.ts'
import { searchSteps } from './search-steps.ts'
import { sentTextSteps } from './sent-text-steps.ts'
import { smppSteps } from './smpp-steps.ts'
import { trustSteps } from './trust-steps.ts'
import { webhookSteps } from './webhook-steps.ts'

/**
 * The schema as a list of migrations: `user_version` counts those of a file. A released migration is never changed; new
 * ones are appended. Times are milliseconds since 1970, documents are JSON text.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

  -- One command or raw text: what was asked, how far it is, how it ended. The history is the same row, later.
  CREATE TABLE submission (
    seq           INTEGER PRIMARY KEY,
    command_id    TEXT NOT NULL UNIQUE,
    message_id    TEXT UNIQUE,
    client        TEXT NOT NULL,
    scope         TEXT,              -- with ref: one client or device
    ref           TEXT,              -- the id that the client gave
    ref_hash      TEXT,              -- what was asked under it
    response      TEXT,              -- {topic, correlation}
    lane          TEXT,
    device        TEXT,
    verb          TEXT NOT NULL,
    command       TEXT,
    property      TEXT,
    value         TEXT,
    args          TEXT,              -- secrets masked
    recipient     TEXT,
    text          TEXT,              -- secrets masked
    digest        TEXT,              -- of the text as sent: tells the same command
    safe          INTEGER NOT NULL DEFAULT 0,
    unproven      INTEGER NOT NULL DEFAULT 0,
    priority      INTEGER NOT NULL DEFAULT 1,
    status        TEXT NOT NULL,
    sms_status    TEXT NOT NULL,
    final         INTEGER NOT NULL DEFAULT 0,
    open          INTEGER NOT NULL DEFAULT 0,   -- holds its lane
    ok            INTEGER,
    in_doubt      INTEGER NOT NULL DEFAULT 0,
    reason        TEXT,
    error         TEXT,
    reply         TEXT,
    expect        TEXT NOT NULL DEFAULT 'none', -- none, optional, required
    within        INTEGER NOT NULL DEFAULT 0,   -- ms for the reply
    spec          TEXT,              -- what the deliver flow needs to know an answer
    route         TEXT NOT NULL DEFAULT '',     -- the gateway it must take
    gateway       TEXT,
    sim           TEXT,
    gap           INTEGER NOT NULL DEFAULT 0,   -- ms of silence that the device wants behind it
    boot          INTEGER NOT NULL DEFAULT 0,   -- the run of the hub that set its deadlines
    parts         INTEGER NOT NULL DEFAULT 0,
    parts_delivered INTEGER NOT NULL DEFAULT 0,
    attempts      INTEGER NOT NULL DEFAULT 0,
    report        INTEGER NOT NULL DEFAULT 0,   -- a delivery report is asked for
    valid_for     INTEGER,           -- s of TP-VP
    queued_at     INTEGER NOT NULL,
    expires_at    INTEGER,           -- the PDU must be written by then
    written_at    INTEGER,
    sent_at       INTEGER,
    delivered_at  INTEGER,
    replied_at    INTEGER,
    deadline      INTEGER,           -- when the present wait ends
    final_at      INTEGER
  );
  CREATE INDEX submission_queue ON submission (lane, priority DESC, seq) WHERE status = 'queued';
  CREATE UNIQUE INDEX submission_open ON submission (lane) WHERE open = 1;
  CREATE INDEX submission_expiry ON submission (expires_at) WHERE status = 'queued';
  CREATE INDEX submission_deadline ON submission (deadline) WHERE deadline IS NOT NULL;
  CREATE INDEX submission_sending ON submission (seq) WHERE status = 'sending';
  CREATE INDEX submission_ref ON submission (scope, ref) WHERE ref IS NOT NULL;
  CREATE INDEX submission_digest ON submission (lane, digest, seq) WHERE digest IS NOT NULL AND safe = 0;
  CREATE INDEX submission_device ON submission (device, seq);
  CREATE INDEX submission_unfinished ON submission (final, seq) WHERE final = 0;

  -- The parts of a submission. The text as sent, secrets and all, is kept only until the end is known.
  CREATE TABLE segment (
    submission    INTEGER NOT NULL REFERENCES submission (seq) ON DELETE CASCADE,
    part          INTEGER NOT NULL,
    text          TEXT,
    outcome       TEXT NOT NULL DEFAULT 'waiting',  -- waiting, written, sent, doubt
    sim           TEXT,
    reference     INTEGER,           -- TP-MR
    written_at    INTEGER,
    report        INTEGER,           -- TP-ST
    reported_at   INTEGER,
    PRIMARY KEY (submission, part)
  ) WITHOUT ROWID;
  CREATE INDEX segment_reference ON segment (sim, reference, written_at) WHERE reference IS NOT NULL;
  CREATE INDEX segment_doubt ON segment (sim, written_at) WHERE outcome = 'doubt';

  -- What may be sent next, without looking at what must wait. key: d:<device> or n:<number>
  CREATE TABLE lane (
    key           TEXT PRIMARY KEY,
    state         TEXT NOT NULL,     -- idle, ready, waiting, open
    sticky        TEXT NOT NULL DEFAULT '',     -- the gateway that served it last
    route         TEXT NOT NULL DEFAULT '',     -- the gateway that its head must take
    ready_at      INTEGER NOT NULL DEFAULT 0,
    head          INTEGER,
    priority      INTEGER,
    client        TEXT,
    turn          INTEGER NOT NULL DEFAULT 0
  ) WITHOUT ROWID;
  CREATE INDEX lane_ready ON lane (route, priority, client, turn) WHERE state = 'ready';
  CREATE INDEX lane_waiting ON lane (ready_at) WHERE state = 'waiting';

  CREATE TABLE client (id TEXT PRIMARY KEY, queued INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
  CREATE TABLE quota (key TEXT NOT NULL, slot INTEGER NOT NULL, used INTEGER NOT NULL, PRIMARY KEY (key, slot)) WITHOUT ROWID;
  CREATE TABLE concatenation (recipient TEXT PRIMARY KEY, reference INTEGER NOT NULL) WITHOUT ROWID;

  -- Publishes that their client may send once more.
  CREATE TABLE publish_key (
    client        TEXT NOT NULL,
    message_id    INTEGER NOT NULL,
    connection    TEXT NOT NULL,
    hash          TEXT NOT NULL,
    commands      TEXT NOT NULL,     -- ids of the commands it made
    at            INTEGER NOT NULL,
    PRIMARY KEY (client, message_id)
  ) WITHOUT ROWID;

  -- What came off the wire. The PDU is kept until it is settled; its hash for as long as a copy may come.
  CREATE TABLE raw (
    id            INTEGER PRIMARY KEY,
    gateway       TEXT NOT NULL,
    sim           TEXT NOT NULL,
    source        TEXT NOT NULL,
    pdu           TEXT,
    hash          TEXT NOT NULL,
    state         TEXT NOT NULL,     -- filed, part, report, done, duplicate, quarantined
    document      TEXT,              -- a report that waits for its submission; why it is in quarantine
    received_at   INTEGER NOT NULL
  );
  CREATE INDEX raw_filed ON raw (id) WHERE state = 'filed';
  CREATE INDEX raw_quarantined ON raw (id) WHERE state = 'quarantined';
  CREATE INDEX raw_hash ON raw (hash, received_at);
  CREATE INDEX raw_report ON raw (sim, received_at) WHERE state = 'report';

  -- Segments of long texts that are not complete yet.
  CREATE TABLE part (
    assembly      TEXT NOT NULL,     -- key of the set; a number behind it when the same reference was used again
    part          INTEGER NOT NULL,
    raw           INTEGER NOT NULL,
    total         INTEGER NOT NULL,
    scts          INTEGER NOT NULL,
    content       TEXT NOT NULL,
    received_at   INTEGER NOT NULL,
    PRIMARY KEY (assembly, part)
  ) WITHOUT ROWID;
  CREATE INDEX part_age ON part (received_at);

  CREATE TABLE incoming (
    id            INTEGER PRIMARY KEY,
    message_id    TEXT NOT NULL UNIQUE,
    device        TEXT,
    sender        TEXT NOT NULL,
    gateway       TEXT NOT NULL,
    text          TEXT NOT NULL,     -- secrets masked
    document      TEXT NOT NULL,
    received_at   INTEGER NOT NULL
  );
  CREATE INDEX incoming_device ON incoming (device, id);
  CREATE INDEX incoming_age ON incoming (received_at);

  CREATE TABLE device (
    id            TEXT PRIMARY KEY,
    state         TEXT NOT NULL,     -- {field: value}
    times         TEXT NOT NULL,     -- {field: time of the device or of the SMSC}
    events        TEXT NOT NULL,     -- {event: last time}, for alarms that repeat
    learned       TEXT NOT NULL,     -- settings learned from answers
    last_seen     INTEGER
  ) WITHOUT ROWID;

  CREATE TABLE sim (
    id            TEXT PRIMARY KEY,
    reports       INTEGER NOT NULL DEFAULT 0,   -- delivery reports that came
    clock_offset  INTEGER                       -- ms that the SMSC's clock is ahead
  ) WITHOUT ROWID;

  CREATE TABLE publication (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice: the publisher counts on it
    topic         TEXT NOT NULL,
    payload       TEXT NOT NULL,
    retain        INTEGER NOT NULL,
    absolute      INTEGER NOT NULL DEFAULT 0,
    correlation   TEXT,
    parked        TEXT               -- why the broker refused it
  );
  CREATE INDEX publication_waiting ON publication (seq) WHERE parked IS NULL;
  CREATE INDEX publication_parked ON publication (seq) WHERE parked IS NOT NULL;
  CREATE TABLE retained (topic TEXT PRIMARY KEY, payload TEXT NOT NULL) WITHOUT ROWID;
  `,
  `
  -- What became of SIM PINs, over restarts: a wrong one is never entered twice. key: a hash of card and PIN
  CREATE TABLE pin (key TEXT PRIMARY KEY, fate TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
  `,
  `
  -- Acts of several texts, calls, texts that carry several commands, devices with a window.
  ALTER TABLE submission ADD COLUMN ring INTEGER;                     -- s of ringing, where the act is a call
  ALTER TABLE submission ADD COLUMN step INTEGER NOT NULL DEFAULT 0;  -- which of its texts is under way
  ALTER TABLE submission ADD COLUMN last INTEGER NOT NULL DEFAULT 0;  -- which of its texts is the last one
  ALTER TABLE submission ADD COLUMN due INTEGER;                      -- its next text may leave from then on
  ALTER TABLE submission ADD COLUMN joins TEXT;                       -- how it may share a text
  ALTER TABLE submission ADD COLUMN carrier INTEGER;                  -- the submission whose text carries it
  ALTER TABLE submission ADD COLUMN held INTEGER NOT NULL DEFAULT 0;  -- waits for the device's window
  ALTER TABLE lane ADD COLUMN awake_until INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX submission_lane_open ON submission (lane, open) WHERE open > 0;
  CREATE INDEX submission_rider ON submission (carrier) WHERE carrier IS NOT NULL;
  -- The further texts of an act. Segments of those that went are kept below part 0, for their reports.
  CREATE TABLE step (
    submission    INTEGER NOT NULL REFERENCES submission (seq) ON DELETE CASCADE,
    step          INTEGER NOT NULL,
    goes          TEXT NOT NULL,     -- then: behind the outcome of the one before; else: when that failed
    wait          INTEGER NOT NULL,  -- ms
    segments      TEXT NOT NULL,
    expect        TEXT NOT NULL,
    within        INTEGER NOT NULL,
    spec          TEXT,
    PRIMARY KEY (submission, step)
  ) WITHOUT ROWID;

  -- Settings whose change was sent and is not known to have been taken: {setting: {value, command, doubt}}
  ALTER TABLE device ADD COLUMN pending TEXT NOT NULL DEFAULT '{}';
  -- Devices that were added while the hub ran, as smshub.yaml would hold them.
  CREATE TABLE fleet (id TEXT PRIMARY KEY, config TEXT NOT NULL) WITHOUT ROWID;
  `,
  `
  -- What the embedded broker keeps for its clients over a restart.
  CREATE TABLE session (client TEXT PRIMARY KEY, user TEXT, at INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE session_subscription (
    client        TEXT NOT NULL,
    topic         TEXT NOT NULL,
    qos           INTEGER NOT NULL,
    UNIQUE (client, topic)
  );
  CREATE TABLE session_packet (
    seq           INTEGER PRIMARY KEY,
    client        TEXT NOT NULL,
    topic         TEXT NOT NULL,
    payload       BLOB NOT NULL,
    qos           INTEGER NOT NULL,
    message_id    INTEGER,
    released      INTEGER NOT NULL
  );
  CREATE INDEX session_packet_client ON session_packet (client);
  CREATE TABLE session_received (
    client        TEXT NOT NULL,
    message_id    INTEGER NOT NULL,
    PRIMARY KEY (client, message_id)
  ) WITHOUT ROWID;
  CREATE TABLE session_will (
    client        TEXT PRIMARY KEY,
    broker        TEXT NOT NULL,
    topic         TEXT NOT NULL,
    payload       BLOB NOT NULL,
    qos           INTEGER NOT NULL,
    retain        INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE broker_retained (topic TEXT PRIMARY KEY, payload BLOB NOT NULL, qos INTEGER NOT NULL) WITHOUT ROWID;
  `,
  `
  -- What is not let out of the queue. scope: empty for all of it, g:<gateway>, or d:<device> as its lane
  CREATE TABLE pause (scope TEXT PRIMARY KEY, since INTEGER NOT NULL) WITHOUT ROWID;
  `,
  `
  -- Which modem and SIM a gateway is: another one is not used before somebody has accepted it.
  CREATE TABLE binding (
    gateway       TEXT PRIMARY KEY,
    modem         TEXT,              -- IMEI
    sim           TEXT,              -- ICCID
    at            INTEGER NOT NULL
  ) WITHOUT ROWID;
  `,
  `
  -- Which segment a report without a known reference may mean, and which reports wait for a reference.
  DROP INDEX segment_doubt;
  CREATE INDEX segment_unnamed ON segment (sim, written_at) WHERE reference IS NULL AND written_at IS NOT NULL;
  CREATE INDEX raw_report_reference ON raw (sim, json_extract(document, '$.reference')) WHERE state = 'report';
  `,
  `
  -- The clocks of service centres, each by its address (sms/smsc-clock.ts). Times in ms.
  CREATE TABLE service_centre (
    address       TEXT PRIMARY KEY,
    ahead         INTEGER,           -- how far it is ahead of ours at the least
    at            INTEGER NOT NULL,  -- when that was seen last
    moved_ahead   INTEGER,           -- what the latest stamps say instead, alike among themselves
    moved_count   INTEGER NOT NULL,
    moved_at      INTEGER NOT NULL
  ) WITHOUT ROWID;
  ALTER TABLE raw ADD COLUMN slot TEXT;                   -- where in the modem it was read; null when it came directly
  ALTER TABLE part ADD COLUMN sender TEXT NOT NULL DEFAULT '';
  ALTER TABLE part ADD COLUMN uncertain INTEGER NOT NULL DEFAULT 0; -- another set could have been meant
  CREATE INDEX part_sender ON part (sender);
  -- The last text of the device that nobody could read while this command waited: {text, hint}
  ALTER TABLE submission ADD COLUMN heard TEXT;
  CREATE INDEX incoming_stranger ON incoming (sender, id) WHERE device IS NULL;
  -- Events that are counted, not kept. name: copies, strangers
  CREATE TABLE tally (name TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
  `,
  `
  -- What sessions of the embedded broker are owed: a message is kept once for all of them.
  CREATE TABLE session_body (id INTEGER PRIMARY KEY, topic TEXT NOT NULL, payload BLOB NOT NULL);
  INSERT INTO session_body (id, topic, payload) SELECT seq, topic, payload FROM session_packet WHERE released = 0;
  CREATE TABLE session_owed (
    seq           INTEGER PRIMARY KEY,
    client        TEXT NOT NULL,
    body          INTEGER,           -- null: only the PUBREL is owed
    qos           INTEGER NOT NULL,
    message_id    INTEGER,
    released      INTEGER NOT NULL
  );
  INSERT INTO session_owed (seq, client, body, qos, message_id, released)
    SELECT seq, client, CASE released WHEN 0 THEN seq END, qos, message_id, released FROM session_packet;
  DROP TABLE session_packet;
  CREATE INDEX session_owed_client ON session_owed (client);
  CREATE INDEX session_owed_body ON session_owed (body) WHERE body IS NOT NULL;
  `,
  `
  -- The last number of a device whose commands are numbered. Kept when the device is removed: it may come again.
  CREATE TABLE counter (device TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;
  `,
  `
  -- Devices that are gone: their retained topics are cleared behind their announcements.
  CREATE TABLE leaving (device TEXT PRIMARY KEY) WITHOUT ROWID;
  `,
  `
  -- What is pruned, each by an index: history by its age; and what only sticks to a gateway apart from what is bound to it.
  CREATE INDEX submission_history ON submission (queued_at) WHERE final = 1;
  CREATE INDEX incoming_history ON incoming (received_at);
  CREATE INDEX raw_history ON raw (received_at) WHERE state IN ('done', 'duplicate', 'quarantined');
  ALTER TABLE concatenation ADD COLUMN at INTEGER NOT NULL DEFAULT 0; -- when it was used last
  UPDATE concatenation SET at = 1000 * CAST(strftime('%s', 'now') AS INTEGER);
  ALTER TABLE lane ADD COLUMN head_route TEXT NOT NULL DEFAULT '';    -- the route of its head itself
  UPDATE lane SET head_route = COALESCE((SELECT route FROM submission WHERE seq = lane.head), '');
  CREATE INDEX lane_stuck ON lane (route, head_route, priority, client, turn) WHERE state = 'ready' AND head_route <> route;
  `,
  ...trustSteps,
  `
  -- It is out of its slot for certain: what is found there now is another message.
  ALTER TABLE raw ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX raw_slot ON raw (gateway, slot) WHERE deleted = 0 AND slot IS NOT NULL;
  `,
  ...quotaSteps,
  publicationsToEvents,
  ...ownerSteps,
  ...carrierSteps,
  ...outletSteps,
  ...laneSteps,
  ...accessSteps,
  ...eventLogSteps,
  ...listSteps,
  ...webhookSteps,
  `
  -- TS 23.038 clause 4: 0 is a flash message, NULL leaves it to the recipient.
  ALTER TABLE submission ADD COLUMN message_class INTEGER;
  `,
  ...eventDeviceSteps,
  ...longHistorySteps,
  ...searchSteps,
  ...scheduleSteps,
  `
  -- What the texts of a device have shown of its dialect.
  ALTER TABLE device ADD COLUMN dialects TEXT;
  `,
  ...readMarkSteps,
  ...laneAgeSteps,
  ...privateSteps,
  ...madeForSteps,
  ...sentTextSteps,
  ...successorSteps,
  ...printSteps,
  ...smppSteps,
  // New migrations are appended here.
]
