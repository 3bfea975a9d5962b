-- Until when it is not known what all sessions of a site were shown: those of before may not have been judged since
-- prices are kept. When all are judged again it goes.

CREATE TABLE shown_prices_lack (
  site TEXT PRIMARY KEY,
  until_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO shown_prices_lack (site, until_ms)
  SELECT site, max(seen_ms) FROM session WHERE office IS NULL GROUP BY site;
