/**
 * Keeps the displayed cart surfaces and prices under watch: notices everything that may change what they
 * display, reads them again before the browser paints, and states what differs.
 *
 * When to read. Nothing is polled: a page at rest costs nothing. A change on a surface, around it or of
 * something that contains it is read in the very next frame, after layout (from a ResizeObserver's callback,
 * where asking for layout is free). So is a surface that changes size, crosses the window's edge, or is
 * being moved or faded by an animation, frame by frame until that ends. What happens elsewhere on the
 * page may still matter (`:has()`, `:checked ~ .drawer`): it is read too, at most every VAGUE_MS.
 * In a hidden tab there are no frames: a timer stands in.
 *
 * The time stated is that of the change or event that caused the reading, else of the frame that showed it.
 */
import type { PageClock } from "../clock";
import { guarded, listen } from "../guard";
import type { PageSettings } from "../wire.gen";
import { createCarts } from "./carts";
import { createFrames } from "./frames";
import { createMoving } from "./moving";
import { createPrices } from "./price";
import { createQuantities } from "./quantity";
import { createReading } from "./rendered";
import { createSeldom } from "./seldom";
import { cartRecipes, productRecipes } from "./selectors";
import type { CaptureSink } from "./sink";
import { createTrees } from "./trees";
import type { ElementZone, Zones } from "./zones";

export interface Lenses {
  /** The content of this element's shadow root is watched from now on. */
  host(host: Element): void;
  /** Something changed that the page's tree does not show (a value set by script, a style rule). */
  touch(node: Node | null): void;
  /** Reads at once whatever waits to be read. */
  flush(): void;
  stop(): void;
}

/** How often surfaces are read for changes that seem to have nothing to do with them. */
const VAGUE_MS = 250;

const NEAR_EVENTS =
  "transitionrun transitionend transitioncancel animationstart animationend animationcancel input change toggle";
const ANYWHERE_EVENTS = "pointerover focusin focusout keyup reset scroll";
const EVERYWHERE_EVENTS = "click resize fullscreenchange hashchange";

export function startLenses(
  settings: PageSettings,
  zones: Zones,
  idOf: (node: Node) => number | undefined,
  sink: CaptureSink,
  clock: PageClock,
  /** Told of every change of the page before anybody else hears of it. */
  changed: (t: number, records: readonly MutationRecord[]) => void,
): Lenses {
  const due = new Map<Element, number | undefined>();
  const trees = createTrees(document);
  const hasSelectors = settings.carts.length + settings.products.length > 0;
  /** When the page's structure changed so that surfaces may have come or gone; undefined while it has not. */
  let soughtSince: number | undefined = clock.now();
  const lastRead = new WeakMap<Element, number>();

  const carts = createCarts(cartRecipes(settings), zones.carts, createQuantities(), idOf, sink, trees.inside);
  // Hears of a frame's sizes before `frames` hears of its layout: what both would have read is read once.
  const sizes = new ResizeObserver(
    guarded((entries) => {
      for (const { target } of entries) if (!due.has(target)) due.set(target, undefined);
      frames.read();
    }),
  );
  const frames = createFrames(
    () => seek(),
    () => read(),
  );
  const { schedule } = frames;
  const prices = createPrices(productRecipes(settings), zones.products, idOf, sink, clock, frames.catchUp);
  const moving = createMoving(
    carts.roots,
    (node) => related(node, false),
    () => markAll(clock.now()),
  );
  const elsewhere = createSeldom(VAGUE_MS, (t) => markAll(t));

  const read = () => {
    const memo = new Map<Node, ElementZone>();
    const reading = createReading((element) => /^(?:masked|private)$/.test(zones.of(element, memo)));
    const now = clock.now();
    // What was still as before when it was last read cannot have changed earlier than that.
    const times = new Map([...due].map(([root, t]) => [root, Math.max(t ?? now, lastRead.get(root) ?? 0)]));
    for (const root of due.keys()) lastRead.set(root, now);
    due.clear();
    const animated = moving.animated();
    carts.read(times, reading, (root) => animated.has(root) || moving.isStyled(root));
    prices.read(reading, trees.all.keys());
    for (const root of animated) if (!due.has(root)) due.set(root, undefined);
    if (due.size || soughtSince !== undefined) schedule();
  };

  const edges = new IntersectionObserver(
    guarded((entries) => {
      for (const { target, time } of entries)
        if (due.get(target) === undefined) due.set(target, clock.at(time));
      frames.catchUp();
    }),
  );

  const seek = () => {
    if (soughtSince === undefined) return;
    const since = soughtSince;
    soughtSince = undefined;
    const { came, went } = carts.find(trees.all.keys());
    for (const root of came) {
      sizes.observe(root);
      edges.observe(root);
    }
    for (const root of went) {
      sizes.unobserve(root);
      edges.unobserve(root);
    }
    for (const root of [...came, ...went]) due.set(root, since);
  };

  /** The surfaces that a node is in, contains or (`around`) stands beside. */
  const related = (node: Node, around: boolean): Element[] => {
    const near = (around && node.parentNode) || node;
    return [...carts.roots.keys()].filter((root) => trees.contains(root, node) || trees.contains(near, root));
  };
  const mark = (node: Node, t: number, around = true): boolean => {
    const roots = related(node, around);
    for (const root of roots) due.set(root, t);
    if (prices.touch(node, t) || roots.length) {
      schedule();
      prices.ask();
    }
    return roots.length > 0;
  };
  const markAll = (t: number) => {
    for (const root of carts.roots.keys()) if (due.get(root) === undefined) due.set(root, t);
    prices.look();
    schedule();
  };

  const observer = new MutationObserver(
    guarded((records) => {
      const t = clock.now();
      changed(t, records);
      let last: Node | undefined;
      let isElsewhere = false;
      for (const { type, target, attributeName, addedNodes, removedNodes } of records) {
        if (type === "childList" ? hasElement(addedNodes) || hasElement(removedNodes) : names(attributeName))
          soughtSince ??= t;
        if (attributeName === "style") moving.styled(target);
        // Styles tell siblings by their attributes and seldom by what is in them.
        const around = type === "attributes";
        if (target !== last || around) isElsewhere = !mark(target, t, around) || isElsewhere;
        last = target;
      }
      if (soughtSince !== undefined) schedule();
      if (isElsewhere) elsewhere.ask(t);
    }),
  );
  /** Whether a change of this attribute may make a surface of an element or end it. */
  const names = (attribute: string | null) =>
    attribute !== null && (attribute.startsWith("data-replay-") || (hasSelectors && attribute !== "style"));
  const watch = (tree: Node) =>
    observer.observe(tree, {
      subtree: true,
      childList: true,
      attributeOldValue: true,
      characterDataOldValue: true,
    });

  const timeOf = (event: Event) => clock.at(event.timeStamp);
  const near = (event: Event) => {
    const isAnimation = /^(?:trans|anim)/.test(event.type);
    const target = event.composedPath()[0];
    if (target instanceof Node && !mark(target, timeOf(event), !isAnimation)) elsewhere.ask(timeOf(event));
  };
  const anywhere = (event: Event) => elsewhere.ask(timeOf(event));
  const on = (types: string, heard: (event: Event) => void) =>
    types.split(" ").map((type) => listen(window, type, heard));
  const ends = [
    ...on(NEAR_EVENTS, near),
    ...on(ANYWHERE_EVENTS, anywhere),
    ...on(EVERYWHERE_EVENTS, (event) => markAll(timeOf(event))),
    // A style sheet or picture that has come; such events do not reach the window.
    listen(document, "load", anywhere),
  ];

  watch(document);
  schedule();

  return {
    host: (host) => {
      const tree = trees.add(host);
      if (!tree) return;
      watch(tree);
      soughtSince ??= clock.now();
      schedule();
      prices.ask();
    },
    touch: (node) => {
      const t = clock.now();
      if (!node || !mark(node, t)) elsewhere.ask(t);
    },
    flush: () => {
      if (elsewhere.waits()) markAll(clock.now());
      frames.hurry();
    },
    stop: () => {
      for (const end of ends) end();
      for (const each of [observer, sizes, edges]) each.disconnect();
      for (const each of [frames, moving, elsewhere, prices]) each.stop();
    },
  };
}

const hasElement = (nodes: NodeList): boolean => {
  for (const node of nodes) if (node.nodeType === 1) return true;
  return false;
};
