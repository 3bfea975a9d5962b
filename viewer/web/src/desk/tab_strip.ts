/** The customer's tabs, the address of the one that is looked at, and whether the player follows them. */
import { pathOf, shortUrl } from "../model/format";
import { loadAt, stretchAt, type Timeline } from "../model/timeline";
import { h, part, setText } from "./dom";
import type { Player } from "./player";

export class TabStrip {
  private readonly strip = part("tabs");
  private drawn = "";

  constructor(private readonly player: Player) {}

  draw(timeline: Timeline, t: number): void {
    const current = this.player.tab;
    const open = timeline.tabs.filter((tab) => tab.loads.some((load) => load.from <= t));
    const shown = open.length ? open : timeline.tabs.slice(0, 1);
    const key = `${shown.map(({ id }) => id)} ${current?.id} ${this.player.choice}`;
    const titles = shown.map((tab) => {
      const load = loadAt(tab, t);
      const page = load ? stretchAt(load, t) : null;
      return { tab, title: page?.title || (page?.url ? pathOf(page.url) : `Tab ${tab.ordinal}`), page };
    });
    if (key !== this.drawn) this.build(key, titles, current?.id ?? null, timeline.tabs.length > 1);
    for (const { tab, title } of titles) {
      const label = this.strip.querySelector(`[data-tab="${CSS.escape(tab.id)}"] .tab__title`);
      if (label) setText(label, title);
    }
    const page = titles.find(({ tab }) => tab === current)?.page;
    setText(part("page-title"), page?.title ?? "");
    setText(part("page-url"), page ? shortUrl(page.url) : "");
    part("page-url").title = page?.url ?? "";
  }

  private build(
    key: string,
    titles: readonly { tab: { id: string; ordinal: number }; title: string }[],
    current: string | null,
    several: boolean,
  ): void {
    const focused = this.strip.contains(document.activeElement)
      ? (document.activeElement as HTMLElement).dataset.tab
      : undefined;
    this.drawn = key;
    const tabs = titles.map(({ tab }) =>
      h(
        "button",
        {
          class: "tab",
          type: "button",
          "data-tab": tab.id,
          "aria-pressed": String(tab.id === current),
          onclick: () => this.player.choose(tab.id),
        },
        h("span", { class: "tab__number" }, `tab ${tab.ordinal}`),
        h("span", { class: "tab__title", dir: "auto" }),
      ),
    );
    const follow = h(
      "button",
      {
        class: "tab tab--follow",
        type: "button",
        "data-tab": "",
        "aria-pressed": String(this.player.choice === null),
        title: "Show the tab that the customer was in",
        onclick: () => this.player.choose(this.player.choice === null ? current : null),
      },
      "follow customer",
    );
    this.strip.replaceChildren(...tabs, ...(several ? [follow] : []));
    if (focused !== undefined)
      this.strip.querySelector<HTMLElement>(`[data-tab="${CSS.escape(focused)}"]`)?.focus();
  }
}
