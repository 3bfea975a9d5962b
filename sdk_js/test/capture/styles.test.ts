/** Long styles leave the picture by their hash, in order and only where the hash is there in time. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { PictureEvent } from "../../src/capture/sink";
import { createStyles, STYLE_MIN_CHARS, type Styles } from "../../src/capture/styles";

const LONG = `a{color:red}${"b{margin:0}".repeat(200)}`;
const OTHER = `${LONG}i{margin:0}`;
/** As long as a hash, and another for each of the two texts. */
const digestOf = (text: string) => new Uint8Array(32).fill(text.length % 256).buffer;
const hashOf = (text: string) => (text.length % 256).toString(16).padStart(2, "0").repeat(32);
const referenceOf = (text: string) => `/* replay-style ${hashOf(text)} */`;

let digests: ((value?: ArrayBuffer) => void)[];
let pictures: PictureEvent[];
let facts: unknown[];
let kept: Map<string, string>;

const subtle = {
  digest: (_: string, data: Uint8Array) =>
    new Promise<ArrayBuffer>((resolve, reject) => {
      const text = new TextDecoder().decode(data);
      digests.push((value = digestOf(text)) => (value.byteLength ? resolve(value) : reject()));
    }),
};

function begin(understood = true): Styles {
  const sink = {
    fact: (kind: string, t: number, fields: object) => facts.push([kind, t, fields]),
    picture: (event: PictureEvent) => pictures.push(event),
    style: (hash: string, data: Uint8Array) => kept.set(hash, new TextDecoder().decode(data)),
  };
  return createStyles(sink, { now: () => 7, at: (time) => time }, understood);
}

/** An event of the recorder whose only content is one style text. */
function shown(styles: Styles, text: string, type = 3): { style: string } {
  const data = { style: text };
  styles.found(data, "style");
  styles.pass({ type, timestamp: 1, data });
  return data;
}

const answered = async () => {
  for (const answer of digests.splice(0)) answer();
  await new Promise((resolve) => setTimeout(resolve));
};

beforeEach(() => {
  [digests, pictures, facts, kept] = [[], [], [], new Map()];
  vi.stubGlobal("crypto", { subtle });
});
afterEach(() => vi.useRealTimers());

describe("a long style", () => {
  it("is told by its hash, and its text kept for the collector to ask for", async () => {
    const styles = begin();
    const data = shown(styles, LONG);
    expect(pictures).toEqual([]);
    await answered();
    expect(data.style).toBe(referenceOf(LONG));
    expect(pictures).toHaveLength(1);
    expect(facts).toEqual([["styles", 7, { hashes: [hashOf(LONG)] }]]);
    expect(kept).toEqual(new Map([[hashOf(LONG), LONG]]));
  });

  it("is hashed once and told once, and then holds nothing up", async () => {
    const styles = begin();
    shown(styles, LONG);
    await answered();
    const again = shown(styles, LONG);
    expect(again.style).toBe(referenceOf(LONG));
    expect(pictures).toHaveLength(2);
    expect(digests).toHaveLength(0);
    expect(facts).toHaveLength(1);
  });

  it("holds what follows behind it, and a page's size before it", async () => {
    const styles = begin();
    styles.pass({ type: 4, timestamp: 0, data: "size" });
    shown(styles, LONG, 2);
    shown(styles, "short");
    expect(pictures).toEqual([]);
    await answered();
    expect(pictures.map(({ type }) => type)).toEqual([4, 2, 3]);
  });

  it("is told with others in one fact", async () => {
    const styles = begin();
    shown(styles, LONG);
    shown(styles, OTHER);
    await answered();
    expect(facts).toEqual([["styles", 7, { hashes: [hashOf(LONG), hashOf(OTHER)] }]]);
  });

  it("stays in its place when the page ends first", async () => {
    const styles = begin();
    const data = shown(styles, LONG);
    styles.flush();
    expect(pictures).toHaveLength(1);
    await answered();
    expect(data.style).toBe(LONG);
  });

  it("stays in its place where hashing fails, or never ends", async () => {
    const styles = begin();
    const data = shown(styles, LONG);
    digests.splice(0)[0]?.(new ArrayBuffer(0));
    await answered();
    expect(data.style).toBe(LONG);
    expect(facts).toEqual([]);
    vi.useFakeTimers();
    const late = shown(styles, OTHER);
    vi.advanceTimersByTime(1_000);
    expect([late.style, pictures.length]).toEqual([OTHER, 2]);
  });

  it("stays in its place where the browser has no hashes", () => {
    vi.stubGlobal("crypto", {});
    const data = shown(begin(), LONG);
    expect([data.style, pictures.length]).toEqual([LONG, 1]);
  });

  it("stays in its place where the collector would not ask for it", () => {
    const data = shown(begin(false), LONG);
    expect([data.style, pictures.length]).toEqual([LONG, 1]);
  });
});

it("leaves short styles where they are", () => {
  const short = "x".repeat(STYLE_MIN_CHARS - 1);
  const data = shown(begin(), short);
  expect([data.style, pictures.length, digests.length]).toEqual([short, 1, 0]);
});
