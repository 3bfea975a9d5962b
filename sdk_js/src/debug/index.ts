/**
 * The developer's panel: shows on the page itself what the SDK does and reads there. It is a script of its own
 * that is loaded where the page's address asks for it (`?replay_debug`), and it stands between the SDK and the
 * browser, as `startPage` takes it: everything goes through as it is, and is looked at on the way.
 *
 * Anybody can type the word, so it may show nothing but what this visitor's own browser has anyway. It stores
 * nothing, asks the collector for nothing, and is in no recording.
 */
import type { Adapter } from "../adapters/adapter";
import { withPresets } from "../capture/presets";
import type { CaptureSink } from "../capture/sink";
import { createZones } from "../capture/zones";
import { createClock } from "../clock";
import type { Replay } from "../command";
import { createConsent, type Word } from "../consent";
import { attempt, guarded, listen } from "../guard";
import { browserHost } from "../host";
import { type ToolWindow, watchTools } from "../managed";
import type { startPage } from "../page";
import type { LoadAdapter } from "../platforms";
import { readSettings } from "../settings";
import type { PageSettings } from "../wire.gen";
import { asked } from "./asked";
import { watchConversation } from "./conversation";
import { createPanel } from "./panel";
import { readPage } from "./reading";
import { saidWords } from "./rows";
import { PANEL_TAG, withoutPanel } from "./unrecorded";
import { connectionWords, consentWords, countWords, type Told, zoneWords } from "./words";
import { type Census, explainZone, nameOf, takeCensus } from "./zone";

/** How often the panel is brought up to date. */
const SHOW_MS = 400;
/** The whole page is gone through only every so many times: a large one has ten thousands of elements. */
const WHOLE_EVERY_COUNT = 6;
const SAID_MAX_COUNT = 8;

interface Wrapping {
  readonly loadAdapter: LoadAdapter;
  readonly watch: (start: typeof startPage) => typeof startPage;
}

/** What stands between the SDK and the browser on this page; undefined where the panel is not asked for. */
export function debug(load: LoadAdapter): Wrapping | undefined {
  const { on, name } = asked(location.href, window.name);
  if (window.name !== name) window.name = name;
  if (!on) return undefined;

  const adapters = new Map<string, { state: string; adapter?: Adapter; said: string }>();
  const said = new Map<string, string>();

  const loadAdapter: LoadAdapter = (name) => {
    const entry = { state: "is being loaded", said: "" };
    adapters.set(name, entry);
    return load(name).then(
      ({ adapter }) => {
        Object.assign(entry, { state: "found", adapter });
        return { adapter: overhear(adapter, entry) };
      },
      (error: unknown) => {
        entry.state = "found, but its script could not be loaded";
        throw error;
      },
    );
  };

  return {
    loadAdapter,
    watch: (start) => (options, around) => begin(start, options, around),
  };

  function overhear(adapter: Adapter, entry: { said: string }): Adapter {
    return {
      ...adapter,
      start: (shop) =>
        adapter.start({
          ...shop,
          say(command, given, place) {
            entry.said = `${time()} ${saidWords(command, given)}`;
            shop.say(command, given, place);
          },
        }),
    };
  }

  function begin(...[start, options, around]: [typeof startPage, ...Parameters<typeof startPage>]): Replay {
    const { parts } = around;
    const { site, consent: mode, control: early } = options;
    const { collector } = options as typeof options & { readonly collector: string };
    const host = browserHost();
    const talk = watchConversation(parts.host);
    const { counts } = talk;
    const tools = window as ToolWindow;
    const managed = mode === "managed";
    const privacyControl =
      (navigator as { readonly globalPrivacyControl?: boolean }).globalPrivacyControl === true;
    let control: PageSettings["global_privacy_control"] = early;
    let granted = false;
    let stopped = false;
    let blockedBy = "";
    let page: Word | undefined;
    let tool: Word | undefined;
    let code = "";
    let settings = readSettings(undefined);
    let pointed: Element | undefined;
    let closed = false;

    const counted = (sink: CaptureSink): CaptureSink => ({
      ...sink,
      fact(...fact) {
        counts.waitingFacts++;
        sink.fact(...fact);
      },
      picture(event) {
        counts.waitingPicture++;
        sink.picture(event);
      },
    });
    const follow = (next: PageSettings) => {
      settings = next;
    };
    const run = start(options, {
      ...around,
      parts: {
        ...parts,
        host: talk.host,
        links: { socket: talk.link("socket", parts.links.socket), post: talk.link("post", parts.links.post) },
        capture(sink, clock, given, how) {
          follow(given);
          const capture = parts.capture(withoutPanel(counted(sink)), clock, given, how);
          return {
            ...capture,
            settings(next) {
              follow(next);
              capture.settings(next);
            },
          };
        },
        declare: (command, given, sink, ...rest) => parts.declare(command, given, counted(sink), ...rest),
      },
      code: {
        show(text, selector) {
          code = text;
          around.code.show(text, selector);
        },
        stop() {
          code = "";
          around.code.stop();
        },
      },
    });

    // The page is under way: whatever the panel meets with is the panel's.
    const note = attempt(open);
    return ((...words: readonly unknown[]) => {
      note?.(...words);
      (run as (...words: readonly unknown[]) => void)(...words);
    }) as Replay;

    function open(): (...words: readonly unknown[]) => void {
      // Judged by the very rules that the SDK judges by.
      const consent = createConsent({
        managed,
        privacyControl,
        control: early,
        changed(allowed) {
          granted = allowed;
          if (!allowed) talk.forget();
        },
      });
      const stopTools = managed
        ? watchTools(tools, host, (word) => {
            tool = word;
            consent.tools(word);
          })
        : () => {};

      const panel = createPanel({ element: (node) => reading.element(node), closed: close });
      const reading = readPage(createClock(host), settings);
      const ends = [
        listen(document, "securitypolicyviolation", (event) => {
          const { blockedURI, effectiveDirective, disposition } = event as SecurityPolicyViolationEvent;
          const bare = (address: string) => address.replace(/^(?:http|ws)(s?:\/\/[^/]*).*/, "$1");
          if (disposition === "enforce" && bare(blockedURI) === bare(collector))
            blockedBy = effectiveDirective;
        }),
        listen(
          window,
          "pointermove",
          (event) => {
            const [target] = event.composedPath();
            if (target instanceof Element && target.localName !== PANEL_TAG) pointed = target;
          },
          { capture: true, passive: true },
        ),
      ];
      let shows = 0;
      let census: Census = { zones: {}, masked: 0, readable: 0 };
      const show = guarded(() => {
        const welcome = talk.welcome();
        if (welcome) {
          const known = readSettings(welcome.settings);
          follow(known);
          control = known.global_privacy_control;
          consent.settings(control);
        }
        reading.follow(
          settings,
          [...adapters.values()].flatMap(({ adapter }) => adapter ?? []),
        );
        if (shows++ % WHOLE_EVERY_COUNT === 0) {
          reading.look();
          census = reading.census();
        }
        const connection = connectionWords({
          phase: talk.phase(),
          collector,
          origin: location.origin,
          site,
          granted,
          stopped,
          online: navigator.onLine,
          blockedBy,
          now: host.monotonic(),
        });
        const carts = reading.carts();
        const prices = reading.prices();
        const { masked, readable } = census;
        const here = pointed?.isConnected ? explainZone(pointed, reading.zones(), settings) : undefined;
        const zone: Told =
          here && pointed
            ? zoneWords(here, `${here.decider ? ` on ${nameOf(here.decider)}` : ""}`)
            : { tone: "waiting", text: "Point at something on the page." };
        panel.show({ ...connection, text: `replay · ${connection.text}` }, [
          { title: "Connection", told: [connection] },
          {
            title: "Consent",
            told: [consentWords({ managed, privacyControl, control, page, tool, tools: toolsOf(tools) })],
          },
          {
            title: "Support code",
            told: [
              code
                ? { tone: "good", text: code.replace(/^(\w{3})(\w{3})$/, "$1-$2") }
                : { tone: "waiting", text: "None yet: the collector gives it with the connection." },
            ],
          },
          { title: "Sent", told: [{ tone: "good", text: countWords(counts) }] },
          {
            title: "Under the pointer",
            told: [
              ...(pointed && here ? [{ tone: "good", text: nameOf(pointed) } as Told] : []),
              zone,
              { tone: "good", text: `On this page ${readable} texts are readable and ${masked} masked.` },
            ],
          },
          {
            title: "Carts as displayed",
            told: carts.length
              ? []
              : [
                  {
                    tone: "waiting",
                    text: "None is on screen.",
                    hint: settings.carts.length
                      ? "The selectors of the site's carts find nothing that shows."
                      : "Mark it with data-replay-cart, or name it in the site's setting carts.",
                  },
                ],
            rows: carts,
          },
          {
            title: "Prices as displayed",
            told: prices.length
              ? []
              : [
                  {
                    tone: "waiting",
                    text: "None was in view yet.",
                    hint: settings.products.length
                      ? "The selectors of the site's products find none that shows."
                      : "Mark products with data-replay-product, or name them in the site's setting products.",
                  },
                ],
            rows: prices,
          },
          {
            title: "Adapters",
            told: adapters.size
              ? []
              : [
                  {
                    tone: "waiting",
                    text: granted
                      ? "No platform was recognised."
                      : "They are looked for once consent is there.",
                  },
                ],
            rows: [...adapters].map(([name, { state, said }]) => ({
              key: name,
              label: "",
              text: `${name}: ${state}${said ? `; said ${said}` : state === "found" ? "; has said nothing yet" : ""}`,
            })),
          },
          {
            title: "Said by the page",
            told: said.size
              ? []
              : [{ tone: "waiting", text: "The page has called replay(…) for nothing yet." }],
            rows: [...said].slice(-SAID_MAX_COUNT).map(([key, text]) => ({ key, label: "", text })),
          },
        ]);
      });
      const timer = window.setInterval(show, SHOW_MS);
      show();

      function close(): void {
        closed = true;
        window.name = asked("?replay_debug=off", window.name).name;
        clearInterval(timer);
        for (const end of ends) end();
        stopTools();
        reading.stop();
        panel.remove();
      }

      return guarded((...[command, ...given]: readonly unknown[]) => {
        if (closed) return;
        if (command === "consent" && (given[0] === "granted" || given[0] === "denied")) {
          page = given[0];
          consent.say(page);
        }
        if (command === "stop") stopped = true;
        // Who the customer is stands nowhere on the screen.
        const words = command === "identify" ? command : saidWords(String(command), given);
        said.set(String(command), `${time()} ${words}`);
      });
    }
  }
}

/** How much of this page is in which zone and masked, by these settings: for whoever tries selectors. */
export const census = (settings: Partial<PageSettings>, adapters: readonly Adapter[]): Census =>
  takeCensus(document.documentElement, createZones(withPresets(readSettings(settings), adapters)));

const time = () => new Date().toTimeString().slice(0, 8);

/** The consent tools that are on the page, by name. */
function toolsOf({ __tcfapi, dataLayer, Shopify }: ToolWindow): string[] {
  const entries = Array.from(dataLayer ?? []) as ArrayLike<unknown>[];
  return [
    ...(typeof __tcfapi === "function" ? ["TCF"] : []),
    ...(entries.some((entry) => entry?.[0] === "consent") ? ["Google Consent Mode"] : []),
    ...(Shopify?.customerPrivacy ? ["Shopify"] : []),
  ];
}
