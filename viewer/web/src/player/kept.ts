/**
 * What the desk has of what the page loaded: the address that was recorded, and the hash under which the desk
 * keeps what was there. Recorded addresses are looked up here and nowhere else; what is not in the desk's own
 * answer is never asked for, whatever a recording names.
 *
 * Sanitizing is synchronous, so the list and the style texts that a chunk refers to are fetched before.
 */
import { STYLE_REFERENCE, STYLE_REFERENCES } from "../../../../sdk_js/src/style_reference";
import type { AssetSeen } from "../../../../sdk_js/src/wire.gen";
import { sanitizeCss } from "./sanitize_css";

/** One entry of the desk's answer: a `hash` where there is something to show, else the reason why not. */
export interface AssetEntry {
  readonly hash?: string;
  readonly type?: string;
  readonly fetched_ms?: number;
  readonly reason?: string;
  /** The reason as a sentence. */
  readonly detail?: string;
}

export interface AssetList {
  readonly origins: readonly string[];
  readonly urls: Readonly<Record<string, AssetEntry>>;
  readonly styles: Readonly<Record<string, AssetEntry>>;
}

/** What sanitizing needs of it. */
export interface Shown {
  /** The desk's own address of the image or font that was at `url`; null where it has none. */
  address(url: string): string | null;
  /** In words why not; empty where nobody knows. */
  why(url: string): string;
  /** An image's own size, as the page reported it. */
  size(url: string): ImageSize | null;
  /** A style text made harmless: that of a sheet, or that for which a reference to one stands. */
  css(text: string): string;
  /** The same of a style sheet of another origin, which the page itself could not read. */
  sheet(url: string): string;
}

export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

export const NOTHING_KEPT: Shown = {
  address: () => null,
  why: () => "",
  size: () => null,
  css: (text) => sanitizeCss(text),
  sheet: () => "",
};

const HASH = /^[0-9a-f]{64}$/;
const CSS = /^text\/css\b/;
const EMPTY: AssetList = { origins: [], urls: {}, styles: {} };
/** While something may come, the desk is asked again this often at most. */
export const ASK_EVERY_MS = 2_000;
/** What one page loads is reported together, and what other visitors saw is there at once. */
const ASK_SOON_MS = 250;
/** So often after the page last reported something: what has not come by then will not come soon. */
const TRIES_MAX_COUNT = 15;

export interface KeptSource {
  list(): Promise<AssetList>;
  /** The text kept under a hash; null where there is none after all. */
  style(hash: string): Promise<string | null>;
}

export class Kept implements Shown {
  private urls: ReadonlyMap<string, AssetEntry> = new Map();
  private styles: ReadonlyMap<string, AssetEntry> = new Map();
  private origins: readonly string[] = [];
  private readonly sizes = new Map<string, ImageSize>();
  private readonly texts = new Map<string, Promise<string | null>>();
  /** Texts that have come, as they came. */
  private readonly come = new Map<string, string>();
  /** Made harmless, by hash and base; true only until another list comes. */
  private readonly clean = new Map<string, string>();
  /** What was looked for in vain. */
  private readonly missed = new Set<string>();
  private listed: Promise<void> | null = null;
  private asking: ReturnType<typeof setTimeout> | undefined;
  /** The page reported something since the desk was asked. */
  private stale = false;
  private tries = 0;
  private askedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly source: KeptSource,
    private readonly origin: string,
    /** What was missed is there now: whatever was made harmless before would look otherwise. */
    private readonly changed: () => void,
  ) {}

  /** Fetches the list, and whatever a chunk's JSON refers to. Never fails: what cannot be had is missing. */
  async prepare(json: string): Promise<void> {
    this.listed ??= this.ask();
    await this.listed;
    const hashes = new Set([...json.matchAll(STYLE_REFERENCES)].map(([, hash]) => hash ?? ""));
    const foreign = [...this.urls].filter(([url, { type }]) => CSS.test(type ?? "") && json.includes(url));
    await Promise.all(
      [...[...hashes].map((hash) => this.styles.get(hash)?.hash), ...foreign.map(([, { hash }]) => hash)].map(
        (hash) => this.fetchText(hash),
      ),
    );
  }

  /** The page reported more: what is missing may be there soon. */
  hear(seen: readonly AssetSeen[]): void {
    for (const { url, width, height } of seen) if (width && height) this.sizes.set(url, { width, height });
    this.stale = true;
    this.tries = TRIES_MAX_COUNT;
    this.schedule();
  }

  /** What the desk says of an address, and of a style, for whoever explains it. */
  entry(url: string): AssetEntry | undefined {
    return this.urls.get(url);
  }

  style(hash: string): AssetEntry | undefined {
    return this.styles.get(hash);
  }

  address(url: string): string | null {
    const [key = "", fragment] = url.split("#", 2);
    const { hash, type } = this.urls.get(key) ?? {};
    if (hash && HASH.test(hash) && !CSS.test(type ?? ""))
      return `${this.origin}/assets/${hash}${fragment ? `#${fragment}` : ""}`;
    if (/^http/i.test(key)) this.miss(key);
    return null;
  }

  why(url: string): string {
    const { detail } = this.urls.get(withoutFragment(url)) ?? {};
    if (detail) return detail.charAt(0).toLowerCase() + detail.slice(1).replace(/\.$/, "");
    const host = /^https?:\/\/([^/?#]+)/i.exec(url);
    return host && this.origins.length > 0 && !this.origins.some((origin) => url.startsWith(`${origin}/`))
      ? `it is of ${host[1]}`
      : "";
  }

  size(url: string): ImageSize | null {
    return this.sizes.get(withoutFragment(url)) ?? null;
  }

  css(text: string): string {
    const hash = STYLE_REFERENCE.exec(text)?.[1];
    if (hash === undefined) return sanitizeCss(text, (url) => this.address(url));
    if (!this.styles.get(hash)?.hash) this.miss(hash);
    return this.cleaned(hash, "");
  }

  sheet(url: string): string {
    const { hash, type } = this.urls.get(withoutFragment(url)) ?? {};
    if (hash && CSS.test(type ?? "")) return this.cleaned(hash, url);
    this.miss(withoutFragment(url));
    return "";
  }

  /** Addresses in a fetched sheet are relative to where it was. */
  private cleaned(hash: string, base: string): string {
    const key = `${hash} ${base}`;
    const known = this.clean.get(key);
    if (known !== undefined) return known;
    const made = sanitizeCss(this.come.get(hash) ?? "", (url) => this.address(absolute(url, base)));
    if (this.come.has(hash)) this.clean.set(key, made);
    return made;
  }

  private async fetchText(hash: string | undefined): Promise<void> {
    if (!hash || !HASH.test(hash)) return;
    const text = this.texts.get(hash) ?? this.source.style(hash).catch(() => null);
    this.texts.set(hash, text);
    const come = await text;
    if (come === null) this.texts.delete(hash);
    else this.come.set(hash, come);
  }

  private async ask(): Promise<void> {
    this.stale = false;
    this.askedAt = performance.now();
    const { origins, urls, styles } = await this.source.list().catch(() => EMPTY);
    this.origins = origins;
    this.urls = new Map(Object.entries(urls));
    this.styles = new Map(Object.entries(styles));
    this.clean.clear();
  }

  private miss(key: string): void {
    this.missed.add(key);
    this.schedule();
  }

  /** Asks again in a while, if that may bring what is missing. */
  private schedule(): void {
    if (this.asking !== undefined || this.tries === 0 || ![...this.missed].some((key) => this.mayCome(key)))
      return;
    this.asking = setTimeout(
      () => {
        this.asking = undefined;
        void this.again();
      },
      Math.max(ASK_SOON_MS, this.askedAt + ASK_EVERY_MS - performance.now()),
    );
  }

  private mayCome(key: string): boolean {
    const entry = this.urls.get(key) ?? this.styles.get(key);
    return entry ? !entry.hash && /^(?:waiting|unsent)$/.test(entry.reason ?? "") : this.stale;
  }

  private async again(): Promise<void> {
    this.tries--;
    await this.ask();
    const had = [...this.missed].filter((key) => this.urls.get(key)?.hash ?? this.styles.get(key)?.hash);
    for (const key of had) this.missed.delete(key);
    if (had.length > 0) this.changed();
    this.schedule();
  }
}

const withoutFragment = (url: string): string => url.split("#", 1)[0] ?? "";

function absolute(url: string, base: string): string {
  return base && URL.canParse(url, base) ? new URL(url, base).href : url;
}
