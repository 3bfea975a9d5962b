/**
 * Stands between a page and one of its functions: by a proxy, which looks and behaves like what it stands
 * for, and which is taken away again unless somebody else has wrapped it in the meantime.
 */

/** Puts a proxy in the place of a function; the answer puts the function back if the proxy is still there. */
export function wrap<O extends object, K extends keyof O, S>(
  owner: O,
  name: K,
  apply: (target: O[K] & ((...given: never[]) => unknown), self: S, given: unknown[]) => unknown,
): () => void {
  const original = owner[name];
  if (typeof original !== "function") return () => {};
  const proxy = new Proxy(original, {
    apply: (target, self, given) => apply(target as never, self as S, given),
  });
  owner[name] = proxy;
  return () => {
    if (owner[name] === proxy) owner[name] = original;
  };
}
