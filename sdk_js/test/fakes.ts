/** A browser of our own making: a clock that tests turn, links that tests answer, storage in memory. */
import type { Host } from "../src/host";
import type { LinkEvents, OpenLink } from "../src/link";
import { encode } from "../src/msgpack";
import type { Texts } from "../src/storage";
import { type Bytes, type Chunk, readChunk, type Welcome } from "../src/wire.gen";
import { unpack } from "./unpack";

export const START_MS = 1_763_790_000_000;

export class FakeHost implements Host {
  private time = 0;
  private slept = 0;
  private ids = 0;
  private timers: { at: number; order: number; run: () => void }[] = [];
  private now: (() => void)[] = [];
  private order = 0;
  idles: (() => void)[] = [];
  chance = 0.5;

  wall = () => START_MS + this.time + this.slept;
  monotonic = () => this.time;
  random = () => this.chance;
  id = () => `id${++this.ids}`;
  soon = (run: () => void) => void this.now.push(run);
  idle = (run: () => void) => void this.idles.push(run);
  timer = (run: () => void, ms: number) => {
    const timer = { at: this.time + ms, order: this.order++, run };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  };

  /** Lets what is due happen. */
  turn(): void {
    this.advance(0);
  }

  advance(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const soon = this.now.shift();
      if (soon) {
        soon();
        continue;
      }
      const [next] = this.timers
        .filter((timer) => timer.at <= end)
        .sort((a, b) => a.at - b.at || a.order - b.order);
      if (!next) break;
      this.timers = this.timers.filter((timer) => timer !== next);
      this.time = Math.max(this.time, next.at);
      next.run();
    }
    this.time = end;
  }

  /** The device sleeps: its clock goes on, the monotonic one does not. */
  sleep(ms: number): void {
    this.slept += ms;
  }

  runIdle(): void {
    for (const run of this.idles.splice(0)) run();
  }

  pending(): number {
    return this.timers.length;
  }
}

export interface Told {
  readonly track: number;
  readonly number: number;
  readonly payload: Bytes;
}

/** One link as its other end sees it. */
export class FakeLink {
  sent: unknown[][] = [];
  raw: Bytes[] = [];
  closed = false;
  waiting = 0;

  constructor(readonly events: LinkEvents) {}

  /** The link comes about, so the page says hello. */
  open(): unknown[] {
    this.receive(this.events.hello());
    return this.hello();
  }

  receive(message: Bytes): void {
    this.raw.push(message);
    this.sent.push(unpack(message) as unknown[]);
  }

  hello = () => this.sent[0] ?? [];
  of = (type: number) => this.sent.filter((message) => message[0] === type);
  batches = (track: number): Told[] =>
    this.of(2)
      .filter((message) => message[1] === track)
      .map(([, , number, payload]) => ({ track, number: number as number, payload: payload as Bytes }));
  facts = () =>
    this.batches(0).flatMap(({ payload }) => unpack(payload) as [string, number, Record<string, unknown>][]);
  kinds = () => this.facts().map(([kind]) => kind);
  chunks = (): Chunk[] => this.batches(1).map(({ payload }) => readChunk(unpack(payload) as unknown[]));
  gaps = () => this.of(3).map(([, track, first, last, reason]) => ({ track, first, last, reason }));

  say(...list: unknown[]): void {
    this.events.message(encode(list));
  }

  welcome(given: Partial<Welcome> = {}): void {
    const { session = "s1", token = "t1", code = "7K3QF9", server_ms = START_MS } = given;
    this.say(
      0,
      session,
      token,
      code,
      server_ms,
      given.facts_acked ?? 0,
      given.picture_acked ?? 0,
      given.settings ?? {},
    );
  }

  ack = (track: number, number: number) => this.say(1, track, number);
  watched = (on: boolean) => this.say(2, on);
  wantCheckpoint = () => this.say(3);
  token = (token: string) => this.say(4, token);
  refuse(code: number, reason = "because"): void {
    this.say(5, code, reason);
    this.end(code);
  }
  end = (code = 1006) => this.events.closed(code);
}

export class FakeLinks {
  links: FakeLink[] = [];

  constructor(private readonly prompt = true) {}

  open: OpenLink = (events) => {
    const link = new FakeLink(events);
    this.links.push(link);
    return {
      send: (message) => link.receive(message),
      close: () => {
        link.closed = true;
      },
      buffered: () => link.waiting,
      prompt: this.prompt,
    };
  };

  last(): FakeLink {
    const link = this.links.at(-1);
    if (!link) throw new Error("no link was opened");
    return link;
  }
}

export class FakeTexts implements Texts {
  values = new Map<string, string>();
  touches = 0;
  get = (key: string) => {
    this.touches++;
    return this.values.get(key) ?? null;
  };
  set = (key: string, value: string) => {
    this.touches++;
    this.values.set(key, value);
  };
  remove = (key: string) => {
    this.touches++;
    this.values.delete(key);
  };
}

export const FULL = (t: number, size = 10) => ({ type: 2, timestamp: t, data: { node: "x".repeat(size) } });
export const META = (t: number) => ({ type: 4, timestamp: t, data: { href: "https://shop.example/" } });
export const CHANGE = (t: number, size = 10) => ({
  type: 3,
  timestamp: t,
  data: { source: 0, text: "y".repeat(size) },
});
