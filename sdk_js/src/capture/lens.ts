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
import { createPrices } from "./price";
import { createQuantities } from "./quantity";
import { createReading } from "./rendered";
import { cartRecipes, productRecipes } from "./selectors";
import type { CaptureSink } from "./sink";
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
/** Without frames (a hidden tab) readings come this late. */
const NO_FRAME_MS = 300;
/** A surface whose own or outer style was written so long ago counts as moving. */
const STYLED_MS = 120;
/** Animations that end later than this are not followed frame by frame. */
const LONGEST_ANIMATION_MS = 3_000;

const NEAR_EVENTS =
  "transitionrun transitionend transitioncancel animationstart animationend animationcancel input change toggle";
const ANYWHERE_EVENTS = "pointerover focusin focusout keyup reset";
const EVERYWHERE_EVENTS = "click resize fullscreenchange hashchange";

export function startLenses(
  settings: PageSettings,
  zones: Zones,
  idOf: (node: Node) => number | undefined,
  sink: CaptureSink,
  clock: PageClock,
  /** Told of every change of the page before anybody else hears of it. */
  changed: (t: number) => void,
): Lenses {
  const due = new Map<Element, number | undefined>();
  const trees = new Map<ParentNode, Element | null>([[document, null]]);
  const hasSelectors = settings.carts.length + settings.products.length > 0;
  /** When the page's structure changed so that surfaces may have come or gone; undefined while it has not. */
  let soughtSince: number | undefined = clock.now();
  let isScheduled = false;
  let frame = 0;
  let lateTimer = 0;
  let vagueTimer = 0;
  let styledTimer = 0;
  const styledUntil = new WeakMap<Element, number>();
  const lastRead = new WeakMap<Element, number>();
  let vagueSince = -VAGUE_MS;

  const carts = createCarts(cartRecipes(settings), zones.carts, createQuantities(), idOf, sink, (root) => [
    root,
    ...[...trees].flatMap(([tree, host]) => (host && contains(root, host) ? [tree] : [])),
  ]);
  const schedule = () => {
    if (isScheduled) return;
    isScheduled = true;
    lateTimer = window.setTimeout(runLate, NO_FRAME_MS);
    // Sought and observed here, because observing from within a ResizeObserver's callback may make the browser
    // report an error to the page.
    frame = requestAnimationFrame(
      guarded(() => {
        seek();
        layout.observe(document.documentElement);
      }),
    );
  };
  const prices = createPrices(productRecipes(settings), zones.products, idOf, sink, clock, schedule);

  const run = () => {
    clearTimeout(lateTimer);
    cancelAnimationFrame(frame);
    isScheduled = false;
    const memo = new Map<Node, ElementZone>();
    const reading = createReading((element) => /^(?:masked|private)$/.test(zones.of(element, memo)));
    const now = clock.now();
    // What was still as before when it was last read cannot have changed earlier than that.
    const times = new Map([...due].map(([root, t]) => [root, Math.max(t ?? now, lastRead.get(root) ?? 0)]));
    for (const root of due.keys()) lastRead.set(root, now);
    due.clear();
    const animated = followed();
    carts.read(
      times,
      reading,
      (root) => animated.has(root) || (styledUntil.get(root) ?? 0) > performance.now(),
    );
    prices.read(reading);
    for (const root of animated) if (!due.has(root)) due.set(root, undefined);
    if (due.size || soughtSince !== undefined) schedule();
  };
  const runLate = guarded(() => {
    seek();
    run();
  });
  const layout = new ResizeObserver(
    guarded(() => {
      layout.disconnect();
      run();
    }),
  );

  const sizes = new ResizeObserver(
    guarded((entries) => {
      for (const { target } of entries) if (!due.has(target)) due.set(target, undefined);
      run();
    }),
  );
  const edges = new IntersectionObserver(
    guarded((entries) => {
      for (const { target, time } of entries)
        if (due.get(target) === undefined) due.set(target, clock.at(time));
      schedule();
    }),
  );

  const seek = () => {
    if (soughtSince === undefined) return;
    const since = soughtSince;
    soughtSince = undefined;
    const { came, went } = carts.find(trees.keys());
    for (const root of came) {
      sizes.observe(root);
      edges.observe(root);
    }
    for (const root of went) {
      sizes.unobserve(root);
      edges.unobserve(root);
    }
    for (const root of [...came, ...went]) if (due.get(root) === undefined) due.set(root, since);
    prices.find(trees.keys());
  };

  /** Surfaces that an animation moves or fades: they are read again in the next frame. */
  const followed = (): Set<Element> => {
    const roots = new Set<Element>();
    for (const { effect, playState, timeline } of (carts.roots.size && document.getAnimations?.()) || []) {
      if (playState !== "running" || timeline !== document.timeline || !(effect instanceof KeyframeEffect))
        continue;
      if (Number(effect.getComputedTiming().endTime) > LONGEST_ANIMATION_MS) continue;
      if (effect.target) for (const root of related(effect.target, false)) roots.add(root);
    }
    return roots;
  };
  /** A script that writes styles may be moving a surface as well; when it has stopped, it is read again. */
  const styled = (target: Node) => {
    for (const root of carts.roots.keys())
      if (target.contains(root)) {
        styledUntil.set(root, performance.now() + STYLED_MS);
        clearTimeout(styledTimer);
        styledTimer = window.setTimeout(() => markAll(clock.now()), STYLED_MS);
      }
  };

  const contains = (outer: Node, inner: Node): boolean => {
    for (let at: Node | null | undefined = inner; at; at = trees.get(at.getRootNode() as ParentNode))
      if (outer.contains(at)) return true;
    return false;
  };
  /** The surfaces that a node is in, contains or (`around`) stands beside. */
  const related = (node: Node, around: boolean): Element[] => {
    const near = (around && node.parentNode) || node;
    return [...carts.roots.keys()].filter((root) => contains(root, node) || contains(near, root));
  };
  const mark = (node: Node, t: number, around = true): boolean => {
    const roots = related(node, around);
    for (const root of roots) due.set(root, t);
    const isProduct = prices.touch(node, t);
    if (roots.length || isProduct) schedule();
    return roots.length > 0;
  };
  const markAll = (t: number) => {
    for (const root of carts.roots.keys()) if (due.get(root) === undefined) due.set(root, t);
    schedule();
  };
  const vague = (t: number) => {
    if (vagueTimer || !carts.roots.size) return;
    const wait = vagueSince + VAGUE_MS - performance.now();
    const now = guarded(() => {
      vagueTimer = 0;
      vagueSince = performance.now();
      markAll(t);
    });
    if (wait <= 0) now();
    else vagueTimer = window.setTimeout(now, wait);
  };

  const observer = new MutationObserver(
    guarded((records) => {
      const t = clock.now();
      changed(t);
      let last: Node | undefined;
      let isElsewhere = false;
      for (const { type, target, attributeName, addedNodes, removedNodes } of records) {
        if (type === "childList" ? hasElement(addedNodes) || hasElement(removedNodes) : names(attributeName))
          soughtSince ??= t;
        if (attributeName === "style") styled(target);
        if (target === last) continue;
        last = target;
        if (!mark(target, t)) isElsewhere = true;
      }
      if (soughtSince !== undefined) schedule();
      if (isElsewhere) vague(t);
    }),
  );
  /** Whether a change of this attribute may make a surface of an element or end it. */
  const names = (attribute: string | null) =>
    attribute !== null && (attribute.startsWith("data-replay-") || (hasSelectors && attribute !== "style"));
  const watch = (tree: Node) =>
    observer.observe(tree, { subtree: true, childList: true, attributes: true, characterData: true });

  const timeOf = (event: Event) => clock.at(event.timeStamp);
  const near = (event: Event) => {
    const isAnimation = /^(?:trans|anim)/.test(event.type);
    const target = event.composedPath()[0];
    if (target instanceof Node && !mark(target, timeOf(event), !isAnimation) && !isAnimation)
      vague(timeOf(event));
  };
  const anywhere = (event: Event) => vague(timeOf(event));
  const on = (types: string, heard: (event: Event) => void) =>
    types.split(" ").map((type) => listen(window, type, heard, { capture: true, passive: true }));
  const ends = [
    ...on(NEAR_EVENTS, near),
    ...on(ANYWHERE_EVENTS, anywhere),
    ...on(EVERYWHERE_EVENTS, (event) => markAll(timeOf(event))),
    // A style sheet or picture that has come; such events do not reach the window.
    listen(document, "load", anywhere, { capture: true, passive: true }),
  ];

  watch(document);
  schedule();

  return {
    host: (host) => {
      const tree = host.shadowRoot;
      if (!tree || trees.has(tree)) return;
      trees.set(tree, host);
      watch(tree);
      soughtSince ??= clock.now();
      schedule();
    },
    touch: (node) => {
      const t = clock.now();
      if (!node || !mark(node, t)) vague(t);
    },
    flush: () => {
      if (vagueTimer) markAll(clock.now());
      if (isScheduled) runLate();
    },
    stop: () => {
      for (const end of ends) end();
      for (const each of [observer, layout, sizes, edges, prices])
        "disconnect" in each ? each.disconnect() : each.stop();
      clearTimeout(lateTimer);
      clearTimeout(vagueTimer);
      clearTimeout(styledTimer);
      cancelAnimationFrame(frame);
    },
  };
}

const hasElement = (nodes: NodeList): boolean => {
  for (const node of nodes) if (node.nodeType === 1) return true;
  return false;
};
