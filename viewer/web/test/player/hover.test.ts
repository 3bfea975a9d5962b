// @vitest-environment node
/** Where the pointer was, by the last thing that was said of it. */
import { expect, it } from "vitest";
import { pointerAt } from "../../src/player/hover";

const event = (timestamp: number, data: object) => ({ type: 3, timestamp, data });
const EVENTS = [
  { type: 2, timestamp: 1, data: {} },
  event(2, { source: 1, positions: [{ x: 10, y: 20, id: 3 }] }),
  event(3, { source: 3, id: 1, x: 0, y: 300 }),
  event(4, { source: 2, type: 2, id: 3, x: 11, y: 21 }),
  event(5, { source: 2, type: 5, id: 3, x: 0, y: 0 }),
  event(6, { source: 6, positions: [{ x: 1, y: 1, id: 3 }] }),
];

it.each([
  [1, null],
  [2, { x: 10, y: 20 }],
  [3, { x: 10, y: 20 }],
  [4, { x: 11, y: 21 }],
  [5, { x: 11, y: 21 }],
  [6, null],
])("is known at %i", (t, point) => {
  expect(pointerAt(EVENTS, t)).toEqual(point);
});
