/**
 * What the customer does that leaves no trace in the page: the pointer, scrolling, the window's size, what plays, and
 * what is put into inputs, by hand or by script.
 */
import { createSeldom } from "../capture/seldom";
import { attempt, guarded, listen } from "../guard";
import type { Mirror } from "./mirror";
import type { Tell } from "./sheets";

type Realm = Window & typeof globalThis;
type End = () => void;

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
const POINTERS: { readonly [name: string]: number } = { mouse: 0, pen: 1, touch: 2 };
const PEN = 1;
const TOUCH = 2;
/** By their numbers in the format. */
const PLAYS = ["play", "pause", "seeked", "volumechange", "ratechange"];

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
  events.map((name) => listen(target, name, run, { capture: true, passive: true }));

export interface Gestures {
  /** Those of a document and its window; the answers end it. */
  watch(realm: Realm): End[];
  /** Scrolling, which a shadow root keeps to itself. */
  watchScrolling(root: Document | ShadowRoot): End[];
}

export function createGestures(mirror: Mirror, tell: Tell): Gestures {
  const idOf = (node: Node) => mirror.idOf(node) || -1;

  let positions: { x: number; y: number; id: number; at: number }[] = [];
  let movedAt = -Infinity;
  const moved = seldomFor(MOUSE_BUNDLE_MS, (source: number) => {
    const now = performance.now();
    const bundle = positions.map(({ at, ...position }) => ({
      ...position,
      timeOffset: Math.round(at - now),
    }));
    positions = [];
    if (bundle.length) tell(source, { positions: bundle });
  });
  const move = (event: Event) => {
    const at = performance.now();
    if (at - movedAt < MOUSE_MS) return;
    movedAt = at;
    const { clientX: x, clientY: y } = (event as TouchEvent).changedTouches?.[0] ?? (event as MouseEvent);
    positions.push({ x, y, id: idOf(targetOf(event)), at });
    moved(MOVES[event.type as "drag"]);
  };

  /** What was last pressed with: a click says it where the browser does not. */
  let pressedWith: number | undefined;
  const press = (event: Event, number: number) => {
    const touch = (event as TouchEvent).changedTouches?.[0];
    const { clientX: x, clientY: y } = touch ?? (event as MouseEvent);
    let type = number;
    let pointerType = touch ? TOUCH : POINTERS[(event as PointerEvent).pointerType];
    if (pointerType !== undefined) pressedWith = pointerType;
    else if (type === CLICK) {
      pointerType = pressedWith;
      pressedWith = undefined;
    }
    // The names of these say what they were done with.
    if (/^(?:pointer|touch)/.test(event.type)) {
      if (pointerType === TOUCH && type < CLICK) type = 9 - 2 * type;
      if (pointerType !== PEN) pointerType = undefined;
    }
    tell(MOUSE_INTERACTION, {
      type,
      id: idOf(targetOf(event)),
      x,
      y,
      ...(pointerType !== undefined && { pointerType }),
    });
  };

  const scrolled = seldomFor(SCROLL_MS, (target: Node) => {
    const view = (target as Document).defaultView;
    const { scrollLeft: x, scrollTop: y } = target as Element;
    tell(SCROLL, { id: idOf(target), ...(view ? { x: view.scrollX, y: view.scrollY } : { x, y }) });
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
    const { checked, form, name, ownerDocument, type } = input;
    const isRadio = type === "radio";
    value(input, (isRadio || type === "checkbox") && checked);
    if (isRadio && name && checked)
      for (const other of ownerDocument.querySelectorAll<HTMLInputElement>('input[type="radio"]'))
        if (other.name === name && other.form === form && other !== input) value(other, false);
  };
  /** What a script sets is read when it has finished: until then it may be no value at all. */
  const watchSetting = (owner: object, name: string): End => {
    const own = Object.getOwnPropertyDescriptor(owner, name);
    const set = own?.set;
    if (!set) return () => {};
    const ours = function (this: Node, given: unknown) {
      setTimeout(
        guarded(() => filled(this)),
        0,
      );
      set.call(this, given);
    };
    Object.defineProperty(owner, name, { ...own, set: ours });
    return () => {
      if (Object.getOwnPropertyDescriptor(owner, name)?.set === ours) Object.defineProperty(owner, name, own);
    };
  };

  return {
    watch(realm) {
      const {
        document: root,
        HTMLInputElement,
        HTMLOptionElement,
        HTMLSelectElement,
        HTMLTextAreaElement,
      } = realm;
      const settable = [
        [HTMLInputElement, "value"],
        [HTMLInputElement, "checked"],
        [HTMLSelectElement, "value"],
        [HTMLSelectElement, "selectedIndex"],
        [HTMLTextAreaElement, "value"],
        [HTMLOptionElement, "selected"],
      ] as const;
      return [
        ...each(root, Object.keys(MOVES), move),
        ...PRESSES.flatMap((name, type) => each(root, [name], (event) => press(event, type))),
        ...each(root, ["touchcancel"], (event) => press(event, TOUCH_CANCEL)),
        ...each(root, ["input", "change"], (event) => filled(targetOf(event))),
        ...each(root, ["reset"], ({ target }) =>
          setTimeout(
            guarded(() => [...(target as HTMLFormElement).elements].forEach(filled)),
            0,
          ),
        ),
        ...each(realm, ["resize"], () => resized(0)),
        ...PLAYS.flatMap((name, at) =>
          each(root, [name], (event) => played[at]?.(targetOf(event) as HTMLMediaElement)),
        ),
        ...settable.flatMap(([owner, name]) => attempt(() => watchSetting(owner.prototype, name)) ?? []),
      ];
    },
    watchScrolling: (root) => each(root, ["scroll"], (event) => scrolled(targetOf(event))),
  };
}
