/**
 * All events in words, each of which seeks. Around the moment so many rows are drawn that scrolling reaches
 * far; the rest is a button away.
 */
import { type Group, lostRows, type Row, rowsOf } from "../model/describe";
import { findingRows } from "../model/findings";
import { clockTime, preciseTime } from "../model/format";
import type { DeskEvent, SessionView } from "../model/session";
import { h, part } from "./dom";

type Filter = Exclude<Group, "other"> | "main" | "all";

/** What is listed; each part is another object where it is another. */
type Listed = Pick<SessionView, "gaps" | "findings">;

const MAX_ROWS_COUNT = 400;

export class EventList {
  private readonly list = part("events");
  private filter: Filter = "main";
  private all: readonly Row[] = [];
  private rows: readonly Row[] = [];
  private known: Listed & { readonly events: readonly DeskEvent[] } = { events: [], gaps: [], findings: [] };
  private first = 0;
  private t = 0;
  private current: HTMLElement | null = null;
  private items: readonly HTMLElement[] = [];
  private scrolling = 0;

  constructor(private readonly seek: (row: Row) => void) {
    part("filters").addEventListener("click", (event) => {
      const chosen = (event.target as Element).closest<HTMLElement>("[data-filter]")?.dataset.filter;
      if (chosen) this.choose(chosen as Filter);
    });
  }

  update(events: readonly DeskEvent[], { gaps, findings }: Listed, t: number): void {
    const { known } = this;
    if (events === known.events && gaps === known.gaps && findings === known.findings) return;
    this.known = { events, gaps, findings };
    const rows = [...rowsOf(events), ...lostRows(gaps, events, events[0]?.t ?? 0), ...findingRows(findings)];
    this.all = rows.sort((a, b) => a.t - b.t);
    this.select(t);
  }

  /** Marks the last event at or before t, and keeps it in view unless the agent is in the list. */
  moveTo(t: number): void {
    this.t = t;
    const index = this.indexAt(t);
    if (index >= 0 && (index < this.first || index >= this.first + this.items.length)) this.drawAround(index);
    const item = this.items[index - this.first] ?? null;
    if (item === this.current) return;
    this.current?.removeAttribute("aria-current");
    this.current = item;
    item?.setAttribute("aria-current", "true");
    // With the next frame: asking for a place now would lay the whole page out in the midst of drawing it.
    cancelAnimationFrame(this.scrolling);
    if (item) this.scrolling = requestAnimationFrame(() => this.scrollTo(item));
  }

  private scrollTo(item: HTMLElement): void {
    if (!this.list.matches(":hover, :focus-within"))
      this.list.scrollTop = item.offsetTop - this.list.clientHeight / 2;
  }

  private choose(filter: Filter): void {
    if (filter === this.filter) return;
    this.filter = filter;
    this.items = [];
    for (const button of part("filters").querySelectorAll<HTMLElement>("[data-filter]"))
      button.setAttribute("aria-pressed", String(button.dataset.filter === filter));
    this.select(this.t);
  }

  private select(t: number): void {
    const before = this.rows;
    this.rows = this.all.filter((row) => matches(row, this.filter));
    if (!this.insert(before)) this.drawAround(Math.max(0, this.indexAt(t)));
    this.moveTo(t);
  }

  /**
   * Live, rows mostly come at the end, and what is found now and then between others: those that are drawn then
   * stay, with focus and scrolling. Answers false where that cannot be, and nothing was done.
   */
  private insert(before: readonly Row[]): boolean {
    const room = this.items.length > 0 && this.rows.length - this.first <= 2 * MAX_ROWS_COUNT;
    if (!room || this.first + this.items.length !== before.length) return false;
    const stay: (HTMLElement | null)[] = [];
    let at = 0;
    for (const row of this.rows) {
      const known = before[at];
      const stays = known !== undefined && isSame(known, row);
      stay.push(stays ? (this.items[at - this.first] ?? null) : null);
      if (stays) at++;
      // Those before the first that is drawn are a button with their number.
      else if (at < this.first) return false;
    }
    if (at < before.length) return false;
    this.items = this.rows.slice(this.first).map((row, index) => {
      const known = stay[this.first + index];
      if (known) return known;
      const item = this.item(row);
      const next = stay.slice(this.first + index + 1).find((one) => one !== null) ?? null;
      this.list.insertBefore(item, next);
      return item;
    });
    return true;
  }

  private indexAt(t: number): number {
    return this.rows.findLastIndex((row) => row.t <= t);
  }

  private drawAround(index: number): void {
    this.first = Math.max(0, Math.min(index - MAX_ROWS_COUNT / 2, this.rows.length - MAX_ROWS_COUNT));
    const shown = this.rows.slice(this.first, this.first + MAX_ROWS_COUNT);
    this.items = shown.map((row) => this.item(row));
    this.current = null;
    const after = this.rows.length - this.first - shown.length;
    this.list.replaceChildren(
      ...(this.first > 0 ? [this.more(`${this.first} earlier`, this.first - MAX_ROWS_COUNT / 2)] : []),
      ...this.items,
      ...(after > 0 ? [this.more(`${after} later`, this.first + MAX_ROWS_COUNT + MAX_ROWS_COUNT / 2)] : []),
      ...(shown.length === 0
        ? [h("li", { class: "events__none soft" }, "No such events in this visit")]
        : []),
    );
  }

  private more(text: string, index: number): HTMLElement {
    const draw = () => this.drawAround(Math.max(0, Math.min(index, this.rows.length - 1)));
    return h("li", {}, h("button", { class: "event event--more", type: "button", onclick: draw }, text));
  }

  private item(row: Row): HTMLElement {
    const { t, event, finding, title, detail, tone, group } = row;
    return h(
      "li",
      { "data-kind": event?.kind ?? (finding ? "finding" : "lost") },
      h(
        "button",
        {
          class: `event event--${tone}`,
          type: "button",
          "data-group": group,
          "data-t": t,
          title: finding?.said,
          onclick: () => this.seek(row),
        },
        h("time", { class: "event__time", title: preciseTime(t) }, clockTime(t)),
        h("span", { class: "event__title", dir: "auto" }, title),
        detail ? h("span", { class: "event__detail", dir: "auto" }, detail) : null,
      ),
    );
  }
}

const isSame = (a: Row, b: Row): boolean =>
  a.t === b.t && a.title === b.title && a.detail === b.detail && a.load === b.load;

const OTHER_MAIN: ReadonlySet<string> = new Set(["identify", "signout", "mark", "consent"]);

function matches(row: Row, filter: Filter): boolean {
  if (filter === "all") return true;
  if (filter === "main")
    return row.finding
      ? row.finding.outcome === "fail"
      : row.group !== "other" || (row.event !== null && OTHER_MAIN.has(row.event.kind));
  return row.group === filter;
}
