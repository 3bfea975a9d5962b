/**
 * Makes the payload of a picture batch: recorder events as JSON, compressed where that is worth it. The
 * browser compresses off the main thread and takes its time; what travels is decided once.
 */
import { encode } from "./msgpack";
import { type Bytes, type Chunk, chunkList } from "./wire.gen";

/** Smaller chunks do not shrink enough to pay for it. */
export const COMPRESS_MIN_BYTES = 512;

/** Null where the browser cannot compress. */
export type Compress = ((raw: Bytes) => Promise<Bytes>) | null;

/** Everything of a chunk but its bytes. */
export type Stretch = Pick<Chunk, "first_ms" | "last_ms" | "count" | "checkpoint">;

export function chunkPayload(stretch: Stretch, codec: Chunk["codec"], raw_bytes: number, data: Bytes): Bytes {
  return encode(chunkList({ format: "rrweb-2/json", codec, raw_bytes, ...stretch, data }));
}

export function browserCompress(): Compress {
  const { CompressionStream: Stream, Response: Reader } = window;
  if (!Stream || !Reader) return null;
  return async (raw) => {
    const stream = new Stream("gzip");
    const writer = stream.writable.getWriter();
    const packed = new Reader(stream.readable).arrayBuffer();
    await Promise.all([writer.write(raw), writer.close(), packed]);
    return new Uint8Array(await packed);
  };
}
