-- Ended sessions go from rows of `batch` into one object each. What a row was known by stays here.

CREATE TABLE sealed (
  session INTEGER PRIMARY KEY REFERENCES session ON DELETE CASCADE,
  object TEXT NOT NULL UNIQUE,
  sha256 BLOB NOT NULL,
  size_bytes INTEGER NOT NULL,
  sealed_ms INTEGER NOT NULL
) STRICT;

-- Numbers that are in the session's object, as unbroken runs, and the beginnings of their digests one after the
-- other, all of one length.
CREATE TABLE sealed_run (
  load INTEGER NOT NULL REFERENCES load ON DELETE CASCADE,
  track INTEGER NOT NULL CHECK (track IN (0, 1)),
  first INTEGER NOT NULL CHECK (first >= 1),
  last INTEGER NOT NULL CHECK (last >= first),
  digests BLOB NOT NULL,
  PRIMARY KEY (load, track, first)
) STRICT, WITHOUT ROWID;

-- Objects that are no session's: not yet, or not any more. `abandoned` ones are to be deleted.
CREATE TABLE announced_object (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  abandoned INTEGER NOT NULL CHECK (abandoned IN (0, 1))
) STRICT;

CREATE TRIGGER abandon_object AFTER DELETE ON sealed BEGIN
  INSERT OR REPLACE INTO announced_object (name, abandoned) VALUES (OLD.object, 1);
END;
