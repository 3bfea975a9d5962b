-- What the shop's own systems say of orders, payments, returns, e-mails and prices.

-- Another secret than the one that signs customers: it travels with every request, from several systems.
ALTER TABLE site ADD COLUMN events_secret TEXT NOT NULL DEFAULT '';

CREATE TABLE server_event (
  key INTEGER PRIMARY KEY,
  site TEXT NOT NULL,
  system TEXT NOT NULL,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  occurred_ms INTEGER NOT NULL,  -- as the system says
  received_ms INTEGER NOT NULL,
  kept_from_ms INTEGER NOT NULL,  -- from when the site's keep_days count: received_ms, or the end of a price
  digest BLOB NOT NULL,
  content TEXT NOT NULL,  -- JSON map
  UNIQUE (site, system, id)
) STRICT;

CREATE INDEX server_event_by_kept ON server_event (site, kept_from_ms);
CREATE INDEX server_event_by_kind ON server_event (site, kind, received_ms);

-- What an event is about: an order, a customer, an article; kinds and values as in `value`.
CREATE TABLE server_event_about (
  site TEXT NOT NULL,
  kind INTEGER NOT NULL,
  value TEXT NOT NULL,
  event INTEGER NOT NULL REFERENCES server_event ON DELETE CASCADE,
  PRIMARY KEY (site, kind, value, event)
) STRICT, WITHOUT ROWID;

CREATE INDEX server_event_about_by_event ON server_event_about (event);

-- How often something came that concerns a session: what is judged meanwhile is judged again.
ALTER TABLE session ADD COLUMN told_count INTEGER NOT NULL DEFAULT 0;

-- How many of them an erasure took.
ALTER TABLE erasure ADD COLUMN server_events_count INTEGER NOT NULL DEFAULT 0;
