/**
 * Says beside displayed amounts what else is known of them. What is on the panel is asked about once, together;
 * the cards stand without waiting for it.
 *
 * Hooks: [data-panel-part="beside"][data-outcome="same|other|unclear|none"], its sentence in data-said.
 */
import { h } from "../desk/dom";
import {
  type Beside,
  besides,
  type Corroborated,
  type Mark,
  othersUnclear,
  placeOf,
} from "../model/corroboration";
import type { DeskEvent } from "../model/session";

type Showing = DeskEvent<"cart" | "price">;

/** As many as the desk answers at once. */
const ASKED_MAX_COUNT = 100;
/** How long to wait where the desk did not answer. */
const AGAIN_MS = 5_000;
/** Longer after it was shown no other fact says anything of it. */
const SETTLED_MS = 30_000;
/** By then what was displayed just now is counted among what others were shown, and is asked about once more. */
const COUNTED_MS = 12_000;

export class Corroboration {
  private readonly known = new Map<string, { readonly t: number; readonly marks: readonly Mark[] }>();
  /** Of what is known, that of which no more is to be asked. */
  private readonly fresh = new Set<string>();
  private readonly wanted = new Map<string, Showing>();
  /** What was asked about again since it was not counted yet. */
  private readonly again = new Set<string>();
  private asking: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly fetch: (places: readonly string[]) => Promise<readonly Corroborated[]>,
    private readonly changed: () => void,
  ) {}

  /** The marks of what was displayed, as far as they are known by now. */
  of(event: Showing): readonly Mark[] {
    const place = placeOf(event);
    if (!this.fresh.has(place)) {
      this.wanted.set(place, event);
      this.asking ??= setTimeout(() => void this.ask());
    }
    return this.known.get(place)?.marks ?? [];
  }

  /** Something came that may say more of what was displayed just before; null: of anything. */
  hear(events: readonly DeskEvent[] | null): void {
    const times = events?.filter(({ kind }) => kind === "cart" || kind === "price").map(({ t }) => t) ?? [];
    const since = events ? Math.min(...times) - SETTLED_MS : Number.NEGATIVE_INFINITY;
    for (const [place, { t }] of this.known) if (t >= since) this.fresh.delete(place);
  }

  private askAgain(places: readonly string[]): void {
    const uncounted = places.filter(
      (place) =>
        !this.again.has(place) && !this.known.get(place)?.marks.some(({ kind }) => kind === "others"),
    );
    for (const place of uncounted) {
      this.again.add(place);
      this.fresh.delete(place);
    }
    if (uncounted.length > 0) this.changed();
  }

  private async ask(): Promise<void> {
    const asked = [...this.wanted].slice(0, ASKED_MAX_COUNT);
    for (const [place] of asked) {
      this.wanted.delete(place);
      this.fresh.add(place);
    }
    try {
      const answered = await this.fetch(asked.map(([place]) => place));
      const marks = new Map(answered.map((one) => [placeOf(one), one.marks]));
      for (const [place, { t }] of asked) this.known.set(place, { t, marks: marks.get(place) ?? [] });
      setTimeout(() => this.askAgain(asked.map(([place]) => place)), COUNTED_MS);
      this.asking = this.wanted.size > 0 ? setTimeout(() => void this.ask()) : undefined;
      this.changed();
    } catch {
      for (const [place, event] of asked) {
        this.wanted.set(place, event);
        this.fresh.delete(place);
      }
      this.asking = setTimeout(() => void this.ask(), AGAIN_MS);
    }
  }
}

/** Puts beside the amounts of a card what is known of them. */
export function mark(card: HTMLElement, marks: readonly Mark[]): void {
  const key = JSON.stringify(marks);
  if (card.dataset.marks === key) return;
  card.dataset.marks = key;
  for (const old of card.querySelectorAll('[data-panel-part="besides"]')) old.remove();
  const lines = card.querySelectorAll<HTMLElement>('[data-panel-part="line"]');
  const totals = card.querySelectorAll<HTMLElement>('[data-panel-part="total-row"]');
  const again = saidAgain(marks);
  const isOwn = (one: Mark): boolean => !isUnclear(one) || !again.has(one.why ?? "");
  const last = [...lines].at(-1)?.parentElement;
  last?.after(...[...again].map((why) => note(othersUnclear(why))));
  for (const [place, own] of grouped(marks.filter(isOwn))) {
    const [what = "", at = ""] = place.split(" ");
    const element = (what === "line" ? lines : totals)[Number(at)];
    if (what === "line") element?.append(besidesOf(own));
    else element?.after(h("li", { class: "beside-row", "data-panel-part": "besides" }, ...own.map(beside)));
  }
}

/** What nothing can be told of others for: said once where it is so of several lines. */
function saidAgain(marks: readonly Mark[]): Set<string> {
  const whys = marks.filter(isUnclear).map(({ why }) => why ?? "");
  return new Set(whys.filter((why, index) => whys.indexOf(why) !== index));
}

const isUnclear = ({ kind, others, at }: Mark): boolean =>
  kind === "others" && !others && at.startsWith("line ");

const note = (said: string): HTMLElement =>
  h("p", { class: "beside-note", "data-panel-part": "besides" }, said);

function grouped(marks: readonly Mark[]): Map<string, Beside[]> {
  const places = new Map<string, Mark[]>();
  for (const one of marks) {
    const place = one.at.split(" ").slice(0, 2).join(" ");
    places.set(place, [...(places.get(place) ?? []), one]);
  }
  return new Map([...places].map(([place, own]) => [place, besides(own)]));
}

const besidesOf = (own: readonly Beside[]): HTMLElement =>
  h("p", { class: "beside-row", "data-panel-part": "besides" }, ...own.map(beside));

/** One of them; it can be reached by keyboard, and says its sentence there and when the pointer is over it. */
export const beside = ({ outcome, words, said }: Beside): HTMLElement =>
  h(
    "span",
    {
      class: `beside beside--${outcome}`,
      role: "note",
      tabindex: "0",
      "aria-label": said,
      "data-said": said,
      "data-panel-part": "beside",
      "data-outcome": outcome,
    },
    h("bdi", {}, words),
  );
