/**
 * Keeps our failures to ourselves. Everything that the page, the browser or a timer calls goes through
 * `guarded`, so that nothing of ours ever throws into a shop's page; `listen` and `attempt` are its two
 * everyday forms.
 */

/** The same function, which answers undefined instead of throwing. */
export function guarded<A extends unknown[], R>(run: (...given: A) => R): (...given: A) => R | undefined {
  return (...given) => {
    try {
      return run(...given);
    } catch {
      return undefined;
    }
  };
}

/** The value of an expression that a broken or locked-down page may make throw. */
export const attempt = <R>(run: () => R): R | undefined => guarded(run)();

/**
 * Listens without ever holding up the page, before the page's own listeners, which may stop an event; or where it
 * is not `isFirst` after all that are. The answer ends it.
 */
export function listen(
  target: EventTarget,
  type: string,
  run: (event: Event) => void,
  isFirst = true,
): () => void {
  const heard = guarded(run);
  const options = { capture: isFirst, passive: true };
  attempt(() => target.addEventListener(type, heard, options));
  return () => {
    attempt(() => target.removeEventListener(type, heard, options));
  };
}
