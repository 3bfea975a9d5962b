/**
 * One numbered track of a page load: what has a number and is not acknowledged yet. A numbered batch never
 * changes: it waits here until the collector has it, or its place is taken by a gap that says why it will
 * never come. After a reconnection the same bytes are handed over again.
 */
import { encode } from "./msgpack";
import { type Bytes, batchList, gapList, type Track as TrackNumber } from "./wire.gen";

export interface Entry {
  readonly first: number;
  readonly last: number;
  /** The message as it travels; null while its payload is being compressed. */
  message: Bytes | null;
  /** What it counts for in the buffer. */
  bytes: number;
  /** Whether a picture can be built from here on. */
  readonly checkpoint: boolean;
  readonly gap: boolean;
  /** Given to the link that is open now. */
  handed: boolean;
}

export interface Track {
  /** Unacknowledged batches and gaps, in order. */
  entries(): readonly Entry[];
  /** What the entries count for together. */
  bytes(): number;
  /** The last number that was given. */
  last(): number;
  /** Gives the next number to a batch whose payload is there, or follows. */
  add(payload: Bytes | null, bytes: number, checkpoint?: boolean): Entry;
  /** Puts the payload into its entry, unless a gap took its place. */
  settle(entry: Entry, payload: Bytes): void;
  /** A gap in place of `count` entries. */
  drop(from: number, count: number, reason: string): void;
  /** A gap of one number for what never got one. */
  skip(reason: string): void;
  acked(number: number): void;
  /** Forgets what was handed over: the link is another. */
  rewind(): void;
  /** Hands over the next message, null while there is none. */
  next(): Bytes | null;
}

export function createTrack(track: TrackNumber): Track {
  let entries: Entry[] = [];
  let number = 0;

  const batch = (of: number, payload: Bytes) => encode(batchList({ track, number: of, payload }));

  function gap(first: number, last: number, reason: string): Entry {
    const message = encode(gapList({ track, first, last, reason }));
    return { first, last, message, bytes: 0, checkpoint: false, gap: true, handed: false };
  }

  /** Neighbouring gaps become one, so that a long time without a network stays small. */
  function drop(from: number, count: number, reason: string): void {
    const before = entries[from - 1];
    const start = before?.gap ? from - 1 : from;
    const first = entries[start]?.first;
    const last = entries[from + count - 1]?.last;
    if (first !== undefined && last !== undefined)
      entries.splice(start, from + count - start, gap(first, last, reason));
  }

  function add(payload: Bytes | null, bytes: number, checkpoint = false): Entry {
    number++;
    const message = payload && batch(number, payload);
    const entry = { first: number, last: number, message, bytes, checkpoint, gap: false, handed: false };
    entries.push(entry);
    return entry;
  }

  return {
    entries: () => entries,
    bytes: () => entries.reduce((sum, entry) => sum + entry.bytes, 0),
    last: () => number,
    add,
    settle(entry, payload) {
      entry.message = batch(entry.first, payload);
      entry.bytes = payload.length;
    },
    drop,
    skip(reason) {
      add(null, 0);
      drop(entries.length - 1, 1, reason);
    },
    acked(upTo) {
      entries = entries.filter((entry) => entry.last > upTo);
    },
    rewind() {
      for (const entry of entries) entry.handed = false;
    },
    next() {
      const entry = entries.find((waiting) => !waiting.handed);
      if (!entry?.message) return null;
      entry.handed = true;
      return entry.message;
    },
  };
}
