-- What was erased because somebody asked for it. Neither table holds anything of a customer's: a session's id is
-- random, and nothing leads from it to a person once the session is gone.

CREATE TABLE erasure (
  id TEXT PRIMARY KEY,
  command TEXT NOT NULL,  -- without the values that were given
  asked_by TEXT NOT NULL,
  asked_ms INTEGER NOT NULL,
  finished_ms INTEGER,
  batches_count INTEGER NOT NULL,
  objects_count INTEGER NOT NULL,
  erased_bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Sessions that are to be erased or were, and stay so: an id that stands here is never taken again.
CREATE TABLE erased (
  session TEXT PRIMARY KEY,
  erasure TEXT NOT NULL REFERENCES erasure
) STRICT, WITHOUT ROWID;

CREATE INDEX erased_by_erasure ON erased (erasure);

CREATE TRIGGER refuse_erased BEFORE INSERT ON session
WHEN EXISTS (SELECT 1 FROM erased WHERE session = NEW.id) BEGIN
  SELECT RAISE(ABORT, 'a session of this id was erased');
END;

-- The erasure that an object's deletion belongs to, and how large the object is.
ALTER TABLE announced_object ADD COLUMN erasure TEXT REFERENCES erasure;
ALTER TABLE announced_object ADD COLUMN size_bytes INTEGER;
