-- Prices of one piece that sessions were shown, to be compared with each other. Sessions from before get theirs
-- when they are judged again.

CREATE TABLE shown_price (
  session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
  site TEXT,  -- whose others it is compared with; NULL: the session was imported, and counts for nobody
  sku TEXT NOT NULL,
  place TEXT NOT NULL,
  raw TEXT NOT NULL,
  minor INTEGER,
  currency TEXT,
  why TEXT,  -- why it has none, where it has none
  shown_ms INTEGER NOT NULL,
  PRIMARY KEY (session, sku, place, raw)
) STRICT, WITHOUT ROWID;

CREATE INDEX shown_price_by_article ON shown_price (site, sku, place, shown_ms)
  WHERE minor IS NOT NULL AND site IS NOT NULL;
