/**
 * In words: how what a page loaded comes to be shown. Images and fonts were fetched by the desk's side at a time
 * of its own, which need not be the moment that is looked at, and what was not kept has a reason.
 */
import { clockTime, duration, shortUrl } from "../model/format";
import type { SessionView } from "../model/session";
import type { AssetEntry, Kept } from "../player/kept";
import { h, part } from "./dom";

const MAX_ROWS_COUNT = 30;
/** Fetched this close to the moment is fetched at the moment. */
const AT_ONCE_MS = 1_000;

/** The rows for one page load at corrected time t. */
export function assetRows(view: SessionView, load: string, kept: Kept, t: number): string[] {
  const own = view.events.filter((event) => event.load === load);
  const urls = own.flatMap((event) =>
    event.kind === "assets" ? event.fields.items.map(({ url }) => url) : [],
  );
  const hashes = own.flatMap((event) => (event.kind === "styles" ? event.fields.hashes : []));
  const styles = hashes.map((hash) => kept.style(hash)).filter((entry) => !entry?.hash).length;
  const entries = [...new Set(urls)].map((url) => [url, kept.entry(url)] as const);
  const rows = [
    ...fetchedRow(
      entries.flatMap(([, entry]) => (entry?.hash ? [entry.fetched_ms ?? t] : [])),
      t,
    ),
    ...(styles ? [`${styles} of ${hashes.length} styles never arrived: the page looked otherwise`] : []),
    ...entries.flatMap(([url, entry]) => (entry?.hash ? [] : [missingRow(url, entry)])),
  ];
  const more = rows.length - MAX_ROWS_COUNT;
  return more > 0 ? [...rows.slice(0, MAX_ROWS_COUNT), `and ${more} more`] : rows;
}

function fetchedRow(times: readonly number[], t: number): string[] {
  if (times.length === 0) return [];
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const when = first === last ? clockTime(first) : `${clockTime(first)} to ${clockTime(last)}`;
  const away = Math.abs(last - t) >= Math.abs(first - t) ? last - t : first - t;
  const side =
    Math.abs(away) < AT_ONCE_MS
      ? "at this moment"
      : `${duration(Math.abs(away))} ${away > 0 ? "after" : "before"} this moment`;
  const upTo = times.length > 1 && first !== last ? "up to " : "";
  const what = times.length === 1 ? "1 image or font" : `${times.length} images and fonts`;
  return [`${what}, fetched by us at ${when}, ${upTo}${side}`];
}

const missingRow = (url: string, entry: AssetEntry | undefined): string =>
  `${shortUrl(url)}: ${entry?.detail ?? "Nothing is known of it."}`;

export function drawAssets(rows: readonly string[]): void {
  part("assets-title").hidden = rows.length === 0;
  part("assets").replaceChildren(...rows.map((row) => h("li", {}, row)));
}
