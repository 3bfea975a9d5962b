/**
 * Fills an empty shop, through EverShop's own services, with what makes carts hard to read: long names, one from
 * right to left, prices above a thousand and with cents, short stock, one sold out, three coupons, a shipping fee and
 * a tax.
 */

import { pool } from "./node_modules/@evershop/evershop/dist/lib/postgres/connection.js";
import createCategory from "./node_modules/@evershop/evershop/dist/modules/catalog/services/category/createCategory.js";
import createProduct from "./node_modules/@evershop/evershop/dist/modules/catalog/services/product/createProduct.js";
import { createPackage } from "./node_modules/@evershop/evershop/dist/modules/checkout/services/package/packageManager.js";
import createCoupon from "./node_modules/@evershop/evershop/dist/modules/promotion/services/coupon/createCoupon.js";

const ARTICLES = [
  ["A notebook with squared paper, bound in linen, for those who write from both ends at once", 9.99, 40],
  ["Desk lamp", 10.32, 3],
  ["Fountain pen", 19.95, 50],
  ["Standing desk", 1049.5, 50],
  ["Paper knife", 28.96, 10],
  ["دفتر ملاحظات صغير", 7, 20],
  ["Out of print", 12, 0],
];
const COUPONS = [
  ["SAVE20", 20, "percentage_discount_to_entire_order", {}],
  ["FIVEOFF", 5, "fixed_discount_to_entire_order", { condition: { order_total: "20" } }],
  ["OLD20", 20, "percentage_discount_to_entire_order", { start_date: "2020-01-01", end_date: "2020-01-31" }],
];

const category = await createCategory(
  { name: "Office", url_key: "office", status: 1, include_in_nav: 1, show_products: 1, description: [] },
  {},
);
const box = await createPackage({
  name: "Box",
  length: 30,
  width: 25,
  height: 10,
  weight: 0,
  is_default: false,
});
const {
  rows: [group],
} = await pool.query("SELECT attribute_group_id FROM attribute_group LIMIT 1");
const {
  rows: [tax],
} = await pool.query("SELECT tax_class_id FROM tax_class LIMIT 1");
await pool.query("INSERT INTO tax_rate (name, tax_class_id, rate, priority) VALUES ('Tax', $1, 8, 1)", [
  tax.tax_class_id,
]);

for (const [number, [name, price, qty]] of ARTICLES.entries())
  await createProduct(
    {
      name,
      sku: `E-${number}`,
      price,
      qty,
      weight: 1,
      url_key: `article-${number}`,
      status: 1,
      visibility: 1,
      manage_stock: 1,
      stock_availability: 1,
      tax_class: tax.tax_class_id,
      group_id: group.attribute_group_id,
      category_id: category.category_id ?? category.insertId,
      package_id: box.package_id,
      description: [],
    },
    {},
  );
for (const [coupon, amount, type, more] of COUPONS)
  await createCoupon(
    {
      coupon,
      status: 1,
      description: coupon,
      discount_amount: amount,
      discount_type: type,
      condition: {},
      user_condition: {},
      ...more,
    },
    {},
  );

const inserted = async (text, ...values) => Object.values((await pool.query(text, values)).rows[0])[0];
const zone = await inserted("INSERT INTO shipping_zone (name) VALUES ('Home') RETURNING shipping_zone_id");
await pool.query("INSERT INTO shipping_zone_country (zone_id, country) VALUES ($1, 'US')", [zone]);
await pool.query("INSERT INTO shipping_zone_provider (zone_id, provider_code) VALUES ($1, 'core')", [zone]);
const method = await inserted(
  "INSERT INTO core_shipping_method (name) VALUES ('Parcel') RETURNING core_shipping_method_id",
);
await pool.query("INSERT INTO core_shipping_method_rate (method_id, zone_id, cost) VALUES ($1, $2, 4.9)", [
  method,
  zone,
]);
await pool.end();
