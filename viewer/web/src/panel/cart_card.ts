/**
 * One cart state as a card: exactly the texts that the surface showed, in the order in which they were read.
 * Nothing is formatted, rounded or added up, and what the surface did not show stays empty.
 *
 * Tests read cards by these hooks, whose text is the raw text and nothing else:
 *   [data-panel-surface="drawer"][data-panel-source="displayed"][data-panel-status="on-screen|last-seen|stated"]
 *     [data-panel-part="line"] with name, quantity, typed, unit, was, total, total-was, note inside
 *     [data-panel-part="promo"] with code, text, amount inside
 *     [data-panel-part="total-row"][data-panel-key="subtotal"] with label, amount inside
 *     [data-panel-part="message"], [data-panel-part="empty"], [data-panel-part="count"]
 *   [data-panel-part="heading"] says when and where; [data-panel-part="change"] is one difference.
 * An element that was read from the page carries its node in data-node; pressing it outlines the element.
 */
import type { Amount, Line, PromoShown, Text, Total } from "../../../../sdk_js/src/wire.gen";
import { h, setText } from "../desk/dom";
import { lineSentence, placeName, sentence, surfaceName } from "../model/describe";
import { differences } from "../model/differences";
import { clockTime, duration, exactAmount } from "../model/format";
import type { Moment, SurfaceState } from "../model/moment";

/** From so many lines on they are counted for the agent. */
const MANY_LINES_COUNT = 10;

type Given = Text | Amount | null | undefined;

function given(name: string, value: Given, extra = ""): HTMLElement | null {
  const text = value ? textOf(value) : null;
  if (!value || text === null) return null;
  const attributes = { dir: "auto", "data-panel-part": name, "data-node": value.node };
  return h("span", { class: `shown shown--${name} ${extra}`.trim(), ...attributes }, text);
}

/** The raw text; an amount that was only stated exactly, as its number and currency. */
function textOf(value: Text | Amount): string | null {
  if (value.raw !== null && value.raw !== undefined) return value.raw;
  if (!("minor" in value) || typeof value.minor !== "number") return null;
  return exactAmount(value.minor, value.currency ?? null);
}

/** A card for the state; `headingOf` is kept current by `updateHeading`. */
export function cartCard(state: SurfaceState): HTMLElement {
  const cart = state.event.fields;
  const status = state.source !== "displayed" ? "stated" : state.off === null ? "on-screen" : "last-seen";
  const label = placeName(state.event.fields);
  const lines = cart.lines?.map(line) ?? null;
  return h(
    "article",
    {
      class: `card card--${status}`,
      "aria-label": label,
      "data-panel-surface": state.surface,
      "data-panel-source": state.source,
      "data-panel-status": status,
      "data-t": state.event.t,
      "data-load": state.load.id,
    },
    h("h3", { class: "card__heading" }, h("span", { "data-panel-part": "heading" })),
    cart.count
      ? h(
          "p",
          { class: "card__count" },
          h("span", { class: "soft" }, "number of items "),
          given("count", cart.count),
        )
      : null,
    lines && lines.length >= MANY_LINES_COUNT
      ? h("p", { class: "card__unknown soft" }, `${lines.length} lines`)
      : null,
    cart.empty ? h("p", { class: "card__empty" }, given("empty", cart.empty)) : null,
    lines && lines.length > 0 ? h("ul", { class: "lines" }, ...lines) : null,
    lines === null && state.surface !== "mini"
      ? h("p", { class: "card__unknown soft" }, "lines are not shown here")
      : null,
    cart.lines_cut
      ? h("p", { class: "card__unknown soft" }, `only the first ${cart.lines?.length ?? 0} lines were kept`)
      : null,
    promos(cart.promos ?? null),
    totals(cart.totals ?? [], (lines?.length ?? 0) >= MANY_LINES_COUNT),
    ...(cart.messages ?? []).map((message) => h("p", { class: "card__message" }, given("message", message))),
    changes(state),
  );
}

function line(one: Line): HTMLElement {
  const name = given("name", one.name) ?? h("span", { class: "soft" }, one.sku ?? "a line without a name");
  return h(
    "li",
    { class: "line", "data-panel-part": "line", "data-sku": one.sku },
    h(
      "button",
      { class: "line__name", type: "button", "aria-label": lineSentence(one), "data-node": one.name?.node },
      name,
    ),
    h(
      "span",
      { class: "line__amounts" },
      h(
        "span",
        { class: "line__quantity" },
        given("quantity", one.quantity),
        one.quantity ? h("span", { class: "soft", "aria-hidden": "true" }, " ×") : null,
      ),
      h("span", { class: "line__unit" }, given("was", one.was, "struck"), given("unit", one.unit)),
      h(
        "span",
        { class: "line__total" },
        given("total-was", one.total_was, "struck"),
        given("total", one.total),
      ),
    ),
    one.quantity_typed
      ? h(
          "p",
          { class: "line__aside" },
          h("span", { class: "tag tag--warn" }, "typed, not in force"),
          " ",
          given("typed", one.quantity_typed),
        )
      : null,
    ...(one.notes ?? []).map((note) => h("p", { class: "line__aside soft" }, given("note", note))),
  );
}

function promos(shown: readonly PromoShown[] | null): HTMLElement | null {
  if (shown === null) return null;
  if (shown.length === 0) return h("p", { class: "card__none soft" }, "no promotion shown as applied");
  return h(
    "ul",
    { class: "promos" },
    ...shown.map((promo) =>
      h(
        "li",
        { class: "row", "data-panel-part": "promo" },
        h(
          "button",
          { class: "row__label", type: "button", "data-node": promo.text?.node ?? promo.amount?.node },
          h("span", { class: "soft" }, "promo "),
          promo.code ? h("span", { class: "code", "data-panel-part": "code" }, promo.code) : null,
          promo.code && promo.text ? " " : null,
          given("text", promo.text),
        ),
        given("amount", promo.amount),
      ),
    ),
  );
}

function totals(rows: readonly Total[], isLong: boolean): HTMLElement | null {
  if (rows.length === 0) return null;
  return h(
    "ul",
    { class: `totals${isLong ? " totals--in-sight" : ""}` },
    ...rows.map((row) =>
      h(
        "li",
        {
          class: `row row--${row.key === "total" ? "total" : "part"}`,
          "data-panel-part": "total-row",
          "data-panel-key": row.key,
        },
        h(
          "button",
          { class: "row__label", type: "button", "data-node": row.label?.node ?? row.amount?.node },
          given("label", row.label) ?? h("span", { class: "soft" }, row.key),
        ),
        given("amount", row.amount) ?? h("span", { class: "soft" }, "not shown"),
      ),
    ),
  );
}

function changes(state: SurfaceState): HTMLElement | null {
  if (!state.before) return null;
  const found = differences(state.before.fields, state.event.fields);
  if (found.length === 0) return null;
  return h(
    "details",
    // Of a badge there is little to say, and the cart beside it says it too.
    { class: "changes", open: Boolean(state.event.fields.lines) },
    h("summary", {}, `changed at ${clockTime(state.event.t)}`),
    h("ul", {}, ...found.map((one) => h("li", { "data-panel-part": "change", dir: "auto" }, sentence(one)))),
  );
}

/** Says when and where this was seen, as of the moment. */
export function updateHeading(card: HTMLElement, state: SurfaceState, moment: Moment): void {
  const heading = card.querySelector('[data-panel-part="heading"]');
  if (heading) setText(heading, headingOf(state, moment));
}

export function headingOf(state: SurfaceState, moment: Moment): string {
  const where = surfaceName(state.surface);
  const place = placeName(state.event.fields);
  if (state.source !== "displayed")
    return `${place} · ${duration(moment.t - state.event.t)} before this moment`;
  if (state.off === null)
    return moment.visible === false
      ? `on the page, tab behind another · ${place}`
      : `on screen now · ${place}`;
  if (state.off === "other-tab") return `in tab ${state.tab.ordinal} at this moment · ${place}`;
  return `last seen ${duration(moment.t - state.lastSeen)} before this moment in the ${where} of tab ${state.tab.ordinal}`;
}
