/**
 * The codes that the customer gave or brought along by the moment, each with what the shop registered as promised
 * for it: what a caller complains of is understood at a glance. Of a shop without a registry nothing is said.
 */
import { h, part } from "../desk/dom";
import type { DeskEvent, Registered } from "../model/session";

const STATES: Readonly<Record<string, string>> = {
  offered: "by the link",
  entered: "entered",
  applied: "taken",
  rejected: "refused",
  removed: "taken out",
};

/** How long to wait where the desk did not answer: the panel is drawn several times a second. */
export const AGAIN_MS = 5_000;

export interface GivenCode {
  readonly code: string;
  readonly state: string;
}

const keyOf = (code: string): string => code.trim().toLowerCase();

/** The codes that were given until t, in the order in which they came, each with what came of it last. */
export function givenCodes(events: readonly DeskEvent[], t: number): GivenCode[] {
  const found = new Map<string, GivenCode>();
  for (const event of events) {
    if (event.t > t) break;
    if (event.kind !== "promo" || !event.fields.code) continue;
    const { code, state } = event.fields;
    found.set(keyOf(code), { code: found.get(keyOf(code))?.code ?? code, state });
  }
  return [...found.values()];
}

export class Codes {
  private readonly root = part("codes");
  private known = new Map<string, Registered>();
  private asked = new Set<string>();
  private drawn = "";
  private events: readonly DeskEvent[] = [];
  private t = 0;

  constructor(private readonly fetch: () => Promise<readonly Registered[]>) {}

  draw(events: readonly DeskEvent[], t: number): void {
    this.events = events;
    this.t = t;
    const given = givenCodes(events, t);
    const fresh = given.filter(({ code }) => !this.asked.has(keyOf(code)));
    if (fresh.length > 0) void this.ask(fresh);
    const shown = given.filter(({ code }) => this.known.has(keyOf(code)));
    const key = JSON.stringify(shown);
    if (key === this.drawn) return;
    this.drawn = key;
    this.root.hidden = shown.length === 0;
    this.root.replaceChildren(
      h("h3", { class: "codes__title" }, "Codes, and what was promised"),
      h("ul", {}, ...shown.map((one) => item(one, this.known.get(keyOf(one.code)) ?? null))),
    );
  }

  private async ask(fresh: readonly GivenCode[]): Promise<void> {
    for (const { code } of fresh) this.asked.add(keyOf(code));
    try {
      this.known = new Map((await this.fetch()).map((one) => [keyOf(one.code), one]));
      // The moment may be another by now.
      this.draw(this.events, this.t);
    } catch {
      setTimeout(() => {
        for (const { code } of fresh) this.asked.delete(keyOf(code));
      }, AGAIN_MS);
    }
  }
}

const item = ({ code, state }: GivenCode, registered: Registered | null): HTMLElement =>
  h(
    "li",
    { class: "codes__item", "data-panel-part": "given-code" },
    h(
      "span",
      {},
      h("bdi", { class: "code" }, code),
      h("span", { class: "soft" }, ` ${STATES[state] ?? state}`),
    ),
    h("span", { class: "codes__promise", "data-panel-part": "promise" }, ...promise(registered)),
  );

function promise(registered: Registered | null): (Node | string)[] {
  if (!registered?.promised) return [h("span", { class: "soft" }, "not registered")];
  const { title, promised, until, notes } = registered;
  const rest = [until === null ? null : `until ${until}`, ...notes].filter((one) => one !== null);
  return [
    h("b", {}, promised),
    " ",
    h("bdi", {}, title ?? ""),
    rest.length > 0 ? h("span", { class: "soft" }, ` · ${rest.join(" · ")}`) : "",
  ];
}
