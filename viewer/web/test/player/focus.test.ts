// @vitest-environment node
/** Who has the focus at a moment, and what a style that asks for it becomes. */
import { expect, it } from "vitest";
import { focusedAt } from "../../src/player/focus";
import { sanitizeCss } from "../../src/player/sanitize_css";

const focus = (timestamp: number, type: number, id: number, visible = false) => ({
  type: 3,
  timestamp,
  data: { source: 2, type, id, visible },
});
const EVENTS = [
  { type: 2, timestamp: 1, data: {} },
  focus(2, 5, 7, true),
  focus(3, 2, 9),
  focus(4, 6, 7),
  focus(5, 5, 8),
  { type: 2, timestamp: 6, data: {} },
];

it.each([
  [1, null],
  [2, { id: 7, visible: true }],
  [3, { id: 7, visible: true }],
  [4, null],
  [5, { id: 8, visible: false }],
  [6, null],
])("has the focus at %i", (t, focused) => {
  expect(focusedAt(EVENTS, t)).toEqual(focused);
});

it.each([
  ["a:focus{}", "a[data-desk-focus]{}"],
  ["a:FOCUS-visible:hover{}", "a[data-desk-focus=visible]:hover{}"],
  [
    "a:not(:focus),.x:focus-within b{}",
    "a:not([data-desk-focus]),.x:is([data-desk-focus],:has([data-desk-focus])) b{}",
  ],
  [".focus,a:focus-ring,b{animation: focus 1s}", ".focus,a:focus-ring,b{animation: focus 1s}"],
])("asks for it by the mark: %s", (css, asked) => {
  expect(sanitizeCss(css)).toBe(asked);
});
