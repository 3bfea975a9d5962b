-- What sessions are found by, each value written once however many sessions carry it: a word is looked for
-- among thousands of values instead of in millions of sessions, and a session costs a number for each of them.

CREATE TABLE value (
  key INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,
  value TEXT NOT NULL,
  shown TEXT NOT NULL,  -- as it was written when it first came
  UNIQUE (kind, value)
) STRICT;

-- The words of those values that are found by words.
CREATE TABLE word (
  kind INTEGER NOT NULL,
  word TEXT NOT NULL,
  value INTEGER NOT NULL,
  PRIMARY KEY (kind, word, value)
) STRICT, WITHOUT ROWID;

CREATE TABLE carried (
  session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
  kind INTEGER NOT NULL,
  value INTEGER NOT NULL,
  shown TEXT,  -- where this session wrote it otherwise
  at_ms INTEGER NOT NULL,
  verified INTEGER NOT NULL CHECK (verified IN (0, 1)),
  PRIMARY KEY (session, kind, value)
) STRICT, WITHOUT ROWID;

-- Which sessions carry a value, newest first. No foreign keys: `storage.sqlite.index.forget` deletes from here
-- and from `value` and `word`.
CREATE TABLE carrier (
  value INTEGER NOT NULL,
  ranked_ms INTEGER NOT NULL,
  session INTEGER NOT NULL,
  PRIMARY KEY (value, ranked_ms DESC, session)
) STRICT, WITHOUT ROWID;

CREATE TEMP TABLE kind_number (kind TEXT PRIMARY KEY, number INTEGER NOT NULL);
INSERT INTO kind_number VALUES
  ('code', 1), ('customer_id', 2), ('email', 3), ('phone', 4), ('name', 5),
  ('order', 6), ('sku', 7), ('product', 8), ('promo', 9);

INSERT INTO value (kind, value, shown)
  SELECT number, value, shown FROM identifier JOIN kind_number USING (kind) WHERE TRUE
  ON CONFLICT DO NOTHING;
INSERT INTO word (kind, word, value)
  SELECT kind, each.value, value.key
  FROM value, json_each('[' || replace(json_quote(value.value), ' ', '","') || ']') AS each
  WHERE kind IN (5, 8) AND each.value <> ''
  ON CONFLICT DO NOTHING;
INSERT INTO carried (session, kind, value, shown, at_ms, verified)
  SELECT session, number, value.key, nullif(identifier.shown, value.shown), at_ms, verified
  FROM identifier JOIN kind_number USING (kind)
  JOIN value ON value.kind = number AND value.value = identifier.value;
INSERT INTO carrier (value, ranked_ms, session)
  SELECT value, ranked_ms, session FROM carried JOIN session ON session.key = carried.session;

DROP TABLE kind_number;
DROP TABLE term;
DROP TABLE identifier;
