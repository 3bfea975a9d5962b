/**
 * The prices that were shown for each product up to the moment, from listing to cart, as texts, and what the
 * shop's own systems say that it costs.
 */
import { h, part } from "../desk/dom";
import { type Beside, besides } from "../model/corroboration";
import { surfaceName } from "../model/describe";
import { gradeOf } from "../model/findings";
import { clockTime } from "../model/format";
import type { DeskEvent, Finding, SessionView, ToldPrice } from "../model/session";
import { type Price, type Step, type Trail, trailsOf, trailsUpTo } from "../model/trail";
import { foundOn, priceFails, type TrailFinding } from "../model/trail_finding";
import { asOf, toldBy, toldSaid, withTold } from "../model/trail_told";
import { beside, type Corroboration } from "./corroboration";

/** Products beyond these are a button away: a listing shows hundreds. */
const FIRST_COUNT = 12;
const NONE: ReadonlyMap<Step, readonly Beside[]> = new Map();

export class Prices {
  private readonly root = part("trails");
  private events: readonly DeskEvent[] = [];
  private told: readonly ToldPrice[] = [];
  private whole: readonly Trail[] = [];
  private findings: readonly Finding[] = [];
  private wrong: readonly Finding[] = [];
  private key = "";
  private all = false;
  private until: number | null = null;

  constructor(
    private readonly seek: (event: DeskEvent) => void,
    private readonly corroboration: Corroboration,
  ) {}

  draw(
    events: readonly DeskEvent[],
    { findings, prices, told_until_ms }: Pick<SessionView, "findings" | "prices" | "told_until_ms">,
    t: number,
  ): void {
    if (events !== this.events || prices !== this.told) {
      this.events = events;
      this.told = prices;
      this.whole = withTold(trailsOf(events), prices);
    }
    this.until = told_until_ms;
    if (findings !== this.findings) {
      this.findings = findings;
      this.wrong = priceFails(findings);
    }
    const trails = trailsUpTo(this.whole, t).map((trail, index) => ({
      ...trail,
      found: foundOn(trail, this.wrong, t),
      // Of what is out of sight nothing is asked.
      marks: this.all || index < FIRST_COUNT ? this.marksOf(trail) : NONE,
    }));
    const key = trails.map(
      ({ key: own, steps, found, marks }) =>
        `${own} ${steps.length} ${steps.at(-1)?.prices.length} ${found.map(({ finding }) => finding.said)}` +
        ` ${JSON.stringify([steps.map(({ told, stores }) => told && [told.id, told.by, stores.length]), ...marks.values()])}`,
    );
    if (key.join("|") === this.key && this.root.childElementCount > 0) return;
    this.key = key.join("|");
    this.build(trails);
  }

  /** What else is known of the prices that product pages displayed. */
  private marksOf({ steps }: Trail): Shown["marks"] {
    return new Map(
      steps.flatMap((step) => {
        const event = step.prices.find(({ role }) => role === "current")?.event;
        if (event?.kind !== "price" || step.source !== "displayed" || step.where !== "product") return [];
        return [[step, besides(this.corroboration.of(event))] as const];
      }),
    );
  }

  private build(trails: readonly Shown[]): void {
    const shown = this.all ? trails : trails.slice(0, FIRST_COUNT);
    const rest = trails.length - shown.length;
    const more = () => {
      this.all = true;
      this.build(trails);
    };
    const isTold = shown.some(({ steps }) => steps.some(({ told }) => told !== null));
    this.root.replaceChildren(
      ...(isTold && this.until !== null
        ? [h("p", { class: "trails__until", "data-panel-part": "told-until" }, `Dotted: ${asOf(this.until)}`)]
        : []),
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

  private trail({ name, sku, steps, found, marks }: Shown): HTMLElement {
    const own = found.filter(({ step }) => step === null);
    return h(
      "section",
      { class: "trail", "data-panel-part": "trail", "data-sku": sku, "aria-label": name },
      h(
        "h3",
        { class: "trail__name" },
        h("bdi", {}, name),
        sku && sku !== name ? h("span", { class: "soft code" }, ` ${sku}`) : null,
        foundMark(own),
      ),
      h(
        "ol",
        { class: "trail__steps" },
        ...steps.map((step) =>
          step.told
            ? toldStep(step, step.told)
            : this.step(
                step,
                found.filter((one) => one.step === step),
                marks.get(step) ?? [],
              ),
        ),
      ),
    );
  }

  private step(step: Step, found: readonly TrailFinding[], marks: readonly Beside[]): HTMLElement {
    const { event } = step;
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
          onclick: () => event && this.seek(event),
        },
        h("span", { class: "step__where soft" }, `${surfaceName(step.where)}${stated}`),
        ...[...step.prices].sort(strikesFirst).map(price),
        found.length > 0
          ? foundMark(found)
          : step.differs
            ? h(
                "span",
                { class: "step__mark", role: "img", "aria-label": ", another amount than before" },
                "≠",
              )
            : null,
      ),
      ...marks.map(beside),
    );
  }
}

/** Of what no page showed there is nothing to go to; it can be reached by keyboard, for its sentence. */
function toldStep({ prices, stores }: Step, told: ToldPrice): HTMLElement {
  const said = toldSaid(told, stores);
  const by = toldBy(told, stores);
  const whole = told.piece === null || told.line === null ? "" : ` (${told.line})`;
  return h(
    "li",
    {},
    h(
      "span",
      {
        class: "step step--told",
        role: "note",
        tabindex: "0",
        "aria-label": `${by}: ${prices.map(({ raw }) => raw).join(" ")}${whole}. ${said}`,
        "data-said": said,
        "data-panel-part": "told-step",
        "data-kind": told.kind,
        "data-by": told.by,
      },
      h("span", { class: "step__where soft" }, h("bdi", {}, by)),
      ...prices.map(price),
      whole ? h("span", { class: "step__where soft" }, whole) : null,
    ),
  );
}

/** A trail up to the moment, and what is wrong with it by then. */
interface Shown extends Trail {
  readonly found: readonly TrailFinding[];
  readonly marks: ReadonlyMap<Step, readonly Beside[]>;
}

function foundMark(found: readonly TrailFinding[]): HTMLElement | null {
  const [worst] = found;
  if (!worst) return null;
  const { outcome, severity } = worst.finding;
  const said = found.map(({ finding }) => finding.said).join("\n");
  const attributes = { class: "found-mark", "data-panel-part": "found", "data-outcome": outcome };
  const label = { role: "img", title: said, "aria-label": `, found: ${said}` };
  return h("span", { ...attributes, ...label, "data-severity": severity }, gradeOf(worst.finding).sign);
}

const strikesFirst = (a: Price, b: Price): number => Number(b.role === "was") - Number(a.role === "was");

const price = ({ role, raw }: Price): HTMLElement =>
  h(
    "span",
    { class: `step__price${role === "was" ? " struck" : ""}` },
    role === "current" || role === "was" ? null : h("span", { class: "soft" }, `${role} `),
    h("bdi", { "data-panel-part": "price", "data-role": role }, raw),
  );
