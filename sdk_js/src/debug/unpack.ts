/** msgpack as the collector reads it: bytes and negative numbers too. Raises for what a page never sends. */
import type { Bytes } from "../wire.gen";

export function unpack(bytes: Bytes): unknown {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  const uint = (size: number): number => {
    let value = 0;
    for (let index = 0; index < size; index++) value = value * 256 + view.getUint8(at++);
    return value;
  };
  const take = (size: number): Bytes => {
    if (at + size > bytes.length) throw new RangeError("cut short");
    at += size;
    return bytes.slice(at - size, at);
  };
  const text = (size: number): string => new TextDecoder("utf-8", { fatal: true }).decode(take(size));
  const list = (count: number): unknown[] => Array.from({ length: count }, any);
  const map = (count: number): unknown =>
    Object.fromEntries(Array.from({ length: count }, () => [any() as string, any()]));
  function any(): unknown {
    const head = uint(1);
    if (head < 0x80) return head;
    if (head < 0x90) return map(head & 15);
    if (head < 0xa0) return list(head & 15);
    if (head < 0xc0) return text(head & 31);
    if (head >= 0xe0) return head - 256;
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
      case 0xcb:
        at += 8;
        return view.getFloat64(at - 8);
      case 0xcc:
      case 0xcd:
      case 0xce:
        return uint(2 ** (head - 0xcc));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return text(uint(2 ** (head - 0xd9)));
      case 0xdc:
      case 0xdd:
        return list(uint(2 ** (head - 0xdb)));
      case 0xde:
      case 0xdf:
        return map(uint(2 ** (head - 0xdd)));
      default:
        throw new TypeError(`a page must not send 0x${head.toString(16)}`);
    }
  }
  const value = any();
  if (at !== bytes.length) throw new RangeError("more than one value");
  return value;
}
