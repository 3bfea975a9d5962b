/** The prices that were shown for each product up to the moment, from listing to cart, as texts. */

import { h, part } from "../desk/dom";
import { SURFACES } from "../model/describe";
import { clockTime } from "../model/format";
import type { DeskEvent } from "../model/session";
import { type Step, type Trail, trailsAt } from "../model/trail";

/** Products beyond these are a button away: a listing shows hundreds. */
const FIRST_COUNT = 12;

export class Prices {
  private readonly root = part("trails");
  private key = "";
  private all = false;

  constructor(private readonly seek: (event: DeskEvent) => void) {}

  draw(events: readonly DeskEvent[], t: number): void {
    const trails = trailsAt(events, t);
    const key = trails.map(({ key: own, steps }) => `${own} ${steps.length}`).join("|");
    if (key === this.key && this.root.childElementCount > 0) return;
    this.key = key;
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

  private trail(trail: Trail): HTMLElement {
    return h(
      "section",
      { class: "trail", "data-panel-part": "trail", "data-sku": trail.sku, "aria-label": trail.name },
      h(
        "h3",
        { class: "trail__name", dir: "auto" },
        trail.name,
        trail.sku && trail.sku !== trail.name ? h("span", { class: "soft code" }, ` ${trail.sku}`) : null,
      ),
      h("ol", { class: "trail__steps" }, ...trail.steps.map((step) => this.step(step))),
    );
  }

  private step(step: Step): HTMLElement {
    const role = step.role === "current" ? "" : ` ${step.role}`;
    const source = step.source === "displayed" ? "" : ", stated";
    const where = `${SURFACES[step.where] ?? step.where}${role}${source}`;
    return h(
      "li",
      {},
      h(
        "button",
        {
          class: `step${step.differs ? " step--differs" : ""}`,
          type: "button",
          "data-panel-part": "step",
          "data-node": step.node,
          "data-where": step.where,
          "data-role": step.role,
          "data-differs": step.differs,
          title: `${clockTime(step.t)}${step.differs ? ", not the price shown before" : ""}`,
          onclick: () => this.seek(step.event),
        },
        h("span", { class: "step__where soft" }, where),
        h("span", { class: `step__price${step.role === "was" ? " struck" : ""}`, dir: "auto" }, step.raw),
        step.differs ? h("span", { class: "step__mark", "aria-label": "differs" }, "≠") : null,
      ),
    );
  }
}
