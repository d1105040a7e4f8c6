-- schema_2.sql: migration 2, what the mesh needs: where entries came from,
-- invites, objects that are on their way, what was refused, whom it met.
CREATE TABLE arrival(
  n INTEGER PRIMARY KEY REFERENCES entry(n),
  at_ms INTEGER NOT NULL,
  device BLOB CHECK(device IS NULL OR length(device) = 8),
  carrier TEXT NOT NULL
) STRICT;

CREATE INDEX entry_redact ON entry(n) WHERE kind = 24;

CREATE TABLE invite(
  id BLOB PRIMARY KEY CHECK(length(id) <= 32),
  secret BLOB,
  made_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  by BLOB,
  name TEXT NOT NULL,
  handle TEXT,
  roles TEXT NOT NULL DEFAULT '',
  device_for TEXT,
  state INTEGER NOT NULL DEFAULT 0,
  state_ms INTEGER,
  request BLOB,
  answer BLOB
) STRICT;

CREATE TABLE object_part(
  digest BLOB NOT NULL CHECK(length(digest) = 32),
  off INTEGER NOT NULL CHECK(off >= 0),
  total INTEGER NOT NULL CHECK(total > 0 AND total <= 8388608),
  bytes BLOB NOT NULL,
  PRIMARY KEY(digest, off)
) STRICT;
CREATE TABLE object_want(
  digest BLOB PRIMARY KEY CHECK(length(digest) = 32),
  type TEXT NOT NULL
) STRICT;

CREATE TABLE refusal(
  why INTEGER NOT NULL,
  author BLOB NOT NULL,
  count INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,
  PRIMARY KEY(why, author)
) STRICT, WITHOUT ROWID;
CREATE TABLE met(
  device BLOB NOT NULL,
  carrier TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  came INTEGER NOT NULL DEFAULT 0,
  gave INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY(device, carrier)
) STRICT, WITHOUT ROWID;
