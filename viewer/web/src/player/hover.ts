/**
 * What lay under the customer's pointer. The replayer knows what it was last moved onto; a page that scrolls or
 * opens something under a pointer that rests shows another element as pointed at, and so must its replay.
 */
import { Change, EventType, fieldsOf, listOf, numberOf, type SafeEvent } from "./recorder_event";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Presses, and what else of a pointer has a place. */
const PLACED: ReadonlySet<unknown> = new Set([0, 1, 2, 3, 4]);

/** Where the pointer was at page-clock time t, in the window; null if nobody knows, or it was a finger. */
export function pointerAt(events: readonly SafeEvent[], t: number): Point | null {
  for (let index = events.length - 1; index >= 0; index--) {
    const event = events[index];
    if (!event || event.timestamp > t) continue;
    if (event.type === EventType.FULL_SNAPSHOT) return null;
    const fields = fieldsOf(event.data);
    if (fields.source === Change.TOUCH_MOVE) return null;
    if (fields.source === Change.MOUSE_MOVE) return pointOf(listOf(fields.positions).at(-1));
    if (fields.source !== Change.MOUSE_INTERACTION) continue;
    if (Number(fields.type) >= 7) return null;
    if (PLACED.has(fields.type)) return pointOf(fields);
  }
  return null;
}

function pointOf(value: unknown): Point | null {
  const fields = fieldsOf(value);
  const x = numberOf(fields.x, 0, Number.MAX_SAFE_INTEGER);
  const y = numberOf(fields.y, 0, Number.MAX_SAFE_INTEGER);
  return x === null || y === null ? null : { x, y };
}

/** The element of the page at that point. An inert page has none, so it is not inert for that moment. */
export function elementAt(page: Document, holder: HTMLElement, { x, y }: Point): Element | null {
  holder.inert = false;
  try {
    return page.elementFromPoint(x, y);
  } finally {
    holder.inert = true;
  }
}
