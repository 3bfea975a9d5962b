/**
 * OpenCart: what the shop answers when an article is put into the cart or a coupon is sent, and where carts and
 * prices stand in its own theme. It answers no cart, so the carts are those that the page shows.
 */
import type { Adapter } from "./adapter";
import { presets } from "./opencart_theme";
import { cartTeller, jsonOf, plain, reader, record, sent, unmarked } from "./reading";

/** Version 3 puts a slash between a page and what is done there, version 4 first a bar and then a dot. */
const ROUTE = /^(?:checkout\/cart|extension\/(?:opencart\/)?total\/(coupon))[/|.](?:coupon|save|add|edit)$/;
const TEXTS_MAX_COUNT = 10;

export const adapter: Adapter = {
  presets,
  start(shop) {
    const { refused } = cartTeller(shop, "opencart");

    return reader(shop, "opencart", async ({ searchParams }, asked, answer) => {
      const [route, isCoupon] = ROUTE.exec(searchParams.get("route") ?? "") ?? [];
      if (!route) return;
      const { error, redirect, success } = (await jsonOf(answer)) ?? {};
      const code = isCoupon && sent(asked, "coupon");
      if (error) for (const text of textsIn(error).slice(0, TEXTS_MAX_COUNT)) refused(code, unmarked(text));
      else if (code && (redirect ?? success)) shop.say("promo", [{ state: "applied", code }]);
    });
  },
};

/** One text, or one for each field that is wrong, options being fields of their own. */
const textsIn = (error: unknown): readonly unknown[] =>
  plain(error)
    ? [error]
    : Object.values(record(error)).flatMap((each) => (plain(each) ? [each] : Object.values(record(each))));
