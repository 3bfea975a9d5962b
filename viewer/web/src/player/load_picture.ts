/**
 * The picture of one page load: fetched when it is looked at, from the checkpoint that the moment needs, and
 * made into harmless recorder events from there on.
 *
 * Payloads are kept as they came. Events are made in unbroken strips that start at a checkpoint and grow
 * forwards; looking further back than one's beginning makes another.
 */

import { type Bytes, readChunk } from "../../../../sdk_js/src/wire.gen";
import type { Run } from "../model/picture_span";
import type { ChunkInfo } from "../model/session";
import { frames } from "./frame_reader";
import { eventsOf, recordedText } from "./inflate";
import { NOTHING_KEPT, type Shown } from "./kept";
import { decode } from "./msgpack";
import { EventType, type SafeEvent } from "./recorder_event";
import { isPointerMove, Sanitizer } from "./sanitize";

/** More events of one page load are not shown: the desk has to stay usable. */
export const MAX_EVENTS_COUNT = 1_000_000;

/** Payloads that are read on without letting anything else come between. */
const AT_ONCE_COUNT = 16;

/** Strips that are kept, for going back and forth between moments. */
const MAX_STRIPS_COUNT = 4;

/** What the page loaded, as far as it can be shown. */
export interface Assets extends Shown {
  /** Resolves when all that this JSON refers to can be looked up. */
  prepare(json: string): Promise<void>;
}

const NO_ASSETS: Assets = { ...NOTHING_KEPT, prepare: () => Promise.resolve() };

export type FetchPicture = (load: string, after: number) => Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;

/**
 * Harmless events from a checkpoint on, in the order of their numbers; only ever grows at its end. Their times
 * rise, but for a pointer's positions.
 */
export interface Strip {
  readonly first: number;
  /** The number of the chunk that comes next. */
  next: number;
  readonly events: SafeEvent[];
  /** Of each event the latest time up to it: unlike the events' own times, these never fall. */
  readonly reached: number[];
}

interface Growing extends Strip {
  readonly sanitizer: Sanitizer;
  /** No event but a pointer's may be earlier than this. */
  latest: number;
  /** When the page was last built anew. */
  pageAt: number;
}

export class LoadPicture {
  private readonly payloads = new Map<number, Bytes>();
  /** The last used first. */
  private strips: readonly Growing[] = [];
  private fetching: Promise<void> | null = null;
  private readonly waiting: (() => void)[] = [];
  /** One caller after the other grows the strip. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly load: string,
    private readonly fetchPicture: FetchPicture,
    private readonly assets: Assets = NO_ASSETS,
  ) {}

  /** What was made of the payloads looks otherwise now. */
  forget(): void {
    this.strips = [];
  }

  /** Keeps a payload that came live. */
  put(number: number, payload: Bytes): void {
    this.payloads.set(number, payload);
  }

  /**
   * The strip that shows page-clock time t: from a checkpoint at or before it, through every chunk of `run`
   * that begins before `until`.
   */
  stripFor(run: Run, t: number, until: number): Promise<Strip> {
    const work = this.turn.then(() => this.grow(run, t, until));
    this.turn = work.catch(() => {});
    return work;
  }

  private async grow(run: Run, t: number, until: number): Promise<Strip> {
    const start = run.chunks.findLast((chunk) => chunk.checkpoint && chunk.first_ms <= t) ?? run.chunks[0];
    if (!start) throw new RangeError("a run without chunks");
    const strip = this.stripFrom(start, run);
    for (const chunk of run.chunks) {
      if (chunk.number < strip.next) continue;
      if (chunk.number > start.number && chunk.first_ms > until) break;
      await this.append(strip, chunk, run.chunks);
    }
    return strip;
  }

  /** A strip of the run that holds the checkpoint or reaches up to it; else a new one from there. */
  private stripFrom(start: ChunkInfo, run: Run): Growing {
    const begins = run.chunks[0]?.number ?? 0;
    const known = this.strips.find(
      ({ first, next }) => first >= begins && first <= start.number && start.number <= next,
    );
    const strip: Growing = known ?? {
      first: start.number,
      next: start.number,
      events: [],
      reached: [],
      sanitizer: new Sanitizer(this.assets),
      latest: start.first_ms,
      pageAt: start.first_ms,
    };
    this.strips = [strip, ...this.strips.filter((one) => one !== strip)].slice(0, MAX_STRIPS_COUNT);
    return strip;
  }

  private async append(strip: Growing, info: ChunkInfo, known: readonly ChunkInfo[]): Promise<void> {
    const payload = await this.payload(info, known);
    const chunk = readChunk(decode(payload) as readonly unknown[]);
    const json = await recordedText(chunk);
    await this.assets.prepare(json);
    for (const recorded of eventsOf(json)) {
      for (const event of strip.sanitizer.read(recorded, info.first_ms, info.last_ms)) {
        if (strip.events.length >= MAX_EVENTS_COUNT) break;
        if (event.type === EventType.FULL_SNAPSHOT) strip.pageAt = Math.max(strip.latest, event.timestamp);
        // A pointer's position may be earlier than the change before it, but not than the page it moved on.
        const earliest = isPointerMove(event) ? strip.pageAt : strip.latest;
        event.timestamp = Math.max(earliest, event.timestamp);
        strip.latest = Math.max(strip.latest, event.timestamp);
        strip.events.push(event);
        strip.reached.push(strip.latest);
      }
    }
    strip.next = info.number + 1;
  }

  private async payload(info: ChunkInfo, known: readonly ChunkInfo[]): Promise<Bytes> {
    let asked = false;
    for (;;) {
      const held = this.payloads.get(info.number);
      if (held) return held;
      if (!this.fetching) {
        if (asked) throw new RangeError("The desk no longer has this part of the picture");
        asked = true;
        this.fetching = this.fetchFrom(info, known).finally(() => {
          this.fetching = null;
        });
        // Nobody may be waiting any more when it fails.
        this.fetching.catch(() => {});
      }
      const { fetching } = this;
      await Promise.race([fetching, new Promise<void>((resolve) => this.waiting.push(resolve))]);
    }
  }

  /**
   * Reads everything from `info` on: what follows is what will be looked at next. While nobody waits for it,
   * what is shown now goes first.
   */
  private async fetchFrom(info: ChunkInfo, known: readonly ChunkInfo[]): Promise<void> {
    const expected = known.filter(({ number }) => number >= info.number);
    let at = 0;
    for await (const payload of frames(await this.fetchPicture(this.load, info.number - 1))) {
      const next = expected[at];
      if (!next) break;
      // Frames carry no number. One that arrived after the list was made is passed over; it will come again.
      if (!isOf(payload, next)) continue;
      at++;
      if (!this.payloads.has(next.number)) this.payloads.set(next.number, payload);
      if (this.waiting.length > 0) this.wake();
      else if (at % AT_ONCE_COUNT === 0) await new Promise((resolve) => setTimeout(resolve));
    }
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}

function isOf(payload: Bytes, info: ChunkInfo): boolean {
  const chunk = readChunk(decode(payload) as readonly unknown[]);
  return (
    chunk.first_ms === info.first_ms && chunk.last_ms === info.last_ms && chunk.checkpoint === info.checkpoint
  );
}
