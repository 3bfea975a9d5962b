-- The shop's own data. Amounts are whole US cents, quantities whole thousandths, times ISO 8601 in UTC.
CREATE TABLE customers (
  id TEXT PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  phone TEXT NOT NULL,
  name TEXT NOT NULL,
  password_hash TEXT NOT NULL
) STRICT;

CREATE TABLE browsers (
  id TEXT PRIMARY KEY,
  customer_id TEXT REFERENCES customers (id),
  notice TEXT
) STRICT;

-- The open cart of a browser with what its checkout has gathered so far; it goes when it is ordered.
CREATE TABLE carts (
  browser_id TEXT PRIMARY KEY REFERENCES browsers (id),
  email TEXT NOT NULL DEFAULT '',
  address TEXT,
  shipping_method TEXT
) STRICT;

CREATE TABLE cart_lines (
  browser_id TEXT NOT NULL REFERENCES browsers (id),
  id TEXT NOT NULL,
  sku TEXT NOT NULL,
  quantity INTEGER NOT NULL CHECK (quantity > 0),
  position INTEGER NOT NULL,
  PRIMARY KEY (browser_id, id)
) STRICT;

CREATE TABLE cart_codes (
  browser_id TEXT NOT NULL REFERENCES browsers (id),
  code TEXT NOT NULL REFERENCES coupons (code),
  position INTEGER NOT NULL,
  PRIMARY KEY (browser_id, code)
) STRICT;

CREATE TABLE coupons (
  code TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  benefit TEXT NOT NULL,
  value INTEGER NOT NULL,
  minimum INTEGER NOT NULL,
  category TEXT NOT NULL,
  sku TEXT NOT NULL,
  customer_id TEXT NOT NULL,
  excludes_sale INTEGER NOT NULL,
  starts TEXT,
  ends TEXT
) STRICT;

-- An order is a snapshot: nothing in it changes when prices do.
CREATE TABLE orders (
  number TEXT PRIMARY KEY,
  browser_id TEXT,
  customer_id TEXT REFERENCES customers (id),
  email TEXT NOT NULL,
  placed_at TEXT NOT NULL,
  status TEXT NOT NULL,
  address TEXT NOT NULL,
  shipping_method TEXT NOT NULL,
  codes TEXT NOT NULL,
  items INTEGER NOT NULL,
  discount INTEGER NOT NULL,
  shipping INTEGER NOT NULL,
  tax INTEGER NOT NULL,
  total INTEGER NOT NULL,
  refunded INTEGER NOT NULL DEFAULT 0,
  carrier TEXT NOT NULL DEFAULT '',
  tracking_number TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX orders_by_customer ON orders (customer_id, placed_at DESC);

CREATE TABLE order_lines (
  order_number TEXT NOT NULL REFERENCES orders (number),
  position INTEGER NOT NULL,
  sku TEXT NOT NULL,
  name TEXT NOT NULL,
  option TEXT NOT NULL,
  measure TEXT NOT NULL,
  unit INTEGER NOT NULL,
  quantity INTEGER NOT NULL,
  total INTEGER NOT NULL,
  discount INTEGER NOT NULL,
  tax INTEGER NOT NULL,
  PRIMARY KEY (order_number, position)
) STRICT;

CREATE TABLE order_steps (
  order_number TEXT NOT NULL REFERENCES orders (number),
  at TEXT NOT NULL,
  text TEXT NOT NULL,
  place TEXT NOT NULL
) STRICT;

CREATE TABLE returns (
  number TEXT PRIMARY KEY,
  order_number TEXT NOT NULL REFERENCES orders (number),
  positions TEXT NOT NULL,
  reason TEXT NOT NULL,
  refund INTEGER NOT NULL,
  requested_at TEXT NOT NULL
) STRICT;

CREATE TABLE faults (name TEXT PRIMARY KEY) STRICT;
