-- schema_3.sql: migration 3: which entries were refused, so that each is
-- counted once, and what refers to one is known not to miss it.
CREATE TABLE refused(
  id BLOB NOT NULL CHECK(length(id) = 32),
  why INTEGER NOT NULL,
  author BLOB NOT NULL,
  seq INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY(why, id)
) STRICT, WITHOUT ROWID;
