/**
 * The price that a product page states for search engines and networks: JSON-LD, microdata and Open Graph.
 * Text as it was written there, however a browser would show it.
 *
 * Only where the page is about one product: a page that names several is a listing, and which of several
 * offers the customer sees, nobody says. JSON-LD that cannot be read states no price but a mark, so that
 * somebody can find out why there is none.
 */
import { attempt, listen } from "../guard";
import type { Adapter, Shop } from "./adapter";
import { type Given, list, plain, record, teller } from "./reading";

const SCRIPTS_MAX_COUNT = 30;
const SCRIPT_MAX_CHARS = 512 * 1024;
const VARIANTS_MAX_COUNT = 50;
const DEPTH_MAX_COUNT = 4;
/** A single-page shop writes its data some time after it has changed the address. */
const AGAIN_MS = [0, 500, 2_000, 5_000];

type Role = "current" | "was" | "from" | "per_measure";

interface Price {
  readonly role: Role;
  readonly sku: string | undefined;
  readonly name: string | undefined;
  readonly amount: string;
  readonly currency: string | undefined;
  /** When it ends, as it is written there. */
  readonly until?: string | undefined;
}

/** Of which product a price is. */
type About = Pick<Price, "sku" | "name">;

export const adapter: Adapter = {
  start(shop) {
    const look = createLook(shop);
    const timers: number[] = [];
    const cancel = () => {
      for (const timer of timers.splice(0)) clearTimeout(timer);
    };
    const lookSoon = () => {
      cancel();
      timers.push(...AGAIN_MS.map((ms) => window.setTimeout(() => attempt(look), ms)));
    };
    const unlisten = listen(document, "DOMContentLoaded", lookSoon);
    if (document.readyState !== "loading") lookSoon();
    return {
      viewed: lookSoon,
      stop: () => {
        unlisten();
        cancel();
      },
    };
  },
};

function createLook(shop: Shop): () => void {
  const tell = teller(shop);
  const marked = new Set<string>();
  const unreadable = (script: number, reason: string) => {
    if (marked.has(script + reason)) return;
    marked.add(script + reason);
    shop.say("mark", ["product data unreadable", { in: "JSON-LD", script, reason }]);
  };
  return () => {
    /** What an earlier source has stated is not said again by the next. */
    const stated = new Set<string>();
    for (const [source, read] of [() => fromJson(unreadable), fromMicrodata, fromOpenGraph].entries()) {
      const prices = attempt(read) ?? [];
      const factOf = ({ role, amount, currency }: Price) => [role, amount, currency].join();
      for (const price of prices)
        if (!stated.has(factOf(price)))
          tell(`${source} ${price.role} ${price.sku ?? price.name}`, "price", {
            context: "product",
            ...price,
          });
      for (const price of prices) stated.add(factOf(price));
    }
  };
}

function fromJson(unreadable: (script: number, reason: string) => void): Price[] {
  const scripts = [...document.querySelectorAll('script[type="application/ld+json"]')];
  const products = scripts.slice(0, SCRIPTS_MAX_COUNT).flatMap((script, index) => {
    const text = script.textContent ?? "";
    if (!text.trim()) return [];
    if (text.length > SCRIPT_MAX_CHARS) {
      unreadable(index + 1, "too long");
      return [];
    }
    const value = attempt(() => [JSON.parse(text) as unknown]);
    // What the browser says of it quotes what stands there.
    if (!value) unreadable(index + 1, "not JSON");
    return productsIn(value, 0);
  });
  const offered = products.filter(({ offers, hasVariant }) => offers ?? hasVariant);
  const names = new Set(offered.map(({ sku, productGroupID, name }) => plain(sku ?? productGroupID ?? name)));
  return names.size === 1 ? offered.flatMap(pricesOf) : [];
}

const isOf = (node: Given, types: RegExp): boolean =>
  [node["@type"]].flat().some((type) => typeof type === "string" && types.test(type));

/** Those that the page is about; not what is sold beside them. */
function productsIn(value: unknown, depth: number): Given[] {
  if (depth > DEPTH_MAX_COUNT) return [];
  if (Array.isArray(value)) return list(value).flatMap((each) => productsIn(each, depth + 1));
  const node = record(value);
  if (isOf(node, /(?:^|\/)Product(?:Group)?$/)) return [node];
  return [node["@graph"], node.mainEntity].flatMap((inner) => (inner ? productsIn(inner, depth + 1) : []));
}

function pricesOf(product: Given): Price[] {
  const about = { sku: plain(product.sku), name: plain(product.name) };
  const variants = list(product.hasVariant).slice(0, VARIANTS_MAX_COUNT).flatMap(pricesOf);
  const given = [product.offers].flat().map(record);
  const offers = given.flatMap((offer) => (offer.offers ? [offer.offers].flat().map(record) : [offer]));
  const prices = offers.slice(0, VARIANTS_MAX_COUNT).flatMap((offer) => offerPrices(offer, about));
  return [...variants, ...certain(prices)];
}

/** Different prices of the same thing: nobody says which one holds. */
const certain = (prices: readonly Price[]): Price[] =>
  prices.filter(({ sku, role, amount }) =>
    prices.every((other) => other.role !== role || other.sku !== sku || other.amount === amount),
  );

function offerPrices(offer: Given, about: About): Price[] {
  const item = record(offer.itemOffered);
  const sku = plain(offer.sku) ?? plain(item.sku) ?? about.sku;
  const name = plain(item.name) ?? about.name;
  const price = (role: Role, given: Given, value: unknown): Price[] => {
    const amount = plain(value);
    const currency = plain(given.priceCurrency) ?? plain(offer.priceCurrency);
    const ends = plain(given.priceValidUntil) ?? plain(given.validThrough);
    const until = role === "current" && ends ? { until: ends } : {};
    return amount ? [{ role, sku, name, amount, currency, ...until }] : [];
  };
  const specified = [offer.priceSpecification].flat().map(record);
  return [
    ...price("current", offer, offer.price),
    ...price("from", offer, offer.lowPrice),
    ...specified.flatMap((given) => {
      const kind = plain(given.priceType) ?? "";
      if (/(?:List|Strikethrough|Regular|SRP)/.test(kind)) return price("was", given, given.price);
      if (given.referenceQuantity ?? given.unitCode) return price("per_measure", given, given.price);
      return offer.price === undefined && !kind ? price("current", given, given.price) : [];
    }),
  ];
}

const TYPED = '[itemtype*="schema.org/Product"]';

const contentOf = (element: Element | null | undefined): string | undefined =>
  plain(element?.getAttribute("content") ?? element?.textContent);

function fromMicrodata(): Price[] {
  const [product, ...others] = [...document.querySelectorAll(TYPED)].filter(
    (each) => !each.parentElement?.closest(TYPED) && each.querySelector('[itemprop="price"]'),
  );
  if (!product || others.length) return [];
  const own = (name: string) =>
    [...product.querySelectorAll(`[itemprop="${name}"]`)].filter((each) => each.closest(TYPED) === product);
  const [sku, name, currency] = ["sku", "name", "priceCurrency"].map((each) => contentOf(own(each)[0]));
  const prices = own("price")
    .slice(0, VARIANTS_MAX_COUNT)
    .flatMap((element): Price[] => {
      const amount = contentOf(element);
      const ends = contentOf(own("priceValidUntil")[0]);
      return amount
        ? [{ role: "current", sku, name, amount, currency, ...(ends ? { until: ends } : {}) }]
        : [];
    });
  return certain(prices);
}

function fromOpenGraph(): Price[] {
  const meta = (...names: string[]) =>
    names
      .map((name) => contentOf(document.querySelector(`meta[property="${name}"]`)))
      .find((content) => content !== undefined);
  const sku = meta("product:retailer_item_id");
  const name = meta("og:title");
  const currency = meta("product:price:currency", "og:price:currency");
  const price = meta("product:price:amount", "og:price:amount");
  const sale = meta("product:sale_price:amount");
  const fields = { sku, name, currency };
  return [
    ...(sale ? [{ ...fields, role: "current" as const, amount: sale }] : []),
    ...(price ? [{ ...fields, role: sale ? ("was" as const) : ("current" as const), amount: price }] : []),
  ];
}
