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
  const { Blob: Source, CompressionStream: Packer, Response: Sink } = window;
  if (!Packer) return null;
  return async (raw) =>
    new Uint8Array(await new Sink(new Source([raw]).stream().pipeThrough(new Packer("gzip"))).arrayBuffer());
}
