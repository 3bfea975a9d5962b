/**
 * The plain facts of a page: that it was loaded and in what circumstances, that it changed its address, that
 * its tab was shown, what was clicked and which scripts failed. None of it patches anything.
 */
import type { PageClock } from "../clock";
import { attempt, guarded, listen } from "../guard";
import {
  CIRCUMSTANCES_CAMPAIGN_MAX_COUNT,
  CIRCUMSTANCES_EXPERIMENTS_MAX_COUNT,
  type Circumstances,
  type Click,
  type PageLoaded,
  SENTENCE_MAX_CHARS,
  type Text,
  URL_MAX_CHARS,
  WORD_MAX_CHARS,
} from "../wire.gen";
import { compact, cut, word } from "./cart";
import { MASK, scrub } from "./mask";
import { type Outcomes, startOutcomes } from "./outcome";
import { stateOffer } from "./promo";
import { createReading } from "./rendered";
import type { CaptureSink } from "./sink";
import type { Urls } from "./urls";
import { isReadable, type Zones } from "./zones";

export interface PageFacts {
  /** Compares the address with the last one known; states the view where it differs. */
  look(t: number): void;
  /** States a view that is known and not yet stated. */
  settle(): void;
  /** Of what comes of the customer's presses. */
  readonly outcomes: Outcomes;
  stop(): void;
}

/** Which facts this SDK states: from 2 on what came of presses. */
const STATES = "2";
/** A page that fails in a loop tells nothing new. */
const MAX_ERRORS_COUNT = 100;
const MAX_ERRORS_ALIKE_COUNT = 5;
const LABEL_LENGTH = 80;
/** A single-page shop changes its address first, and its page and title when it has them: so long a view waits. */
const VIEW_MS = 500;
/** Facts of a page that was loaded longer ago say since when it is there. */
const OLD_MS = 60_000;
const CONTROL =
  'a,button,summary,label,select,input,textarea,option,[role="button"],[role="tab"],[role="link"],[onclick]';

export function startFacts(
  zones: Zones,
  urls: Urls,
  idOf: (node: Node) => number | undefined,
  sink: CaptureSink,
  clock: PageClock,
  /** How the page was loaded; undefined for a page that has been stated already. */
  how: PageLoaded["how"],
  viewed: () => void,
): PageFacts {
  let href = location.href;
  let address = urls.address(href);
  let errorsCount = 0;
  const errorsAlike = new Map<string, number>();
  let view: (() => void) | undefined;
  let viewTimer = 0;

  const url = () => cut(address, URL_MAX_CHARS);
  const title = () => {
    const readable = isReadable(zones.of(document.body ?? document.documentElement));
    return readable ? cut(scrub(document.title.trim(), true), SENTENCE_MAX_CHARS) || undefined : undefined;
  };
  const look = (t: number) => {
    if (location.href === href) return;
    href = location.href;
    const next = urls.address(href);
    if (next === address) return;
    settle();
    address = next;
    const to = href;
    view = () => {
      sink.fact("view", t, compact({ url: url(), title: title() }));
      stateOffer(to, sink, t);
    };
    viewTimer = window.setTimeout(settle, VIEW_MS);
    viewed();
  };
  const settle = guarded(() => {
    const state = view;
    view = undefined;
    clearTimeout(viewTimer);
    state?.();
  });

  const clicked = (event: Event) => {
    const { isTrusted, timeStamp, clientX, clientY } = event as MouseEvent;
    const target = event.composedPath()[0];
    if (!isTrusted) outcomes.follows();
    if (!isTrusted || !(target instanceof Element)) return;
    const control = target.closest(CONTROL) ?? target;
    const t = clock.at(timeStamp);
    const zone = zones.of(control);
    const isPrivate = zone === "masked" || zone === "private";
    sink.fact(
      "click",
      t,
      compact<Click>({
        node: idOf(target),
        control: cut(describe(control), WORD_MAX_CHARS),
        text: read(control, LABEL_LENGTH),
        x: isPrivate ? undefined : Math.round(clientX),
        y: isPrivate ? undefined : Math.round(clientY),
      }),
    );
    outcomes.pressed(control, event, t);
  };
  const read = (element: Element, maxLength: number, given?: string): Text | undefined => {
    if (!isReadable(zones.of(element))) return undefined;
    const reading = createReading((element) => !isReadable(zones.of(element)));
    const raw = cut(scrub(given ?? reading.text(element).plain), maxLength);
    return raw ? compact<Text>({ raw, node: idOf(element) }) : undefined;
  };
  const outcomes = startOutcomes(read, zones.carts, sink, clock, how !== undefined);

  const failed = (t: number, given: unknown, where?: string, line?: number, column?: number) => {
    const message = cut(cleanMessage(String((given as Error | null)?.message ?? given)), SENTENCE_MAX_CHARS);
    const alike = (errorsAlike.get(message) ?? 0) + 1;
    if (!message || alike > MAX_ERRORS_ALIKE_COUNT || ++errorsCount > MAX_ERRORS_COUNT) return;
    errorsAlike.set(message, alike);
    const place = where && cut(urls.address(where), URL_MAX_CHARS);
    sink.fact("error", t, compact({ message, where: place || undefined, line, column }));
  };

  const here = (event: Event) => look(clock.at(event.timeStamp));
  const navigation = (window as { navigation?: EventTarget }).navigation;
  const ends = [
    listen(window, "click", clicked),
    // Disabled controls have no clicks.
    listen(window, "pointerup", (event) => {
      if ((event.target as Element).closest?.(":disabled")) clicked(event);
    }),
    listen(window, "popstate", here),
    listen(window, "hashchange", here),
    ...(navigation ? [listen(navigation, "currententrychange", here)] : []),
    listen(document, "visibilitychange", () => sink.fact("tab", clock.now(), { visible: !document.hidden })),
    listen(window, "error", (event) => {
      const { error, message, filename, lineno, colno } = event as ErrorEvent;
      // Pictures that fail to load are error events too, of another kind.
      if (event instanceof ErrorEvent)
        failed(clock.at(event.timeStamp), error ?? message, filename, lineno, colno);
    }),
    listen(window, "unhandledrejection", (event) =>
      failed(clock.at(event.timeStamp), (event as PromiseRejectionEvent).reason),
    ),
  ];

  if (how) {
    const t = clock.now();
    const referrer = document.referrer ? cut(urls.address(document.referrer), URL_MAX_CHARS) : undefined;
    const status = errorStatus();
    const age = Math.round(performance.now());
    const fields = {
      url: url(),
      title: title(),
      status,
      referrer,
      how,
      age_ms: age > OLD_MS ? age : undefined,
      circumstances: circumstances(),
    };
    sink.fact("page", t, compact<PageLoaded>(fields), true);
    if (document.hidden) sink.fact("tab", t, { visible: false });
    stateOffer(href, sink, t);
  }

  return {
    look,
    settle,
    outcomes,
    stop: () => {
      settle();
      outcomes.stop();
      for (const end of ends) end();
    },
  };
}

function circumstances(): Circumstances {
  const campaign: Record<string, string> = {};
  for (const [key, value] of new URLSearchParams(location.search))
    if (/^utm_/i.test(key) && Object.keys(campaign).length < CIRCUMSTANCES_CAMPAIGN_MAX_COUNT)
      campaign[cut(key, WORD_MAX_CHARS)] = word(value) ?? "";
  const experiments: Record<string, string> = {};
  for (const meta of document.querySelectorAll('meta[name="replay-experiment"]')) {
    const [name = "", variant = ""] = (meta.getAttribute("content") ?? "").split("=", 2);
    if (name && Object.keys(experiments).length < CIRCUMSTANCES_EXPERIMENTS_MAX_COUNT)
      experiments[cut(name.trim(), WORD_MAX_CHARS)] = word(variant) ?? "";
  }
  const release = document.querySelector('meta[name="replay-release"]')?.getAttribute("content");
  return compact<Circumstances>({
    user_agent: cut(navigator.userAgent, SENTENCE_MAX_CHARS),
    width: innerWidth,
    height: innerHeight,
    pixel_ratio: devicePixelRatio,
    locale: word(navigator.language),
    language: word(document.documentElement.lang),
    time_zone: attempt(() => word(Intl.DateTimeFormat().resolvedOptions().timeZone)),
    release: word(release),
    experiments: Object.keys(experiments).length ? experiments : undefined,
    campaign: Object.keys(campaign).length ? campaign : undefined,
    sdk: STATES,
  });
}

/** What the server answered this document with, if that is an error. Not every browser says so. */
function errorStatus(): number | undefined {
  const [entry] = performance.getEntriesByType("navigation");
  const status = (entry as PerformanceNavigationTiming | undefined)?.responseStatus ?? 0;
  return status >= 400 && status < 600 ? status : undefined;
}

/** Short and speakable: `button.add-to-cart`, `a[data-replay-qty]`, not a path through the page. */
function describe(element: Element): string {
  const ours = element.getAttributeNames().find((name) => name.startsWith("data-replay-"));
  const id = element.id && !/\d{3}/.test(element.id) ? `#${element.id}` : "";
  const classes = id
    ? ""
    : Array.from(element.classList)
        .filter((name) => !/\d/.test(name))
        .slice(0, 2)
        .map((name) => `.${name}`)
        .join("");
  return scrub(element.localName + (ours ? `[${ours}]` : "") + id + classes);
}

/** Browsers quote what they stumbled over, which may be anything: names of code stay, everything else goes. */
function cleanMessage(message: string): string {
  return scrub(
    message.replace(/"[^"]*"?|'[^']*'?|`[^`]*`?/g, (quoted) =>
      /^['`][\w$.[\]-]{1,40}['`]$/.test(quoted) ? quoted : `"${MASK}"`,
    ),
  );
}
