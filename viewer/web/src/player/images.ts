/**
 * The addresses of recorded images, made into addresses of the desk: what it keeps is shown, and what it does
 * not keep is a labelled frame of the image's size. Of a `srcset` those candidates stay that the desk has: the
 * ones that the customer's browser chose. Which of several fits is the replayed page's width to say.
 */
import type { Shown } from "./kept";
import { placeholder } from "./placeholder";
import { type Attributes, type Fields, textOf } from "./recorder_event";

const INLINED = /^data:image\//i;
/** A candidate's address and descriptor, as the HTML standard tells them apart. */
const CANDIDATE = /[\s,]*([^\s,]\S*[^\s,]|[^\s,])(?:\s+([\d.]+[wxh]))?\s*(?:,|$)/g;

export const isInlined = (value: unknown): boolean => INLINED.test(textOf(value).trim());

/** What an image shows: itself, what was kept of it, or a frame that says why not. */
export function image(url: string, shown: Shown, alt = ""): string {
  const plain = url.trim();
  if (isInlined(plain)) return plain;
  return shown.address(plain) ?? placeholder(label(shown.why(plain) || alt), shown.size(plain));
}

const label = (why: string): string => (why ? `image not kept: ${why}` : "image not kept");

/** The candidates that can be shown; empty where there is none. */
export function candidates(srcset: string, shown: Shown): string {
  const kept: string[] = [];
  for (const [, url = "", descriptor = ""] of srcset.matchAll(CANDIDATE)) {
    const address = INLINED.test(url) ? null : shown.address(url);
    if (address !== null) kept.push(`${address} ${descriptor}`.trim());
  }
  return kept.join(", ");
}

/** Completes an `img`: with nothing to show it has its frame, and its frame never stands beside a candidate. */
export function completeImage(kept: Attributes, given: Fields, shown: Shown): void {
  if (typeof kept.rr_dataURL === "string") kept.src = kept.rr_dataURL;
  else if (kept.srcset && !isInlined(given.src) && shown.address(textOf(given.src)) === null) delete kept.src;
  else if (!kept.src || !isInlined(given.src)) kept.src = image(textOf(given.src), shown, textOf(given.alt));
}
