/**
 * Which platforms a page is made of, and the adapter of each: found by a cheap look at the page, while it
 * loads and for a few seconds after that or after a change of address, and loaded only where found. One for
 * a whole page; page loads under it come and go.
 */
import type { Adapter } from "./adapters/adapter";
import { guarded } from "./guard";

export type LoadAdapter = (name: string) => Promise<{ readonly adapter: Adapter }>;

export interface Platforms {
  /** Those that have come. */
  readonly adapters: readonly Adapter[];
  /** Looks for more, and tells of each as it comes; `all` when none of those found is on its way any more. */
  look(came?: (adapter: Adapter) => void, all?: () => void): void;
  /** Looks no more. */
  stop(): void;
}

export const LOOK_MS = 1_000;
export const LOOKS_COUNT = 5;

/**
 * By the adapter's file: what only a page of that platform has, globals by name, elements by selector, and for
 * platforms without pages of their own a part of an address that the page asks.
 */
const SIGNS = {
  data_layer: "dataLayer",
  adobe: "adobeDataLayer",
  segment: "analytics,rudderanalytics",
  product_data: '[type$="ld+json"],[itemprop=price],[property$=":amount"]',
  shopify: "Shopify",
  magento: "[type*=magento]",
  woocommerce: "body[class*=woocommerce]",
  bigcommerce: '[href*=".bigcommerce.com/"]',
  sfra: ".minicart[data-action-url]",
  prestashop: "prestashop",
  opencart: '[src*="catalog/view/javascript"]',
  medusa: "/store/carts",
  saleor: "/graphql/",
  evershop: "eContext",
};

export function createPlatforms(load: LoadAdapter): Platforms {
  const adapters: Adapter[] = [];
  const asked: Record<string, unknown> = {};
  let tell: ((adapter: Adapter) => void) | undefined;
  let timer = 0;

  const look = (left: number) => {
    clearTimeout(timer);
    const next = document.readyState === "complete" ? left - 1 : left;
    if (next)
      timer = window.setTimeout(
        guarded(() => look(next)),
        LOOK_MS,
      );
    for (const [name, sign] of Object.entries(SIGNS))
      if (
        sign[0] === "/"
          ? performance.getEntriesByType("resource").some((entry) => entry.name.includes(sign))
          : // A global's name is a selector, too, of elements that no page has.
            sign.split(",").some((each) => window[each as keyof Window]) || document.querySelector(sign)
      )
        asked[name] ??= load(name)
          .then(({ adapter }) => {
            adapters.push(adapter);
            tell?.(adapter);
          })
          .catch(() => {});
  };

  return {
    adapters,
    look: guarded((came, all) => {
      tell = came ?? tell;
      look(LOOKS_COUNT);
      Promise.all(Object.values(asked)).then(all, all);
    }),
    stop: () => {
      tell = undefined;
      clearTimeout(timer);
    },
  };
}
