/** The trail on the panel: what was shown is gone to, what systems say is read, and marks stand at product pages. */
import { expect, it } from "vitest";
import { h } from "../../src/desk/dom";
import type { Mark } from "../../src/model/corroboration";
import type { DeskEvent, ToldPrice } from "../../src/model/session";
import { Corroboration } from "../../src/panel/corroboration";
import { Prices } from "../../src/panel/prices";
import { event, T0 } from "../model/story";

const STORE: ToldPrice = {
  id: "p1",
  kind: "store",
  system: "erp",
  name: "Downtown",
  since_ms: T0 - 1_000,
  until_ms: null,
  by: "price",
  sku: "HP-15",
  title: null,
  minor: 37_900,
  currency: "USD",
  quantity: "1",
  piece: "379.00 USD",
  line: null,
};

it("draws what is told without a button, by keyboard, too, and the marks of a product page", async () => {
  const root = h("div", { "data-part": "trails" });
  document.body.replaceChildren(root);
  const shown = event("l", 0, "price", {
    source: "displayed",
    context: "product",
    role: "current",
    sku: "HP-15",
    amount: { raw: "$499.00" },
  });
  const list: Mark = {
    at: "price",
    kind: "list",
    outcome: "other",
    who: "Downtown (erp)",
    since_ms: T0,
    amount: "$379.00",
    why: null,
  };
  const { load, number, index } = shown;
  const sought: DeskEvent[] = [];
  let answer = () => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const corroboration = new Corroboration(
    async () => [{ load, number, index, marks: [list] }],
    () => answer(),
  );
  const prices = new Prices((one) => sought.push(one), corroboration);
  const view = { findings: [], prices: [STORE], told_until_ms: T0 };
  const draw = () => prices.draw([shown], view, T0);
  draw();
  await answered;
  draw();
  expect(root.querySelector('[data-panel-part="told-until"]')?.textContent).toMatch(
    /^Dotted: As of the export/,
  );
  const told = root.querySelector<HTMLElement>('[data-panel-part="told-step"]');
  expect(told?.tagName).toBe("SPAN");
  expect(told?.tabIndex).toBe(0);
  expect(told?.dataset.said).toContain("there is no picture of it");
  expect(told?.textContent).toMatch(/^store Downtown · price list of erp · since .* 2023379\.00 USD$/);
  expect(root.querySelector('[data-panel-part="beside"]')?.textContent).toBe("≠ price list $379.00");
  const steps = root.querySelectorAll<HTMLElement>('button[data-panel-part="step"]');
  expect(steps).toHaveLength(1);
  steps[0]?.click();
  expect(sought).toEqual([shown]);
});
