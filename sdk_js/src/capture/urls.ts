/**
 * Addresses without what they may carry of a person: query keys outside the allow-list, fragments, user names,
 * e-mail addresses and tokens in the path. `address` is for what names a page or a request; `asset` for
 * what the page loads to look right, whose path must stay exact and whose image parameters may stay.
 *
 * Addresses are taken apart as text: a listing page has hundreds, and the browser's parser costs too much.
 */
import { attempt } from "../guard";
import { MASK, scrub } from "./mask";

export interface Urls {
  address(url: string): string;
  asset(url: string): string;
  /** A `srcset`: each of its candidates as an asset. */
  assets(candidates: string): string;
  /** What `asset` answers, without its fragment; for what is not recorded with it. */
  key(url: string): string;
  /** The keys of what was recorded. */
  readonly recorded: ReadonlySet<string>;
}

const KEPT_KEY = /^(?:utm_.+|coupon|promo|discount|variant|page|q)$/i;
const ASSET_KEY = /^(?:v|ver|version|w|h|width|height|fit|crop|format|fm|auto|dpr|quality|size|url)$/i;
const ASSET_VALUE = /^[\w.,x-]{1,20}$/;
const PARTS = /^(?:((?:https?:)?\/\/)(?:[^/?#@]*@)?)?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/i;
const ABSOLUTE = /^(?:[a-z][a-z0-9+.-]*:|#)/i;
/** More are not remembered: a page that shows so many has other troubles. */
const RECORDED_MAX_COUNT = 10_000;
/** What nearly all addresses look like: nothing to take apart. */
const PLAIN = /^https?:\/\/[^?#@;%\s]+$/;
const LONG = /\w{16}|\d{9}/;
const OTHER_SCHEME = /^(?!https?:)[a-z][a-z0-9+.-]*:/i;
/** A page's route in the fragment, as single-page shops write it; other fragments may be anything. */
const ROUTE = /^!?\//;
/** The name of a symbol in an SVG sprite. */
const SYMBOL = /^[\w-]{1,60}$/;
const TOKEN = /(?=\w*\d)(?=\w*[a-z])\w{16,}/i;

export function createUrls(extraKeys: readonly string[]): Urls {
  const extra = new Set(extraKeys.map((key) => key.toLowerCase()));
  const keeps = (key: string) => KEPT_KEY.test(key) || extra.has(key.toLowerCase());

  const query = (text = "", isAsset = false): string => {
    const kept: string[] = [];
    for (const pair of text.split("&")) {
      const [key = "", value = ""] = pair.split("=", 2);
      const plain = attempt(() => decodeURIComponent(value));
      if (plain === undefined) continue;
      if (keeps(key)) kept.push(scrub(plain, true) === plain ? pair : `${key}=${MASK}`);
      else if (isAsset && ASSET_KEY.test(key) && (key === "url" || ASSET_VALUE.test(plain)))
        kept.push(key === "url" ? `${key}=${encodeURIComponent(clean(plain))}` : pair);
    }
    return kept.length ? `?${kept.join("&")}` : "";
  };
  const recorded = new Set<string>();
  const asset = (given: string): string => {
    const url = clean(given);
    if (recorded.size < RECORDED_MAX_COUNT && /^http/i.test(url)) recorded.add(withoutFragment(url));
    return url;
  };
  const clean = (given: string): string => {
    // In style rules and posters the recorder leaves them relative, and a replay has no base.
    const url = ABSOLUTE.test(given)
      ? given
      : (attempt(() => new URL(given, document.baseURI).href) ?? given);
    if (!/[?#@]/.test(url) || /^(?:data|blob):/i.test(url)) return url;
    const [, scheme = "", path = "", search, fragment = ""] = PARTS.exec(url) ?? [];
    return scheme + path + query(search, true) + (SYMBOL.test(fragment) ? `#${fragment}` : "");
  };
  /** A page that draws itself anew has the same links as before. */
  const known = new Map<string, string>();
  const address = (url: string): string => {
    const cleaned = known.get(url) ?? page(url);
    if (known.size < RECORDED_MAX_COUNT) known.set(url, cleaned);
    return cleaned;
  };
  const page = (url: string): string => {
    if (PLAIN.test(url) && !LONG.test(url)) return url;
    const text = url.replace(/[\0-\x20]+/g, "");
    const other = OTHER_SCHEME.exec(text);
    if (other) return other[0];
    const [, scheme = "", path = "", search, fragment = ""] = PARTS.exec(text) ?? [];
    const route = ROUTE.test(fragment) ? `#${address(fragment)}` : "";
    return scheme + path.split("/").map(segment).join("/") + query(search) + route;
  };
  const assets = (candidates: string) =>
    candidates.replace(
      /[^\s,](?:[^\s,]|,(?!\s))*[/?#@][^\s]*/g,
      (url) => asset(url.replace(/,$/, "")) + (url.endsWith(",") ? "," : ""),
    );
  const key = (url: string) => withoutFragment(clean(url));
  return { address, asset, assets, key, recorded };
}

const withoutFragment = (url: string): string => url.split("#", 1)[0] ?? "";

function segment(text: string): string {
  const plain = text.split(";", 1)[0] ?? "";
  if (plain.length < 6) return plain;
  return plain.split(/[-.~%]/).some((piece) => TOKEN.test(piece)) ? MASK : scrub(plain, true);
}
