/**
 * Reads one cart surface into a cart state: what stands on it at this moment, in the customer's own view, with
 * the raw texts and the recording's node ids. What the surface does not show is left out (unknown), which is
 * not the same as empty or nothing. Nothing is computed and nothing is guessed.
 */
import { stringify } from "../json";
import {
  AMOUNT_RAW_MAX_CHARS,
  type Amount,
  CART_STATE_LINES_MAX_COUNT,
  CART_STATE_MESSAGES_MAX_COUNT,
  CART_STATE_PROMOS_MAX_COUNT,
  CART_STATE_TOTALS_MAX_COUNT,
  type CartState,
  LINE_NOTES_MAX_COUNT,
  type Line,
  type PromoShown,
  SENTENCE_MAX_CHARS,
  type Text,
  type Total,
  WORD_MAX_CHARS,
} from "../wire.gen";
import { scrub } from "./mask";
import type { Quantities } from "./quantity";
import type { Reading } from "./rendered";
import type { CartRecipe } from "./selectors";

/** The key of a row of totals that has no label beside its amount. */
const UNLABELLED = "other";

interface Amounts {
  readonly now?: Amount | undefined;
  readonly was?: Amount | undefined;
}

export interface Reader {
  readonly reading: Reading;
  readonly quantities: Quantities;
  /** Whether this surface is being moved or unfolded. */
  isMoving(root: Element): boolean;
  idOf(node: Node): number | undefined;
  /** The element and the shadow roots inside it. */
  treesOf(root: Element): readonly ParentNode[];
}

/** Leaves out what is not there, so that states compare and travel small. */
export const compact = <T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T => {
  const there: Partial<T> = {};
  for (const key in fields) {
    const value = fields[key];
    if ((value ?? false) !== false) there[key] = value;
  }
  return there as T;
};

/** By characters and not by halves of them, as the collector counts. */
export const cut = (text: string, length: number): string =>
  text.length > length ? Array.from(text).slice(0, length).join("") : text;
export const word = (text: string | null | undefined): string | undefined =>
  text ? cut(scrub(text.trim(), true), WORD_MAX_CHARS) || undefined : undefined;

/** The surface's state, whether or not it differs from the last; undefined while it is not shown. */
export function readCart(
  root: Element,
  recipe: CartRecipe,
  reader: Reader,
  roots: string,
): CartState | undefined {
  const { reading, idOf } = reader;
  if (!reading.isShown(root)) return undefined;
  reading.enter(root, reader.isMoving(root));
  const trees = reader.treesOf(root);
  const isOwn = (element: Element) => (element.closest(roots) ?? root) === root;
  const all = (scope: Element, selector: string | null | undefined): Element[] => {
    if (!selector) return [];
    const within = scope === root ? trees : [scope];
    const found = within.flatMap((tree) => Array.from(tree.querySelectorAll(selector)).filter(isOwn));
    return scope.matches(selector) ? [scope, ...found] : found;
  };
  const shown = (scope: Element, selector: string | null | undefined) =>
    all(scope, selector).filter(reading.isShown);
  const say = (element: Element, raw: string): Text =>
    compact({ raw: cut(scrub(raw), SENTENCE_MAX_CHARS), node: idOf(element) });
  /** Numbers in full, however long: some currencies have many digits. */
  const sayNumber = (element: Element, raw: string): Text =>
    compact({ raw: cut(scrub(raw, true), AMOUNT_RAW_MAX_CHARS), node: idOf(element) });
  const texts = (scope: Element, selector: string | null | undefined, most: number): Text[] =>
    shown(scope, selector)
      .map((element) => say(element, reading.text(element).plain))
      .filter(({ raw }) => raw)
      .slice(0, most);
  const first = (scope: Element, selector: string | null | undefined): Text | undefined =>
    texts(scope, selector, 1)[0];
  /** The amount in force and the one struck through beside it in the same element. */
  const amountIn = (element: Element, { plain, struck } = reading.text(element)): Amounts => {
    const amount = (raw: string) => (raw ? sayNumber(element, raw) : undefined);
    return { now: amount(plain), was: amount(struck) };
  };
  const amount = (scope: Element, selector: string | null | undefined): Amounts =>
    shown(scope, selector)
      .map((element) => amountIn(element))
      .find(({ now, was }) => now ?? was) ?? {};
  /** An element whose whole text is a price that was: struck through or only named so. */
  const formerly = (scope: Element, selector: string | null | undefined): Amount | undefined => {
    const { now, was } = amount(scope, selector);
    return was ?? now;
  };

  const totals = readTotals();
  const totalsRead = totals.length
    ? stringify(totals.map(({ key, amount }) => [key, amount?.raw]))
    : undefined;

  const lineElements = all(root, recipe.line);
  const linesShown = lineElements.filter(reading.isShown);
  const empty = first(root, recipe.empty);
  const promos = shown(root, recipe.promo).slice(0, CART_STATE_PROMOS_MAX_COUNT).map(readPromo);
  const hasPromoBox = shown(root, recipe.promo_input).length > 0;

  return compact<CartState>({
    surface: recipe.surface,
    source: "displayed",
    node: idOf(root),
    lines:
      linesShown.length || empty ? linesShown.slice(0, CART_STATE_LINES_MAX_COUNT).map(readLine) : undefined,
    lines_cut: linesShown.length > CART_STATE_LINES_MAX_COUNT,
    count: first(root, recipe.count),
    promos: promos.length || hasPromoBox ? promos : undefined,
    totals: totals.length ? totals : undefined,
    messages: nonEmpty(texts(root, recipe.message, CART_STATE_MESSAGES_MAX_COUNT)),
    empty,
    cart_id: undefined,
    currency: undefined,
  });

  function readLine(line: Element): Line {
    const unit = amount(line, recipe.unit);
    const total = amount(line, recipe.total);
    const box = shown(line, recipe.quantity)[0];
    const repainted = total.now?.raw ?? totalsRead;
    const quantity = box && reader.quantities.read(box, repainted, reading);
    const skuElement = recipe.sku_attribute ? nearest(line, recipe.sku_attribute) : undefined;
    return compact<Line>({
      id: word(line.getAttribute("data-replay-line")),
      sku: word(recipe.sku_attribute && skuElement?.getAttribute(recipe.sku_attribute)),
      name: first(line, recipe.name),
      quantity: box && quantity?.inForce ? sayNumber(box, quantity.inForce) : undefined,
      quantity_typed: box && quantity?.typed !== undefined ? sayNumber(box, quantity.typed) : undefined,
      unit: unit.now,
      was: formerly(line, recipe.was) ?? unit.was,
      total: total.now,
      total_was: formerly(line, recipe.total_was) ?? total.was,
      notes: nonEmpty(texts(line, recipe.note, LINE_NOTES_MAX_COUNT)),
    });
  }

  function readTotals(): Total[] {
    const rows = recipe.labelled
      ? shown(root, recipe.total_row).map((row) => {
          const key = row.getAttribute("data-replay-total") ?? "";
          return {
            key,
            label: first(root, `[data-replay-label="${CSS.escape(key)}"]`),
            amount: amountIn(row).now,
          };
        })
      : shown(root, recipe.total_row).map((row) => {
          const label = first(row, recipe.total_label);
          // Some shops write an amount bare after its label: no selector reaches a text.
          const now = amount(row, recipe.total_amount).now ?? amountIn(row, reading.ownText(row)).now;
          return { key: label?.raw.toLowerCase() || UNLABELLED, label, amount: now };
        });
    return rows
      .filter((row) => row.amount && row.key)
      .slice(0, CART_STATE_TOTALS_MAX_COUNT)
      .map((row) => compact<Total>({ ...row, key: cut(row.key, WORD_MAX_CHARS) }));
  }

  function readPromo(element: Element): PromoShown {
    const { plain } = reading.text(element);
    const code = element.getAttribute("data-replay-promo") ?? (/^\S+$/.test(plain) ? plain : undefined);
    return compact<PromoShown>({
      code: word(code),
      text: plain ? say(element, plain) : undefined,
      amount: amount(element, recipe.promo_amount).now,
    });
  }
}

const nonEmpty = <T>(list: readonly T[]): readonly T[] | undefined => (list.length ? list : undefined);

/** The element itself or the first inside that carries the attribute. */
function nearest(element: Element, attribute: string): Element | undefined {
  if (element.hasAttribute(attribute)) return element;
  return element.querySelector(`[${CSS.escape(attribute)}]`) ?? undefined;
}
