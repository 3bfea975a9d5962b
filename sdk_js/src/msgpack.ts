/**
 * msgpack for exactly what travels: nil, booleans, integers, float64, text, bytes, lists and maps with text
 * keys. Properties that are undefined are left out; a number that is not finite travels as nil, because the
 * collector refuses it. What the collector sends is trusted no further than its bounds.
 */
import type { Bytes } from "./wire.gen";

/** Deeper than anything that travels: only a value that contains itself is. */
const DEPTH_MAX_COUNT = 12;
const FIRST_BYTES = 256;
const TWO_TO_32 = 2 ** 32;

const text = new TextEncoder();

/** Raises where the value contains itself. */
export function encode(value: unknown): Bytes {
  let bytes = new Uint8Array(FIRST_BYTES);
  let view = new DataView(bytes.buffer);
  let end = 0;

  function reserve(count: number): number {
    const at = end;
    end += count;
    if (end > bytes.length) {
      const grown = new Uint8Array(Math.max(end, bytes.length * 2));
      grown.set(bytes);
      bytes = grown;
      view = new DataView(bytes.buffer);
    }
    return at;
  }

  function byte(value: number): void {
    const at = reserve(1);
    bytes[at] = value;
  }

  function uint16(head: number, value: number): void {
    byte(head);
    const at = reserve(2);
    view.setUint16(at, value);
  }

  function uint32(head: number, value: number): void {
    byte(head);
    const at = reserve(4);
    view.setUint32(at, value);
  }

  /** Writes a head that holds its count: in `fix` itself where it is small, else in 1, 2 or 4 bytes. */
  function sized(count: number, fix: number, fixMax: number, head8: number, head16: number): void {
    if (count <= fixMax) byte(fix + count);
    else if (head8 && count < 0x100) {
      byte(head8);
      byte(count);
    } else if (count < 0x10000) uint16(head16, count);
    else uint32(head16 + 1, count);
  }

  function number(value: number): void {
    if (Number.isSafeInteger(value)) {
      if (value >= 0) {
        if (value < 0x80) byte(value);
        else if (value < 0x100) {
          byte(0xcc);
          byte(value);
        } else if (value < 0x10000) uint16(0xcd, value);
        else if (value < TWO_TO_32) uint32(0xce, value);
        else wide(0xcf, value);
      } else if (value >= -0x20) byte(value);
      else if (value >= -0x80) {
        byte(0xd0);
        byte(value);
      } else if (value >= -0x8000) uint16(0xd1, value);
      else if (value >= -0x80000000) uint32(0xd2, value);
      else wide(0xd3, value);
    } else if (Number.isFinite(value)) {
      byte(0xcb);
      const at = reserve(8);
      view.setFloat64(at, value);
    } else byte(0xc0);
  }

  function wide(head: number, value: number): void {
    uint32(head, Math.floor(value / TWO_TO_32));
    const at = reserve(4);
    view.setUint32(at, value);
  }

  function string(value: string): void {
    const utf8 = text.encode(value);
    sized(utf8.length, 0xa0, 31, 0xd9, 0xda);
    const at = reserve(utf8.length);
    bytes.set(utf8, at);
  }

  function binary(value: Bytes): void {
    sized(value.length, 0, -1, 0xc4, 0xc5);
    const at = reserve(value.length);
    bytes.set(value, at);
  }

  function any(value: unknown, depth: number): void {
    if (depth > DEPTH_MAX_COUNT) throw new RangeError("nested too deeply");
    if (typeof value === "string") string(value);
    else if (typeof value === "number") number(value);
    else if (typeof value === "boolean") byte(value ? 0xc3 : 0xc2);
    else if (ArrayBuffer.isView(value)) binary(value as Bytes);
    else if (Array.isArray(value)) {
      sized(value.length, 0x90, 15, 0, 0xdc);
      for (let index = 0; index < value.length; index++) any(value[index], depth + 1);
    } else if (typeof value === "object" && value !== null) {
      const entries = Object.entries(value).filter((entry) => entry[1] !== undefined);
      sized(entries.length, 0x80, 15, 0, 0xde);
      for (const [key, item] of entries) {
        string(key);
        any(item, depth + 1);
      }
    } else byte(0xc0);
  }

  any(value, 0);
  return bytes.slice(0, end);
}

/** Raises where the bytes are cut short or hold something that the collector never sends. */
export function decode(bytes: Bytes): unknown {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const utf8 = new TextDecoder();
  let at = 0;

  function uint(size: number): number {
    let value = 0;
    for (let index = 0; index < size; index++) value = value * 256 + view.getUint8(at++);
    return value;
  }

  function int(size: number): number {
    // The high half carries the sign.
    if (size === 8) return int(4) * TWO_TO_32 + uint(4);
    const value = uint(size);
    return value < 2 ** (8 * size - 1) ? value : value - 2 ** (8 * size);
  }

  function take(count: number): Bytes {
    if (at + count > bytes.length) throw new RangeError("cut short");
    at += count;
    return bytes.slice(at - count, at);
  }

  function list(count: number): unknown[] {
    const items: unknown[] = [];
    for (let index = 0; index < count; index++) items.push(any());
    return items;
  }

  function map(count: number): Record<string, unknown> {
    const items: [string, unknown][] = [];
    for (let index = 0; index < count; index++) items.push([any() as string, any()]);
    return Object.fromEntries(items);
  }

  function any(): unknown {
    const head = uint(1);
    if (head < 0x80) return head;
    if (head < 0x90) return map(head - 0x80);
    if (head < 0xa0) return list(head - 0x90);
    if (head < 0xc0) return utf8.decode(take(head - 0xa0));
    if (head >= 0xe0) return head - 0x100;
    if (head === 0xc0) return null;
    if (head === 0xc2 || head === 0xc3) return head === 0xc3;
    if (head >= 0xc4 && head <= 0xc6) return take(uint(2 ** (head - 0xc4)));
    if (head === 0xca || head === 0xcb) {
      at += head === 0xca ? 4 : 8;
      return head === 0xca ? view.getFloat32(at - 4) : view.getFloat64(at - 8);
    }
    if (head >= 0xcc && head <= 0xcf) return uint(2 ** (head - 0xcc));
    if (head >= 0xd0 && head <= 0xd3) return int(2 ** (head - 0xd0));
    if (head >= 0xd9 && head <= 0xdb) return utf8.decode(take(uint(2 ** (head - 0xd9))));
    if (head === 0xdc || head === 0xdd) return list(uint(head === 0xdc ? 2 : 4));
    if (head === 0xde || head === 0xdf) return map(uint(head === 0xde ? 2 : 4));
    throw new TypeError("not of this wire");
  }

  return any();
}
