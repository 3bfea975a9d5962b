/**
 * Inflates a chunk no further than it said it would: a small chunk that grows without end is an error, not a
 * desk without memory.
 */
import { type Bytes, type Chunk, MAX_CHUNK_RAW_BYTES } from "../../../../sdk_js/src/wire.gen";

class ChunkDamaged extends Error {}

/** The chunk's JSON. */
export async function recordedText(chunk: Chunk): Promise<string> {
  if (chunk.format !== "rrweb-2/json")
    throw new ChunkDamaged(`a picture in the unknown format ${chunk.format}`);
  return new TextDecoder().decode(await inflate(chunk, Math.min(chunk.raw_bytes, MAX_CHUNK_RAW_BYTES)));
}

/** The recorded events as they come out of JSON, not yet to be trusted. */
export function eventsOf(json: string): readonly unknown[] {
  let events: unknown;
  try {
    events = JSON.parse(json);
  } catch {
    throw new ChunkDamaged("a picture that is not JSON");
  }
  if (!Array.isArray(events)) throw new ChunkDamaged("a picture that is not a list");
  return events;
}

async function inflate({ codec, data }: Chunk, maxBytes: number): Promise<Bytes> {
  if (codec === "none") {
    if (data.length > maxBytes) throw new ChunkDamaged("a picture larger than it said");
    return data;
  }
  if (codec !== "gzip") throw new ChunkDamaged("a picture in an unknown compression");
  const { readable, writable } = new DecompressionStream("gzip");
  const writer = writable.getWriter();
  // What is wrong with the bytes is said by the reading side.
  writer.write(data).catch(() => {});
  writer.close().catch(() => {});
  const reader = readable.getReader();
  const whole = new Uint8Array(maxBytes);
  let at = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return whole.subarray(0, at);
      if (at + value.length > maxBytes) throw new ChunkDamaged("a picture larger than it said");
      whole.set(value, at);
      at += value.length;
    }
  } catch (error) {
    await reader.cancel().catch(() => {});
    throw error instanceof ChunkDamaged ? error : new ChunkDamaged("a picture that cannot be inflated");
  }
}
