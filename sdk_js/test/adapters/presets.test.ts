/** Presets of themes: that every selector can be read, and that none means an element which is never asked. */
import { describe, expect, it } from "vitest";
import { adapter as bigcommerce } from "../../src/adapters/bigcommerce";
import { adapter as evershop } from "../../src/adapters/evershop";
import { adapter as magento } from "../../src/adapters/magento";
import { adapter as opencart } from "../../src/adapters/opencart";
import { adapter as prestashop } from "../../src/adapters/prestashop";
import { adapter as sfra } from "../../src/adapters/sfra";
import { adapter as shopify } from "../../src/adapters/shopify";
import { adapter as woocommerce } from "../../src/adapters/woocommerce";

describe.each(
  Object.entries({ bigcommerce, evershop, magento, opencart, prestashop, sfra, shopify, woocommerce }),
)("the presets of %s", (_, { presets }) => {
  const { carts = [], products = [], zones = [], subjects = "" } = presets ?? {};
  const roots = [...carts, ...products].map(({ root }) => root);

  it("are selectors, each of them", () => {
    const given = [...carts, ...products, ...zones].flatMap((recipe) => Object.entries(recipe));
    const selectors = given.filter(([key]) => !/^(?:surface|context|preset|sku_attribute|zone)$/.test(key));
    for (const [, selector] of selectors)
      expect(() => document.querySelector(String(selector)), String(selector)).not.toThrow();
  });

  it.each([...roots, ...zones.map(({ selector }) => selector)].flatMap((list) => list.split(",")))(
    "ask an element that %s means",
    (selector) => {
      const meant =
        selector
          .replace(/:[a-z]+\([^)]*\)/g, "")
          .split(/[ >]/)
          .at(-1) ?? "";
      const tag = /^[a-z-]+/.exec(meant)?.[0] ?? "div";
      const classes = [...meant.matchAll(/\.([\w-]+)/g)].map(([, name]) => name).join(" ") || undefined;
      const id = /#([\w-]+)/.exec(meant)?.[1];
      expect(`${tag} ${classes} ${id}`).toMatch(new RegExp(subjects));
    },
  );
});
