/**
 * What an adapter is: one file beside this one that understands what one platform says of carts and prices,
 * and that is loaded only on pages where that platform is found. It reads fields it knows by name, never
 * whole objects or answers, and speaks as a shop would, in the words of `replay(…)`; what it says is
 * checked, cut and cleaned exactly like that. Whatever it throws is caught by who calls it, so it need not
 * guard what it is called for.
 */
import type { CartRecipe } from "../capture/selectors";
import type { ProductSelectors, ZoneRule } from "../wire.gen";

/** What a page asked for. The body is as it was given: it may be anything. */
export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly body?: unknown;
}

export type Answer = Response | XMLHttpRequest;

/** Which surface and source a cart is stated for, where it is not the shop's own call. `via`: the adapter's name. */
export type Place = { readonly via?: string } & (
  | { readonly surface: "network" | "summary"; readonly source: "network" }
  | { readonly surface: "data_layer"; readonly source: "declared" }
);

/** What an adapter has of the SDK, for one page load. */
export interface Shop {
  /** As `replay(command, …given)`. */
  say(command: "cart" | "price" | "promo" | "order" | "mark", given: readonly unknown[], place?: Place): void;
  /** Reads the displayed carts again: something may have changed that the page's tree does not show. */
  reread(): void;
}

export interface Hooks {
  /** Takes away all that was put into the page. */
  stop?(): void;
  /** The page has changed its address without being loaded. */
  viewed?(): void;
  /** A request of the page was answered; what is read of the answer must leave it unread for the page. */
  answered?(asked: Asked, answer: Answer): void;
}

/** Where the lenses look on the platform's usual themes, where neither markup nor settings say it. */
export interface Presets {
  readonly carts: readonly (CartRecipe & { readonly preset: true })[];
  readonly products: readonly ProductSelectors[];
  /** What in them is the customer's own. */
  readonly zones: readonly ZoneRule[];
  /**
   * A pattern of what every element that is meant above has in its tag, class or id: a page draws ten thousands of
   * elements, and asking each of them for every selector costs more than recording it.
   */
  readonly subjects: string;
}

export interface Adapter {
  readonly presets?: Presets;
  /** Begins for a page load. */
  start(shop: Shop): Hooks;
}
