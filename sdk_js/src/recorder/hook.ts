/**
 * Hears of what a page calls, sets or reads of the browser's own objects: by a proxy, which looks and behaves like what
 * it stands for, and which is taken away again unless somebody else has put theirs on top in the meantime.
 */
import { attempt } from "../guard";

export type End = () => void;

/** Given to a getter, which takes no notice: who gives it is a recorder that looks, and not the page. */
export const LOOKING = [true] as unknown as [];

/**
 * `ask` runs before anything has changed; the answer, if any, runs after. Without a kind it hears of setting, or of
 * calling where nothing can be set.
 */
export function hook<S>(
  type: { prototype: object } | undefined,
  name: string,
  ask: (self: S, given: unknown[]) => End | undefined,
  kind?: "get",
): End {
  const owner = type?.prototype ?? {};
  const own = Object.getOwnPropertyDescriptor(owner, name);
  const part = kind ?? (own?.set ? "set" : "value");
  const run = own?.[part];
  if (typeof run !== "function") return () => {};
  const ours = new Proxy(run, {
    apply(_, self: S, given) {
      const after = given.length && kind ? undefined : attempt(() => ask(self, given));
      const answer = Reflect.apply(run, self, given);
      if (after) attempt(after);
      return answer;
    },
  });
  const put = (from: unknown, to: unknown) => {
    const now = Object.getOwnPropertyDescriptor(owner, name);
    if (now?.[part] === from) Object.defineProperty(owner, name, { ...now, [part]: to });
  };
  put(run, ours);
  return () => put(ours, run);
}
