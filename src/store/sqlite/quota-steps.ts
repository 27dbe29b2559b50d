/** Uses by their time, and which settings have changed. */
export const quotaSteps: readonly string[] = [
  `
  -- Uses are kept by their time, not by a number that only their window makes one of: they are pruned whatever their key.
  CREATE TABLE quota_by_time (
    key           TEXT NOT NULL,
    at            INTEGER NOT NULL,  -- beginning of the slot
    used          INTEGER NOT NULL,
    PRIMARY KEY (key, at)
  ) WITHOUT ROWID;
  INSERT INTO quota_by_time (key, at, used) SELECT key, slot * CASE
      WHEN key LIKE 'gateway-minute:%' THEN 5000
      WHEN key LIKE 'gateway-month:%' THEN 86400000
      WHEN key LIKE 'gateway:%' OR key LIKE 'device:%' THEN 3600000
      ELSE 300000 END, used FROM quota;
  DROP TABLE quota;
  ALTER TABLE quota_by_time RENAME TO quota;
  CREATE INDEX quota_age ON quota (at);
  `,
  `
  -- Which devices' settings have changed since somebody looked: the count of changes (tally), as it was then.
  ALTER TABLE device ADD COLUMN settings_revision INTEGER NOT NULL DEFAULT 0;
  UPDATE device SET settings_revision = 1 WHERE learned <> '{}' OR pending <> '{}';
  INSERT INTO tally (name, count) VALUES ('settings', 1);
  CREATE INDEX device_settings ON device (settings_revision) WHERE settings_revision > 0;
  `,
]
