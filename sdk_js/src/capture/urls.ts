/**
 * Addresses without what they may carry of a person: query keys outside the allow-list, fragments, user names,
 * e-mail addresses and tokens in the path. `address` is for what names a page or a request, `asset` for
 * what the page loads to look right, whose path must stay exact and whose image parameters may stay.
 */
import { MASK, scrub } from "./mask";

export interface Urls {
  address(url: string, base?: string): string;
  asset(url: string, base?: string): string;
  /** A `srcset`: each of its candidates as an asset. */
  assets(candidates: string, base?: string): string;
}

const KEPT_KEY = /^(?:utm_.+|coupon|promo|discount|variant|page|q)$/i;
const ASSET_KEY = /^(?:v|ver|version|w|h|width|height|fit|crop|format|fm|auto|dpr|quality|size|url)$/i;
const ASSET_VALUE = /^[\w.,x-]{1,20}$/;
const PLAIN_ADDRESS = /^(?:https?:\/\/|\/|\.)[^?#@;%\s]*$/;
const TOKEN_IN_PATH = /[A-Za-z0-9_]{16,}/;
const PLAIN_ASSET = /^[^?#@]*$/;
const ROUTE = /^#!?\//;

export function createUrls(extraKeys: readonly string[]): Urls {
  const extra = new Set(extraKeys.map((key) => key.toLowerCase()));
  const keeps = (key: string) => KEPT_KEY.test(key) || extra.has(key.toLowerCase());

  const address = (url: string, base?: string): string => {
    if (PLAIN_ADDRESS.test(url) && !TOKEN_IN_PATH.test(url)) return url;
    const parsed = parse(url, base);
    if (!parsed) return "";
    if (!/^https?:$/.test(parsed.protocol)) return parsed.protocol;
    const route = ROUTE.exec(parsed.hash);
    const fragment = route ? `#${cleanRoute(parsed.hash.slice(1))}` : "";
    return parsed.origin + cleanPath(parsed.pathname) + cleanQuery(parsed.searchParams) + fragment;
  };
  const cleanRoute = (route: string) => {
    const [path = "", query = ""] = route.split("?", 2);
    return cleanPath(path) + cleanQuery(new URLSearchParams(query));
  };
  const cleanQuery = (query: URLSearchParams, alsoAsset = false) => {
    const kept = new URLSearchParams();
    for (const [key, value] of query) {
      if (keeps(key)) kept.append(key, scrub(value, true));
      else if (alsoAsset && ASSET_KEY.test(key)) {
        if (key === "url") kept.append(key, asset(value));
        else if (ASSET_VALUE.test(value)) kept.append(key, value);
      }
    }
    const text = kept.toString();
    return text && `?${text}`;
  };
  const asset = (url: string, base?: string): string => {
    if (/^(?:data|blob):/i.test(url) || PLAIN_ASSET.test(url)) return url;
    if (url[0] === "#") return url;
    const parsed = parse(url, base);
    if (!parsed) return "";
    const shown = parsed.origin + parsed.pathname + cleanQuery(parsed.searchParams, true);
    // A fragment names a symbol in an SVG sprite; anything longer is none.
    return shown + (/^#[\w-]{1,60}$/.test(parsed.hash) ? parsed.hash : "");
  };
  const assets = (candidates: string, base?: string) =>
    candidates.replace(
      /(^|,\s+|\s)((?:https?:|\/|\.)[^\s]*[?#@][^\s,]*)/g,
      (_, before: string, url: string) => {
        return before + asset(url, base);
      },
    );
  return { address, asset, assets };
}

function parse(url: string, base: string | undefined): URL | null {
  try {
    return new URL(url, base ?? document.baseURI);
  } catch {
    return null;
  }
}

function cleanPath(path: string): string {
  return path
    .split("/")
    .map((part) => {
      const plain = part.split(";", 1)[0] ?? "";
      const pieces = plain.split(/[-.~]|%[0-9a-f]{2}/i);
      if (pieces.some((piece) => TOKEN_IN_PATH.test(piece) && /\d/.test(piece) && /[a-z]/i.test(piece)))
        return MASK;
      return scrub(plain, true);
    })
    .join("/");
}
