/** Bytes one after another, as text, and messages in one HTTP body: each behind its length, four bytes, highest first. */
import type { Bytes } from "./wire.gen";

export const FRAME_HEAD_BYTES = 4;

export function concat(parts: readonly ArrayLike<number>[]): Bytes {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The highest byte first; storing it in bytes takes each modulo 256. */
export const uint32 = (value: number): readonly number[] => [value >>> 24, value >>> 16, value >>> 8, value];

/** Two digits each. */
export const hex = (bytes: Bytes): string =>
  bytes.reduce((text, byte) => text + (byte + 256).toString(16).slice(1), "");

export const joinFrames = (messages: readonly Bytes[]): Bytes =>
  concat(messages.flatMap((message) => [uint32(message.length), message]));

/** Raises where the body is cut short. */
export function splitFrames(body: Bytes): Bytes[] {
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  const messages: Bytes[] = [];
  for (let at = 0; at < body.length; ) {
    const start = at + FRAME_HEAD_BYTES;
    at = start + view.getUint32(at);
    if (at > body.length) throw new RangeError("cut short");
    messages.push(body.slice(start, at));
  }
  return messages;
}
