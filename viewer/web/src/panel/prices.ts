/** The prices that were shown for each product up to the moment, from listing to cart, as texts. */
import { h, part } from "../desk/dom";
import { surfaceName } from "../model/describe";
import { clockTime } from "../model/format";
import type { DeskEvent } from "../model/session";
import { type Price, type Step, type Trail, trailsOf, trailsUpTo } from "../model/trail";

/** Products beyond these are a button away: a listing shows hundreds. */
const FIRST_COUNT = 12;

export class Prices {
  private readonly root = part("trails");
  private events: readonly DeskEvent[] = [];
  private whole: readonly Trail[] = [];
  private key = "";
  private all = false;

  constructor(private readonly seek: (event: DeskEvent) => void) {}

  draw(events: readonly DeskEvent[], t: number): void {
    if (events !== this.events) {
      this.events = events;
      this.whole = trailsOf(events);
    }
    const trails = trailsUpTo(this.whole, t);
    const key = trails.map(({ key: own, steps }) => `${own} ${steps.length} ${steps.at(-1)?.prices.length}`);
    if (key.join("|") === this.key && this.root.childElementCount > 0) return;
    this.key = key.join("|");
    this.build(trails);
  }

  private build(trails: readonly Trail[]): void {
    const shown = this.all ? trails : trails.slice(0, FIRST_COUNT);
    const rest = trails.length - shown.length;
    const more = () => {
      this.all = true;
      this.build(trails);
    };
    this.root.replaceChildren(
      ...shown.map((trail) => this.trail(trail)),
      ...(rest > 0
        ? [
            h(
              "button",
              { class: "button button--plain", type: "button", onclick: more },
              `${rest} more products`,
            ),
          ]
        : []),
      ...(trails.length === 0
        ? [h("p", { class: "soft trails__none" }, "no prices seen up to this moment")]
        : []),
    );
  }

  private trail({ name, sku, steps }: Trail): HTMLElement {
    return h(
      "section",
      { class: "trail", "data-panel-part": "trail", "data-sku": sku, "aria-label": name },
      h(
        "h3",
        { class: "trail__name" },
        h("bdi", {}, name),
        sku && sku !== name ? h("span", { class: "soft code" }, ` ${sku}`) : null,
      ),
      h("ol", { class: "trail__steps" }, ...steps.map((step) => this.step(step))),
    );
  }

  private step(step: Step): HTMLElement {
    const stated = step.source === "displayed" ? "" : ", stated";
    return h(
      "li",
      {},
      h(
        "button",
        {
          class: `step${step.differs ? " step--differs" : ""}`,
          type: "button",
          "data-panel-part": "step",
          "data-where": step.where,
          "data-differs": String(step.differs),
          title: `${clockTime(step.t)}${step.differs ? ", another amount than before" : ""}`,
          onclick: () => this.seek(step.event),
        },
        h("span", { class: "step__where soft" }, `${surfaceName(step.where)}${stated}`),
        ...[...step.prices].sort(strikesFirst).map(price),
        step.differs
          ? h("span", { class: "step__mark", "aria-label": ", another amount than before" }, "≠")
          : null,
      ),
    );
  }
}

const strikesFirst = (a: Price, b: Price): number => Number(b.role === "was") - Number(a.role === "was");

const price = ({ role, raw }: Price): HTMLElement =>
  h(
    "span",
    { class: `step__price${role === "was" ? " struck" : ""}` },
    role === "current" || role === "was" ? null : h("span", { class: "soft" }, `${role} `),
    h("bdi", { "data-panel-part": "price", "data-role": role }, raw),
  );
