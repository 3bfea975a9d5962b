/**
 * Makes the payload of a picture batch: recorder events as JSON, compressed where that is worth it. The
 * browser takes its time to compress; what travels is decided once.
 */
import { encode } from "./msgpack";
import { type Bytes, type Chunk, chunkList } from "./wire.gen";

/** Smaller chunks do not shrink enough to pay for it. */
export const COMPRESS_MIN_BYTES = 512;

/**
 * Browsers compress on the page's thread. What is longer comes to it piece by piece, so that the page can go on in
 * between; of what is short the pieces alone would cost more.
 */
const AT_ONCE_MAX_BYTES = 64 * 1024;

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
  return async (raw) => {
    const { readable, writable } = new Packer("gzip");
    const given =
      raw.length > AT_ONCE_MAX_BYTES
        ? [new Source([raw]).stream().pipeTo(writable)]
        : atOnce(writable.getWriter(), raw);
    const [packed] = await Promise.all([new Sink(readable).arrayBuffer(), ...given]);
    return new Uint8Array(packed);
  };
}

const atOnce = (writer: WritableStreamDefaultWriter<BufferSource>, raw: Bytes) => [
  writer.write(raw),
  writer.close(),
];
