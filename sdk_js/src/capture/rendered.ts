/**
 * The page as the customer reads it: which elements show, and the text that stands there. Judged by layout
 * and computed style alone, never by `aria-hidden`, which shops put on visible prices. Below the fold counts
 * as shown; pushed off the canvas, clipped to nothing, transparent, collapsed does not.
 *
 * A reading is made for one moment and remembers what it has asked the browser; it never outlives its task.
 * It asks for nothing before it is needed: every computed style and every box costs the page.
 */
export interface Said {
  /** White space folded, letter case as the style makes it, without what is struck through. */
  readonly plain: string;
  readonly struck: string;
}

interface Writing {
  plain: string;
  struck: string;
  /** Of the last text. */
  style?: CSSStyleDeclaration;
  readonly isOwn: boolean;
}

export interface Reading {
  /**
   * From now on what is inside this element is read. While it is `moving` (sliding in, unfolding), what its
   * motion has not uncovered yet counts as shown: the customer sees one thing coming, not twenty.
   */
  enter(root: Element, moving: boolean): void;
  isShown(element: Element): boolean;
  text(element: Element): Said;
  /** What stands in the element itself, outside of every element inside it. */
  ownText(element: Element): Said;
}

interface Edges {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

interface Place {
  readonly hidden: boolean;
  readonly style: CSSStyleDeclaration;
  readonly display: string;
  readonly opacity: number;
  struck(): boolean;
  /** What cuts off children: those in the flow, absolutely placed ones, fixed ones. */
  readonly flow: Edges;
  absolute(): Edges;
  fixed(): Edges;
  /** What cuts off the element itself. */
  readonly edges: Edges;
}

const ENDLESS: Edges = { left: -1e9, top: -1e9, right: 1e9, bottom: 1e9 };
const NOWHERE: Edges = { left: 0, top: 0, right: 0, bottom: 0 };
/** The trick of hiding text from the eye leaves a box of one pixel. */
const HIDDEN_PX = 1;
const FAINTEST_OPACITY = 0.05;
const SUPERSCRIPT_RATIO = 0.85;
const CLIPPED_AWAY = /^inset\((?:5\d|[6-9]\d|100)(?:\.\d+)?%|^circle\(0/;
/** Their overflow is the window's. */
const ROOTS = /^(?:html|body)$/;
const PRIVATE_USE = /[\ue000-\uf8ff]/g;

const overlap = (a: Edges, b: Edges): Edges => ({
  left: Math.max(a.left, b.left),
  top: Math.max(a.top, b.top),
  right: Math.min(a.right, b.right),
  bottom: Math.min(a.bottom, b.bottom),
});
const union = (a: Edges, b: Edges): Edges => ({
  left: Math.min(a.left, b.left),
  top: Math.min(a.top, b.top),
  right: Math.max(a.right, b.right),
  bottom: Math.max(a.bottom, b.bottom),
});
const hasArea = ({ left, top, right, bottom }: Edges) => right - left > HIDDEN_PX && bottom - top > HIDDEN_PX;

/** Makes it when it is first asked for. */
export const once = <T>(make: () => T): (() => T) => {
  let made: T | undefined;
  return () => (made ??= make());
};

/** Parent in the tree that is drawn: slots and shadow hosts included. */
const drawnParent = (element: Element): Element | null =>
  element.assignedSlot ?? element.parentElement ?? (element.getRootNode() as ShadowRoot).host ?? null;

/** `hides` says of which elements nothing may be read. */
export function createReading(hides: (element: Element) => boolean): Reading {
  const places = new Map<Element, Place>();
  const page = once(pageEdges);
  // One for all: the browser keeps every range of a page up to date until it is collected.
  const range = document.createRange();
  let entered: Element | undefined;
  let isMoving = false;

  const place = (element: Element): Place => {
    let known = places.get(element);
    if (!known) {
      known = look(element);
      places.set(element, known);
    }
    return known;
  };

  const look = (element: Element): Place => {
    const style = getComputedStyle(element);
    const { display, position } = style;
    const isPlaced = /^(?:absolute|fixed)$/.test(position);
    const parent = drawnParent(element);
    const outer = parent && place(parent);
    const box = once(() => element.getBoundingClientRect());
    let edges = outer?.flow ?? page();
    if (outer && isPlaced) edges = outer[position as "absolute" | "fixed"]();
    if (element === entered) edges = union(edges, box());
    const opacity = (outer?.opacity ?? 1) * Number(style.opacity);
    const hidden =
      (outer?.hidden ?? false) ||
      display === "none" ||
      opacity < FAINTEST_OPACITY ||
      outer?.style.contentVisibility === "hidden" ||
      CLIPPED_AWAY.test(style.clipPath) ||
      (isPlaced && isClippedAway(style.clip)) ||
      (parent instanceof HTMLDetailsElement &&
        !parent.open &&
        element !== parent.querySelector(":scope>summary"));
    const struck = once(
      () =>
        style.textDecorationLine.includes("line-through") ||
        (!/^inline-|none/.test(display) && position !== "absolute" && (outer?.struck() ?? false)),
    );
    let flow = edges;
    const { overflow } = style;
    const isCutting = !hidden && display !== "contents" && !ROOTS.test(element.localName);
    if (isCutting && /hidden|clip|auto|scroll/.test(overflow)) {
      const part = overlap(edges, box());
      if (!hasArea(part)) flow = NOWHERE;
      // What can be scrolled to is on the page, as long as the box itself is.
      else if (!/hidden|clip/.test(overflow)) flow = ENDLESS;
      else if (!isMoving) flow = part;
    }
    const holdsFixed = once(
      () =>
        style.transform !== "none" ||
        style.filter !== "none" ||
        style.perspective !== "none" ||
        /paint|layout|strict|content/.test(style.contain),
    );
    return {
      hidden,
      style,
      display,
      opacity,
      struck,
      edges,
      flow,
      absolute: once(() => (position !== "static" || holdsFixed() ? flow : (outer?.absolute() ?? page()))),
      fixed: once(() => (holdsFixed() ? flow : (outer?.fixed() ?? windowEdges()))),
    };
  };

  const isShown = (element: Element): boolean => {
    if (!element.isConnected || hides(element)) return false;
    const { hidden, style, edges } = place(element);
    if (hidden) return false;
    const box = element.getBoundingClientRect();
    if (style.visibility === "visible") {
      if (hasArea(box)) return hasArea(overlap(box, edges));
      if (hasArea(overlap(textEdges(element), edges))) return true;
    }
    // A box of no size, or hidden itself, may still hold placed or visible children.
    return Array.from(element.shadowRoot?.children ?? element.children).some(isShown);
  };

  const said = (element: Element, isOwn: boolean): Said => {
    const out: Writing = { plain: "", struck: "", isOwn };
    if (element.isConnected) write(element, out);
    return { plain: out.plain.trim(), struck: out.struck.trim() };
  };

  const write = (element: Element, out: Writing): void => {
    const { hidden, style, display, struck } = place(element);
    if (hidden || UNREAD.test(element.localName) || hides(element)) return;
    const isBlock = !/^(?:inline|contents|ruby)/.test(display) || element.localName === "br";
    const isRaised = () =>
      sizeOf(style) < sizeOf(out.style) * SUPERSCRIPT_RATIO || /super|top/.test(style.verticalAlign);
    const add = (given: string) => {
      const said = folded(given, style);
      if (!said) return;
      const key = struck() ? "struck" : "plain";
      const before = out[key];
      const goesOn = /\d$/.test(before) && /^\d/.test(said);
      out[key] = (before + (goesOn && isRaised() ? apart(said, before) : said)).replace(/\s\s+/g, " ");
      if (said.trim()) out.style = style;
    };
    const pseudo = (which: "::before" | "::after") => {
      const made = getComputedStyle(element, which);
      if (made.content[0] === '"' && made.display !== "none" && style.visibility === "visible")
        add(generated(made.content));
    };
    if (isBlock) add(" ");
    pseudo("::before");
    for (const child of drawnChildren(element)) {
      if (child.nodeType === 1) out.isOwn ? add(" ") : write(child as Element, out);
      else if (child.nodeType === 3 && isTextShown(child as Text, element)) add((child as Text).data);
    }
    pseudo("::after");
    if (isBlock) add(" ");
  };

  const textEdges = (node: Node): Edges => {
    range.selectNodeContents(node);
    return range.getBoundingClientRect();
  };

  const isTextShown = (node: Text, parent: Element): boolean => {
    if (!/\S/.test(node.data)) return true;
    const { style, flow } = place(parent);
    if (style.visibility !== "visible") return false;
    if (
      /^rgba.*, 0\)$/.test(style.color) &&
      style.backgroundClip !== "text" &&
      style.webkitTextFillColor === style.color
    )
      return false;
    return hasArea(overlap(textEdges(node), flow));
  };

  const enter = (root: Element, moving: boolean) => {
    isMoving = moving;
    entered = moving ? root : undefined;
    if (moving) places.set(root, look(root));
  };

  return {
    enter,
    isShown,
    text: (element) => said(element, false),
    ownText: (element) => said(element, true),
  };
}

const UNREAD = /^(?:script|style|noscript|template|input|select|textarea|option|svg|iframe|head)$/;

function drawnChildren(element: Element): Iterable<Node> {
  if (element.shadowRoot) return Array.from(element.shadowRoot.childNodes);
  const assigned = element.localName === "slot" ? (element as HTMLSlotElement).assignedNodes() : [];
  return assigned.length ? assigned : Array.from(element.childNodes);
}

/** The text that a style puts beside an element, without what stands behind a slash: that is only read aloud. */
function generated(content: string): string {
  const [shown = ""] = /^(?:"(?:[^"\\]|\\.)*"|[^"/(])*/.exec(content) ?? [];
  const texts = Array.from(shown.matchAll(/"((?:[^"\\]|\\.)*)"/g), ([, text = ""]) => text);
  return texts.join("").replace(/\\(.)/g, "$1").replace(PRIVATE_USE, "");
}

function folded(text: string, style: CSSStyleDeclaration): string {
  const said = text.replace(/[\s\u00a0]+/g, " ");
  switch (style.textTransform) {
    case "uppercase":
      return said.toUpperCase();
    case "lowercase":
      return said.toLowerCase();
    case "capitalize":
      return said.replace(
        /(^|[\s\-(])(\p{Ll})/gu,
        (_, before: string, letter: string) => before + letter.toUpperCase(),
      );
    default:
      return said;
  }
}

/**
 * Raised digits right behind a number are no digits of it. Two are its cents: "$299" and "99" read $299.99, not
 * $29999. One is a footnote, three are thousandths: they stay raised, "$299¹" and "12⁵⁰⁰ KD".
 */
function apart(said: string, before: string): string {
  const digits = String(/^\d+/.exec(said));
  if (digits.length === 2) return (/\.\d/.test(before) ? "," : ".") + said;
  return said.replace(digits, (found) => [...found].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]).join(""));
}

const sizeOf = (style?: CSSStyleDeclaration) => Number.parseFloat(style?.fontSize ?? "0");

function isClippedAway(clip: string): boolean {
  if (clip === "auto") return false;
  const [top = 0, right = 1e9, bottom = 1e9, left = 0] = (clip.match(/auto|-?[\d.]+/g) ?? []).map(Number);
  return bottom - top <= HIDDEN_PX || right - left <= HIDDEN_PX;
}

const windowEdges = (): Edges => ({ left: 0, top: 0, right: innerWidth, bottom: innerHeight });

/** All that a customer can scroll to, relative to the window. */
function pageEdges(): Edges {
  const root = document.scrollingElement ?? document.documentElement;
  const style = getComputedStyle(document.documentElement);
  const body = document.body && getComputedStyle(document.body);
  const fixedWidth =
    /hidden|clip/.test(style.overflowX) ||
    (style.overflowX === "visible" && body !== null && /hidden|clip/.test(body.overflowX));
  const left = fixedWidth ? 0 : -root.scrollLeft;
  const right = fixedWidth ? innerWidth : Math.max(innerWidth, root.scrollWidth - root.scrollLeft);
  return {
    left,
    top: -root.scrollTop,
    right,
    bottom: Math.max(innerHeight, root.scrollHeight - root.scrollTop),
  };
}
