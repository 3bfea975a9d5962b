/**
 * The npm package. Importing it does nothing; `start` begins, and may be called anywhere: outside a browser,
 * or where the page is hostile, the answer is a `replay` that does nothing.
 */
import { startInBrowser } from "./browser";
import type { Replay } from "./command";
import { attempt } from "./guard";
import type { LoadAdapter } from "./platforms";

export type { Cart, CartLine, Identity, Money, Order, Price, Promo, Replay } from "./command";

export interface Options {
  /** The site's public key. */
  readonly site: string;
  /** Where the collector is: `https://replay.example`. */
  readonly collector: string;
  /** `required` (usual): nothing happens before `replay("consent", "granted")`. `managed`: the shop's consent tool is read. */
  readonly consent?: "required" | "managed";
  /** What to do where the browser says Global Privacy Control: `off` (usual) records nothing. */
  readonly globalPrivacyControl?: "off" | "ignore";
}

/** As files beside this one, which a bundler leaves apart: a page loads those of its own platform. */
const ADAPTERS: Readonly<Record<string, () => ReturnType<LoadAdapter>>> = {
  data_layer: () => import("./adapters/data_layer"),
  adobe: () => import("./adapters/adobe"),
  segment: () => import("./adapters/segment"),
  product_data: () => import("./adapters/product_data"),
  magento: () => import("./adapters/magento"),
  shopify: () => import("./adapters/shopify"),
  bigcommerce: () => import("./adapters/bigcommerce"),
  sfra: () => import("./adapters/sfra"),
  prestashop: () => import("./adapters/prestashop"),
  opencart: () => import("./adapters/opencart"),
  medusa: () => import("./adapters/medusa"),
  saleor: () => import("./adapters/saleor"),
  woocommerce: () => import("./adapters/woocommerce"),
  evershop: () => import("./adapters/evershop"),
};

const loadAdapter: LoadAdapter = (name) => ADAPTERS[name]?.() ?? Promise.reject();

export function start({ site, collector, consent, globalPrivacyControl }: Options): Replay {
  if (typeof window === "undefined") return () => {};
  const begin = (panel?: typeof import("./debug/index")): Replay =>
    attempt(() =>
      startInBrowser({
        site,
        collector,
        consent: consent ?? "required",
        control: globalPrivacyControl ?? "off",
        loadAdapter,
        seldom: { managed: () => import("./managed"), lost: () => import("./lost") },
        ...panel?.debug(loadAdapter),
      }),
    ) ?? (() => {});
  if (!/replay_debug/.test(location.href + window.name)) return begin();
  return later((started) => {
    import("./debug/index").then(
      (panel) => started(begin(panel)),
      () => started(begin()),
    );
  });
}

/** Holds calls until there is somebody to take them. */
function later(bring: (started: (replay: Replay) => void) => void): Replay {
  const queue: (readonly unknown[])[] = [];
  let take = (words: readonly unknown[]): void => void queue.push(words);
  bring((replay) => {
    take = (words) => (replay as (...words: readonly unknown[]) => void)(...words);
    queue.forEach(take);
  });
  return ((...words: readonly unknown[]) => take(words)) as Replay;
}
