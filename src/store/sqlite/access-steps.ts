/** Who may make requests over HTTP. Of secrets only hashes are kept. */
export const accessSteps: readonly string[] = [
  `
  -- Keys of programs.
  CREATE TABLE api_key (
    id            TEXT PRIMARY KEY,
    hash          TEXT NOT NULL,     -- SHA-256 of the secret, hexadecimal
    label         TEXT NOT NULL,
    limits        TEXT NOT NULL,     -- {rights, scopes, perHour, networks}
    made_by       TEXT NOT NULL,
    created_at    INTEGER NOT NULL,
    expires_at    INTEGER,
    used_at       INTEGER
  ) WITHOUT ROWID;
  -- Users that were added while the hub ran; others are in the configuration.
  CREATE TABLE hub_user (
    name          TEXT PRIMARY KEY,
    password      TEXT NOT NULL,     -- scrypt
    rights        TEXT NOT NULL,     -- {role, devices, commands}
    created_at    INTEGER NOT NULL,
    changed_at    INTEGER NOT NULL   -- when the password was set
  ) WITHOUT ROWID;
  -- Sessions of users, those of the configuration included.
  CREATE TABLE log_in (
    id            TEXT PRIMARY KEY,
    hash          TEXT NOT NULL,     -- SHA-256 of the id in the cookie, hexadecimal
    user_name     TEXT NOT NULL,
    proof         TEXT NOT NULL,     -- SHA-256 of the hash of the password that was given: it ends with that password
    secure        INTEGER NOT NULL,  -- begun with TLS, and valid with TLS only
    address       TEXT NOT NULL,
    agent         TEXT NOT NULL,
    started_at    INTEGER NOT NULL,
    used_at       INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX log_in_user ON log_in (user_name, used_at);
  `,
]

export const successorSteps: readonly string[] = [
  `
  -- The key that has replaced it; NULL once that is removed without a successor.
  ALTER TABLE api_key ADD COLUMN replaced_by TEXT;
  `,
]
