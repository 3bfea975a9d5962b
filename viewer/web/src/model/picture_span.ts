/**
 * What picture there is of a page load and where it is missing, from the headers of its chunks alone.
 *
 * A run is an unbroken row of chunk numbers that starts with a checkpoint. A missing number ends a run: what
 * follows cannot be shown until the next checkpoint, because a change without the page it changed is a guess.
 * Times are corrected.
 */
import type { ChunkInfo, GapInfo, LoadInfo } from "./session";

/** How long after a page opened its picture may still be on its way, live. */
const ARRIVING_MS = 15_000;

export interface Run {
  readonly from: number;
  readonly until: number;
  readonly chunks: readonly ChunkInfo[];
}

export interface PictureSpan {
  readonly runs: readonly Run[];
  /** The largest chunk number that came, whether or not it can be shown. */
  readonly last: number;
  readonly open: boolean;
  readonly complete: boolean;
  readonly payment: boolean;
  /** When the page was left and nothing came after it in its tab; null while it was open. */
  readonly closed: number | null;
  readonly declared: readonly GapInfo[];
}

/** What can be shown at a time: a picture, or the reason why there is none. */
export type PictureAt =
  | { readonly kind: "shown"; readonly run: Run }
  /** The page's last picture stays up, but more was recorded that never came. */
  | { readonly kind: "early"; readonly run: Run }
  /** The page's last picture: the customer saw it no more. */
  | { readonly kind: "over"; readonly run: Run; readonly since: number }
  | {
      readonly kind: "gap";
      readonly from: number;
      readonly until: number | null;
      readonly reason: string | null;
    }
  /** The page was loading: its picture begins when its document was there. */
  | { readonly kind: "beginning"; readonly until: number }
  | { readonly kind: "arriving" }
  | { readonly kind: "payment" }
  | { readonly kind: "none" };

interface Context {
  readonly offset: number;
  readonly open: boolean;
  readonly complete: boolean;
  readonly payment: boolean;
  readonly closed: number | null;
  readonly declared: readonly GapInfo[];
}

export function pictureOf(load: LoadInfo, context: Context): PictureSpan {
  const { offset, ...rest } = context;
  const last = load.chunks.reduce((most, { number }) => Math.max(most, number), 0);
  return { ...rest, last, runs: runsOf(load.chunks, offset) };
}

function runsOf(chunks: readonly ChunkInfo[], offset: number): Run[] {
  const runs: ChunkInfo[][] = [];
  let current: ChunkInfo[] | null = null;
  for (const chunk of [...chunks].sort((a, b) => a.number - b.number)) {
    const last: ChunkInfo | undefined = current?.at(-1);
    if (current && last?.number === chunk.number - 1) current.push(chunk);
    else if (chunk.checkpoint) {
      current = [chunk];
      runs.push(current);
    } else current = null;
  }
  return runs.map((row) => ({
    from: (row[0] as ChunkInfo).first_ms + offset,
    until: row.reduce((latest, chunk) => Math.max(latest, chunk.last_ms), 0) + offset,
    chunks: row,
  }));
}

/** What can be shown of the load at t; `now` is the server's clock. */
export function pictureAt(
  span: PictureSpan,
  load: { readonly from: number },
  t: number,
  now: number,
): PictureAt {
  const index = span.runs.findLastIndex((run) => run.from <= t);
  const run = span.runs[index];
  const next = span.runs[index + 1];
  if (!run) {
    if (next?.chunks[0]?.number === 1) return { kind: "beginning", until: next.from };
    if (next) return { kind: "gap", from: load.from, until: next.from, reason: reasonBefore(span, next) };
    if (span.payment) return { kind: "payment" };
    if (span.open && now - load.from < ARRIVING_MS) return { kind: "arriving" };
    const declared = span.declared[0];
    return declared
      ? { kind: "gap", from: load.from, until: null, reason: declared.reason }
      : { kind: "none" };
  }
  if (next && t > run.until)
    return { kind: "gap", from: run.until, until: next.from, reason: reasonBefore(span, next) };
  if (!next && t > run.until && changedAfter(span, run))
    return { kind: "gap", from: run.until, until: null, reason: reasonAfter(span, run) };
  if (!next && t > run.until && (!span.complete || lostAfter(span, run))) return { kind: "early", run };
  if (span.closed !== null && t >= span.closed) return { kind: "over", run, since: span.closed };
  return { kind: "shown", run };
}

const reasonBefore = (span: PictureSpan, next: Run): string | null => {
  const first = next.chunks[0]?.number ?? 0;
  return span.declared.find((gap) => gap.last < first && gap.last >= first - 1)?.reason ?? null;
};

const lastNumber = (run: Run): number => run.chunks.at(-1)?.number ?? 0;

const reasonAfter = (span: PictureSpan, run: Run): string | null =>
  span.declared.find((gap) => gap.first === lastNumber(run) + 1)?.reason ?? null;

/** Whether chunks came that cannot be shown: the page is known to have looked different since. */
const changedAfter = (span: PictureSpan, run: Run): boolean => span.last > lastNumber(run);

const lostAfter = (span: PictureSpan, run: Run): boolean => {
  return span.declared.some((gap) => gap.first > lastNumber(run));
};

/** The stretches without picture between those with one: for the timeline. */
export function gapsOf(
  span: PictureSpan,
  load: { readonly from: number; readonly until: number },
): [number, number][] {
  const edges: [number, number][] = [];
  let from = load.from;
  for (const run of span.runs) {
    if (run !== span.runs[0] || run.chunks[0]?.number !== 1) edges.push([from, run.from]);
    from = run.until;
  }
  const last = span.runs.at(-1);
  if (!last) return [[load.from, load.until]];
  if (!span.complete || lostAfter(span, last) || changedAfter(span, last))
    edges.push([last.until, load.until]);
  return edges.filter(([start, end]) => end > start);
}
