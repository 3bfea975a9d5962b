/**
 * The customer's side of promotion codes: the code that a link offered and the code that was sent off.
 * Whether it took effect is said by the cart surfaces, which show it or answer with a message.
 */
import type { PageClock } from "../clock";
import { listen } from "../guard";
import { compact, word } from "./cart";
import type { CartRecipe } from "./selectors";
import type { CaptureSink } from "./sink";

/** A click on the button also submits the form: that is one try. */
const SAME_TRY_MS = 500;
const OFFER_KEYS = ["coupon", "promo", "discount"];

export function startPromos(recipes: readonly CartRecipe[], sink: CaptureSink, clock: PageClock): () => void {
  let lastCode = "";
  let lastT = 0;

  const entered = (box: Element | null | undefined, event: Event) => {
    const code = word((box as HTMLInputElement | null | undefined)?.value);
    const t = clock.at(event.timeStamp);
    if (!code || (code === lastCode && t - lastT < SAME_TRY_MS)) return;
    lastCode = code;
    lastT = t;
    sink.fact("promo", t, { source: "displayed", state: "entered", code }, true);
  };
  const target = (event: Event): Element | null => {
    const first = event.composedPath()[0];
    return first instanceof Element ? first : null;
  };

  const submitted = (event: Event) => {
    const form = target(event);
    for (const { promo_input } of recipes) {
      const box = promo_input && form?.querySelector(promo_input);
      if (box) return entered(box, event);
    }
  };
  const clicked = (event: Event) => {
    if (!event.isTrusted) return;
    for (const { root, promo_input, promo_submit } of recipes) {
      const button = promo_submit && target(event)?.closest(promo_submit);
      const box = button && promo_input && button.closest(root)?.querySelector(promo_input);
      if (box) return entered(box, event);
    }
  };
  const pressed = (event: Event) => {
    const box = target(event);
    if (!event.isTrusted || (event as KeyboardEvent).key !== "Enter" || !box) return;
    if (recipes.some(({ promo_input }) => promo_input && box.matches(promo_input))) entered(box, event);
  };
  const ends = [
    listen(window, "submit", submitted),
    listen(window, "click", clicked),
    listen(window, "keydown", pressed),
  ];
  return () => {
    for (const end of ends) end();
  };
}

/** A code in the page's address is an offer. */
export function stateOffer(href: string, sink: CaptureSink, t: number): void {
  const query = new URL(href).searchParams;
  for (const [key, value] of query)
    if (OFFER_KEYS.includes(key.toLowerCase())) {
      const code = word(value);
      const campaign = word(query.get("utm_campaign"));
      if (code) sink.fact("promo", t, compact({ source: "displayed", state: "offered", code, campaign }));
    }
}
