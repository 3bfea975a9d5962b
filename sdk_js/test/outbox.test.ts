/** What waits in the page: its order, its bounds, and what is said of what had to go. */
import { beforeEach, describe, expect, it } from "vitest";
import type { Compress } from "../src/chunk";
import { createFacts, FACTS_BATCH_MAX_BYTES } from "../src/facts";
import { createOutbox, type Outbox, PICTURE_AHEAD_BYTES } from "../src/outbox";
import {
  CHECKPOINT_AFTER_CHARS,
  CHUNK_RAW_CHARS,
  createPicture,
  EVENT_RAW_MAX_BYTES,
  PICTURE_MAX_BYTES,
} from "../src/picture";
import { createTrack } from "../src/track";
import { type Bytes, MAX_EVENTS_COUNT, MAX_MESSAGE_BYTES, readChunk, Track } from "../src/wire.gen";
import { CHANGE, FakeHost, FULL, META } from "./fakes";
import { unpack } from "./unpack";

type Message = unknown[];
const read = (message: Bytes) => unpack(message) as Message;

function drain(outbox: Outbox, buffered = 0): Message[] {
  const messages: Message[] = [];
  for (let next = outbox.next(buffered); next; next = outbox.next(buffered)) messages.push(read(next));
  return messages;
}

const chunkOf = (message: Message | undefined) => readChunk(unpack(message?.[3] as Bytes) as unknown[]);
const eventsOf = (message: Message | undefined) =>
  JSON.parse(new TextDecoder().decode(chunkOf(message).data)) as { timestamp: number }[];

const nothing = { ready() {}, broken() {} };

describe("a track", () => {
  it("numbers from 1, hands over in order, once", () => {
    const track = createTrack(Track.FACTS);
    track.add(Uint8Array.of(1), 1);
    track.add(Uint8Array.of(2), 1);
    expect([track.next(), track.next()].map((message) => message && read(message))).toEqual([
      [2, 0, 1, Uint8Array.of(1)],
      [2, 0, 2, Uint8Array.of(2)],
    ]);
    expect(track.next()).toBeNull();
  });

  it("keeps what is not acknowledged, and sends the very same bytes again", () => {
    const track = createTrack(Track.PICTURE);
    for (const value of [1, 2, 3]) track.add(Uint8Array.of(value), 1);
    const first = [track.next(), track.next(), track.next()];
    track.acked(1);
    track.rewind();
    expect(track.next()).toBe(first[1]);
    expect(track.next()).toBe(first[2]);
    track.acked(3);
    expect(track.entries()).toEqual([]);
  });

  it("waits for a payload that is not made yet, so that order holds", () => {
    const track = createTrack(Track.PICTURE);
    const entry = track.add(null, 100);
    track.add(Uint8Array.of(2), 1);
    expect(track.next()).toBeNull();
    track.settle(entry, Uint8Array.of(1));
    expect(track.next()).not.toBeNull();
    expect(track.next()).not.toBeNull();
  });

  it("says neighbouring losses as one gap, with its reason", () => {
    const track = createTrack(Track.PICTURE);
    for (const value of [1, 2, 3, 4]) track.add(Uint8Array.of(value), 1);
    track.drop(0, 2, "full");
    track.drop(1, 1, "still full");
    expect(track.entries()).toHaveLength(2);
    expect(read(track.next() as Bytes)).toEqual([3, 1, 1, 3, "still full"]);
    expect(read(track.next() as Bytes)).toEqual([2, 1, 4, Uint8Array.of(4)]);
  });

  it("gives a number to what is lost before it had one", () => {
    const track = createTrack(Track.FACTS);
    track.skip("gone");
    track.add(Uint8Array.of(1), 1);
    expect(read(track.next() as Bytes)).toEqual([3, 0, 1, 1, "gone"]);
    expect(read(track.next() as Bytes)[2]).toBe(2);
  });
});

describe("facts", () => {
  it("are one batch a cut, encoded when they are stated", () => {
    const track = createTrack(Track.FACTS);
    const facts = createFacts(track);
    const data = { step: 1 };
    facts.add("mark", 5, { name: "a", data });
    data.step = 2;
    facts.add("mark", 6, { name: "b" });
    facts.cut(7);
    facts.cut(8);
    expect(track.entries()).toHaveLength(1);
    expect(unpack(read(track.next() as Bytes)[3] as Bytes)).toEqual([
      ["mark", 5, { name: "a", data: { step: 1 } }],
      ["mark", 6, { name: "b" }],
    ]);
  });

  it("are cut by the collector's bounds of count and bytes", () => {
    const many = createTrack(Track.FACTS);
    const facts = createFacts(many, 2 ** 30);
    for (let index = 0; index <= MAX_EVENTS_COUNT; index++) facts.add("tab", index, { visible: true });
    facts.cut(0);
    const sizes = many
      .entries()
      .map(({ message }) => unpack(read(message as Bytes)[3] as Bytes) as unknown[]);
    expect(sizes.map((list) => list.length)).toEqual([MAX_EVENTS_COUNT, 1]);

    const large = createTrack(Track.FACTS);
    const texts = createFacts(large, 2 ** 30);
    for (let index = 0; index < 30; index++) texts.add("mark", index, { name: "x".repeat(20_000) });
    texts.cut(0);
    expect(large.entries().length).toBe(3);
    for (const { bytes } of large.entries()) expect(bytes).toBeLessThanOrEqual(FACTS_BATCH_MAX_BYTES + 3);
  });

  it("over their bound lose the oldest, and say how many", () => {
    const track = createTrack(Track.FACTS);
    const facts = createFacts(track, 1_000);
    for (let index = 0; index < 20; index++) facts.add("mark", index, { name: "x".repeat(90) });
    facts.cut(99);
    const events = unpack(read(track.next() as Bytes)[3] as Bytes) as [string, number, { count?: number }][];
    expect(events[0]).toEqual(["lost", 99, { count: 20 - (events.length - 1) }]);
    expect(events.at(-1)?.[1]).toBe(19);
    expect(events.slice(1).map((event) => event[1])).toEqual(
      Array.from({ length: events.length - 1 }, (_, index) => 21 - events.length + index),
    );
  });

  it("that are numbered already are lost by a gap", () => {
    const track = createTrack(Track.FACTS);
    const facts = createFacts(track, 1_000);
    facts.add("mark", 1, { name: "x".repeat(600) });
    facts.cut(1);
    facts.add("mark", 2, { name: "y".repeat(600) });
    facts.cut(2);
    expect(read(track.next() as Bytes).slice(0, 4)).toEqual([3, 0, 1, 1]);
    expect(read(track.next() as Bytes)[2]).toBe(2);
  });

  it("of absurd size are counted as lost, not sent", () => {
    const track = createTrack(Track.FACTS);
    const facts = createFacts(track);
    facts.add("mark", 1, { name: "x".repeat(FACTS_BATCH_MAX_BYTES) });
    facts.cut(3);
    expect(unpack(read(track.next() as Bytes)[3] as Bytes)).toEqual([["lost", 3, { count: 1 }]]);
  });
});

describe("the picture", () => {
  let host: FakeHost;
  let outbox: Outbox;
  let broken: number;
  beforeEach(() => {
    host = new FakeHost();
    broken = 0;
    outbox = createOutbox(host, null, { ready() {}, broken: () => broken++ });
  });

  it("becomes a chunk that says what is in it", () => {
    for (const event of [CHANGE(12), CHANGE(15), CHANGE(14)]) outbox.picture.add(event);
    outbox.picture.cut();
    const [message] = drain(outbox);
    const chunk = chunkOf(message);
    expect(chunk).toMatchObject({
      format: "rrweb-2/json",
      codec: "none",
      first_ms: 12,
      last_ms: 15,
      count: 3,
    });
    expect(chunk.checkpoint).toBe(false);
    expect(chunk.raw_bytes).toBe(chunk.data.length);
    expect(eventsOf(message)).toEqual([CHANGE(12), CHANGE(15), CHANGE(14)]);
  });

  it("gives every checkpoint a chunk of its own, at once", () => {
    for (const event of [CHANGE(1), META(2), FULL(3), CHANGE(4), FULL(5), CHANGE(6)])
      outbox.picture.add(event);
    const chunks = drain(outbox).map(chunkOf);
    expect(
      chunks.map(({ checkpoint, first_ms, last_ms, count }) => [checkpoint, first_ms, last_ms, count]),
    ).toEqual([
      [false, 1, 1, 1],
      [true, 2, 3, 2],
      [false, 4, 4, 1],
      [true, 5, 5, 1],
    ]);
  });

  it("is cut into chunks of bounded size, whatever the network does", () => {
    for (let index = 0; index < 10; index++) outbox.picture.add(CHANGE(index, CHUNK_RAW_CHARS / 4));
    for (const message of drain(outbox))
      expect(chunkOf(message).raw_bytes).toBeLessThan(CHUNK_RAW_CHARS * 1.3);
  });

  it("goes behind facts, and waits while the link is busy", () => {
    outbox.picture.add(CHANGE(1));
    outbox.picture.cut();
    outbox.facts.add("tab", 1, { visible: true });
    outbox.facts.cut(1);
    expect(drain(outbox, PICTURE_AHEAD_BYTES).map((message) => message[1])).toEqual([0]);
    expect(drain(outbox).map((message) => message[1])).toEqual([1]);
  });

  it("is compressed behind its number, in order", async () => {
    const asked: { raw: Bytes; done: (packed: Bytes) => void }[] = [];
    const compress: Compress = (raw) => new Promise((done) => asked.push({ raw, done }));
    let ready = 0;
    outbox = createOutbox(host, compress, { ready: () => ready++, broken() {} });
    for (const t of [1, 2]) {
      outbox.picture.add(CHANGE(t, 1_000));
      outbox.picture.cut();
    }
    outbox.picture.add(CHANGE(3));
    outbox.picture.cut();
    expect(drain(outbox)).toEqual([]);
    asked[1]?.done(Uint8Array.of(22));
    await Promise.resolve();
    expect(drain(outbox)).toEqual([]);
    asked[0]?.done(Uint8Array.of(11));
    await Promise.resolve();
    expect(ready).toBe(2);
    const chunks = drain(outbox).map(chunkOf);
    expect(chunks.map(({ codec, data, raw_bytes }) => [codec, data[0], raw_bytes])).toEqual([
      ["gzip", 11, asked[0]?.raw.length],
      ["gzip", 22, asked[1]?.raw.length],
      ["none", 91, chunks[2]?.data.length],
    ]);
  });

  it("goes as it is where compressing fails or never ends", async () => {
    outbox = createOutbox(host, () => Promise.reject(new Error("no")), nothing);
    outbox.picture.add(CHANGE(1, 1_000));
    outbox.picture.cut();
    await Promise.resolve();
    await Promise.resolve();
    expect(chunkOf(drain(outbox)[0]).codec).toBe("none");

    outbox = createOutbox(host, () => new Promise(() => {}), nothing);
    outbox.picture.add(CHANGE(1, 1_000));
    outbox.picture.cut();
    host.advance(60_000);
    expect(chunkOf(drain(outbox)[0]).codec).toBe("none");
  });

  it("over its bound loses the oldest up to a checkpoint, and says so", () => {
    const part = PICTURE_MAX_BYTES / 4;
    for (const event of [FULL(1, part), CHANGE(2, part), FULL(3, part), CHANGE(4, part)])
      outbox.picture.add(event);
    outbox.picture.cut();
    const messages = drain(outbox);
    expect(messages[0]?.slice(0, 4)).toEqual([3, 1, 1, 2]);
    expect(messages.slice(1).map((message) => chunkOf(message).first_ms)).toEqual([3, 4]);
    expect(broken).toBe(0);
  });

  it("with no checkpoint to fall back on begins anew from the next one", () => {
    const part = PICTURE_MAX_BYTES / 4;
    for (const event of [FULL(1, part), CHANGE(2, part), CHANGE(3, part), CHANGE(4, part)])
      outbox.picture.add(event);
    expect(broken).toBe(1);
    outbox.picture.add(CHANGE(5));
    for (const event of [META(6), FULL(6), CHANGE(7)]) outbox.picture.add(event);
    outbox.picture.cut();
    const messages = drain(outbox);
    expect(messages[0]?.slice(0, 3)).toEqual([3, 1, 1]);
    expect(messages).toHaveLength(3);
    expect(chunkOf(messages[1])).toMatchObject({ checkpoint: true, first_ms: 6, count: 2 });
    expect(messages[1]?.[2]).toBe((messages[0]?.[3] as number) + 1);
  });

  it("never holds more than its bound, whatever comes", () => {
    let chance = 12345;
    const random = () => {
      chance = (chance * 48_271) % 2_147_483_647;
      return chance / 2_147_483_647;
    };
    const track = createTrack(Track.PICTURE);
    const picture = createPicture(track, host, null, nothing, 50_000);
    for (let index = 0; index < 3_000; index++) {
      const size = Math.floor(random() * 6_000);
      picture.add(random() < 0.03 ? FULL(index, size) : CHANGE(index, size));
      if (random() < 0.1) picture.cut();
      if (random() < 0.05) track.acked(track.entries()[0]?.last ?? 0);
      // A chunk weighs a little more once it is one.
      expect(track.bytes()).toBeLessThanOrEqual(50_000 + 100);
    }
    picture.cut();
    let last = track.entries()[0]?.first ?? 1;
    for (const entry of track.entries()) {
      expect(entry.first).toBe(last);
      last = entry.last + 1;
    }
  });

  it("keeps a large snapshot that shrinks enough, and does not drop it for its raw size", async () => {
    outbox = createOutbox(host, async () => new Uint8Array(1_000_000), {
      ready() {},
      broken: () => broken++,
    });
    outbox.picture.add(FULL(1, 3 * PICTURE_MAX_BYTES));
    outbox.picture.add(CHANGE(2));
    await Promise.resolve();
    await Promise.resolve();
    expect(drain(outbox).map((message) => chunkOf(message).data.length)).toEqual([1_000_000]);
    expect(broken).toBe(0);
  });

  it("gives up a snapshot that fits no message, does not ask for it again, and is blind until the next", async () => {
    outbox = createOutbox(host, async () => new Uint8Array(MAX_MESSAGE_BYTES), {
      ready() {},
      broken: () => broken++,
    });
    outbox.picture.add(FULL(1, 3_000_000));
    outbox.picture.add(CHANGE(2));
    await Promise.resolve();
    await Promise.resolve();
    outbox.picture.add(CHANGE(3));
    outbox.picture.cut();
    expect(drain(outbox)).toEqual([[3, 1, 1, 1, "snapshot too large"]]);
    expect(broken).toBe(0);
    outbox.picture.add(FULL(4));
    outbox.picture.cut();
    expect(chunkOf(drain(outbox)[0]).checkpoint).toBe(true);
  });

  it("asks for a checkpoint where a change fits no message", () => {
    outbox.picture.add(FULL(1));
    outbox.picture.add(CHANGE(2, MAX_MESSAGE_BYTES));
    expect(broken).toBe(1);
    expect(drain(outbox).map((message) => message[0])).toEqual([2, 3]);
  });

  it("does not even try what no compression could save", () => {
    outbox.picture.add({ ...FULL(1), data: "z".repeat(EVENT_RAW_MAX_BYTES) });
    expect(drain(outbox)).toEqual([[3, 1, 1, 1, "snapshot too large"]]);
  });

  it.each([
    [500, CHECKPOINT_AFTER_CHARS],
    [3 * CHECKPOINT_AFTER_CHARS, 3 * CHECKPOINT_AFTER_CHARS],
  ])("outgrows a checkpoint of %i characters by changes of %i", (length, enough) => {
    outbox.picture.add(META(1));
    outbox.picture.add(FULL(1, length));
    outbox.picture.add(CHANGE(2, enough - 500));
    expect(outbox.picture.outgrown()).toBe(false);
    outbox.picture.add(CHANGE(2, 1_000));
    expect(outbox.picture.outgrown()).toBe(true);
    outbox.picture.add(META(3));
    outbox.picture.add(FULL(3, length));
    expect(outbox.picture.outgrown()).toBe(false);
  });
});

describe("after a reconnection", () => {
  it("goes on from what the collector has", () => {
    const outbox = createOutbox(new FakeHost(), null, nothing);
    for (const t of [1, 2, 3]) {
      outbox.facts.add("tab", t, { visible: true });
      outbox.facts.cut(t);
      outbox.picture.add(CHANGE(t));
      outbox.picture.cut();
    }
    const before = drain(outbox);
    outbox.resume(2, 1);
    expect(drain(outbox)).toEqual(
      before.filter(([, track, number]) => (number as number) > (track === 0 ? 2 : 1)),
    );
    outbox.resume(3, 3);
    expect(outbox.empty()).toBe(true);
    expect(outbox.owed()).toBe(false);
  });
});
