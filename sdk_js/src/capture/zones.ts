/**
 * Which privacy zone an element is in: what the nearest declaring ancestor says (`data-replay-zone`, else a
 * site rule), cart surfaces and products being readable by themselves, everything else unknown. A zone is
 * inherited through shadow roots and frames. `data-replay-mask` and editable text are masked whatever is
 * declared inside; nothing unhides them, and nothing inside a private or payment zone is readable by itself.
 */
import type { PageSettings, Zone } from "../wire.gen";
import { isSelector } from "./selectors";

export type ElementZone = Zone | "unknown" | "masked";

export interface ZoneSettings extends PageSettings {
  /** A pattern of what every element that a selector means has in its tag, class or id; empty where none is known. */
  readonly subjects?: string;
}

export interface Zones {
  /** Cart surfaces, products. */
  readonly carts: string;
  readonly products: string;
  /** False where an element with these attributes cannot but be in its parent's zone. */
  mayDeclare(tag: string, attributes: object): boolean;
  /** The element's zone where that of its parent is known. */
  own(element: Element, inherited: ElementZone): ElementZone;
  /** The zone that a node is in. A memo serves one task: it knows nothing of later changes. */
  of(node: Node | null, memo?: Map<Node, ElementZone>): ElementZone;
  /** Whether what the customer puts into this input may be recorded. */
  isOpenInput(element: Element, zone: ElementZone): boolean;
  /** Whether this is where a promotion code is typed. */
  isPromoBox(element: Element): boolean;
  /** Whether the choice among the shop's own options may be recorded (colours, sizes, filters). */
  isOpenChoice(element: Element, zone: ElementZone): boolean;
}

const MASKED =
  '[data-replay-mask],[contenteditable]:not([contenteditable="false" i]),[role="textbox"],[role="searchbox"]';
const PERSONAL = 'address,[itemprop="address"],[itemprop="telephone"],[itemprop="email"]';
const DECLARED = "[data-replay-zone]";
const DECLARING = /^(?:data-replay-(?:mask|zone|cart|product)|contenteditable|role|itemprop)$/;
/** What is remembered of a page that makes up names. */
const MEANT_MAX_COUNT = 5_000;
const ZONES = new Set<string>(["catalogue", "cart", "account", "payment", "private"]);
const NEVER_TYPE = /^(?:password|file|hidden|email|tel)$/i;
const NEVER_AUTOCOMPLETE = /cc-|one-time-code|password|email|tel|name|address|postal|bday/i;

export const isReadable = (zone: ElementZone): boolean =>
  zone === "catalogue" || zone === "cart" || zone === "account";

/** The element that a node's zone and visibility come from: across shadow roots, slots and frames. */
export function parentOf(node: Node): Element | null {
  const parent = node.parentNode;
  if (parent?.nodeType === 1) return parent as Element;
  if (parent && "host" in parent) return (parent as ShadowRoot).host;
  const scope = parent ?? node;
  if (scope.nodeType !== 9) return null;
  try {
    return (scope as Document).defaultView?.frameElement ?? null;
  } catch {
    return null;
  }
}

export function createZones(settings: ZoneSettings): Zones {
  const join = (base: string, selectors: readonly (string | null | undefined)[]) =>
    [base, ...selectors.filter(isSelector)].join(",");
  const rules = settings.zones.filter((rule) => isSelector(rule.selector));
  const carts = join(
    "[data-replay-cart]",
    settings.carts.map((cart) => cart.root),
  );
  const products = join(
    "[data-replay-product]",
    settings.products.map((product) => product.root),
  );
  const marked = join(
    `${MASKED},${PERSONAL},${DECLARED},${carts},${products}`,
    rules.map((rule) => rule.selector),
  );
  const isOneOf = (element: Element, marked: string, named: "quantity" | "promo_input") =>
    element.closest(marked) !== null ||
    settings.carts.some((cart) => {
      const selector = cart[named];
      return isSelector(selector) && element.matches(selector) && element.closest(cart.root) !== null;
    });
  const isPromoBox = (element: Element) => isOneOf(element, "[data-replay-promo-input]", "promo_input");

  const subjects = new RegExp(settings.subjects ?? "");
  /** By tag, class and id, of which pages have few different ones. */
  const meant = new Map<string, boolean>();
  const isMeant = (words: string) => {
    const known = meant.get(words) ?? subjects.test(words);
    if (meant.size < MEANT_MAX_COUNT) meant.set(words, known);
    return known;
  };
  const hasSelectors = rules.length + settings.carts.length + settings.products.length > 0;
  const own = (element: Element, inherited: ElementZone): ElementZone => {
    if (inherited === "masked" || !element.matches(marked)) return inherited;
    if (element.matches(MASKED)) return "masked";
    const declared = element.getAttribute("data-replay-zone");
    // A zone that we do not know is a typing error: the careful reading is the right one.
    if (declared !== null) return ZONES.has(declared) ? (declared as Zone) : "private";
    const rule = rules.find(({ selector }) => element.matches(selector));
    if (rule) return rule.zone;
    if (inherited === "private" || inherited === "payment") return inherited;
    if (inherited !== "catalogue" && element.matches(PERSONAL)) return "private";
    if (element.matches(carts)) return "cart";
    return element.matches(products) ? "catalogue" : inherited;
  };
  const of = (node: Node | null, memo = new Map<Node, ElementZone>()): ElementZone => {
    if (!node) return "unknown";
    const known = memo.get(node);
    if (known) return known;
    const inherited = of(parentOf(node), memo);
    const zone = node.nodeType === 1 ? own(node as Element, inherited) : inherited;
    memo.set(node, zone);
    return zone;
  };
  const neverLeaves = (element: Element) =>
    NEVER_TYPE.test(element.getAttribute("type") ?? "") ||
    NEVER_AUTOCOMPLETE.test(element.getAttribute("autocomplete") ?? "");

  return {
    carts,
    products,
    mayDeclare: (tag, attributes) => {
      const { class: classes, id } = attributes as { readonly class?: unknown; readonly id?: unknown };
      if (tag === "address" || (hasSelectors && isMeant(`${tag} ${classes} ${id}`))) return true;
      for (const name in attributes) if (DECLARING.test(name)) return true;
      return false;
    },
    own,
    of,
    isOpenInput: (element, zone) =>
      isReadable(zone) &&
      !neverLeaves(element) &&
      (isPromoBox(element) || isOneOf(element, "[data-replay-qty]", "quantity")),
    isPromoBox,
    isOpenChoice: (element, zone) =>
      zone === "catalogue" && element.matches("select,[type=radio],[type=checkbox]") && !neverLeaves(element),
  };
}
