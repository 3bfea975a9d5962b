/**
 * Transitions and animations at a moment. A replayed page starts them when it is rebuilt, which is not when the
 * customer's page did: a drawer that had long slid in would slide in again while the agent looks for it. Each
 * is put to where it was, counted from the last change that can have started it, and held there.
 */
import { Change, EventType, fieldsOf, listOf, type SafeEvent } from "./recorder_event";

/** Puts every animation of the document to its state at t and stops it; answers those that would run on. */
export function holdAnimations(
  document: Document,
  idOf: (node: Node) => number,
  events: readonly SafeEvent[],
  t: number,
): Animation[] {
  const running = document.getAnimations().flatMap((animation) => {
    const target = targetOf(animation);
    return target ? [{ animation, chain: chainOf(target, idOf) }] : [];
  });
  if (running.length === 0) return [];
  const changes = lastChanges(new Set(running.flatMap(({ chain }) => chain)), events, t);
  const held: Animation[] = [];
  for (const { animation, chain } of running) {
    const since = chain.reduce(
      (latest, id) => Math.max(latest, changes.of.get(id) ?? changes.page),
      changes.page,
    );
    const elapsed = Math.max(0, t - since);
    const end = animation.effect?.getComputedTiming().endTime ?? 0;
    if (Number.isFinite(Number(end)) && elapsed >= Number(end)) animation.finish();
    else {
      animation.pause();
      animation.currentTime = elapsed;
      held.push(animation);
    }
  }
  return held;
}

/** When the last of these, held at t, would have run to its end; those that run on beyond `by` are left out. */
export function restOf(held: readonly Animation[], t: number, by: number): number {
  return held.reduce((rest, { effect, currentTime }) => {
    const end = t + Number(effect?.getComputedTiming().endTime) - Number(currentTime);
    return end <= by ? Math.max(rest, end) : rest;
  }, t);
}

export function releaseAnimations(held: readonly Animation[]): void {
  for (const animation of held) if (animation.playState === "paused") animation.play();
}

/** The frame has classes of its own, so that `instanceof` does not know its effects. */
const targetOf = ({ effect }: Animation): Element | null =>
  effect && "target" in effect ? (effect as KeyframeEffect).target : null;

/** The element and all around it, by their ids: a change of any of them can have started it. */
function chainOf(target: Element, idOf: (node: Node) => number): number[] {
  const chain: number[] = [];
  for (let node: Node | null = target; node; node = parentOf(node)) {
    const id = idOf(node);
    if (id > 0) chain.push(id);
  }
  return chain;
}

/** A link has a `host` too: only a shadow root's is an element. */
const parentOf = (node: Node): Node | null =>
  node.nodeType === Node.DOCUMENT_FRAGMENT_NODE ? (node as ShadowRoot).host : node.parentNode;

interface Changes {
  /** When the page was built. */
  readonly page: number;
  readonly of: ReadonlyMap<number, number>;
}

/** When each of these elements was last added or had its attributes changed, up to t. */
export function lastChanges(ids: ReadonlySet<number>, events: readonly SafeEvent[], t: number): Changes {
  const of = new Map<number, number>();
  const note = (value: unknown, at: number) => {
    const { id } = fieldsOf(value);
    if (typeof id === "number" && ids.has(id) && !of.has(id)) of.set(id, at);
  };
  for (let index = events.length - 1; index >= 0; index--) {
    const event = events[index];
    if (!event || event.timestamp > t) continue;
    if (event.type === EventType.FULL_SNAPSHOT) return { page: event.timestamp, of };
    const data = fieldsOf(event.data);
    if (data.source !== Change.MUTATION) continue;
    for (const change of listOf(data.attributes)) note(change, event.timestamp);
    for (const add of listOf(data.adds)) note(fieldsOf(add).node, event.timestamp);
  }
  return { page: t, of };
}
