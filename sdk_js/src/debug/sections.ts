/** What the panel shows, section by section, as a function of what is known at this moment. */
import type { PageSettings } from "../wire.gen";
import type { Counts } from "./conversation";
import type { AdapterHeard } from "./overhear";
import type { Section } from "./panel";
import type { Row } from "./rows";
import { type ConsentKnown, consentWords, countWords, type Told, zoneWords } from "./words";
import { type Census, nameOf, type ZoneReason } from "./zone";

export interface Known {
  readonly connection: Told;
  readonly consent: ConsentKnown;
  /** Whether it is there, as the SDK judges it. */
  readonly granted: boolean;
  readonly code: string;
  readonly counts: Counts;
  /** What the pointer is at, and why its text is recorded or not. */
  readonly pointed?: readonly [element: Element, reason: ZoneReason] | undefined;
  readonly census: Census;
  readonly settings: PageSettings;
  readonly carts: readonly Row[];
  readonly prices: readonly Row[];
  readonly adapters: ReadonlyMap<string, AdapterHeard>;
  /** By command, the page's last words and when it said them. */
  readonly said: ReadonlyMap<string, string>;
}

const SAID_MAX_COUNT = 8;

const waiting = (text: string, hint?: string): Told => ({ tone: "waiting", text, ...(hint && { hint }) });
const good = (text: string): Told => ({ tone: "good", text });
/** Rows, or in their place why there are none. */
const listed = (title: string, rows: readonly Row[], none: Told): Section => ({
  title,
  told: rows.length ? [] : [none],
  rows,
});
const plain = (key: string, text: string): Row => ({ key, label: "", text });

export function sectionsOf(known: Known): Section[] {
  const { granted, code, settings, adapters, said } = known;
  return [
    { title: "Connection", told: [known.connection] },
    { title: "Consent", told: [consentWords(known.consent)] },
    {
      title: "Support code",
      told: [
        code
          ? good(code.replace(/^(\w{3})(\w{3})$/, "$1-$2"))
          : waiting("None yet: the collector gives it with the connection."),
      ],
    },
    { title: "Sent", told: [good(countWords(known.counts))] },
    { title: "Under the pointer", told: pointedWords(known) },
    listed(
      "Carts as displayed",
      known.carts,
      waiting(
        "None is on screen.",
        settings.carts.length
          ? "The selectors of the site's carts find nothing that shows."
          : "Mark it with data-replay-cart, or name it in the site's setting carts.",
      ),
    ),
    listed(
      "Prices as displayed",
      known.prices,
      waiting(
        "None was in view yet.",
        settings.products.length
          ? "The selectors of the site's products find none that shows."
          : "Mark products with data-replay-product, or name them in the site's setting products.",
      ),
    ),
    listed(
      "Adapters",
      [...adapters].map(([name, heard]) => plain(name, adapterWords(name, heard))),
      waiting(granted ? "No platform was recognised." : "They are looked for once consent is there."),
    ),
    listed(
      "Said by the page",
      [...said].slice(-SAID_MAX_COUNT).map(([command, text]) => plain(command, text)),
      waiting("The page has called replay(…) for nothing yet."),
    ),
  ];
}

function pointedWords({ pointed, census: { masked, readable } }: Known): Told[] {
  const whole = good(`On this page ${readable} texts are readable and ${masked} masked.`);
  if (!pointed) return [waiting("Point at something on the page."), whole];
  const [element, reason] = pointed;
  const decider = reason.decider ? ` on ${nameOf(reason.decider)}` : "";
  return [good(nameOf(element)), zoneWords(reason, decider), whole];
}

const adapterWords = (name: string, { state, said }: AdapterHeard) =>
  `${name}: ${state}${said ? `; said ${said}` : state === "found" ? "; has said nothing yet" : ""}`;
