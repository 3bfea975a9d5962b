-- Prices of stores by what they are asked for: a feed can hold thousands of one article.

CREATE TABLE price_list (
  event INTEGER PRIMARY KEY REFERENCES server_event ON DELETE CASCADE,
  site TEXT NOT NULL,
  sku TEXT NOT NULL,  -- as in server_event_about
  store TEXT NOT NULL,
  since_ms INTEGER NOT NULL,  -- from when it is in force
  occurred_ms INTEGER NOT NULL,
  received_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX price_list_in_force ON price_list (site, sku, store, since_ms, event, received_ms);
CREATE INDEX price_list_newest ON price_list (site, sku, occurred_ms, event);

INSERT INTO price_list (event, site, sku, store, since_ms, occurred_ms, received_ms)
  SELECT server_event.key, server_event.site, about.value, content ->> '$.store',
    coalesce(content ->> '$.from_ms', occurred_ms), occurred_ms, received_ms
  FROM server_event JOIN server_event_about AS about ON about.event = server_event.key AND about.kind = 7
  WHERE server_event.kind = 'price.list';
