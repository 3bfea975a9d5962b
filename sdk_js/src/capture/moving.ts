/**
 * Surfaces that are on the move: an animation moves or fades them, or a script writes styles on them or around
 * them. What is moving is read frame by frame until that ends.
 */
import { guarded } from "../guard";

/** A surface whose own or outer style was written so long ago counts as moving. */
const STYLED_MS = 120;
/** Animations that end later than this are not followed frame by frame. */
const LONGEST_ANIMATION_MS = 3_000;

export interface Moving {
  /** Those that an animation moves or fades now. */
  animated(): Set<Element>;
  /** A style was written on this node. */
  styled(target: Node): void;
  isStyled(root: Element): boolean;
  stop(): void;
}

export function createMoving(
  roots: ReadonlyMap<Element, unknown>,
  /** The surfaces that a node is in or contains. */
  related: (node: Node) => Element[],
  /** A script that wrote styles has stopped. */
  settled: () => void,
): Moving {
  const styledUntil = new WeakMap<Element, number>();
  let timer = 0;

  return {
    animated() {
      const found = new Set<Element>();
      for (const { effect, playState, timeline } of (roots.size && document.getAnimations?.()) || []) {
        if (playState !== "running" || timeline !== document.timeline || !(effect instanceof KeyframeEffect))
          continue;
        if (Number(effect.getComputedTiming().endTime) > LONGEST_ANIMATION_MS) continue;
        if (effect.target) for (const root of related(effect.target)) found.add(root);
      }
      return found;
    },
    styled(target) {
      for (const root of roots.keys())
        if (target.contains(root)) {
          styledUntil.set(root, performance.now() + STYLED_MS);
          clearTimeout(timer);
          timer = window.setTimeout(guarded(settled), STYLED_MS);
        }
    },
    isStyled: (root) => (styledUntil.get(root) ?? 0) > performance.now(),
    stop: () => clearTimeout(timer),
  };
}
