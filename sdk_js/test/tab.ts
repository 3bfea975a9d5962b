/** A tab of a fake browser with the SDK in it: what the page does, what the collector hears. */

import { splitFrames } from "../src/bytes";
import type { Capture, CaptureSink } from "../src/capture/index";
import type { PageClock } from "../src/clock";
import type { Replay } from "../src/command";
import type { Conversation } from "../src/debug/conversation";
import { declareLost } from "../src/lost";
import { type ToolWindow, watchTools } from "../src/managed";
import { startPage } from "../src/page";
import { createSessionStore, keys } from "../src/storage";
import type { Bytes, PageSettings } from "../src/wire.gen";
import { FakeHost, FakeLinks, FakeTexts } from "./fakes";
import { unpack } from "./unpack";

export const SITE = "k1";

/** A hello with its names. */
export const helloOf = (hello: unknown[]) => {
  const [, version, site, at, load, consent, sent, session, token] = hello;
  return { version, site, tab: at, load, consent, sent, session, token };
};

export class FakeCapture implements Capture {
  checkpoints = 0;
  flushes = 0;
  stopped = false;
  onFlush = () => {};

  constructor(
    readonly sink: CaptureSink,
    readonly clock: PageClock,
    public now: PageSettings,
    readonly how: string,
  ) {
    sink.fact("page", clock.now(), { url: "https://shop.example/", how: how as "navigate" }, true);
  }

  checkpoint = () => void this.checkpoints++;
  settle = () => {};
  settings = (next: PageSettings) => {
    this.now = next;
  };
  flush = () => {
    this.flushes++;
    this.onFlush();
  };
  stop = () => {
    this.stopped = true;
  };
}

/** What tabs of one browser share. */
export class FakeBrowser {
  readonly host = new FakeHost();
  readonly shared = new FakeTexts();
  readonly tabs: FakeTab[] = [];
  /** Whoever mints a session, and who waits for it. */
  private minting = false;
  private waiting: (() => void)[] = [];

  turn = (run: (leave: () => void) => void): void => {
    if (this.minting) {
      this.waiting.push(() => this.turn(run));
      return;
    }
    this.minting = true;
    run(() => {
      this.minting = false;
      this.waiting.shift()?.();
    });
  };

  open(options: Partial<TabOptions> = {}): FakeTab {
    const tab = new FakeTab(this, options);
    this.tabs.push(tab);
    return tab;
  }
}

interface TabOptions {
  readonly consent: "required" | "managed";
  readonly control: "off" | "ignore";
  readonly privacyControl: boolean;
  readonly own: FakeTexts;
  readonly tools: ToolWindow;
  readonly navigation: string;
  /** Listens on the way. */
  readonly through: Conversation;
}

/** Events that a test dispatches are not trusted: a press of the customer is told to whoever listens for one. */
class FakeDocument extends EventTarget {
  visibilityState = "visible";
  private readonly pressed = new Set<(event: Event) => void>();

  override addEventListener(type: string, run: (event: Event) => void, options: object = {}): void {
    if (type === "pointerdown") this.pressed.add(run);
    super.addEventListener(type, run, options);
  }
  override removeEventListener(type: string, run: (event: Event) => void, options: object = {}): void {
    this.pressed.delete(run);
    super.removeEventListener(type, run, options);
  }
  press(): void {
    for (const run of [...this.pressed]) run({ isTrusted: true } as Event);
  }
}

class FakeWindow extends EventTarget {
  readonly document = new FakeDocument();
  readonly navigation = new EventTarget();
  readonly performance: object;
  constructor(
    readonly navigator: object,
    navigation: string,
    tools: ToolWindow,
  ) {
    super();
    this.performance = { getEntriesByType: () => [{ type: navigation }] };
    Object.assign(this, tools);
  }
}

export class FakeTab {
  readonly sockets = new FakeLinks();
  readonly posts = new FakeLinks(false);
  readonly last: unknown[][][] = [];
  readonly captures: FakeCapture[] = [];
  readonly own: FakeTexts;
  readonly codes: string[] = [];
  readonly explained: string[] = [];
  readonly window: FakeWindow;
  readonly replay: Replay;
  private readonly others: { changed: () => void; cleared: () => void }[] = [];

  constructor(
    readonly browser: FakeBrowser,
    options: Partial<TabOptions>,
  ) {
    const { shared, turn } = browser;
    const { through } = options;
    const host = through?.host ?? browser.host;
    this.own = options.own ?? new FakeTexts();
    const { privacyControl = false, navigation = "navigate", tools = {} } = options;
    this.window = new FakeWindow({ globalPrivacyControl: privacyControl }, navigation, tools);
    const tell = (word: "changed" | "cleared") => {
      for (const tab of browser.tabs) if (tab !== this) for (const other of tab.others) other[word]();
    };
    const key = keys(SITE).session;
    const texts = {
      get: shared.get,
      set(at: string, value: string) {
        const before = shared.values.get(at);
        shared.set(at, value);
        if (at === key && before !== value) tell("changed");
      },
      remove(at: string) {
        const had = shared.values.has(at);
        shared.remove(at);
        if (at === key && had) tell("cleared");
      },
    };
    this.replay = startPage(
      { site: SITE, consent: options.consent ?? "required", control: options.control ?? "off" },
      {
        window: this.window as unknown as Window,
        parts: {
          host,
          links: {
            socket: through?.link("socket", this.sockets.open) ?? this.sockets.open,
            post: through?.link("post", this.posts.open) ?? this.posts.open,
          },
          lastPost: (body: Bytes) =>
            void this.last.push(splitFrames(body).map((frame) => unpack(frame) as unknown[])),
          compress: null,
          store: createSessionStore(SITE, texts, this.own),
          turn,
          declareLost: (...given) => declareLost(this.posts.open, ...given),
          prepare: () => {},
          capture: (...given) => {
            const capture = new FakeCapture(...given);
            this.captures.push(capture);
            return capture;
          },
          declare: (command, given, sink, clock) => {
            if (command === "cart")
              sink.fact("cart", clock.now(), { surface: "api", source: "declared" }, true);
            else sink.fact("mark", clock.now(), { name: String(given[0]) });
          },
        },
        code: {
          show: (code) => void this.codes.push(code),
          stop: () => void this.codes.push(""),
        },
        watchTools: (said) => watchTools(this.window as ToolWindow, host, said),
        watchOtherTabs: (changed, cleared) => {
          const other = { changed, cleared };
          this.others.push(other);
          return () => void this.others.splice(this.others.indexOf(other), 1);
        },
        explain: (reason) => void this.explained.push(reason),
      },
    );
  }

  socket = () => this.sockets.last();
  capture(): FakeCapture {
    const capture = this.captures.at(-1);
    if (!capture) throw new Error("nothing is captured");
    return capture;
  }

  /** The page is there, consent is given and the collector has answered. */
  go(session = "s1"): this {
    this.replay("consent", "granted");
    this.socket().open();
    this.socket().welcome({ session });
    this.browser.host.turn();
    return this;
  }

  hide(): void {
    this.window.document.visibilityState = "hidden";
    this.window.dispatchEvent(new Event("visibilitychange"));
  }
  /** A link is followed, or the page goes on by itself. */
  lead(sameDocument: boolean): void {
    this.window.navigation.dispatchEvent(
      Object.assign(new Event("navigate"), { destination: { sameDocument } }),
    );
  }
  leave(persisted = false): void {
    this.window.dispatchEvent(Object.assign(new Event("pagehide"), { persisted }));
  }
  comeBack(): void {
    this.window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
  }
  click(): void {
    this.window.document.press();
  }
  /** All kinds of fact that this tab has sent, over all sockets. */
  kinds = () => this.sockets.links.flatMap((link) => link.kinds());
  quiet = () => this.sockets.links.length === 0 && this.posts.links.length === 0 && this.last.length === 0;
}
