/**
 * What the shop's own systems say of the customer, under the findings: who says it, and when it happened there.
 * What is only of somebody whom the page claimed stands apart.
 */
import { h, part, setText } from "../desk/dom";
import { fullTime, preciseTime } from "../model/format";
import type { SessionView, Told } from "../model/session";
import { asOf } from "../model/trail_told";

/** So few stand open from the beginning. */
const FEW_COUNT = 4;

export class ToldList {
  private readonly summary = h("summary");
  private readonly until = h("p", { class: "told__until", "data-panel-part": "told-until" });
  private readonly own = h("ol", { class: "told__list", "data-panel-part": "told" });
  private readonly claimed = h("ol", { class: "told__list", "data-panel-part": "told-claimed" });
  private readonly apart = h("div", {}, h("p", { class: "told__apart" }, "Only claimed"), this.claimed);
  private readonly root = h(
    "details",
    { class: "findings__fold told", hidden: true },
    this.summary,
    this.until,
    this.own,
    this.apart,
  );
  private told: readonly Told[] | null = null;

  constructor() {
    part("findings").append(this.root);
  }

  draw({ told, told_until_ms }: Pick<SessionView, "told" | "told_until_ms">): void {
    if (told === this.told) return;
    if (this.told === null) this.root.open = told.length <= FEW_COUNT;
    this.told = told;
    const claimed = told.filter(({ by }) => by === "claimed");
    this.root.hidden = told.length === 0;
    this.until.hidden = told_until_ms === null;
    setText(this.until, told_until_ms === null ? "" : asOf(told_until_ms));
    this.apart.hidden = claimed.length === 0;
    setText(this.summary, `The shop\u2019s systems say \u00b7 ${told.length}`);
    this.own.replaceChildren(...told.filter(({ by }) => by !== "claimed").map(item));
    this.claimed.replaceChildren(...claimed.map(item));
  }
}

const item = ({ system, title, detail, occurred_ms, by }: Told): HTMLElement =>
  h(
    "li",
    { class: "told__item" },
    h(
      "span",
      {},
      h("span", { class: "tag", title: "The system that says so" }, h("bdi", {}, system)),
      ` ${title}`,
      by === "order" ? h("span", { class: "soft" }, " \u00b7 by the order\u2019s number") : null,
    ),
    h("time", { class: "told__time", title: preciseTime(occurred_ms) }, fullTime(occurred_ms)),
    h("span", { class: "told__detail", dir: "auto" }, detail),
  );
