/**
 * The only place that wires the SDK to a real browser, and that keeps two copies of it on one page from
 * recording it twice: whoever comes first has the page.
 */
import { declare, startCapture } from "./capture/index";
import { browserCompress } from "./chunk";
import { createCode } from "./code";
import type { Replay } from "./command";
import { attempt, guarded } from "./guard";
import { browserHost } from "./host";
import { socketLink } from "./link";
import type { Parts } from "./load";
import type { ToolWindow } from "./managed";
import { type PageOptions, startPage } from "./page";
import { createPlatforms, type LoadAdapter } from "./platforms";
import { browserLastPost, browserPost, postLink } from "./post";
import { browserTexts, browserTurn, createSessionStore, watchOtherTabs } from "./storage";

export interface BrowserOptions extends PageOptions {
  /** Where the collector is: `https://replay.example`. */
  readonly collector: string;
  /** Brings an adapter, by the name of its file. */
  readonly loadAdapter: LoadAdapter;
  /** Brings what few pages need, when one does. */
  readonly seldom: {
    managed(): Promise<typeof import("./managed")>;
    lost(): Promise<typeof import("./lost")>;
  };
  /** Puts itself between the page and what it uses of the browser, for whoever wants to see it at work. */
  readonly watch?: (start: typeof startPage) => typeof startPage;
}

const RUNNING = Symbol.for("replay-desk");
type Running = { readonly [RUNNING]?: Replay };

/** Starts once a page; the second time answers what the first time started. */
export function startInBrowser(options: BrowserOptions): Replay {
  const page = window as Window & Running;
  const known = page[RUNNING];
  if (known) return known;
  const replay = isInside() ? () => {} : assemble(options);
  Object.defineProperty(page, RUNNING, { value: replay });
  return replay;
}

/** A frame of a page that is recorded is recorded with it. */
const isInside = () => window.top !== window && attempt(() => (window.top as Running)[RUNNING]) !== undefined;

const explain = (reason: string) => console.warn(`replay: nothing is recorded on this page. ${reason}`);

function assemble(options: BrowserOptions): Replay {
  const { seldom, site } = options;
  const base = options.collector.replace(/\/+$/, "");
  const host = browserHost();
  const platforms = createPlatforms(options.loadAdapter);
  const post = postLink(host, browserPost(base));
  const parts: Parts = {
    host,
    links: { socket: socketLink(base), post },
    lastPost: browserLastPost(base),
    compress: browserCompress(),
    store: createSessionStore(
      site,
      browserTexts(() => window.localStorage),
      browserTexts(() => window.sessionStorage),
    ),
    turn: browserTurn(site, host),
    declareLost: (left, about, record, done) =>
      void seldom.lost().then(
        guarded(({ declareLost }) => declareLost(post, left, about, record, done)),
        () => done(false),
      ),
    prepare: platforms.look,
    capture: (...given) => startCapture(...given, platforms),
    declare,
  };
  const start = options.watch?.(startPage) ?? startPage;
  return start(options, {
    window,
    parts,
    code: createCode(document, host),
    watchTools(said) {
      let stop: (() => void) | undefined = () => {};
      seldom.managed().then(
        guarded(({ watchTools }) => {
          if (stop) stop = watchTools(window as ToolWindow, host, said);
        }),
        () => explain("managed.js did not load."),
      );
      return () => {
        stop?.();
        stop = undefined;
      };
    },
    watchOtherTabs: (changed, cleared) => watchOtherTabs(site, changed, cleared),
    explain,
  });
}
