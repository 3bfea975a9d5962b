/** The conversation by posts: one at a time, each with a hello, none larger than the collector takes. */
import { beforeEach, describe, expect, it } from "vitest";
import { joinFrames, splitFrames } from "../src/bytes";
import type { Link } from "../src/link";
import { encode } from "../src/msgpack";
import { postLink } from "../src/post";
import { type Bytes, MAX_FRAMES_COUNT, MAX_MESSAGE_BYTES } from "../src/wire.gen";
import { FakeHost } from "./fakes";
import { unpack } from "./unpack";

let host: FakeHost;
let posted: { frames: unknown[]; answer: (body: Bytes) => void; fail: () => void }[];
let heard: unknown[];
let closed: number[];
let hellos: number;
let link: Link;

const settle = () => new Promise<void>((done) => setTimeout(done));

beforeEach(() => {
  host = new FakeHost();
  posted = [];
  heard = [];
  closed = [];
  hellos = 0;
  const post = (body: Bytes) =>
    new Promise<Bytes>((answer, reject) => {
      expect(body.length).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
      posted.push({
        frames: splitFrames(body).map((frame) => unpack(frame)),
        answer,
        fail: () => reject(new Error()),
      });
    });
  link = postLink(
    host,
    post,
  )({
    hello: () => encode(`hello ${++hellos}`),
    message: (message) => heard.push(unpack(message)),
    closed: (code) => closed.push(code),
  });
  host.turn();
});

async function answer(...messages: unknown[]): Promise<void> {
  posted.at(-1)?.answer(joinFrames(messages.map((message) => encode(message))));
  await settle();
  host.turn();
}

describe("a link of posts", () => {
  it("says hello by itself and hears the answer", async () => {
    expect(posted.map(({ frames }) => frames)).toEqual([["hello 1"]]);
    await answer("welcome", "ack");
    expect(heard).toEqual(["welcome", "ack"]);
  });

  it("sends what gathered meanwhile in one post, after the answer", async () => {
    link.send(encode("a"));
    link.send(encode("b"));
    host.turn();
    expect(posted).toHaveLength(1);
    expect(link.buffered()).toBe(4);
    await answer();
    expect(posted[1]?.frames).toEqual(["hello 2", "a", "b"]);
    expect(link.buffered()).toBe(0);
  });

  it("is silent while there is nothing to say", async () => {
    await answer();
    host.advance(60 * 60_000);
    expect(posted).toHaveLength(1);
    link.send(encode("a"));
    host.turn();
    expect(posted[1]?.frames).toEqual(["hello 2", "a"]);
  });

  it("keeps every post within the collector's bounds", async () => {
    const large = new Uint8Array(MAX_MESSAGE_BYTES - 1_000);
    for (const value of [large, "a", large]) link.send(encode(value));
    await answer();
    expect(posted[1]?.frames).toHaveLength(3);
    await answer();
    expect(posted[2]?.frames).toHaveLength(2);

    for (let count = 0; count < MAX_FRAMES_COUNT + 5; count++) link.send(encode(count));
    await answer();
    expect(posted[3]?.frames).toHaveLength(MAX_FRAMES_COUNT);
    await answer();
    expect(posted[4]?.frames).toHaveLength(7);
  });

  it("ends where a post fails, or something else answers", async () => {
    posted[0]?.fail();
    await settle();
    expect(closed).toEqual([1006]);
    link.send(encode("a"));
    host.advance(60_000);
    expect(posted).toHaveLength(1);
  });

  it("ends where a proxy's page comes back", async () => {
    posted[0]?.answer(new TextEncoder().encode("<html>Bad gateway</html>"));
    await settle();
    expect(closed).toEqual([1006]);
  });

  it("is silent once it is closed", async () => {
    link.close();
    await answer("welcome");
    link.send(encode("a"));
    host.advance(60_000);
    expect([heard, closed, posted.length]).toEqual([[], [], 1]);
  });
});
