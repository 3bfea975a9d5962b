/** What OpenCart answers to an article and to a coupon, in the forms of versions 3 and 4. */
import { beforeEach, expect, it } from "vitest";
import { adapter } from "../../src/adapters/opencart";
import { type Heard, hear } from "./heard";

let heard: Heard;
beforeEach(() => {
  heard = hear(adapter);
});

it.each([
  "extension/total/coupon/coupon",
  "extension/opencart/total/coupon|save",
  "extension/opencart/total/coupon.save&language=en-gb",
])("states what became of the coupon sent to %s", async (route) => {
  const text = "Warning: Coupon is either invalid, expired or reached its usage limit!";
  await heard.answer(`/index.php?route=${route}`, { error: text }, { body: "coupon=OLD" });
  await heard.answer(`/index.php?route=${route}`, { redirect: "/cart" }, { body: "coupon=SPRING" });
  await heard.answer(`/index.php?route=${route}`, { redirect: "/cart" }, { body: "" });
  expect(heard.of("promo").map(({ state, code, text }) => [state, code, text])).toEqual([
    ["rejected", "OLD", { raw: text }],
    ["applied", "SPRING", undefined],
  ]);
});

it("states why an article was refused", async () => {
  const error = {
    warning: "Products marked with *** are not available!",
    option: { 5: "Size required!", x: {} },
  };
  await heard.answer("/index.php?route=checkout/cart.add", { error }, { body: "product_id=7" });
  await heard.answer("/index.php?route=checkout/cart/add", { success: "Added", total: "1 item(s)" });
  expect(heard.of("cart").map(({ messages }) => messages)).toEqual([
    [{ raw: "Products marked with *** are not available!" }],
    [{ raw: "Size required!" }],
  ]);
});

it("reads no other route, and nothing that is none", async () => {
  await heard.answer("/index.php?route=checkout/register.save", { error: { email: "ana@example.com" } });
  for (const answer of [{}, [], "null", { error: [] }, { error: { option: null } }])
    await heard.answer("/index.php?route=checkout/cart/add", answer);
  expect(heard.facts).toEqual([]);
});
