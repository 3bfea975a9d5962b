-- Which codes are registered, as Find compares them, to be looked up by how they begin. Of promos that were there
-- before they are put in when the file is opened next (`storage.sqlite.promos`).

CREATE TABLE promo_code (
  value TEXT NOT NULL,
  site TEXT NOT NULL,
  promo TEXT NOT NULL,
  PRIMARY KEY (value, site, promo)
) STRICT, WITHOUT ROWID;

CREATE INDEX promo_code_by_promo ON promo_code (site, promo);
