/**
 * msgpack for exactly what travels. A page writes nil, booleans, numbers, text, bytes, lists and maps with
 * text keys; it reads no bytes and nothing below zero, because a collector sends none. A property that is
 * undefined is left out; a number that is not finite travels as nil, because the collector refuses it.
 */
import { uint32 } from "./bytes";
import type { Bytes } from "./wire.gen";

/** Deeper than anything that travels: only a value that contains itself is. */
const DEPTH_MAX_COUNT = 12;
const FIRST_BYTES = 512;
const TWO_TO_32 = 2 ** 32;

/** Raises where the value contains itself. */
export function encode(value: unknown): Bytes {
  const utf8 = new TextEncoder();
  let bytes = new Uint8Array(FIRST_BYTES);
  let end = 0;

  function put(more: ArrayLike<number>): void {
    const at = end;
    end += more.length;
    if (end > bytes.length) {
      const grown = new Uint8Array(end * 2);
      grown.set(bytes);
      bytes = grown;
    }
    bytes.set(more, at);
  }

  /** A head that tells a number: in `fix` itself up to `fixMax`, else in 1 (where `head8` is one), 2 or 4 bytes. */
  function head(count: number, fix: number, fixMax: number, head8: number, head16: number): void {
    if (count <= fixMax) put([fix + count]);
    else if (head8 && count < 0x100) put([head8, count]);
    else if (count < 0x10000) put([head16, count >> 8, count]);
    else put([head16 + 1, ...uint32(count)]);
  }

  function float64(value: number): void {
    const view = new DataView(new ArrayBuffer(9));
    view.setUint8(0, 0xcb);
    view.setFloat64(1, value);
    put(new Uint8Array(view.buffer));
  }

  function number(value: number): void {
    if (!Number.isFinite(value)) put([0xc0]);
    // Other integers are as exact as floats; the collector takes both.
    else if (!Number.isInteger(value) || value < -32 || value >= TWO_TO_32) float64(value);
    else if (value < 0) put([value]);
    else head(value, 0, 0x7f, 0xcc, 0xcd);
  }

  function text(value: string): void {
    const encoded = utf8.encode(value);
    head(encoded.length, 0xa0, 31, 0xd9, 0xda);
    put(encoded);
  }

  function any(value: unknown, depth: number): void {
    if (depth > DEPTH_MAX_COUNT) throw new RangeError("nested too deeply");
    if (typeof value === "string") text(value);
    else if (typeof value === "number") number(value);
    else if (ArrayBuffer.isView(value)) {
      head((value as Bytes).length, 0, -1, 0xc4, 0xc5);
      put(value as Bytes);
    } else if (Array.isArray(value)) {
      head(value.length, 0x90, 15, 0, 0xdc);
      for (const item of value) any(item, depth + 1);
    } else if (typeof value === "object" && value !== null) {
      const entries = Object.entries(value).filter((entry) => entry[1] !== undefined);
      head(entries.length, 0x80, 15, 0, 0xde);
      for (const [key, item] of entries) {
        text(key);
        any(item, depth + 1);
      }
    } else put([value === true ? 0xc3 : value === false ? 0xc2 : 0xc0]);
  }

  any(value, 0);
  return bytes.slice(0, end);
}

/** Raises where the bytes are cut short or hold what a collector never sends. */
export function decode(bytes: Bytes): unknown {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const utf8 = new TextDecoder();
  let at = 0;

  function uint(size: number): number {
    let value = 0;
    for (let index = 0; index < size; index++) value = value * 256 + view.getUint8(at++);
    return value;
  }

  function text(count: number): string {
    at += count;
    if (at > bytes.length) throw new RangeError("cut short");
    return utf8.decode(bytes.subarray(at - count, at));
  }

  function list(count: number): unknown[] {
    const items: unknown[] = [];
    for (let index = 0; index < count; index++) items.push(any());
    return items;
  }

  function map(count: number): unknown {
    const items: [string, unknown][] = [];
    for (let index = 0; index < count; index++) items.push([any() as string, any()]);
    return Object.fromEntries(items);
  }

  function any(): unknown {
    const head = uint(1);
    if (head < 0x80) return head;
    if (head < 0x90) return map(head - 0x80);
    if (head < 0xa0) return list(head - 0x90);
    if (head < 0xc0) return text(head - 0xa0);
    if (head === 0xc0) return null;
    if (head === 0xc2 || head === 0xc3) return head === 0xc3;
    if (head === 0xcb) {
      at += 8;
      return view.getFloat64(at - 8);
    }
    if (head >= 0xcc && head <= 0xcf) return uint(2 ** (head - 0xcc));
    if (head >= 0xd9 && head <= 0xdb) return text(uint(2 ** (head - 0xd9)));
    if (head === 0xdc || head === 0xdd) return list(uint(2 ** (head - 0xdb)));
    if (head === 0xde || head === 0xdf) return map(uint(2 ** (head - 0xdd)));
    throw new TypeError("not of this wire");
  }

  return any();
}
