/**
 * Where the lenses look: the `data-replay-*` markup and the selectors of the site's settings, as one kind of
 * recipe, so that a shop that cannot change its markup is read exactly like one that can.
 */
import { attempt } from "../guard";
import type { CartSelectors, PageSettings, ProductSelectors, Surface } from "../wire.gen";

export interface CartRecipe extends CartSelectors {
  /** Attributes that name a row of totals and its label (markup only). */
  readonly labelled?: boolean;
  /** Of the platform, not of this shop: it stands back where the page has markup of ours. */
  readonly preset?: true;
}

export interface ProductRecipe extends Omit<ProductSelectors, "current" | "was" | "context"> {
  readonly context?: string;
  /** Selector and role of each price inside the product; no role where the element itself names it. */
  readonly prices: readonly (readonly [selector: string, role: string | null])[];
}

const PRICE = "data-replay-price";
const SURFACES: readonly Surface[] = ["drawer", "page", "summary", "mini"];

const MARKUP: Omit<CartRecipe, "surface" | "root"> = {
  line: "[data-replay-line]",
  sku_attribute: "data-replay-sku",
  name: "[data-replay-name]",
  quantity: "[data-replay-qty]",
  unit: `[${PRICE}="unit"]`,
  was: `[${PRICE}="was"]`,
  total: `[${PRICE}="line"]`,
  total_was: `[${PRICE}="line-was"]`,
  note: "[data-replay-note]",
  count: "[data-replay-count]",
  total_row: "[data-replay-total]",
  promo: "[data-replay-promo]",
  promo_amount: "[data-replay-amount]",
  promo_input: "[data-replay-promo-input]",
  promo_submit: "[data-replay-promo-submit]",
  message: "[data-replay-message],[data-replay-promo-message]",
  empty: "[data-replay-empty]",
  labelled: true,
};

/** Whether this browser understands it. */
export const isSelector = (selector: string | null | undefined): selector is string =>
  Boolean(selector && attempt(() => [document.createDocumentFragment().querySelector(selector)]));

/** A wrong selector is left out; what it stood for is then unknown, which is what it is. */
function withoutWrong<T extends object>(given: T): T {
  const entries = Object.entries(given).filter(
    ([key, value]) =>
      key === "surface" || key === "context" || key === "sku_attribute" || isSelector(value as string),
  );
  return Object.fromEntries(entries) as T;
}

export function cartRecipes(settings: PageSettings): readonly CartRecipe[] {
  const markup = SURFACES.map((surface) => ({ ...MARKUP, surface, root: `[data-replay-cart="${surface}"]` }));
  return [...markup, ...settings.carts.map(withoutWrong).filter((recipe) => recipe.root)];
}

export function productRecipes(settings: PageSettings): readonly ProductRecipe[] {
  const markup: ProductRecipe = {
    root: "[data-replay-product]",
    sku_attribute: "data-replay-product",
    name: "[data-replay-name]",
    prices: [[`[${PRICE}]`, null]],
  };
  const own = settings.products.map(withoutWrong).filter((recipe) => recipe.root);
  return [
    markup,
    ...own.map(({ current, was, ...recipe }) => ({
      ...recipe,
      prices: [
        [current, "current"],
        [was, "was"],
      ].filter((price): price is [string, string] => Boolean(price[0])),
    })),
  ];
}
