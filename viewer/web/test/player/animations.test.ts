// @vitest-environment node
/** From when on an animation counts. */
import { describe, expect, it } from "vitest";
import { lastChanges } from "../../src/player/animations";
import type { SafeEvent } from "../../src/player/recorder_event";

const change = (timestamp: number, data: object): SafeEvent => ({
  type: 3,
  timestamp,
  data: { source: 0, ...data },
});
const EVENTS: readonly SafeEvent[] = [
  { type: 2, timestamp: 100, data: {} },
  change(200, { attributes: [{ id: 7, attributes: { class: "is-open" } }] }),
  change(300, { adds: [{ parentId: 7, node: { id: 8 } }], attributes: [{ id: 9, attributes: {} }] }),
  change(400, { attributes: [{ id: 7, attributes: { class: "" } }] }),
];

describe("the last change", () => {
  it("of an element is when it was added or had its attributes changed", () => {
    const { of, page } = lastChanges(new Set([7, 8]), EVENTS, 350);
    expect([...of]).toEqual([
      [8, 300],
      [7, 200],
    ]);
    expect(page).toBe(100);
    expect(lastChanges(new Set([7]), EVENTS, 400).of.get(7)).toBe(400);
  });

  it("of what never changed is when the page was built", () => {
    expect(lastChanges(new Set([5]), EVENTS, 400)).toEqual({ page: 100, of: new Map() });
    expect(lastChanges(new Set([5]), [], 400).page).toBe(400);
  });
});
