-- The key under which promo codes are indexed (`storage.codes`): made once, and told to nobody. Codes that were
-- indexed as they are (kind 9) are put under it when the file is opened next (`storage.sqlite.codes`).

CREATE TABLE code_key (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  key BLOB NOT NULL
) STRICT;

INSERT INTO code_key (id, key) VALUES (1, randomblob(32));
