/**
 * The cart at the moment: what is on screen, each surface a card of its own; what was seen before; what the
 * shop's own data said beside it; and under them the codes that were given. Cards are built anew only when a state
 * changes; the words over them follow the clock.
 */

import { h, part } from "../desk/dom";
import type { Moment, SurfaceState } from "../model/moment";
import type { DeskEvent, Registered } from "../model/session";
import { cartCard, updateHeading } from "./cart_card";
import { Codes } from "./codes";
import { type Corroboration, mark } from "./corroboration";

interface Drawn {
  readonly key: string;
  readonly card: HTMLElement;
}

export class CartPanel {
  private readonly root = part("cards");
  private key = "";
  private drawn: Drawn[] = [];
  private readonly codes: Codes;

  constructor(
    promises: () => Promise<readonly Registered[]>,
    private readonly corroboration: Corroboration,
  ) {
    this.codes = new Codes(promises);
  }

  draw(moment: Moment, events: readonly DeskEvent[]): void {
    this.codes.draw(events, moment.t);
    const states = [...moment.onScreen, ...moment.seenBefore, ...moment.stated];
    const key = states.map(keyOf).join("|");
    if (key !== this.key || this.drawn.length === 0) this.build(moment, key);
    states.forEach((state, index) => {
      const card = this.drawn[index]?.card;
      if (!card) return;
      updateHeading(card, state, moment);
      if (state.source === "displayed") mark(card, this.corroboration.of(state.event));
    });
  }

  private build(moment: Moment, key: string): void {
    const held = new Map(this.drawn.map((one) => [one.key, one.card]));
    const cardOf = (state: SurfaceState): Drawn => {
      const own = keyOf(state);
      return { key: own, card: held.get(own) ?? cartCard(state) };
    };
    const onScreen = moment.onScreen.map(cardOf);
    const before = moment.seenBefore.map(cardOf);
    const stated = moment.stated.map(cardOf);
    this.key = key;
    this.drawn = [...onScreen, ...before, ...stated];
    const cards = (drawn: readonly Drawn[]) => drawn.map(({ card }) => card);
    // While only a badge is on screen, or nothing, the cart seen last is what the call is about; else it is a
    // click away.
    const tells = ({ event: { fields } }: SurfaceState) => Boolean(fields.lines || fields.empty);
    const [last, ...older] = moment.onScreen.some(tells) ? [undefined, ...before] : before;
    this.root.replaceChildren(
      ...(onScreen.length > 0 ? cards(onScreen) : [nothing(before.length > 0)]),
      ...(last ? [last.card] : []),
      ...folded(
        "seen before",
        older.filter((one) => one !== undefined).map(({ card }) => card),
        "before",
      ),
      ...folded("what the shop's data said", cards(stated), "stated"),
    );
  }
}

const keyOf = ({ event, off, before }: SurfaceState): string =>
  `${event.load} ${event.number} ${event.index} ${off} ${before ? `${before.load} ${before.number} ${before.index}` : ""}`;

const nothing = (seenBefore: boolean): HTMLElement =>
  h(
    "p",
    { class: "cards__none", "data-panel-part": "none" },
    h("strong", {}, "no cart on screen"),
    seenBefore ? null : h("span", { class: "soft" }, " and none seen before this moment"),
  );

const opened = new Set(["stated"]);

function folded(title: string, cards: readonly HTMLElement[], name: string): HTMLElement[] {
  if (cards.length === 0) return [];
  const details = h(
    "details",
    { class: "fold", open: opened.has(name), "data-fold": name },
    h("summary", {}, `${title} (${cards.length})`),
    ...cards,
  );
  details.addEventListener("toggle", () => {
    if (details.open) opened.add(name);
    else opened.delete(name);
  });
  return [details];
}
