/**
 * Everything of one page load that the collector does not have yet: two tracks, two buffers, each bounded in
 * bytes. Facts go first and are dropped last.
 */
import type { Compress } from "./chunk";
import { createFacts, type FactBuffer } from "./facts";
import type { Host } from "./host";
import { createPicture, type PictureBuffer, type PictureEvents } from "./picture";
import { createStyleTexts, type StyleTexts } from "./styles";
import { createTrack, type Track } from "./track";
import { type Bytes, Track as TrackNumber } from "./wire.gen";

/** So little of the picture waits inside the socket that a fact never queues behind much of it. */
export const PICTURE_AHEAD_BYTES = 64 * 1024;

export interface Outbox {
  readonly facts: FactBuffer;
  readonly picture: PictureBuffer;
  readonly styles: StyleTexts;
  readonly factsTrack: Track;
  readonly pictureTrack: Track;
  /** The next message, where `buffered` bytes still wait inside the link; null where none should go now. */
  next(buffered: number): Bytes | null;
  acked(track: TrackNumber, number: number): void;
  /** Another link begins: the collector says how far it has come. */
  resume(facts: number, picture: number): void;
  /** Whether everything that has a number is acknowledged. */
  empty(): boolean;
  /** Whether anything was handed over that is not acknowledged yet. */
  owed(): boolean;
}

export function createOutbox(host: Host, compress: Compress, events: PictureEvents): Outbox {
  const factsTrack = createTrack(TrackNumber.FACTS);
  const pictureTrack = createTrack(TrackNumber.PICTURE);
  const acked = (track: TrackNumber, number: number) =>
    (track === TrackNumber.FACTS ? factsTrack : pictureTrack).acked(number);
  const both = [factsTrack, pictureTrack];
  const styles = createStyleTexts();

  return {
    facts: createFacts(factsTrack),
    picture: createPicture(pictureTrack, host, compress, events),
    styles,
    factsTrack,
    pictureTrack,
    next: (buffered) =>
      factsTrack.next() ?? (buffered < PICTURE_AHEAD_BYTES ? (pictureTrack.next() ?? styles.next()) : null),
    acked,
    resume(facts, picture) {
      acked(TrackNumber.FACTS, facts);
      acked(TrackNumber.PICTURE, picture);
      for (const each of [...both, styles]) each.rewind();
    },
    empty: () => both.every((track) => track.entries().length === 0),
    owed: () => both.some((track) => track.entries().some((entry) => entry.handed)),
  };
}
