-- Everything durable but objects. Times are milliseconds since 1970: *_ms of the server, but for first_ms and
-- last_ms of a batch, which are the page's clock.

CREATE TABLE site (
  key TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  origins TEXT NOT NULL,  -- JSON list
  identify_secret TEXT NOT NULL,
  settings TEXT NOT NULL,  -- JSON map
  created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  site TEXT NOT NULL,
  code TEXT NOT NULL UNIQUE,
  token_hash BLOB NOT NULL,
  started_ms INTEGER NOT NULL,
  seen_ms INTEGER NOT NULL,
  ranked_ms INTEGER NOT NULL,  -- where its rows of `term` stand: seen_ms as it was, at most 10 minutes behind
  ended_ms INTEGER,
  ended_why TEXT,
  consent TEXT NOT NULL,
  previous_token_hash BLOB,
  rotated_ms INTEGER
) STRICT;

CREATE INDEX session_by_seen ON session (seen_ms, id);

-- *_acked: everything from 1 up to this number is kept or declared lost. *_last: the highest number that is.
CREATE TABLE load (
  key INTEGER PRIMARY KEY,
  session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
  id TEXT NOT NULL,
  tab TEXT NOT NULL,
  ordinal INTEGER NOT NULL,
  opened_ms INTEGER NOT NULL,
  offset_ms REAL,
  offset_error_ms REAL,
  facts_acked INTEGER NOT NULL DEFAULT 0,
  facts_last INTEGER NOT NULL DEFAULT 0,
  picture_acked INTEGER NOT NULL DEFAULT 0,
  picture_last INTEGER NOT NULL DEFAULT 0,
  UNIQUE (session, id),
  UNIQUE (session, ordinal)
) STRICT;

-- The payload stands last, so that everything else of a row is read without it. The rows are in order of
-- arrival: what is written together lies together.
CREATE TABLE batch (
  key INTEGER PRIMARY KEY,
  load INTEGER NOT NULL REFERENCES load ON DELETE CASCADE,
  track INTEGER NOT NULL CHECK (track IN (0, 1)),
  number INTEGER NOT NULL CHECK (number >= 1),
  received_ms INTEGER NOT NULL,
  first_ms REAL NOT NULL,
  last_ms REAL NOT NULL,
  checkpoint INTEGER NOT NULL CHECK (checkpoint IN (0, 1)),
  digest BLOB NOT NULL,
  payload BLOB NOT NULL,
  UNIQUE (load, track, number)
) STRICT;

CREATE TABLE gap (
  load INTEGER NOT NULL REFERENCES load ON DELETE CASCADE,
  track INTEGER NOT NULL CHECK (track IN (0, 1)),
  first INTEGER NOT NULL CHECK (first >= 1),
  last INTEGER NOT NULL CHECK (last >= first),
  reason TEXT NOT NULL,
  PRIMARY KEY (load, track, first, last)
) STRICT, WITHOUT ROWID;

CREATE TABLE identifier (
  session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  shown TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  verified INTEGER NOT NULL CHECK (verified IN (0, 1)),
  PRIMARY KEY (session, kind, value)
) STRICT, WITHOUT ROWID;

-- What sessions are found by: the values of `identifier`, or their words, once by term and once by time.
-- No foreign key: whoever deletes a session deletes these by its identifiers.
CREATE TABLE term (
  kind INTEGER NOT NULL,
  term TEXT NOT NULL,
  ranked_ms INTEGER NOT NULL,
  session INTEGER NOT NULL,
  PRIMARY KEY (kind, term, ranked_ms DESC, session)
) STRICT, WITHOUT ROWID;

CREATE INDEX term_by_rank ON term (kind, ranked_ms DESC, session, term);

CREATE TABLE agent (
  login TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  role TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  disabled INTEGER NOT NULL CHECK (disabled IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE TABLE login (
  token_hash BLOB PRIMARY KEY,
  agent TEXT NOT NULL,
  csrf TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  seen_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Outlives what was viewed and who viewed it: no foreign keys.
CREATE TABLE view (
  key INTEGER PRIMARY KEY,
  agent TEXT NOT NULL,
  session TEXT NOT NULL,
  what TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX view_by_session ON view (session, at_ms);
