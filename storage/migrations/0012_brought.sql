-- What an imported session brought with it of what its shop's systems had said: it concerns that session alone,
-- and nothing that is said here does.

-- Under which name that stands in server_event in place of the site's; NULL: the site's own.
ALTER TABLE session ADD COLUMN office TEXT;

CREATE UNIQUE INDEX session_by_office ON session (office) WHERE office IS NOT NULL;

CREATE TABLE brought (
  session INTEGER PRIMARY KEY REFERENCES session ON DELETE CASCADE,
  until_ms INTEGER NOT NULL,
  region TEXT NOT NULL,
  orders_since_ms INTEGER,
  currency TEXT,
  promos TEXT NOT NULL  -- JSON list
) STRICT;

-- Server events that were erased with a customer: the same is not kept again. Only a digest, since ids can hold
-- the number of an order.
CREATE TABLE erased_event (
  digest BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;
