/**
 * All events in words, each of which seeks. Around the moment so many rows are drawn that scrolling reaches
 * far; the rest is a button away.
 */
import { type Group, type Row, rowsOf } from "../model/describe";
import { clockTime, preciseTime } from "../model/format";
import type { DeskEvent } from "../model/session";
import { h, part } from "./dom";

export type Filter = "pages" | "cart" | "errors" | "main" | "all";

const MAX_ROWS_COUNT = 400;

export class EventList {
  private readonly list = part("events");
  private filter: Filter = "main";
  private all: readonly Row[] = [];
  private rows: readonly Row[] = [];
  private first = 0;
  private current: HTMLElement | null = null;
  private items: readonly HTMLElement[] = [];

  constructor(private readonly seek: (event: DeskEvent) => void) {
    part("filters").addEventListener("click", (event) => {
      const chosen = (event.target as Element).closest<HTMLElement>("[data-filter]")?.dataset.filter;
      if (chosen) this.choose(chosen as Filter);
    });
  }

  update(events: readonly DeskEvent[], t: number): void {
    this.all = rowsOf(events);
    this.select(t);
  }

  /** Marks the last event at or before t, and keeps it in view unless the agent is in the list. */
  moveTo(t: number): void {
    const index = this.indexAt(t);
    if (index >= 0 && (index < this.first || index >= this.first + this.items.length)) this.drawAround(index);
    const item = this.items[index - this.first] ?? null;
    if (item === this.current) return;
    this.current?.removeAttribute("aria-current");
    this.current = item;
    item?.setAttribute("aria-current", "true");
    if (item && !this.list.matches(":hover, :focus-within"))
      this.list.scrollTop = item.offsetTop - this.list.clientHeight / 2;
  }

  private choose(filter: Filter): void {
    this.filter = filter;
    for (const button of part("filters").querySelectorAll<HTMLElement>("[data-filter]"))
      button.setAttribute("aria-pressed", String(button.dataset.filter === filter));
    this.select(this.rows[0]?.event.t ?? 0);
  }

  private select(t: number): void {
    this.rows = this.all.filter((row) => matches(row, this.filter));
    this.drawAround(Math.max(0, this.indexAt(t)));
    this.moveTo(t);
  }

  private indexAt(t: number): number {
    return this.rows.findLastIndex((row) => row.event.t <= t);
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
        ? [h("li", { class: "events__none soft" }, "No such events in this session")]
        : []),
    );
  }

  private more(text: string, index: number): HTMLElement {
    const draw = () => this.drawAround(Math.max(0, Math.min(index, this.rows.length - 1)));
    return h("li", {}, h("button", { class: "event event--more", type: "button", onclick: draw }, text));
  }

  private item(row: Row): HTMLElement {
    const { event, title, detail, tone, group } = row;
    return h(
      "li",
      { "data-kind": event.kind },
      h(
        "button",
        {
          class: `event event--${tone}`,
          type: "button",
          "data-group": group,
          "data-t": event.t,
          onclick: () => this.seek(event),
        },
        h("time", { class: "event__time", title: preciseTime(event.t) }, clockTime(event.t)),
        h("span", { class: "event__title", dir: "auto" }, title),
        detail ? h("span", { class: "event__detail", dir: "auto" }, detail) : null,
      ),
    );
  }
}

const OTHER_MAIN: ReadonlySet<string> = new Set(["identify", "signout", "mark", "consent"]);

function matches(row: Row, filter: Filter): boolean {
  if (filter === "all") return true;
  if (filter === "main") return row.group !== "other" || OTHER_MAIN.has(row.event.kind);
  return row.group === (filter satisfies Group);
}
