-- Of which sites the registered codes are yet to be put into `promo_code`: those whose promos were there before it.
-- They are gone from here once the file was opened (`storage.sqlite.promos`).

CREATE TABLE promo_unindexed (
  site TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

INSERT INTO promo_unindexed (site)
  SELECT DISTINCT site FROM promo WHERE NOT EXISTS (SELECT 1 FROM promo_code);
