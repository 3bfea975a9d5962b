/**
 * Several messages in one HTTP body: each behind its length, four bytes, the highest first.
 */
import type { Bytes } from "./wire.gen";

export const FRAME_HEAD_BYTES = 4;

export function joinFrames(messages: readonly Bytes[]): Bytes {
  let size = 0;
  for (const message of messages) size += FRAME_HEAD_BYTES + message.length;
  const body = new Uint8Array(size);
  const view = new DataView(body.buffer);
  let at = 0;
  for (const message of messages) {
    view.setUint32(at, message.length);
    body.set(message, at + FRAME_HEAD_BYTES);
    at += FRAME_HEAD_BYTES + message.length;
  }
  return body;
}

/** Raises where the body is cut short. */
export function splitFrames(body: Bytes): Bytes[] {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const messages: Bytes[] = [];
  for (let at = 0; at < body.length; ) {
    const start = at + FRAME_HEAD_BYTES;
    at = start + view.getUint32(at);
    if (at > body.length) throw new RangeError("cut short");
    messages.push(body.slice(start, at));
  }
  return messages;
}
