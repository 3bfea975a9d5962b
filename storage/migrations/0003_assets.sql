-- What sessions referred to (an address, or the SHA-256 of a style's text), once per site, and what it stood for
-- when. The bytes are objects.

CREATE TABLE asset (
  key INTEGER PRIMARY KEY,
  site TEXT NOT NULL,
  ref TEXT NOT NULL,
  kind TEXT NOT NULL,
  UNIQUE (site, ref)
) STRICT;

CREATE TABLE session_asset (
  session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
  asset INTEGER NOT NULL REFERENCES asset,
  PRIMARY KEY (session, asset)
) STRICT, WITHOUT ROWID;

-- Which sessions still refer to an asset.
CREATE INDEX session_asset_by_asset ON session_asset (asset);

-- Either it was had (hash, type, bytes) or it was not (reason, detail, failures in a row).
CREATE TABLE asset_version (
  asset INTEGER NOT NULL REFERENCES asset ON DELETE CASCADE,
  fetched_ms INTEGER NOT NULL,
  checked_ms INTEGER NOT NULL,
  hash TEXT,
  type TEXT,
  bytes INTEGER,
  reason TEXT,
  detail TEXT,
  failures INTEGER NOT NULL,
  etag TEXT,
  last_modified TEXT,
  PRIMARY KEY (asset, fetched_ms)
) STRICT, WITHOUT ROWID;

CREATE INDEX asset_version_by_hash ON asset_version (hash) WHERE hash IS NOT NULL;
