/** What product pages state for machines, and of which of it nothing may be stated. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { adapter } from "../../src/adapters/product_data";
import { type Heard, hear } from "./heard";

let heard: Heard;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  heard.hooks.stop?.();
  vi.useRealTimers();
  document.head.innerHTML = document.body.innerHTML = "";
});

const json = (value: unknown) =>
  `<script type="application/ld+json">${typeof value === "string" ? value : JSON.stringify(value)}</script>`;

function read(html: string): Heard {
  document.body.innerHTML = html;
  heard = hear(adapter);
  vi.advanceTimersByTime(10_000);
  return heard;
}
const prices = () =>
  heard.of("price").map(({ role, sku, name, amount }) => {
    const { raw, currency } = amount as { raw: string; currency?: string };
    return [role, sku ?? (name as { raw: string } | undefined)?.raw, raw, currency];
  });

const OFFER = { "@type": "Offer", price: "379.00", priceCurrency: "USD" };
const LAPTOP = { "@type": "Product", sku: "HP-15", name: "HP 15 laptop", offers: OFFER };

describe("JSON-LD", () => {
  it.each([
    ["alone", LAPTOP],
    ["in a list", [{ "@type": "BreadcrumbList" }, LAPTOP]],
    ["in a graph", { "@context": "https://schema.org", "@graph": [{ "@type": "WebPage" }, LAPTOP] }],
    ["of the page", { "@type": "WebPage", mainEntity: { ...LAPTOP, "@type": ["Product", "Thing"] } }],
    ["with a full type", { ...LAPTOP, "@type": "http://schema.org/Product" }],
    ["with a list of offers", { ...LAPTOP, offers: [OFFER] }],
    ["with offers inside", { ...LAPTOP, offers: { "@type": "AggregateOffer", offers: [OFFER] } }],
  ])("states the product's price: %s", (_, data) => {
    read(json(data));
    expect(heard.facts).toEqual([
      [
        "price",
        {
          source: "declared",
          context: "product",
          role: "current",
          sku: "HP-15",
          name: { raw: "HP 15 laptop" },
          amount: { raw: "379.00", currency: "USD" },
        },
      ],
    ]);
  });

  it.each([
    ["the offer", { ...OFFER, priceValidUntil: "2026-11-30" }],
    ["its specification", { priceSpecification: { ...OFFER, validThrough: "2026-11-30" } }],
  ])("says when the price ends: %s", (_, offers) => {
    read(json({ ...LAPTOP, offers }));
    expect(heard.of("price")).toMatchObject([{ amount: { raw: "379.00" }, until: "2026-11-30" }]);
  });

  it("says no end that is more than a date", () => {
    read(json({ ...LAPTOP, offers: { ...OFFER, priceValidUntil: "2026-11-30 ana@example.com" } }));
    expect(heard.of("price")[0]).not.toHaveProperty("until");
  });

  it("keeps the text as it was written", () => {
    read(json({ ...LAPTOP, offers: { price: "36,449", priceCurrency: "JPY" } }));
    expect(prices()).toEqual([["current", "HP-15", "36,449", "JPY"]]);
  });

  it("knows what a price was, begins at or is per measure", () => {
    const specified = [
      { priceType: "https://schema.org/StrikethroughPrice", price: 499, priceCurrency: "USD" },
      { price: 3.99, unitCode: "GRM", priceCurrency: "USD" },
    ];
    read(json({ ...LAPTOP, offers: { ...OFFER, lowPrice: 350, priceSpecification: specified } }));
    expect(prices()).toEqual([
      ["current", "HP-15", "379.00", "USD"],
      ["from", "HP-15", "350", "USD"],
      ["was", "HP-15", "499", "USD"],
      ["per_measure", "HP-15", "3.99", "USD"],
    ]);
  });

  it("states each variant that has a number of its own, and none that cannot be told apart", () => {
    const variant = (sku: string | undefined, price: string) => ({
      ...LAPTOP,
      sku,
      offers: { ...OFFER, price },
    });
    read(json({ "@type": "ProductGroup", name: "HP", hasVariant: [variant("A", "1"), variant("B", "2")] }));
    expect(prices().map((price) => price.slice(1, 3))).toEqual([
      ["A", "1"],
      ["B", "2"],
    ]);
    heard.hooks.stop?.();
    read(json({ ...LAPTOP, offers: [OFFER, { ...OFFER, price: "399.00" }] }));
    expect(prices()).toEqual([]);
  });

  it("of several products is a listing, and of reviews is nothing", () => {
    read(json([LAPTOP, { ...LAPTOP, sku: "HP-16" }]) + json({ "@type": "Review", itemReviewed: LAPTOP }));
    expect(heard.facts).toEqual([]);
  });

  it("that is no JSON states a mark without a word of it, once", () => {
    read(json('{"@type": "Product", "name": "ana@example.com",, }') + json("") + json("null"));
    heard.hooks.viewed?.();
    vi.advanceTimersByTime(10_000);
    const data = { in: "JSON-LD", script: 1, reason: "not JSON" };
    expect(heard.facts).toEqual([["mark", { name: "product data unreadable", data }]]);
  });

  it("is read again when the page has changed its address, and stated where it differs", () => {
    read(json(LAPTOP));
    heard.hooks.viewed?.();
    vi.advanceTimersByTime(600);
    document.body.innerHTML = json({ ...LAPTOP, sku: "HP-16" });
    vi.advanceTimersByTime(10_000);
    expect(prices().map(([, sku]) => sku)).toEqual(["HP-15", "HP-16"]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("microdata and Open Graph", () => {
  const MICRODATA = `<div itemscope itemtype="https://schema.org/Product"><b itemprop="name">HP 15 laptop</b>
    <div itemprop="offers" itemscope itemtype="https://schema.org/Offer"><meta itemprop="priceCurrency" content="USD">
    <span itemprop="price" content="379.00">$379</span></div></div>`;
  const GRAPH = (amount: string) =>
    `<meta property="og:title" content="HP 15"><meta property="product:price:amount" content="${amount}">
     <meta property="product:price:currency" content="USD">`;

  it("state a price each", () => {
    read(MICRODATA);
    expect(prices()).toEqual([["current", "HP 15 laptop", "379.00", "USD"]]);
    heard.hooks.stop?.();
    read(`${GRAPH("379.00")}<meta property="product:sale_price:amount" content="299">`);
    expect(prices()).toEqual([
      ["current", "HP 15", "299", "USD"],
      ["was", "HP 15", "379.00", "USD"],
    ]);
  });

  it("say nothing that JSON-LD has said, and what differs from it", () => {
    read(json(LAPTOP) + MICRODATA + GRAPH("399.00"));
    expect(prices().map(([, , raw]) => raw)).toEqual(["379.00", "399.00"]);
  });

  it("of several products say nothing", () => {
    read(MICRODATA + MICRODATA);
    expect(heard.facts).toEqual([]);
  });
});
