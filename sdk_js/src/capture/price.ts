/**
 * Prices on product and listing pages: stated when the customer first has them in view and when they change,
 * once per product, context and kind of price as long as they stay the same.
 *
 * The browser is asked to tell what comes into view, and asking costs: it is asked for products that are near
 * the window. A scroll or a change of the page may have brought others: they are looked for, but at most every
 * LOOK_MS where only surfaces and products change.
 */
import type { PageClock } from "../clock";
import { attempt, guarded } from "../guard";
import { AMOUNT_RAW_MAX_CHARS, type Amount, type PriceShown, SENTENCE_MAX_CHARS } from "../wire.gen";
import { compact, cut, word } from "./cart";
import { scrub } from "./mask";
import { once, type Reading } from "./rendered";
import { createSeldom } from "./seldom";
import type { ProductRecipe } from "./selectors";
import type { CaptureSink } from "./sink";

export interface Prices {
  /** Marks the product that a changed node stands in; true where there is one. */
  touch(node: Node, t: number): boolean;
  /** Anything may stand elsewhere: the next reading looks for products near the window. */
  look(): void;
  /** Products may have come: soon a reading looks for them. */
  ask(): void;
  /** Reads what came into view or changed since. */
  read(reading: Reading, trees: Iterable<ParentNode>): void;
  stop(): void;
}

/** Prices of a cart line, should one be marked as a product as well. */
const OF_A_LINE = /^(?:unit|line|line-was)$/;
const CONTEXT = "data-replay-context";
const UNKNOWN_CONTEXT = "unknown";
const LOOK_MS = 500;

export function createPrices(
  recipes: readonly ProductRecipe[],
  rootSelector: string,
  idOf: (node: Node) => number | undefined,
  sink: CaptureSink,
  clock: PageClock,
  /** Has `read` called. */
  catchUp: () => void,
): Prices {
  const watched = new WeakSet<Element>();
  const inView = new Set<Element>();
  const due = new Map<Element, number>();
  const lastOf = new Map<string, string>();
  const lastIn = new WeakMap<Element, string>();

  const views = new IntersectionObserver(
    guarded((entries) => {
      for (const { target, isIntersecting, time } of entries) {
        if (isIntersecting) {
          inView.add(target);
          due.set(target, clock.at(time));
        } else inView.delete(target);
      }
      if (due.size) catchUp();
    }),
  );

  const watchNear = (tree: ParentNode) => {
    for (const element of tree.querySelectorAll(rootSelector)) {
      if (watched.has(element)) continue;
      const { top, bottom } = element.getBoundingClientRect();
      if (bottom > -innerHeight && top < 2 * innerHeight) {
        watched.add(element);
        views.observe(element);
      }
    }
  };
  let isLookDue = true;
  const look = () => {
    isLookDue = true;
  };
  const seldom = createSeldom(LOOK_MS, () => {
    look();
    catchUp();
  });

  const readProduct = (root: Element, t: number, reading: Reading) => {
    const recipe = recipes.find(({ root: selector }) => root.matches(selector));
    if (!recipe) return;
    const isOwn = (element: Element) => element.closest(rootSelector) === root;
    const all = (selector: string) =>
      Array.from(root.querySelectorAll(selector)).filter(
        (element) => isOwn(element) && reading.isShown(element),
      );
    const text = (element: Element, raw: string, most: number) =>
      compact<Amount & { raw: string }>({ raw: cut(scrub(raw, true), most), node: idOf(element) });
    const readName = once(() => {
      const named = recipe.name ? all(recipe.name)[0] : undefined;
      return named && text(named, reading.text(named).plain, SENTENCE_MAX_CHARS);
    });
    const sku = word(recipe.sku_attribute && root.getAttribute(recipe.sku_attribute));
    const context =
      recipe.context ?? word(root.closest(`[${CONTEXT}]`)?.getAttribute(CONTEXT)) ?? UNKNOWN_CONTEXT;
    const state = (element: Element, role: string, raw: string) => {
      if (!raw || lastIn.get(element) === role + raw) return;
      lastIn.set(element, role + raw);
      const name = readName();
      const key = `${sku ?? name?.raw}\n${context}\n${role}`;
      if (lastOf.get(key) === raw) return;
      lastOf.set(key, raw);
      const amount = text(element, raw, AMOUNT_RAW_MAX_CHARS);
      sink.fact("price", t, compact<PriceShown>({ source: "displayed", context, role, sku, name, amount }));
    };
    for (const [selector, fixedRole] of recipe.prices)
      for (const element of all(selector)) {
        const role = fixedRole ?? word(element.getAttribute("data-replay-price")) ?? "current";
        if (OF_A_LINE.test(role)) continue;
        const { plain, struck } = reading.text(element);
        if (role === "was") state(element, role, struck || plain);
        else {
          state(element, role, plain);
          if (struck) state(element, "was", struck);
        }
      }
  };

  return {
    touch: (node, t) => {
      const element = node.nodeType === 1 ? (node as Element) : node.parentElement;
      const root = element?.closest(rootSelector);
      if (!root) return false;
      if (inView.has(root)) due.set(root, t);
      return true;
    },
    look,
    ask: () => seldom.ask(0),
    read: (reading, trees) => {
      if (isLookDue) for (const tree of trees) watchNear(tree);
      isLookDue = false;
      for (const [root, t] of due) if (root.isConnected) attempt(() => readProduct(root, t, reading));
      due.clear();
    },
    stop: () => {
      seldom.stop();
      views.disconnect();
    },
  };
}
