/** The page's msgpack against what Python's made: tests/protocol/msgpack_cases.py writes the cases. */
import { describe, expect, it } from "vitest";
import cases from "../../tests/golden/msgpack.json";
import { decode, encode } from "../src/msgpack";
import type { Bytes } from "../src/wire.gen";
import { unpack } from "./unpack";

const fromHex = (hex: string): Bytes =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const toHex = (bytes: Bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** JSON has no bytes: `{"$bytes": hex}` stands for them. */
function revive(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value !== "object" || value === null) return value;
  if ("$bytes" in value) return fromHex(value.$bytes as string);
  if ("$long" in value) return Array.from({ length: value.$long as number }, (_, index) => index % 100);
  if ("$text" in value) return "ä".repeat(value.$text as number);
  if ("$map" in value)
    return Object.fromEntries(
      Array.from({ length: value.$map as number }, (_, index) => [`key ${index}`, index]),
    );
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, revive(item)]));
}

describe("what a page writes", () => {
  it.each(cases.page)("is what Python writes: $hex", ({ value, hex }) => {
    expect(toHex(encode(revive(value)))).toBe(hex);
  });

  it("leaves out what is undefined, and sends what is not finite as nothing", () => {
    expect(unpack(encode({ a: undefined, b: Number.NaN, c: Number.POSITIVE_INFINITY, d: -0 }))).toEqual({
      b: null,
      c: null,
      d: 0,
    });
  });

  it("is valid text whatever the page holds", () => {
    expect(unpack(encode("half a \ud83d pair"))).toBe("half a \ufffd pair");
  });

  it("refuses a value that contains itself", () => {
    const endless: { self?: object } = {};
    endless.self = endless;
    expect(() => encode(endless)).toThrow(RangeError);
  });

  it("takes text, bytes and lists beyond every width of head", () => {
    for (const count of [0, 15, 16, 31, 32, 255, 256, 65_535, 65_536]) {
      expect(unpack(encode("x".repeat(count)))).toBe("x".repeat(count));
      expect((unpack(encode(new Uint8Array(count))) as Bytes).length).toBe(count);
      expect(unpack(encode(new Array(count).fill(7)))).toHaveLength(count);
    }
  });
});

describe("what a page reads", () => {
  it.each(cases.collector)("is what Python wrote: $hex", ({ value, hex }) => {
    expect(decode(fromHex(hex))).toEqual(revive(value));
  });

  it("raises on every cut of a message, and never reads beyond it", () => {
    for (const { hex } of cases.collector) {
      const whole = fromHex(hex);
      for (let length = 0; length < Math.min(whole.length, 300); length++)
        expect(() => decode(whole.slice(0, length))).toThrow();
    }
  });

  it("raises on what no collector sends", () => {
    for (const head of [0xc1, 0xc4, 0xc7, 0xd4, 0xe0])
      expect(() => decode(Uint8Array.of(head, 0, 0))).toThrow();
  });
});
