/** What the shop's systems say stands under the findings, with who says it; what was only claimed stands apart. */
import { beforeEach, expect, it } from "vitest";
import type { Told } from "../../src/model/session";
import { ToldList } from "../../src/panel/told_list";

const told = (by: Told["by"], title: string): Told => ({
  id: title,
  system: "<b>bank</b>",
  kind: "payment.captured",
  order: "1001",
  occurred_ms: 1_700_000_000_000,
  received_ms: 1_700_000_000_000,
  by,
  title,
  detail: "1001 · 499.00 USD",
});

const text = (selector: string): string[] =>
  [...document.querySelectorAll(selector)].map((element) => element.textContent ?? "");

beforeEach(() => {
  document.body.innerHTML = '<section data-part="findings"></section>';
});

it("is not there while nothing was said", () => {
  new ToldList().draw({ told: [], told_until_ms: null });
  expect(document.querySelector<HTMLElement>("details")?.hidden).toBe(true);
});

it("names the system of each, and keeps apart what was only claimed", () => {
  const list = new ToldList();
  list.draw({ told: [], told_until_ms: null });
  const said = [
    told("order", "Order placed"),
    told("customer", "Payment captured"),
    told("claimed", "Return arrived"),
  ];
  list.draw({ told: said, told_until_ms: null });
  expect(document.querySelector<HTMLElement>('[data-panel-part="told-until"]')?.hidden).toBe(true);
  expect(document.querySelector<HTMLElement>("details")?.hidden).toBe(false);
  expect(text("summary")).toEqual(["The shop’s systems say · 3"]);
  const [placed, captured] = text('[data-panel-part="told"] li');
  expect(placed).toContain("<b>bank</b> Order placed · by the order’s number");
  expect(captured).toMatch(/^<b>bank<\/b> Payment captured.*1001 · 499\.00 USD$/);
  expect(text('[data-panel-part="told-claimed"] .tag')).toEqual(["<b>bank</b>"]);
});

it("says of an imported visit how old that is", () => {
  new ToldList().draw({
    told: [told("customer", "Order placed")],
    told_until_ms: new Date(2025, 10, 22, 10, 4, 12).getTime(),
  });
  expect(text('[data-panel-part="told-until"]')).toEqual([
    "As of the export of this session, Sat 22 Nov 2025, 10:04:12. What they said later is not known here.",
  ]);
});
