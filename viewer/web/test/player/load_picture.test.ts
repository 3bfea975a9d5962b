// @vitest-environment node
/** Fetching and preparing one page load's picture: order, resuming, and what is missing. */
import { describe, expect, it } from "vitest";
import { encode } from "../../../../sdk_js/src/msgpack";
import type { Bytes } from "../../../../sdk_js/src/wire.gen";
import type { Run } from "../../src/model/picture_span";
import type { ChunkInfo } from "../../src/model/session";
import { LoadPicture } from "../../src/player/load_picture";

const PAGE = {
  type: 0,
  id: 1,
  childNodes: [{ type: 2, id: 2, tagName: "html", attributes: {}, childNodes: [] }],
};

interface Stored {
  readonly info: ChunkInfo;
  readonly payload: Bytes;
}

function stored(number: number, first: number, checkpoint: boolean, events: readonly object[]): Stored {
  const raw = new TextEncoder().encode(JSON.stringify(events));
  const last = first + 10;
  const payload = encode(["rrweb-2/json", "none", raw.length, first, last, events.length, checkpoint, raw]);
  return { payload, info: { number, first_ms: first, last_ms: last, checkpoint, bytes: payload.length } };
}

const snapshot = (timestamp: number) => ({ type: 2, timestamp, data: { node: PAGE } });
const scroll = (timestamp: number) => ({
  type: 3,
  timestamp,
  data: { source: 3, id: 2, x: 0, y: timestamp },
});

const CHUNKS: readonly Stored[] = [
  stored(1, 1_000.5, true, [snapshot(1_000)]),
  stored(2, 2_000.5, false, [scroll(2_000)]),
  stored(3, 3_000.5, true, [snapshot(3_000)]),
  stored(4, 4_000.5, false, [scroll(4_000)]),
];

const runOf = (chunks: readonly Stored[]): Run => ({
  from: 0,
  until: 0,
  chunks: chunks.map(({ info }) => info),
});

/** A desk that answers with frames, torn into pieces of seven bytes. */
function desk(chunks: readonly Stored[]) {
  const asked: number[] = [];
  const fetchPicture = async (_load: string, after: number) => {
    asked.push(after);
    const frames = chunks.filter(({ info }) => info.number > after);
    const body = frames.flatMap(({ payload }) => {
      const head = new Uint8Array(4);
      new DataView(head.buffer).setUint32(0, payload.length);
      return [...head, ...payload];
    });
    return new ReadableStream<Bytes>({
      start(controller) {
        for (let at = 0; at < body.length; at += 7)
          controller.enqueue(new Uint8Array(body.slice(at, at + 7)));
        controller.close();
      },
    });
  };
  return { asked, fetchPicture };
}

const times = (strip: { events: readonly { type: number; timestamp: number }[] }) =>
  strip.events.map(({ type, timestamp }) => [type, timestamp]);

describe("the picture of a page load", () => {
  it("is fetched from the checkpoint before the moment, once", async () => {
    const { asked, fetchPicture } = desk(CHUNKS);
    const picture = new LoadPicture("load", fetchPicture);
    const strip = await picture.stripFor(runOf(CHUNKS), 3_500, 3_500);
    expect(asked).toEqual([2]);
    expect(times(strip)).toEqual([
      [4, 3_000.5],
      [2, 3_000.5],
    ]);
    await picture.stripFor(runOf(CHUNKS), 3_600, 9_000);
    expect(strip.events.at(-1)?.timestamp).toBe(4_000.5);
    expect(asked).toEqual([2]);
  });

  it("starts anew further back, and grows through later checkpoints", async () => {
    const { fetchPicture } = desk(CHUNKS);
    const picture = new LoadPicture("load", fetchPicture);
    const late = await picture.stripFor(runOf(CHUNKS), 4_500, 4_500);
    const early = await picture.stripFor(runOf(CHUNKS), 1_500, 9_000);
    expect(early).not.toBe(late);
    expect(early.events.map(({ type }) => type)).toEqual([4, 2, 3, 4, 2, 3]);
    expect(await picture.stripFor(runOf(CHUNKS), 4_500, 9_000)).toBe(early);
  });

  it("takes what came live instead of fetching it", async () => {
    const { asked, fetchPicture } = desk([]);
    const picture = new LoadPicture("load", fetchPicture);
    for (const { info, payload } of CHUNKS) picture.put(info.number, payload);
    expect((await picture.stripFor(runOf(CHUNKS), 2_500, 2_500)).next).toBe(3);
    expect(asked).toEqual([]);
  });

  it("passes over a frame that arrived after the list was made", async () => {
    const late = stored(2, 1_500, false, [scroll(1_500)]);
    const known = [
      CHUNKS[0] as Stored,
      { ...(CHUNKS[1] as Stored), info: { ...(CHUNKS[1] as Stored).info, number: 2 } },
    ];
    const { fetchPicture } = desk([CHUNKS[0] as Stored, late, CHUNKS[1] as Stored]);
    const strip = await new LoadPicture("load", fetchPicture).stripFor(runOf(known), 2_500, 2_500);
    expect(strip.events.at(-1)?.timestamp).toBe(2_000.5);
  });

  it("says so when the desk does not have it", async () => {
    const { fetchPicture } = desk([]);
    const picture = new LoadPicture("load", fetchPicture);
    await expect(picture.stripFor(runOf(CHUNKS), 1_500, 1_500)).rejects.toThrow("no longer has");
  });

  it("says so when the desk cannot be reached, and can be asked again", async () => {
    let reachable = false;
    const { fetchPicture } = desk(CHUNKS);
    const picture = new LoadPicture("load", (load, after) =>
      reachable ? fetchPicture(load, after) : Promise.reject(new TypeError("offline")),
    );
    await expect(picture.stripFor(runOf(CHUNKS), 1_500, 1_500)).rejects.toThrow("offline");
    reachable = true;
    expect((await picture.stripFor(runOf(CHUNKS), 1_500, 1_500)).next).toBe(2);
  });

  it("keeps the order of numbers even where times run backwards", async () => {
    const chunks = [
      stored(1, 1_000, true, [
        snapshot(1_000),
        scroll(1_005),
        { ...scroll(1), data: { source: 3, id: 2, x: 0, y: 7 } },
      ]),
    ];
    const { fetchPicture } = desk(chunks);
    const strip = await new LoadPicture("load", fetchPicture).stripFor(runOf(chunks), 1_500, 1_500);
    expect(strip.events.map(({ timestamp }) => timestamp)).toEqual([1_000, 1_000, 1_005, 1_005]);
  });

  it("says so when a chunk is not what it says", async () => {
    const chunks = [stored(1, 1_000, true, [snapshot(1_000)])];
    const broken = chunks.map(({ info }) => ({
      info,
      payload: encode(["rrweb-2/json", "none", 3, 1_000, 1_010, 1, true, new Uint8Array(9)]),
    }));
    const { fetchPicture } = desk(broken);
    const picture = new LoadPicture("load", fetchPicture);
    await expect(picture.stripFor(runOf(broken), 1_500, 1_500)).rejects.toThrow("larger than it said");
  });
});
