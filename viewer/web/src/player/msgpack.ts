/**
 * Reads msgpack: the desk's side of what pages send (the page's own reader knows only what a collector sends).
 * Nil, booleans, integers, floats, text, bytes, lists and maps with text keys; anything else, what is cut
 * short and what is nested too deeply raises. Bytes are views of the input, not copies.
 */
import type { Bytes } from "../../../../sdk_js/src/wire.gen";

/** Deepest nesting of lists and maps; a chunk has one level. */
const MAX_DEPTH_COUNT = 16;
const TWO_TO_32 = 2 ** 32;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function decode(bytes: Bytes): unknown {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
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
    at += count;
    if (at > bytes.length) throw new RangeError("cut short");
    return bytes.subarray(at - count, at);
  }

  function float(size: 4 | 8): number {
    at += size;
    return size === 4 ? view.getFloat32(at - 4) : view.getFloat64(at - 8);
  }

  function list(count: number, depth: number): unknown[] {
    // Every item takes a byte: a count beyond the input is not believed.
    if (count > bytes.length - at) throw new RangeError("cut short");
    return Array.from({ length: count }, () => any(depth + 1));
  }

  function map(count: number, depth: number): unknown {
    if (count > bytes.length - at) throw new RangeError("cut short");
    const entries = Array.from({ length: count }, (): [string, unknown] => {
      const key = any(depth + 1);
      if (typeof key !== "string") throw new TypeError("a key that is not text");
      return [key, any(depth + 1)];
    });
    return Object.fromEntries(entries);
  }

  function any(depth: number): unknown {
    if (depth > MAX_DEPTH_COUNT) throw new RangeError("nested too deeply");
    const head = uint(1);
    if (head < 0x80) return head;
    if (head < 0x90) return map(head - 0x80, depth);
    if (head < 0xa0) return list(head - 0x90, depth);
    if (head < 0xc0) return utf8.decode(take(head - 0xa0));
    if (head >= 0xe0) return head - 0x100;
    switch (head) {
      case 0xc0:
        return null;
      case 0xc2:
      case 0xc3:
        return head === 0xc3;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return take(uint(2 ** (head - 0xc4)));
      case 0xca:
        return float(4);
      case 0xcb:
        return float(8);
      case 0xcc:
      case 0xcd:
      case 0xce:
      case 0xcf:
        return uint(2 ** (head - 0xcc));
      case 0xd0:
      case 0xd1:
      case 0xd2:
      case 0xd3:
        return int(2 ** (head - 0xd0));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return utf8.decode(take(uint(2 ** (head - 0xd9))));
      case 0xdc:
      case 0xdd:
        return list(uint(2 ** (head - 0xdb)), depth);
      case 0xde:
      case 0xdf:
        return map(uint(2 ** (head - 0xdd)), depth);
      default:
        throw new TypeError("not of this wire");
    }
  }

  return any(0);
}
