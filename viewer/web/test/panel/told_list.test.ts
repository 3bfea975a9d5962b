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
  new ToldList().draw([]);
  expect(document.querySelector<HTMLElement>("details")?.hidden).toBe(true);
});

it("names the system of each, and keeps apart what was only claimed", () => {
  const list = new ToldList();
  list.draw([]);
  list.draw([
    told("order", "Order placed"),
    told("customer", "Payment captured"),
    told("claimed", "Return arrived"),
  ]);
  expect(document.querySelector<HTMLElement>("details")?.hidden).toBe(false);
  expect(text("summary")).toEqual(["The shop’s systems say · 3"]);
  const [placed, captured] = text('[data-panel-part="told"] li');
  expect(placed).toContain("<b>bank</b> Order placed · by the order’s number");
  expect(captured).toMatch(/^<b>bank<\/b> Payment captured.*1001 · 499\.00 USD$/);
  expect(text('[data-panel-part="told-claimed"] .tag')).toEqual(["<b>bank</b>"]);
});
