/**
 * The last word of a page load. Browsers let about 64 KiB of a page's requests outlive it, all scripts of the
 * page together: what has no other chance goes first, facts before picture, then what the socket was given
 * but nobody confirmed; the same batch twice does no harm. What does not fit is declared lost.
 */
import { FRAME_HEAD_BYTES } from "./bytes";
import type { Outbox } from "./outbox";
import { PAGE_ENDED } from "./picture";
import type { Entry, Track } from "./track";
import type { Bytes } from "./wire.gen";

export const FAREWELL_MAX_BYTES = 60 * 1024;
/** Small batches, so that where not all facts fit, the newest do. */
const FACTS_BATCH_BYTES = 8 * 1024;
/** Room kept for the fact that says how the page load ended. */
const LEFT_BYTES = 96;
/** Room kept for a gap in place of what does not fit. */
const GAP_BYTES = 96;

export interface Ending {
  readonly now: number;
  /** Nothing waits inside the socket: what it was given is on its way. */
  readonly socketQuiet: boolean;
  /** States that the page was left, and whether its picture is complete. */
  left(pictureComplete: boolean): void;
}

/** The messages to send after the hello, together at most `budget` bytes as frames. */
export function farewell(outbox: Outbox, budget: number, ending: Ending): Bytes[] {
  const { facts, picture, factsTrack, pictureTrack } = outbox;
  facts.cut(ending.now, FACTS_BATCH_BYTES);
  const room = budget - LEFT_BYTES - GAP_BYTES - size(factsTrack, unsent);
  const recent = picture.finish(() => room - size(pictureTrack, unsent));
  const earlier = keepOldest(pictureTrack, room);
  const spare = room - size(pictureTrack, unsent);
  const factsAgain = fitting(factsTrack.entries().filter(sent), spare);
  const pictureAgain = fitting(pictureTrack.entries().filter(sent), spare - total(factsAgain));
  const confirmed = ending.socketQuiet || pictureAgain.length === pictureTrack.entries().filter(sent).length;
  ending.left(recent && earlier && confirmed);
  facts.cut(ending.now, FACTS_BATCH_BYTES);
  keepNewest(factsTrack, budget - size(pictureTrack, unsent));
  const messages = [
    ...factsAgain,
    ...factsTrack.entries().filter(unsent),
    ...pictureAgain,
    ...pictureTrack.entries().filter(unsent),
  ].map((entry) => entry.message);
  return messages.filter((message) => message !== null);
}

const sent = (entry: Entry) => entry.handed;
const unsent = (entry: Entry) => !entry.handed;

function total(entries: readonly Entry[]): number {
  return entries.reduce((sum, { message }) => sum + (message ? message.length + FRAME_HEAD_BYTES : 0), 0);
}

const size = (track: Track, which: (entry: Entry) => boolean) => total(track.entries().filter(which));

/** Changes need what came before them: from the first that does not fit, the rest stays behind. */
function keepOldest(track: Track, room: number): boolean {
  const entries = track.entries();
  const fits = fitting(entries.filter(unsent), room);
  const from = entries.findIndex((entry) => unsent(entry) && !fits.includes(entry));
  if (from < 0) return true;
  track.drop(from, entries.length - from, PAGE_ENDED);
  return false;
}

/** The newest facts say how the visit ended: the oldest stay behind. */
function keepNewest(track: Track, room: number): void {
  while (size(track, unsent) > room) {
    const from = track.entries().findIndex((entry) => unsent(entry) && !entry.gap);
    if (from < 0) return;
    track.drop(from, 1, PAGE_ENDED);
  }
}

/** From the first on, as many as fit. */
function fitting(entries: readonly Entry[], room: number): Entry[] {
  let left = room;
  const end = entries.findIndex((entry) => {
    left -= total([entry]);
    return left < 0;
  });
  return entries.slice(0, end < 0 ? undefined : end);
}
