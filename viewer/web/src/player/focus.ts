/**
 * Which element had the focus, and whether the browser showed it. A replayed page never has the focus itself, so
 * an attribute stands for it, in the page and in its styles (`sanitizeCss`), with the same weight.
 */
import { Change, EventType, fieldsOf, idOf, type SafeEvent } from "./recorder_event";

const FOCUS = 5;
const BLUR = 6;
const MARK = "data-desk-focus";

/** What the selectors that ask for focus become. */
export const FOCUS_SELECTORS: ReadonlyMap<string, string> = new Map([
  ["focus", `[${MARK}]`],
  ["focus-visible", `[${MARK}=visible]`],
  ["focus-within", `:is([${MARK}],:has([${MARK}]))`],
]);

/** What a browser draws where the page's own styles say nothing of it. */
export const FOCUS_RING = `:where([${MARK}=visible]){outline:-webkit-focus-ring-color auto 1px}`;

export interface Focused {
  readonly id: number;
  /** Whether the browser drew it. */
  readonly visible: boolean;
}

/** What has the focus at page-clock time t; null if nothing is known to have it. */
export function focusedAt(events: readonly SafeEvent[], t: number): Focused | null {
  for (let index = events.length - 1; index >= 0; index--) {
    const event = events[index];
    if (!event || event.timestamp > t) continue;
    if (event.type === EventType.FULL_SNAPSHOT) return null;
    const change = focusOf(event);
    if (change !== undefined) return change;
  }
  return null;
}

/** What an event gives the focus to; null if it takes it away, undefined if it says nothing of it. */
function focusOf({ type, data }: SafeEvent): Focused | null | undefined {
  const fields = fieldsOf(data);
  if (type !== EventType.INCREMENTAL || fields.source !== Change.MOUSE_INTERACTION) return undefined;
  const id = idOf(fields.id);
  if (fields.type === FOCUS && id !== null) return { id, visible: fields.visible === true };
  return fields.type === BLUR ? null : undefined;
}

export class FocusMark {
  private marked: Element | null = null;

  constructor(private readonly nodeOf: (id: number) => Node | null) {}

  /** Follows a playing picture. */
  follow(event: SafeEvent): void {
    const change = focusOf(event);
    if (change !== undefined) this.show(change);
  }

  show(focused: Focused | null): void {
    this.marked?.removeAttribute(MARK);
    const node = focused && this.nodeOf(focused.id);
    this.marked = node?.nodeType === Node.ELEMENT_NODE ? (node as Element) : null;
    this.marked?.setAttribute(MARK, focused?.visible ? "visible" : "");
  }
}
