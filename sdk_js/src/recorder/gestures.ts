/**
 * What the customer does that leaves no trace in the page: the pointer, scrolling, the window's size, what plays, and
 * what is put into inputs, by hand or by script.
 */
import { createSeldom } from "../capture/seldom";
import { guarded, listen } from "../guard";
import { type End, hook } from "./hook";
import type { Mirror } from "./mirror";
import type { Tell } from "./sheets";

type Realm = Window & typeof globalThis;

/** Positions are noted this often and handed over in bundles. */
const MOUSE_MS = 100;
const MOUSE_BUNDLE_MS = 500;
const SCROLL_MS = 120;
const RESIZE_MS = 200;
const MEDIA_MS = 500;

const MOUSE_MOVE = 1;
const MOUSE_INTERACTION = 2;
const SCROLL = 3;
const RESIZE = 4;
const INPUT = 5;
const TOUCH_MOVE = 6;
const MEDIA = 7;
const DRAG = 12;

const MOVES = { mousemove: MOUSE_MOVE, touchmove: TOUCH_MOVE, drag: DRAG };
/** By their numbers in the format. */
const PRESSES = ["pointerup", "pointerdown", "click", "contextmenu", "dblclick", "focus", "blur"];
const TOUCH_CANCEL = 10;
const CLICK = 2;
/** By their numbers in the format. */
const PLAYS = ["play", "pause", "seeked", "volumechange", "ratechange"];
/** What may hold a value, and what puts one there. */
const FIELDS = ["Input", "Option", "Select", "TextArea"] as const;
const SETTING = "value,valueAsNumber,checked,selected,selectedIndex,stepUp,stepDown,setRangeText".split(",");

const targetOf = (event: Event): Node => (event.composedPath()[0] ?? event.target) as Node;

/** Runs for each that was asked for, so often at most. */
function seldomFor<T>(everyMs: number, run: (asked: T) => void): (asked: T) => void {
  const waiting = new Set<T>();
  const seldom = createSeldom(everyMs, () => {
    waiting.forEach(run);
    waiting.clear();
  });
  return (asked) => {
    waiting.add(asked);
    seldom.ask(0);
  };
}

const each = (target: EventTarget, events: readonly string[], run: (event: Event) => void): End[] =>
  events.map((name) => listen(target, name, run));

export interface Gestures {
  /** Those of a document and its window; the answers end it. */
  watch(realm: Realm): End[];
  /** Scrolling, which a shadow root keeps to itself. */
  watchScrolling(root: Document | ShadowRoot): End[];
}

export function createGestures(mirror: Mirror, tell: Tell): Gestures {
  const idOf = (node: Node) => mirror.idOf(node) || -1;

  const where = (event: Event) => {
    const { clientX: x, clientY: y } = (event as TouchEvent).changedTouches?.[0] ?? (event as MouseEvent);
    return { x, y, id: idOf(targetOf(event)) };
  };

  let positions: { x: number; y: number; id: number; timeOffset: number }[] = [];
  let movedAt = -Infinity;
  const moved = seldomFor(MOUSE_BUNDLE_MS, (source: number) => {
    const now = performance.now();
    for (const position of positions) position.timeOffset = Math.round(position.timeOffset - now);
    if (positions.length) tell(source, { positions });
    positions = [];
  });
  const move = (event: Event) => {
    const at = performance.now();
    if (at - movedAt < MOUSE_MS) return;
    movedAt = at;
    positions.push({ ...where(event), timeOffset: at });
    moved(MOVES[event.type as "drag"]);
  };

  const press = (event: Event, number: number) => {
    // A finger's up and down have numbers of their own.
    const isFinger = number < CLICK && (event as PointerEvent).pointerType === "touch";
    tell(MOUSE_INTERACTION, { type: isFinger ? 9 - 2 * number : number, ...where(event) });
  };

  const scrolled = seldomFor(SCROLL_MS, (target: Node) => {
    const { scrollLeft: x, scrollTop: y } = (target as Document).scrollingElement ?? (target as Element);
    tell(SCROLL, { id: idOf(target), x, y });
  });

  let size = "";
  const resized = seldomFor<0>(RESIZE_MS, () => {
    const { innerHeight: height, innerWidth: width } = window;
    const now = `${width}x${height}`;
    if (size !== now) tell(RESIZE, { width, height });
    size = now;
  });

  const played = PLAYS.map((_, type) =>
    seldomFor(MEDIA_MS, (target: HTMLMediaElement) => {
      const { currentTime, volume, muted, playbackRate, loop } = target;
      tell(MEDIA, { type, id: idOf(target), currentTime, volume, muted, playbackRate, loop });
    }),
  );

  const known = new WeakMap<Node, string>();
  const value = (input: HTMLInputElement, isChecked: boolean) => {
    const { value: text } = input;
    const said = `${isChecked} ${text}`;
    if (known.get(input) === said) return;
    known.set(input, said);
    tell(INPUT, { text, isChecked, id: idOf(input) });
  };
  const filled = (target: Node) => {
    const input = (target.nodeName === "OPTION" ? target.parentElement : target) as HTMLInputElement | null;
    if (!input || !/^(?:INPUT|TEXTAREA|SELECT)$/.test(input.nodeName)) return;
    const { checked, name, ownerDocument, type } = input;
    value(input, /^(?:radio|checkbox)$/.test(type) && checked);
    if (type === "radio")
      for (const other of ownerDocument.querySelectorAll<HTMLInputElement>('input[type="radio"]'))
        if (other.name === name) value(other, other.checked);
  };
  /** What a script sets is read when it has finished: until then it may be no value at all. */
  const later = (run: () => void) => {
    setTimeout(guarded(run), 0);
  };
  const set = (self: Node) => later(() => filled(self)) as undefined;

  return {
    watch(realm) {
      const { document: root } = realm;
      return [
        ...each(root, Object.keys(MOVES), move),
        ...PRESSES.flatMap((name, type) => each(root, [name], (event) => press(event, type))),
        ...each(root, ["touchcancel"], (event) => press(event, TOUCH_CANCEL)),
        ...each(root, ["input", "change"], (event) => filled(targetOf(event))),
        ...each(root, ["reset"], ({ target }) =>
          later(() => [...(target as HTMLFormElement).elements].forEach(filled)),
        ),
        ...each(realm, ["resize"], () => resized(0)),
        ...PLAYS.flatMap((name, at) =>
          each(root, [name], (event) => played[at]?.(targetOf(event) as HTMLMediaElement)),
        ),
        ...FIELDS.flatMap((field) => SETTING.map((name) => hook(realm[`HTML${field}Element`], name, set))),
      ];
    },
    watchScrolling: (root) => each(root, ["scroll"], (event) => scrolled(targetOf(event))),
  };
}
