-- What a site's web team is told of problems by its webhook, until it has been delivered.

ALTER TABLE site ADD COLUMN webhook_secret TEXT NOT NULL DEFAULT '';

CREATE TABLE notice (
  key INTEGER PRIMARY KEY,  -- in the order in which they are delivered
  id TEXT NOT NULL UNIQUE,
  site TEXT NOT NULL,
  body TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  due_ms INTEGER NOT NULL,
  attempts_count INTEGER NOT NULL,
  failure TEXT  -- why the last attempt did not succeed
) STRICT;

CREATE INDEX notice_by_site ON notice (site, key);
