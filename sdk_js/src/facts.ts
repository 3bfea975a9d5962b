/**
 * The fact track's buffer. A fact is encoded when it is stated, so that what the shop's objects become later
 * does not change it, and so that its size is known. Facts are dropped only when nothing else is left to
 * drop, the oldest first, and the page says how many.
 */
import { concat } from "./bytes";
import { encode } from "./msgpack";
import type { Track } from "./track";
import { type Bytes, type Facts, type Kind, MAX_EVENTS_COUNT } from "./wire.gen";

/** What may wait for a network. */
const FACTS_MAX_BYTES = 1024 * 1024;
/** Half of what the collector accepts. */
export const FACTS_BATCH_MAX_BYTES = 256 * 1024;

export interface FactBuffer {
  add<K extends Kind>(kind: K, t: number, fields: Facts[K]): void;
  /** Numbers what waits, as one batch where it fits one. */
  cut(now: number, batchMaxBytes?: number): void;
}

export function createFacts(track: Track, maxBytes = FACTS_MAX_BYTES): FactBuffer {
  const waiting: Bytes[] = [];
  let waitingBytes = 0;
  let lost = 0;

  function makeRoom(): void {
    while (track.bytes() + waitingBytes > maxBytes) {
      const numbered = track.entries().findIndex((entry) => !entry.gap);
      if (numbered >= 0) track.drop(0, numbered + 1, "the page's buffer of facts was full");
      else {
        waitingBytes -= waiting.shift()?.length ?? waitingBytes;
        lost++;
      }
    }
  }

  function takeBatch(maxBytes: number): void {
    let bytes = 0;
    let count = 0;
    for (const fact of waiting) {
      if (count === MAX_EVENTS_COUNT || (count > 0 && bytes + fact.length > maxBytes)) break;
      bytes += fact.length;
      count++;
    }
    waitingBytes -= bytes;
    // A list's head in front of items that are encoded already.
    const payload = concat([[0xdc, count >> 8, count], ...waiting.splice(0, count)]);
    track.add(payload, payload.length);
  }

  return {
    add(kind, t, fields) {
      const fact = encode([kind, t, fields]);
      if (fact.length > FACTS_BATCH_MAX_BYTES) {
        lost++;
        return;
      }
      waiting.push(fact);
      waitingBytes += fact.length;
      makeRoom();
    },
    cut(now, batchMaxBytes = FACTS_BATCH_MAX_BYTES) {
      if (lost > 0) {
        const fact = encode(["lost", now, { count: lost }]);
        waiting.unshift(fact);
        waitingBytes += fact.length;
        lost = 0;
      }
      while (waiting.length > 0) takeBatch(batchMaxBytes);
    },
  };
}
