CREATE TABLE meta(
  key TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE entry(
  n INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK(length(id) = 32),
  p BLOB NOT NULL CHECK(length(p) <= 512),
  body_digest BLOB NOT NULL CHECK(length(body_digest) = 32),
  sig BLOB NOT NULL CHECK(length(sig) = 64),
  author BLOB NOT NULL,
  seq INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  lane INTEGER NOT NULL,
  hlc INTEGER NOT NULL,
  incident BLOB,
  chain BLOB NOT NULL
) STRICT;
CREATE INDEX entry_author ON entry(author, seq);
CREATE INDEX entry_chain ON entry(chain, author, seq);
CREATE INDEX entry_incident ON entry(incident, hlc, id) WHERE kind = 16;
CREATE INDEX entry_about ON entry(incident) WHERE incident IS NOT NULL AND lane <> 2;

CREATE TABLE body(
  id BLOB PRIMARY KEY CHECK(length(id) = 32),
  bytes BLOB NOT NULL CHECK(length(bytes) <= 65536)
) STRICT;
CREATE TABLE erased(
  id BLOB PRIMARY KEY,
  by BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE object(
  digest BLOB PRIMARY KEY CHECK(length(digest) = 32),
  type TEXT NOT NULL,
  bytes BLOB NOT NULL
) STRICT;
CREATE TABLE setting(
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE view(
  name TEXT PRIMARY KEY,
  upto INTEGER NOT NULL,
  bytes BLOB NOT NULL
) STRICT;

CREATE TRIGGER entry_never_updated BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END;
CREATE TRIGGER entry_never_deleted BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'entries are never deleted'); END;
CREATE TRIGGER body_never_updated BEFORE UPDATE ON body
BEGIN SELECT RAISE(ABORT, 'bodies are never changed'); END;
CREATE TRIGGER body_deleted_only_when_erased BEFORE DELETE ON body
WHEN NOT EXISTS (SELECT 1 FROM erased WHERE id = OLD.id)
BEGIN SELECT RAISE(ABORT, 'bodies are never deleted'); END;
CREATE TRIGGER body_stays_erased BEFORE INSERT ON body
WHEN EXISTS (SELECT 1 FROM erased WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'this body was erased'); END;
CREATE TRIGGER erased_never_updated BEFORE UPDATE ON erased
BEGIN SELECT RAISE(ABORT, 'an erasure is never changed'); END;
CREATE TRIGGER erased_never_deleted BEFORE DELETE ON erased
BEGIN SELECT RAISE(ABORT, 'an erasure is never undone'); END;
CREATE TRIGGER object_never_updated BEFORE UPDATE ON object
BEGIN SELECT RAISE(ABORT, 'objects are never changed'); END;
CREATE TRIGGER object_never_deleted BEFORE DELETE ON object
BEGIN SELECT RAISE(ABORT, 'objects are never deleted'); END;
