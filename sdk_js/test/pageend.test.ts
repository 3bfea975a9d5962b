/** The last post: what goes into it, in which order, and what is said of the rest. */
import { beforeEach, describe, expect, it } from "vitest";
import { FRAME_HEAD_BYTES, joinFrames, splitFrames } from "../src/bytes";
import { createOutbox, type Outbox } from "../src/outbox";
import { FAREWELL_MAX_BYTES, farewell } from "../src/pageend";
import { type Bytes, readChunk } from "../src/wire.gen";
import { CHANGE, FakeHost, FULL } from "./fakes";
import { unpack } from "./unpack";

type Message = unknown[];
let outbox: Outbox;
let complete: boolean[];

beforeEach(() => {
  outbox = createOutbox(new FakeHost(), null, { ready() {}, broken() {} });
  complete = [];
});

function end(budget = FAREWELL_MAX_BYTES, socketQuiet = false): Message[] {
  const messages = farewell(outbox, budget, {
    now: 99,
    socketQuiet,
    left(picture_complete) {
      complete.push(picture_complete);
      outbox.facts.add("left", 99, { picture_complete });
    },
  });
  const size = messages.reduce((sum, message) => sum + message.length + FRAME_HEAD_BYTES, 0);
  expect(size).toBeLessThanOrEqual(budget);
  return messages.map((message) => unpack(message) as Message);
}

function fact(t: number, size = 1): void {
  outbox.facts.add("mark", t, { name: "x".repeat(size) });
}

function handOver(buffered = 0): void {
  while (outbox.next(buffered));
}

const shape = (messages: Message[]) =>
  messages.map(([type, track, first, last]) =>
    type === 3 ? ["gap", track, first, last] : ["batch", track, first],
  );
const facts = (messages: Message[]) =>
  messages
    .filter(([type, track]) => type === 2 && track === 0)
    .flatMap((message) => unpack(message[3] as Bytes) as [string, number, Record<string, unknown>][]);
const chunks = (messages: Message[]) =>
  messages
    .filter(([type, track]) => type === 2 && track === 1)
    .map((message) => readChunk(unpack(message[3] as Bytes) as unknown[]));

describe("the last post", () => {
  it("holds facts first, then the picture, then nothing is open", () => {
    fact(1);
    outbox.picture.add(CHANGE(2));
    outbox.picture.add(CHANGE(3));
    const messages = end();
    expect(shape(messages)).toEqual([
      ["batch", 0, 1],
      ["batch", 0, 2],
      ["batch", 1, 1],
    ]);
    expect(facts(messages).map(([kind]) => kind)).toEqual(["mark", "left"]);
    expect(facts(messages).at(-1)?.[2]).toEqual({ picture_complete: true });
    expect(chunks(messages)[0]).toMatchObject({ codec: "none", count: 2, first_ms: 2, last_ms: 3 });
  });

  it("does not wait for compression", () => {
    outbox = createOutbox(new FakeHost(), () => new Promise(() => {}), { ready() {}, broken() {} });
    outbox.picture.add(CHANGE(1, 5_000));
    outbox.picture.cut();
    expect(chunks(end()).map(({ codec }) => codec)).toEqual(["none"]);
    expect(complete).toEqual([true]);
  });

  it("repeats what nobody confirmed, but not in place of what has no other chance", () => {
    fact(1);
    outbox.facts.cut(1);
    outbox.picture.add(CHANGE(2, 30_000));
    outbox.picture.cut();
    handOver();
    outbox.picture.add(CHANGE(3, 20_000));
    expect(shape(end())).toEqual([
      ["batch", 0, 1],
      ["batch", 0, 2],
      ["batch", 1, 1],
      ["batch", 1, 2],
    ]);
    expect(complete).toEqual([true]);
  });

  it("leaves to a quiet socket what it was given, without declaring it lost", () => {
    outbox.picture.add(CHANGE(1, 50_000));
    outbox.picture.cut();
    handOver();
    outbox.picture.add(CHANGE(2, 20_000));
    expect(shape(end(FAREWELL_MAX_BYTES, true))).toEqual([
      ["batch", 0, 1],
      ["batch", 1, 2],
    ]);
    expect(complete).toEqual([true]);
  });

  it("does not promise what still waits inside the socket", () => {
    outbox.picture.add(CHANGE(1, 50_000));
    outbox.picture.cut();
    handOver();
    outbox.picture.add(CHANGE(2, 20_000));
    end();
    expect(complete).toEqual([false]);
  });

  it("takes of the picture what fits from the oldest, and says what stays behind", () => {
    for (let t = 1; t <= 9; t++) outbox.picture.add(CHANGE(t, 5_500));
    for (let t = 10; t <= 13; t++) outbox.picture.add(CHANGE(t, 3_500));
    const messages = end();
    expect(shape(messages)).toEqual([
      ["batch", 0, 1],
      ["batch", 1, 1],
      ["batch", 1, 2],
      ["batch", 1, 3],
      ["batch", 1, 4],
      ["gap", 1, 5, 5],
    ]);
    expect(chunks(messages).map(({ first_ms, last_ms, count }) => [first_ms, last_ms, count])).toEqual([
      [1, 3, 3],
      [4, 6, 3],
      [7, 9, 3],
      [10, 11, 2],
    ]);
    expect(facts(messages).at(-1)?.[2]).toEqual({ picture_complete: false });
    expect(messages.at(-1)?.[4]).toMatch(/page ended/);
  });

  it("keeps no change that has lost what it changes", () => {
    outbox.picture.add(CHANGE(1, 100_000));
    outbox.picture.cut();
    outbox.picture.add(CHANGE(2));
    expect(shape(end())).toEqual([
      ["batch", 0, 1],
      ["gap", 1, 1, 2],
    ]);
    expect(complete).toEqual([false]);
  });

  it("measures text as it travels", () => {
    outbox.picture.add({ type: 3, timestamp: 1, data: "漢".repeat(30_000) });
    expect(shape(end())).toEqual([
      ["batch", 0, 1],
      ["gap", 1, 1, 1],
    ]);
  });

  it("gives facts all the room they need", () => {
    for (let t = 1; t <= 10; t++) fact(t, 5_500);
    outbox.picture.add(CHANGE(1, 10_000));
    const messages = end();
    expect(facts(messages)).toHaveLength(11);
    expect(complete).toEqual([false]);
  });

  it("of too many facts takes the newest, the last word included", () => {
    for (let t = 1; t <= 40; t++) fact(t, 3_000);
    const messages = end();
    const times = facts(messages).map(([, t]) => t);
    expect(times.at(-1)).toBe(99);
    expect(times.at(-2)).toBe(40);
    expect(times.length).toBeGreaterThan(16);
    expect(times).toEqual([
      ...Array.from({ length: times.length - 1 }, (_, index) => 42 - times.length + index),
      99,
    ]);
    expect(shape(messages)[0]).toEqual(["gap", 0, 1, (messages[0]?.[3] as number) ?? 0]);
  });

  it("is never over its budget, whatever waits", () => {
    let chance = 7;
    const random = (below: number) => {
      chance = (chance * 48_271) % 2_147_483_647;
      return chance % below;
    };
    for (let round = 0; round < 150; round++) {
      outbox = createOutbox(new FakeHost(), null, { ready() {}, broken() {} });
      for (let step = random(30); step > 0; step--) {
        if (random(2)) fact(step, random(9_000));
        else outbox.picture.add(random(5) ? CHANGE(step, random(30_000)) : FULL(step, random(30_000)));
        if (random(3) === 0) outbox.facts.cut(step);
        if (random(3) === 0) outbox.picture.cut();
        if (random(6) === 0) outbox.next(0);
      }
      const messages = end(20_000 + random(41_000), random(2) === 1);
      expect(facts(messages).at(-1)?.[0]).toBe("left");
      for (const track of [0, 1]) {
        const mine = messages.filter((message) => message[1] === track);
        expect(mine.map((message) => message[2])).toEqual(
          mine.map((message) => message[2]).sort((a, b) => Number(a) - Number(b)),
        );
      }
    }
  });
});

describe("frames", () => {
  it("come back as they were", () => {
    const messages = [0, 1, 255, 256, 70_000].map((length) => new Uint8Array(length).fill(length % 251));
    expect(splitFrames(joinFrames(messages))).toEqual(messages);
  });

  it("cut short are no frames", () => {
    const body = joinFrames([Uint8Array.of(1, 2, 3)]);
    for (let length = 1; length < body.length; length++)
      expect(() => splitFrames(body.slice(0, length))).toThrow();
  });
});
