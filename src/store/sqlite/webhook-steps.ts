/** Endpoints of programs, and what is sent to them. */
export const webhookSteps: readonly string[] = [
  `
  -- types and devices are JSON, null for all; old_secret signs beside the new one until old_until. Times in ms.
  CREATE TABLE webhook (
    id            TEXT PRIMARY KEY,
    url           TEXT NOT NULL,
    description   TEXT NOT NULL,
    types         TEXT,
    devices       TEXT,
    secret        TEXT NOT NULL,
    old_secret    TEXT,
    old_until     INTEGER,
    in_order      INTEGER NOT NULL,
    thin          INTEGER NOT NULL,
    enabled       INTEGER NOT NULL DEFAULT 1,
    reason        TEXT,              -- why it is disabled
    created_at    INTEGER NOT NULL,
    succeeded_at  INTEGER,
    failing_since INTEGER,           -- the first failure since the last success
    noticed       INTEGER NOT NULL DEFAULT 0, -- the owner was notified of it
    held_until    INTEGER NOT NULL DEFAULT 0, -- it has asked for fewer calls, and how often since its last success
    slow          INTEGER NOT NULL DEFAULT 0,
    delivered     INTEGER NOT NULL DEFAULT 0, -- attempts that succeeded or failed, and deliveries given up
    failed        INTEGER NOT NULL DEFAULT 0,
    dead          INTEGER NOT NULL DEFAULT 0
  ) WITHOUT ROWID;
  -- An event for an endpoint. state: waiting, delivered, dead
  CREATE TABLE webhook_delivery (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT,
    webhook       TEXT NOT NULL,
    name          TEXT NOT NULL,     -- the id of the event for receivers, the same for all attempts
    type          TEXT NOT NULL,
    device        TEXT,
    body          TEXT NOT NULL,
    state         TEXT NOT NULL,
    queued_at     INTEGER NOT NULL,
    attempts      INTEGER NOT NULL DEFAULT 0,
    due           INTEGER,           -- when it is sent next
    answered_at   INTEGER,           -- when the last attempt ended
    answer        TEXT               -- {status, error, text, took_ms} of it
  );
  CREATE INDEX webhook_delivery_due ON webhook_delivery (webhook, due, seq) WHERE state = 'waiting';
  CREATE INDEX webhook_delivery_next ON webhook_delivery (webhook, seq) WHERE state = 'waiting';
  CREATE INDEX webhook_delivery_state ON webhook_delivery (webhook, state, seq);
  CREATE INDEX webhook_delivery_history ON webhook_delivery (queued_at) WHERE state <> 'waiting';
  `,
]
