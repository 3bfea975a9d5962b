// @vitest-environment node
/** What has to be done to stand at a moment. */
import { describe, expect, it } from "vitest";
import type { SafeEvent } from "../../src/player/recorder_event";
import { thin } from "../../src/player/thin";

const at = (timestamp: number, data: object, type = 3): SafeEvent => ({ type, timestamp, data });
const meta = (timestamp: number, width = 800) => at(timestamp, { href: "", width, height: 600 }, 4);
const page = (timestamp: number) => at(timestamp, { node: {} }, 2);
const scroll = (timestamp: number, id: number) => at(timestamp, { source: 3, id, x: 0, y: timestamp });
const change = (timestamp: number) => at(timestamp, { source: 0 });

describe("thinning", () => {
  it("keeps every change, in order, from the last page on", () => {
    const events = [meta(0), page(0), change(1), meta(5), page(5), change(6), change(7), change(9)];
    expect(thin(events, 7)).toEqual(events.slice(3, 7));
    expect(thin(events, 4)).toEqual(events.slice(0, 3));
  });

  it("keeps the last of what replaces itself, at its own place", () => {
    const type = (timestamp: number, id: number) =>
      at(timestamp, { source: 5, id, text: "", isChecked: false });
    const move = (timestamp: number) => at(timestamp, { source: 1, positions: [] });
    const events = [
      scroll(1, 1),
      type(2, 7),
      scroll(3, 2),
      change(4),
      scroll(5, 1),
      move(6),
      type(7, 7),
      type(8, 9),
      move(9),
    ];
    expect(thin(events, 10).map(({ timestamp }) => timestamp)).toEqual([3, 4, 5, 7, 8, 9]);
    expect(thin(events, 4).map(({ timestamp }) => timestamp)).toEqual([1, 2, 3, 4]);
  });

  it("says the window's size once, as it was at the moment", () => {
    const resize = (timestamp: number, width: number) => at(timestamp, { source: 4, width, height: 500 });
    const events = [meta(0), page(0), resize(1, 900), change(2), resize(3, 1_000), resize(9, 2_000)];
    expect(thin(events, 5)).toEqual([
      at(0, { href: "", width: 1_000, height: 500 }, 4),
      events[1],
      events[3],
    ]);
  });

  it("keeps the last press that is shown", () => {
    const press = (timestamp: number, type: number) => at(timestamp, { source: 2, type, id: 1 });
    const events = [press(1, 1), press(2, 0), press(3, 2), press(4, 5), press(5, 6)];
    expect(thin(events, 9).map(({ timestamp }) => timestamp)).toEqual([3]);
  });
});
