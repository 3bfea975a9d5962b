/**
 * The panel at work: it asks the page, the SDK and the conversation how things are, a few times a second, and
 * shows it. It judges consent by the very rules that the SDK judges by, and reads the page by the very lenses.
 */
import type { BrowserOptions } from "../browser";
import { createClock } from "../clock";
import { createConsent, type Word } from "../consent";
import { guarded, listen } from "../guard";
import { browserHost } from "../host";
import { type ToolWindow, watchTools } from "../managed";
import { readSettings } from "../settings";
import { asked } from "./asked";
import type { Conversation } from "./conversation";
import type { AdapterHeard, PageHeard } from "./overhear";
import { createPanel } from "./panel";
import { readPage } from "./reading";
import { saidWords, time } from "./rows";
import { sectionsOf } from "./sections";
import { PANEL_TAG } from "./unrecorded";
import { connectionWords } from "./words";
import { type Census, explainZone } from "./zone";

/** How often the panel is brought up to date. */
const SHOW_MS = 400;
/** The whole page is gone through only every so many times: a large one has ten thousands of elements. */
const WHOLE_EVERY_COUNT = 6;

export type Options = Pick<BrowserOptions, "site" | "collector" | "consent" | "control">;

/** Opens it; the answer is to be told whatever the page says to `replay`. */
export function openPanel(
  { site, collector, consent: mode, control: early }: Options,
  talk: Conversation,
  page: PageHeard,
  adapters: ReadonlyMap<string, AdapterHeard>,
): (...words: readonly unknown[]) => void {
  const host = browserHost();
  const tools = window as ToolWindow;
  const managed = mode === "managed";
  const privacyControl =
    (navigator as { readonly globalPrivacyControl?: boolean }).globalPrivacyControl === true;
  const said = new Map<string, string>();
  let control = early;
  let granted = false;
  let stopped = false;
  let closed = false;
  let blockedBy = "";
  let choice: Word | undefined;
  let tool: Word | undefined;
  let pointed: Element | undefined;
  let shows = 0;
  let census: Census = { zones: {}, masked: 0, readable: 0 };

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
  const reading = readPage(createClock(host), page.settings());
  const ends = [
    listen(document, "securitypolicyviolation", (event) => {
      const { blockedURI, effectiveDirective, disposition } = event as SecurityPolicyViolationEvent;
      const bare = (address: string) => address.replace(/^(?:http|ws)(s?:\/\/[^/]*).*/, "$1");
      if (disposition === "enforce" && bare(blockedURI) === bare(collector)) blockedBy = effectiveDirective;
    }),
    listen(window, "pointermove", (event) => {
      const [target] = event.composedPath();
      if (target instanceof Element && target.localName !== PANEL_TAG) pointed = target;
    }),
  ];

  const show = guarded(() => {
    const welcome = talk.welcome();
    if (welcome) {
      const known = readSettings(welcome.settings);
      page.follow(known);
      control = known.global_privacy_control;
      consent.settings(control);
    }
    const settings = page.settings();
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
    panel.show(
      { ...connection, text: `replay · ${connection.text}` },
      sectionsOf({
        connection,
        consent: { managed, privacyControl, control, page: choice, tool, tools: toolsOf(tools) },
        granted,
        code: page.code(),
        counts: talk.counts,
        pointed: pointed?.isConnected
          ? [pointed, explainZone(pointed, reading.zones(), settings)]
          : undefined,
        census,
        settings,
        carts: reading.carts(),
        prices: reading.prices(),
        adapters,
        said,
      }),
    );
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
      choice = given[0];
      consent.say(choice);
    }
    if (command === "stop") stopped = true;
    // Who the customer is stands nowhere on the screen.
    const words = command === "identify" ? command : saidWords(String(command), given);
    said.set(String(command), `${time()} ${words}`);
  });
}

/** The consent tools that are on the page, by name. */
function toolsOf({ __tcfapi, dataLayer, Shopify }: ToolWindow): string[] {
  const entries = Array.from(dataLayer ?? []) as ArrayLike<unknown>[];
  return [
    ...(typeof __tcfapi === "function" ? ["TCF"] : []),
    ...(entries.some((entry) => entry?.[0] === "consent") ? ["Google Consent Mode"] : []),
    ...(Shopify?.customerPrivacy ? ["Shopify"] : []),
  ];
}
