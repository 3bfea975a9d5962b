// @vitest-environment node
/** Reading what pages send, and refusing what they never do. */
import { describe, expect, it } from "vitest";
import { encode } from "../../../../sdk_js/src/msgpack";
import { decode } from "../../src/player/msgpack";

const bytes = (...values: number[]) => new Uint8Array(values);

describe("reading", () => {
  it.each([
    null,
    true,
    false,
    0,
    127,
    128,
    255,
    256,
    65_535,
    65_536,
    4_294_967_296,
    Number.MAX_SAFE_INTEGER,
    -1,
    -32,
    -33,
    -129,
    -32_769,
    -2_147_483_649,
    0.5,
    1_764_000_000_000.25,
    "",
    "a".repeat(31),
    "ü".repeat(300),
    "🙂".repeat(20_000),
    [],
    Array.from({ length: 20 }, (_, index) => index),
    { a: 1, b: [null, { c: "d" }] },
  ])("what was written: %j", (value) => {
    expect(decode(encode(value))).toEqual(value);
  });

  it("bytes of every length, as they are", () => {
    for (const length of [0, 1, 255, 256, 65_535, 65_536]) {
      const data = new Uint8Array(length).fill(7);
      expect(decode(encode([data]))).toEqual([data]);
    }
  });

  it("single floats and wide negative numbers", () => {
    expect(decode(bytes(0xca, 0x3f, 0x80, 0, 0))).toBe(1);
    expect(decode(bytes(0xd3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe))).toBe(-2);
  });
});

describe("refusing", () => {
  it.each([
    ["nothing", bytes()],
    ["an extension", bytes(0xd4, 1, 2)],
    ["what does not exist", bytes(0xc1)],
    ["a text cut short", bytes(0xa5, 97)],
    ["a text that is not UTF-8", bytes(0xa1, 0xff)],
    ["bytes cut short", bytes(0xc6, 0xff, 0xff, 0xff, 0xff, 1)],
    ["a list that says it is endless", bytes(0xdd, 0xff, 0xff, 0xff, 0xff)],
    ["a map that says it is endless", bytes(0xdf, 0xff, 0xff, 0xff, 0xff, 0xa1, 97)],
    ["a key that is no text", bytes(0x81, 1, 1)],
    ["endless nesting", new Uint8Array(100_000).fill(0x91)],
  ])("%s", (_name, input) => {
    expect(() => decode(input)).toThrow();
  });

  it("a key that would become the prototype of what is read", () => {
    const key = [..."__proto__"].map((char) => char.charCodeAt(0));
    const read = decode(bytes(0x81, 0xa9, ...key, 0x81, 0xa1, 97, 1)) as Record<string, unknown>;
    expect(read.a).toBeUndefined();
    expect(({} as Record<string, unknown>).a).toBeUndefined();
  });
});
