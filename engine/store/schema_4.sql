-- schema_4.sql: migration 4, what files on sticks were found to hold.
CREATE TABLE medium_file(
  name TEXT PRIMARY KEY,
  size INTEGER NOT NULL,
  mtime_ms INTEGER NOT NULL,
  sample BLOB NOT NULL CHECK(length(sample) = 32),
  key BLOB NOT NULL CHECK(length(key) = 8),
  read_ms INTEGER NOT NULL,
  ids BLOB NOT NULL
) STRICT;
