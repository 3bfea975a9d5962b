-- What each shop promised: its promo registry. Nothing in it is of a customer's.

CREATE TABLE promo (
  site TEXT NOT NULL,
  id TEXT NOT NULL,
  promises TEXT NOT NULL,  -- JSON list of every wording, the oldest first; times in milliseconds since 1970
  PRIMARY KEY (site, id)
) STRICT, WITHOUT ROWID;
