/**
 * The cart surfaces of the page and what was last stated of each: states a surface when it differs from that,
 * says when it is gone, and says which promotion codes came and went with it.
 *
 * A surface that the page draws anew in other elements is the same surface: its state is not repeated. Where
 * two elements show the same surface (a badge above and one below), each is stated as it changes, and when one
 * goes the other is stated again, so that the last word is always what is displayed.
 */
import { stringify } from "../json";
import type { CartState, PromoShown } from "../wire.gen";
import { compact, readCart } from "./cart";
import type { Quantities } from "./quantity";
import type { Reading } from "./rendered";
import type { CartRecipe } from "./selectors";
import type { CaptureSink } from "./sink";

interface Stated {
  readonly recipe: CartRecipe;
  /** The last state stated and its text without node ids; undefined while the surface is not shown. */
  state?: CartState | undefined;
  text?: string | undefined;
}

export interface Carts {
  readonly roots: ReadonlyMap<Element, unknown>;
  /** Looks for surfaces in these trees; answers the new ones and those that went. */
  find(trees: Iterable<ParentNode>): { came: Element[]; went: Element[] };
  /** Reads these roots; a time is that of the cause. */
  read(due: ReadonlyMap<Element, number>, reading: Reading, isMoving: (root: Element) => boolean): void;
}

const MARKED = "[data-replay-cart]";
/** Node ids change when a page draws itself anew; the customer reads the same. */
const NODE_ID = /,"node":\d+|"node":\d+,?/g;

export function createCarts(
  recipes: readonly CartRecipe[],
  rootSelector: string,
  quantities: Quantities,
  idOf: (node: Node) => number | undefined,
  sink: CaptureSink,
  /** The element and the shadow roots inside it. */
  treesOf: (root: Element) => readonly ParentNode[],
): Carts {
  const roots = new Map<Element, Stated>();
  /** Taken out of the page, not yet said to be gone. */
  const lost = new Map<Element, Stated>();
  const codesSeen = new Set<string>();

  const find = (trees: Iterable<ParentNode>) => {
    const found = new Map<Element, CartRecipe>();
    for (const tree of trees)
      for (const element of tree.querySelectorAll(rootSelector)) {
        const recipe = recipes.find(
          ({ root, preset }) => element.matches(root) && !(preset && document.querySelector(MARKED)),
        );
        if (recipe) found.set(element, recipe);
      }
    const came: Element[] = [];
    const went: Element[] = [];
    for (const [element, stated] of roots)
      if (found.get(element) !== stated.recipe) {
        roots.delete(element);
        lost.set(element, stated);
        went.push(element);
      }
    for (const [element, recipe] of found)
      if (!roots.has(element)) {
        roots.set(element, { recipe });
        came.push(element);
      }
    return { came, went };
  };

  const read: Carts["read"] = (due, reading, isMoving) => {
    const gone: { stated: Stated; t: number }[] = [];
    const fresh: { stated: Stated; state: CartState; text: string; t: number }[] = [];
    for (const [element, t] of due) {
      const stated = roots.get(element) ?? lost.get(element);
      // Taken out just now, perhaps to be drawn anew: the next search says.
      if (!stated || (roots.has(element) && !element.isConnected)) continue;
      const state = roots.has(element)
        ? readCart(element, stated.recipe, { reading, quantities, isMoving, idOf, treesOf }, rootSelector)
        : undefined;
      const text = state && stringify(state).replace(NODE_ID, "");
      // A state that was read before there was a recording is stated again with its nodes.
      if (text === stated.text && (state?.node === undefined || stated.state?.node !== undefined)) continue;
      if (state && text) fresh.push({ stated, state, text, t });
      else gone.push({ stated, t });
    }
    for (const { stated, state, text, t } of fresh) {
      const before = stated.state;
      Object.assign(stated, { state, text });
      // Drawn anew in other elements: the same surface, the same words.
      const heir = before ? -1 : gone.findIndex((other) => other.stated.text === text);
      if (heir >= 0) gone.splice(heir, 1);
      else say(state, before, t);
    }
    for (const { stated, t } of gone) {
      const { surface } = stated.recipe;
      Object.assign(stated, { state: undefined, text: undefined });
      const other = [...roots.values()].find(
        ({ recipe, state }) => state && recipe.surface === surface,
      )?.state;
      if (!other) sink.fact("cart_gone", t, { surface }, true);
      else if (!fresh.some(({ state }) => state === other)) sink.fact("cart", t, other, true);
    }
    lost.clear();
  };

  const say = (state: CartState, before: CartState | undefined, t: number) => {
    sink.fact("cart", t, state, true);
    for (const promo of state.promos ?? [])
      if (promo.code && !codesSeen.has(promo.code)) {
        codesSeen.add(promo.code);
        sayPromo("applied", promo, t);
      }
    for (const promo of before?.promos ?? [])
      if (promo.code && !(state.promos ?? []).some(({ code }) => code === promo.code)) {
        if (codesSeen.delete(promo.code)) sayPromo("removed", promo, t);
      }
  };
  const sayPromo = (state: "applied" | "removed", { code, amount, text }: PromoShown, t: number) =>
    sink.fact("promo", t, compact({ source: "displayed", state, code, amount, text }), true);

  return { roots, find, read };
}
