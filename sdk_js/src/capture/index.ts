/**
 * Capture: all that is taken from the page, as facts and as picture. It decides what may be taken, by zone, and
 * hands it to a sink; it knows nothing of connections. `startCapture` begins a page load's recording, `declare`
 * makes facts of what the shop says itself.
 *
 * On payment paths, and where the page as a whole is a payment zone, no picture is taken; facts go on.
 *
 * The picture begins when the adapters that the parsed page asks for have come: what they say is private is
 * known then, and the page is not taken twice. Facts wait for nothing.
 */
import type { Adapter, Answer, Asked, Hooks, Shop } from "../adapters/adapter";
import type { PageClock } from "../clock";
import { attempt, guarded, listen } from "../guard";
import { stringify } from "../json";
import type { Platforms } from "../platforms";
import type { PageLoaded, PageSettings } from "../wire.gen";
import { watchAssets } from "./assets";
import { startFacts } from "./facts";
import { startLenses } from "./lens";
import { withPresets } from "./presets";
import { startPromos } from "./promo";
import { createRecorder } from "./recorder";
import { watchRequests } from "./requests";
import { cartRecipes } from "./selectors";
import type { CaptureSink } from "./sink";
import { createStyles } from "./styles";
import { declare } from "./translate";
import { createUrls } from "./urls";
import { createVeil, type RecorderEvent } from "./veil";
import { createZones, type ZoneSettings } from "./zones";

export type { CaptureSink, PictureEvent } from "./sink";
export { declare } from "./translate";

export interface Capture {
  /** Takes a full snapshot now. */
  checkpoint(): void;
  /** States what is known and waits to be stated: before anything that is stated from outside. */
  settle(): void;
  /** Follows new settings from now on. */
  settings(next: PageSettings): void;
  /** Ends it and undoes all that it did to the page. */
  stop(): void;
  /** Hands over at once what has changed on the page and is not yet handed over. */
  flush(): void;
}

/** An adapter that has not come by then comes too late for the first picture. */
export const HOLD_MS = 300;

interface Running {
  /** Begins or ends the picture, as the page is now. */
  aim(): void;
  checkpoint(): void;
  settle(): void;
  /** What was pressed has led on. */
  came(): void;
  touch(node: null): void;
  flush(): void;
  stop(): void;
}

export function startCapture(
  sink: CaptureSink,
  clock: PageClock,
  settings: PageSettings,
  how: NonNullable<PageLoaded["how"]>,
  platforms: Platforms,
): Capture {
  let given = settings;
  let used = "";
  let running: Running | undefined;
  let isHeld = true;
  const hooks: Hooks[] = [];
  const ordered: CaptureSink = {
    ...sink,
    fact(...fact) {
      running?.settle();
      if (/^(?:view|cart|order)/.test(fact[0])) running?.came();
      sink.fact(...fact);
    },
  };
  const shop: Shop = {
    say: (command, words, place) => declare(command, words, ordered, clock, place),
    reread: () => running?.touch(null),
  };
  const tell = (run: (each: Hooks) => void) => hooks.forEach(guarded(run));
  const heard: Heard = {
    answered: (asked, answer) => tell((each) => each.answered?.(asked, answer)),
    viewed: () => {
      platforms.look();
      tell((each) => each.viewed?.());
    },
  };
  const follow = (first?: PageLoaded["how"]) => {
    const next = withPresets(given, platforms.adapters);
    const words = captureWords(next);
    if (words === used) return;
    used = words;
    running?.stop();
    running = run(ordered, clock, next, first, heard, () => isHeld);
  };
  const join = guarded((adapter: Adapter) => {
    hooks.push(adapter.start(shop));
  });

  attempt(() => follow(how));
  platforms.adapters.forEach(join);
  const show = guarded(() => {
    isHeld = false;
    running?.aim();
  });
  const hold = () => {
    const isParsed = document.readyState !== "loading";
    platforms.look(
      (adapter) => {
        follow();
        join(adapter);
      },
      isParsed ? show : undefined,
    );
    if (isParsed) setTimeout(show, HOLD_MS);
  };
  const unlisten = listen(document, "DOMContentLoaded", hold);
  hold();
  return {
    checkpoint: guarded(() => running?.checkpoint()),
    settle: guarded(() => running?.settle()),
    settings: guarded((next) => {
      given = next;
      follow();
    }),
    flush: guarded(() => running?.flush()),
    stop: guarded(() => {
      unlisten();
      platforms.stop();
      tell((each) => each.stop?.());
      running?.stop();
      running = undefined;
    }),
  };
}

/** What of a page's life its adapters are told. */
interface Heard {
  answered(asked: Asked, answer: Answer): void;
  viewed(): void;
}

/** What capture follows of the settings. */
const captureWords = ({
  zones,
  carts,
  products,
  payment_paths,
  url_keys,
  asset_origins,
}: PageSettings): string => stringify([zones, carts, products, payment_paths, url_keys, asset_origins]);

function run(
  sink: CaptureSink,
  clock: PageClock,
  settings: ZoneSettings,
  how: PageLoaded["how"],
  heard: Heard,
  isHeld: () => boolean,
): Running {
  const zones = createZones(settings);
  const urls = createUrls(settings.url_keys);
  const paymentPaths = settings.payment_paths.map(pathPattern);
  const isPayment = () =>
    paymentPaths.some((path) => path.test(location.pathname)) ||
    zones.of(document.body ?? document.documentElement) === "payment";

  const aim = () => {
    if (isHeld()) return;
    if (isPayment()) recorder.stop();
    else if (recorder.start()) lenses.touch(null);
  };
  const { asset_origins } = settings;
  // A collector that keeps assets names the site's own origins at least.
  const styles = createStyles(sink, clock, asset_origins.length > 0);
  const assets = watchAssets(asset_origins, urls, sink, clock);
  const veil = createVeil(
    { getNode: (id) => recorder.nodeOf(id) },
    zones,
    urls,
    (host) => lenses.host(host),
    (node) => {
      lenses.touch(node);
      facts.outcomes.follows();
    },
    styles.found,
  );
  const show = (event: RecorderEvent) => (isPayment() ? null : veil(event));
  const recorder = createRecorder(clock, show, (event) => {
    styles.pass(event);
    assets.touch();
  });
  const facts = startFacts(zones, urls, recorder.idOf, sink, clock, how, () => {
    aim();
    heard.viewed();
  });
  // Before the recorder, so that a change of address or zone is known before the picture of it is emitted.
  const lenses = startLenses(settings, zones, recorder.idOf, sink, clock, (t, records) => {
    facts.look(t);
    aim();
    facts.outcomes.changed(records, t);
  });
  const ends = [
    watchRequests(urls, sink, clock, heard.answered, facts.outcomes.asked),
    startPromos(cartRecipes(settings), sink, clock),
    facts.stop,
    lenses.stop,
    recorder.stop,
    styles.flush,
    assets.stop,
  ];
  aim();
  return {
    aim,
    checkpoint: recorder.checkpoint,
    touch: lenses.touch,
    settle: facts.settle,
    came: facts.outcomes.came,
    flush: () => {
      facts.settle();
      lenses.flush();
      styles.flush();
    },
    stop: () => {
      for (const end of ends) attempt(end);
    },
  };
}

function pathPattern(pattern: string): RegExp {
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "i");
}
