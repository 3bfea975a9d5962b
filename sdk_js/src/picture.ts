/**
 * The picture track's buffer: recorder events become chunks of bounded size, a chunk gets its number when it
 * is cut and is compressed behind that number. When the buffer is full the oldest goes, up to the next
 * checkpoint, because changes are worth nothing without the picture they change; the page says so by a gap
 * and takes a new checkpoint.
 */
import { COMPRESS_MIN_BYTES, type Compress, chunkPayload, type Stretch } from "./chunk";
import { guarded } from "./guard";
import type { Host } from "./host";
import { stringify } from "./json";
import type { Entry, Track } from "./track";
import { type Bytes, MAX_MESSAGE_BYTES } from "./wire.gen";

/** What may wait for a network. */
export const PICTURE_MAX_BYTES = 4 * 1024 * 1024;
/** The longest JSON of one event: a snapshot beyond it would not fit a message however well it shrinks. */
export const EVENT_RAW_MAX_BYTES = 32 * 1024 * 1024;
/** Room in a message, or in the one post that carries it, for everything around a chunk's bytes. */
const CHUNK_ENVELOPE_BYTES = 1024;
/** What is being compressed counts in full up to here; beyond, it is a snapshot that is about to shrink. */
const COMPRESSING_MAX_BYTES = 1024 * 1024;
/** A page may break the compressor: then the chunk goes as it is. */
const COMPRESS_MAX_MS = 10_000;

/**
 * A chunk is cut when its JSON is this long; one event may be longer. Less may go uncompressed when the page may
 * be gone before it is compressed.
 */
export const CHUNK_RAW_CHARS = 16 * 1024;

/** So many changes a late watcher may have to read, or as many as the checkpoint before them is long. */
export const CHECKPOINT_AFTER_CHARS = 1024 * 1024;

const FULL = "the page's buffer of the picture was full";
/** Why a gap at the end of a page. */
export const PAGE_ENDED = "the page ended before it could be sent";

const META = 4;
const FULL_SNAPSHOT = 2;

interface Recorded {
  readonly text: string;
  readonly type: number;
  readonly t: number;
}

export interface PictureBuffer {
  add(event: object): void;
  /** Numbers what waits as one chunk and has it compressed; in a hurry, a small one goes as it is. */
  cut(hurry?: boolean): void;
  /**
   * The page ends: stops compressing, numbers what fits into the bytes that are then left, and gives up the
   * rest. Answers whether nothing was given up.
   */
  finish(room: () => number): boolean;
  /** Whether there are so many changes since the last checkpoint that another would be read faster. */
  outgrown(): boolean;
}

export interface PictureEvents {
  /** A chunk may be sent that was being compressed. */
  ready(): void;
  /** Changes were dropped: the picture is whole again from the next checkpoint. */
  broken(): void;
}

export function createPicture(
  track: Track,
  host: Host,
  compress: Compress,
  events: PictureEvents,
  maxBytes = PICTURE_MAX_BYTES,
): PictureBuffer {
  const utf8 = new TextEncoder();
  const compressing = new Map<Entry, () => void>();
  let waiting: Recorded[] = [];
  let waitingChars = 0;
  let since = 0;
  let checkpointChars = 0;
  /** Nothing can be drawn until the next checkpoint, so nothing is kept. */
  let blind = false;

  function take(): Recorded[] {
    const taken = waiting;
    waiting = [];
    waitingChars = 0;
    return taken;
  }

  function dropEntries(from: number, to: number, reason: string): void {
    for (const entry of track.entries().slice(from, to)) compressing.delete(entry);
    track.drop(from, to - from, reason);
  }

  function settle(entry: Entry, payload: Bytes): void {
    compressing.delete(entry);
    if (payload.length > MAX_MESSAGE_BYTES - CHUNK_ENVELOPE_BYTES) tooLarge(entry);
    else track.settle(entry, payload);
  }

  /** What follows cannot be drawn either. A page that is too large now will be so a moment later. */
  function tooLarge(entry: Entry): void {
    const all = track.entries();
    const at = all.indexOf(entry);
    if (at < 0) return;
    const next = all.findIndex((later, index) => index > at && later.checkpoint);
    dropEntries(
      at,
      next < 0 ? all.length : next,
      entry.checkpoint ? "snapshot too large" : "change too large",
    );
    if (next >= 0 || isCheckpoint(waiting)) return;
    take();
    blind = true;
    if (!entry.checkpoint) events.broken();
  }

  function number(taken: readonly Recorded[], mayCompress: boolean): void {
    const raw = utf8.encode(`[${taken.map((event) => event.text).join(",")}]`);
    const checkpoint = isCheckpoint(taken);
    const stretch = { ...span(taken), count: taken.length, checkpoint };
    const entry = track.add(null, Math.min(raw.length, COMPRESSING_MAX_BYTES), checkpoint);
    const plain = () => settle(entry, chunkPayload(stretch, "none", raw.length, raw));
    if (!mayCompress || !compress || raw.length < COMPRESS_MIN_BYTES) {
      plain();
      return;
    }
    compressing.set(entry, plain);
    const finish = guarded((packed?: Bytes) => {
      cancel();
      if (!compressing.has(entry)) return;
      if (packed) settle(entry, chunkPayload(stretch, "gzip", raw.length, packed));
      else plain();
      events.ready();
    });
    const cancel = host.timer(finish, COMPRESS_MAX_MS);
    compress(raw).then(finish, () => finish());
  }

  function cut(hurry = false): void {
    const mayCompress = !hurry || waitingChars > CHUNK_RAW_CHARS;
    if (waiting.length > 0) number(take(), mayCompress);
  }

  /** Drops from the oldest up to the next checkpoint until the rest fits. */
  function makeRoom(): void {
    while (track.bytes() + waitingChars > maxBytes) {
      const all = track.entries();
      const oldest = all.findIndex((entry) => !entry.gap);
      const next = all.findIndex((entry, index) => index > oldest && entry.checkpoint);
      if (oldest >= 0 && next > 0) dropEntries(0, next, FULL);
      else if (track.bytes() > 0 && isCheckpoint(waiting)) dropEntries(0, all.length, FULL);
      else {
        if (take().length > 0) track.skip(FULL);
        dropEntries(0, track.entries().length, FULL);
        blind = true;
        events.broken();
      }
    }
  }

  function add(event: object): void {
    const { type, timestamp } = event as { type: number; timestamp: number };
    const afterMeta = waiting.length === 1 && isMeta(waiting[0]);
    if (type === META || (type === FULL_SNAPSHOT && !afterMeta)) {
      cut();
      blind = false;
    }
    const text = stringify(event);
    since += text.length;
    if (blind) return;
    if (text.length > EVENT_RAW_MAX_BYTES) {
      cut();
      track.skip(type === FULL_SNAPSHOT ? "snapshot too large" : "change too large");
      blind = true;
      if (type !== FULL_SNAPSHOT) events.broken();
      return;
    }
    waiting.push({ text, type, t: timestamp });
    waitingChars += text.length + 1;
    if (type === FULL_SNAPSHOT) {
      since = 0;
      checkpointChars = text.length;
    }
    // A page may be left at any moment, and what fits into its last post is small: compress what is large now.
    if (type === FULL_SNAPSHOT || waitingChars >= CHUNK_RAW_CHARS) cut();
    makeRoom();
  }

  function finish(room: () => number): boolean {
    for (const plain of [...compressing.values()]) plain();
    const taken = take();
    let bytes = room() - CHUNK_ENVELOPE_BYTES;
    let count = 0;
    for (const event of taken) {
      bytes -= utf8.encode(event.text).length + 1;
      if (bytes < 0) break;
      count++;
    }
    if (count > 0) number(taken.slice(0, count), false);
    if (count < taken.length) track.skip(PAGE_ENDED);
    return count === taken.length;
  }

  return { add, cut, finish, outgrown: () => since > Math.max(CHECKPOINT_AFTER_CHARS, checkpointChars) };
}

const isMeta = (event: Recorded | undefined) => event?.type === META;

/** Whether a picture can be built from these events alone. */
function isCheckpoint(events: readonly Recorded[]): boolean {
  return events[isMeta(events[0]) ? 1 : 0]?.type === FULL_SNAPSHOT;
}

/** The recorder states some events later than it stamps them. */
function span(events: readonly Recorded[]): Pick<Stretch, "first_ms" | "last_ms"> {
  let first_ms = Infinity;
  let last_ms = 0;
  for (const { t } of events) {
    first_ms = Math.min(first_ms, t);
    last_ms = Math.max(last_ms, t);
  }
  return { first_ms, last_ms };
}
