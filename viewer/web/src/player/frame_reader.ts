/** Cuts a streamed answer into its frames (four bytes of length, the highest first, then so many bytes). */
import { type Bytes, MAX_MESSAGE_BYTES } from "../../../../sdk_js/src/wire.gen";

const HEAD_BYTES = 4;

export async function* frames(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<Bytes> {
  const reader = stream.getReader();
  let held: Bytes = new Uint8Array(0);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      held = joined(held, value);
      let at = 0;
      for (;;) {
        const end = frameEnd(held, at);
        if (end === null || end > held.length) break;
        yield held.slice(at + HEAD_BYTES, end);
        at = end;
      }
      if (at > 0) held = held.slice(at);
    }
    if (held.length > 0) throw new RangeError("The picture's answer was cut short");
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function frameEnd(bytes: Bytes, at: number): number | null {
  if (at + HEAD_BYTES > bytes.length) return null;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(at);
  if (length > MAX_MESSAGE_BYTES) throw new RangeError("The picture's answer holds a frame that is too long");
  return at + HEAD_BYTES + length;
}

function joined(a: Bytes, b: Bytes): Bytes {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
