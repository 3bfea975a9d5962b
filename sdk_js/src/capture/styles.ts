/**
 * Long style texts by their hash. A shop's style sheets are the same on every page and for every customer: in
 * the picture a reference stands in their place, and the text itself goes once, if the collector asks.
 *
 * Hashing takes the browser a moment, off the page's thread. Picture events wait for it in their order, a few
 * milliseconds; a page that ends meanwhile, or cannot hash (plain http), keeps its texts in their place.
 */
import { hex } from "../bytes";
import type { PageClock } from "../clock";
import { attempt, guarded } from "../guard";
import { styleReference } from "../style_reference";
import { type Bytes, MAX_STYLE_BYTES, STYLES_USED_HASHES_MAX_COUNT } from "../wire.gen";
import type { CaptureSink, PictureEvent } from "./sink";

/** Shorter texts stay in their place: a reference takes 86 characters, and a fact. */
export const STYLE_MIN_CHARS = 1024;
/** Texts of one page load that are hashed; pages that write ever new ones keep the later in their place. */
const TEXTS_MAX_CHARS = 8 * 1024 * 1024;
/** A page may break its own `crypto`. */
const HASH_MAX_MS = 1_000;

const META = 4;

/** Where a style text stands in an event. */
type Place = readonly [holder: { [key: string]: unknown }, key: string, text: string];

interface Passing {
  readonly event: PictureEvent;
  readonly places: readonly Place[];
}

export interface Styles {
  /** Notes a cleaned style text of the event that is passing: `holder[key]`. */
  found(holder: object, key: string): void;
  /** Hands the event on, behind all before it. */
  pass(event: PictureEvent): void;
  /** Hands on what waits, now. */
  flush(): void;
}

/** `understood`: whether the collector is one that asks for styles. */
export function createStyles(sink: CaptureSink, clock: PageClock, understood: boolean): Styles {
  const subtle = understood ? attempt(() => window.crypto.subtle) : undefined;
  const utf8 = new TextEncoder();
  /** By text; null while it is being hashed, empty where that failed. */
  const hashes = new Map<string, string | null>();
  let fresh: string[] = [];
  let chars = 0;
  let hashing = 0;
  let places: Place[] = [];
  const waiting: Passing[] = [];
  let timer: number | undefined;

  const hashed = (text: string, data: Bytes, digest?: ArrayBuffer) => {
    const hash = digest ? hex(new Uint8Array(digest)) : "";
    hashes.set(text, hash);
    if (hash) {
      fresh.push(hash);
      sink.style(hash, data);
    }
    hashing--;
    if (fresh.length === STYLES_USED_HASHES_MAX_COUNT || (!hashing && fresh.length)) {
      sink.fact("styles", clock.now(), { hashes: fresh });
      fresh = [];
    }
    handOn();
  };

  const begin = (text: string) => {
    chars += text.length;
    const data = utf8.encode(text);
    if (!subtle || data.length > MAX_STYLE_BYTES) return;
    const done = guarded((digest?: ArrayBuffer) => hashed(text, data, digest));
    const promise = attempt(() => subtle.digest("SHA-256", data));
    if (!promise) return;
    hashing++;
    hashes.set(text, null);
    promise.then(done, () => done());
  };

  /** A page's size is followed by its snapshot at once, and both belong together. */
  const isReady = (at: number): boolean => {
    const next = waiting[at];
    if (!next?.places.every(([, , text]) => hashes.get(text) !== null)) return false;
    return next.event.type !== META || isReady(at + 1);
  };

  const handOn = (all = false) => {
    while (waiting.length && (all || isReady(0))) {
      const next = waiting.shift() as Passing;
      for (const [holder, key, text] of next.places) {
        const hash = hashes.get(text);
        if (hash) holder[key] = styleReference(hash);
      }
      sink.picture(next.event);
    }
    window.clearTimeout(timer);
    timer = waiting.length ? window.setTimeout(guarded(flush), HASH_MAX_MS) : undefined;
  };
  const flush = () => handOn(true);

  return {
    found: (holder, key) => {
      const at = holder as { [key: string]: unknown };
      const text = at[key];
      if (typeof text !== "string" || text.length < STYLE_MIN_CHARS) return;
      if (!hashes.has(text) && chars + text.length <= TEXTS_MAX_CHARS) begin(text);
      if (hashes.has(text)) places.push([at, key, text]);
    },
    pass: (event) => {
      waiting.push({ event, places });
      places = [];
      handOn();
    },
    flush,
  };
}
