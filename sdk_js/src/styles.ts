/**
 * The texts of styles that this page load's picture refers to, until the collector has them or will not have
 * them. Each goes at most once over a link, and only when it was asked for: a page that ends before leaves
 * that to the next one.
 */
import { encode } from "./msgpack";
import { type Bytes, type Styles, styleList } from "./wire.gen";

export interface StyleTexts {
  add(hash: string, data: Bytes): void;
  /** What the collector says becomes of styles; those of other page loads are none of ours. */
  answer(styles: Styles): void;
  /** Another link begins: it asks anew for what it lacks. */
  rewind(): void;
  /** The next message, null while none is asked for. */
  next(): Bytes | null;
}

export function createStyleTexts(): StyleTexts {
  const texts = new Map<string, Bytes>();
  let asked = new Set<string>();
  let queue: string[] = [];

  return {
    add: (hash, data) => void texts.set(hash, data),
    answer({ kept, wanted, refused }) {
      for (const hash of [...kept, ...refused]) texts.delete(hash);
      queue.push(...wanted.filter((hash) => texts.has(hash) && !asked.has(hash)));
      for (const hash of queue) asked.add(hash);
    },
    rewind() {
      asked = new Set();
      queue = [];
    },
    next() {
      for (;;) {
        const hash = queue.shift();
        if (hash === undefined) return null;
        const data = texts.get(hash);
        if (data) return encode(styleList({ hash, data }));
      }
    },
  };
}
