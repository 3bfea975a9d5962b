/**
 * Which images, fonts and foreign style sheets the page has really loaded, by the addresses that the recording
 * has them under: the collector fetches them once for the whole site, so that a replay looks as the page did.
 *
 * What was loaded is the browser's own list of resources; nothing of the page is measured or watched for it.
 * Only what the recording names is told: an address that the veil took out is not told here either. All of it
 * happens when the page has nothing better to do.
 */
import type { PageClock } from "../clock";
import { attempt, guarded } from "../guard";
import { ASSETS_SEEN_ITEMS_MAX_COUNT, type AssetSeen } from "../wire.gen";
import type { CaptureSink } from "./sink";
import type { Urls } from "./urls";

/** Of one page load. */
const ASSETS_MAX_COUNT = 1_000;
/** Loaded, but not in the recording: most never will be. */
const UNNAMED_MAX_COUNT = 500;
const URL_MAX_CHARS = 2_000;
const IDLE_MAX_MS = 5_000;
const IDLE_SUBSTITUTE_MS = 500;

const SHOWN_BY = /^(?:img|image|input|css|link|video)$/;
const FONT = /\.(?:woff2?|[ot]tf|ttc)(?:\?|$)/i;
const IMAGE = /\.(?:png|jpe?g|gif|webp|avif|svg|bmp|ico)(?:\?|$)/i;

export interface Assets {
  /** The recording went on. */
  touch(): void;
  stop(): void;
}

export function watchAssets(
  origins: readonly string[],
  urls: Urls,
  sink: CaptureSink,
  clock: PageClock,
): Assets {
  /** What was told, with its bytes: a resource of another size is told again. */
  const told = new Map<string, number | undefined>();
  let loaded: PerformanceResourceTiming[] = [];
  let due = false;
  let over = false;
  let named = 0;

  const isOurs = (url: string) =>
    url.length <= URL_MAX_CHARS && origins.some((origin) => url.startsWith(`${origin}/`));

  const soon = () => {
    if (due || over) return;
    due = true;
    const run = guarded(look);
    if (window.requestIdleCallback) window.requestIdleCallback(run, { timeout: IDLE_MAX_MS });
    else window.setTimeout(run, IDLE_SUBSTITUTE_MS);
  };

  const look = () => {
    due = false;
    if (over) return;
    named = urls.recorded.size;
    const items: AssetSeen[] = [];
    const images = new Map<string, HTMLImageElement>();
    for (const image of document.images)
      if (image.naturalWidth && isOurs(image.currentSrc)) images.set(urls.key(image.currentSrc), image);
    const tell = (url: string, kind: AssetSeen["kind"], bytes?: number) => {
      if (told.has(url) && (!bytes || told.get(url) === bytes)) return;
      if (told.size >= ASSETS_MAX_COUNT) return;
      told.set(url, bytes);
      const image = images.get(url);
      const size = image && { width: image.naturalWidth, height: image.naturalHeight };
      items.push({ url, kind, ...(bytes && { bytes }), ...size });
    };

    let isForeign = false;
    for (const { href } of [...document.styleSheets].filter((sheet) => !attempt(() => sheet.cssRules))) {
      if (!href || !isOurs(href)) continue;
      isForeign = true;
      if (urls.recorded.has(urls.key(href))) tell(urls.key(href), "style");
    }
    loaded = loaded.filter(({ name, initiatorType, decodedBodySize }) => {
      const url = urls.key(name);
      const isStyled = initiatorType === "css";
      // What a sheet loads that we may not read is in no recording.
      if (!urls.recorded.has(url) && !(isStyled && isForeign)) return true;
      const kind = FONT.test(url)
        ? "font"
        : /^(?:link|video)$/.test(initiatorType) && !IMAGE.test(url)
          ? ""
          : "image";
      if (kind && !(isStyled && /\.css(?:\?|$)/.test(url))) tell(url, kind, decodedBodySize || undefined);
      return false;
    });
    loaded = loaded.slice(-UNNAMED_MAX_COUNT);
    // The browser lists a resource once, also where the page asked for it before it showed it.
    for (const url of images.keys()) if (urls.recorded.has(url)) tell(url, "image");
    while (items.length)
      sink.fact("assets", clock.now(), { items: items.splice(0, ASSETS_SEEN_ITEMS_MAX_COUNT) });
  };

  const observer = attempt(() => {
    const watching = new PerformanceObserver(
      guarded((list) => {
        const entries = list.getEntries() as PerformanceResourceTiming[];
        loaded.push(...entries.filter((entry) => SHOWN_BY.test(entry.initiatorType) && isOurs(entry.name)));
        if (loaded.length) soon();
      }),
    );
    if (origins.length) watching.observe({ type: "resource", buffered: true });
    return watching;
  });

  return {
    touch: () => {
      if (loaded.length && urls.recorded.size !== named) soon();
    },
    stop: () => {
      over = true;
      observer?.disconnect();
    },
  };
}
