-- How the server's clock was last seen, and what is left of a doubt about it (`storage.clock_watch`).

CREATE TABLE clock_look (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  looked_ms INTEGER NOT NULL,
  doubt_s REAL NOT NULL,
  from_ms INTEGER NOT NULL,
  to_ms INTEGER NOT NULL
) STRICT;
