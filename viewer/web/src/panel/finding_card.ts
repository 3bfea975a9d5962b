/**
 * One finding: its sentence, which shows it, and each piece of its evidence, which shows that one.
 *
 * Tests read it by these hooks:
 *   [data-panel-part="finding"][data-rule][data-outcome="fail|cannot_tell|pass"][data-ahead="no|partly|wholly"]
 *     [data-panel-part="said"] the sentence and nothing else, [data-panel-part="when"],
 *     button[data-piece="0"] the evidence by its place in what the rule showed,
 *     a[data-panel-part="others"] in how many other visits it was found, hidden where in none
 */
import { h, setText } from "../desk/dom";
import {
  aheadOf,
  gradeOf,
  othersWords,
  piecesOf,
  roleName,
  type SameFinding,
  whenWords,
} from "../model/findings";
import { clockTime, preciseTime } from "../model/format";
import type { Evidence, Finding } from "../model/session";

/** Pieces of evidence beyond these say nothing new: somebody pressed a button thirty times. */
const PIECES_COUNT = 6;

const TAGS: Readonly<Record<Finding["severity"], string>> = {
  high: "tag tag--bad",
  medium: "tag tag--warn",
  low: "tag",
  info: "tag",
};

export class FindingCard {
  readonly element: HTMLElement;
  private readonly when = h("span", { class: "finding__when", "data-panel-part": "when" });

  private readonly others = h("a", { class: "finding__others", "data-panel-part": "others", hidden: true });

  constructor(
    readonly finding: Finding,
    show: (index: number) => void,
  ) {
    const { rule, outcome, severity, shown } = finding;
    const { word, sign } = gradeOf(finding);
    const pieces = piecesOf(finding);
    this.element = h(
      "li",
      {
        class: "finding",
        "data-panel-part": "finding",
        "data-rule": rule,
        "data-outcome": outcome,
        "data-severity": severity,
      },
      shown.length > 0
        ? h("button", { class: "finding__said", type: "button", onclick: () => show(0) }, ...this.said(sign))
        : h("p", { class: "finding__said" }, ...this.said(sign)),
      h(
        "p",
        { class: "finding__evidence" },
        h("span", { class: outcome === "fail" ? TAGS[severity] : "tag" }, word),
        this.when,
        ...pieces.slice(0, PIECES_COUNT).map(({ piece, index }, at) => {
          const before = pieces[at - 1]?.piece;
          const again = before?.role === piece.role && before.raw === piece.raw;
          return pieceButton(piece, again, index, show);
        }),
        pieces.length > PIECES_COUNT
          ? h("span", { class: "soft" }, `and ${pieces.length - PIECES_COUNT} more`)
          : null,
        this.others,
      ),
    );
  }

  /** Says whether it lies ahead of the moment. */
  moveTo(t: number): void {
    const ahead = aheadOf(this.finding, t);
    if (ahead === this.element.dataset.ahead) return;
    this.element.dataset.ahead = ahead;
    // Each piece says its own time: the finding's is news only while it is yet to come.
    this.when.hidden = ahead === "no" && this.finding.shown.length > 0;
    setText(this.when, whenWords(this.finding, t));
  }

  /** Says in how many other visits it was found, or nothing. */
  tellOthers(same: SameFinding | undefined): void {
    this.others.hidden = same === undefined;
    if (!same) return;
    this.others.href = same.href;
    setText(this.others, othersWords(same.others));
  }

  /** Marks the piece of evidence that the picture stands at, or none. */
  point(index: number | null): void {
    for (const button of this.element.querySelectorAll<HTMLElement>("[data-piece]"))
      mark(button, index !== null && button.dataset.piece === String(index));
    mark(this.element, index !== null);
  }

  /** Focuses the evidence of that place, else the sentence. */
  focus(piece: string | undefined): void {
    const button = piece === undefined ? ".finding__said" : `[data-piece="${piece}"]`;
    this.element.querySelector<HTMLElement>(button)?.focus({ preventScroll: true });
  }

  private said(sign: string): HTMLElement[] {
    const { said, shown } = this.finding;
    return [
      h("span", { class: "finding__sign", "aria-hidden": "true" }, sign),
      h(
        "span",
        { class: "finding__words" },
        h("span", { dir: "auto", "data-panel-part": "said" }, said),
        // Only whole it goes to the next line.
        shown.length > 0 ? " " : null,
        shown.length > 0 ? h("span", { class: "finding__go" }, "show me", go()) : null,
      ),
    ];
  }
}

function mark(element: HTMLElement, current: boolean): void {
  if (current) element.setAttribute("aria-current", "true");
  else element.removeAttribute("aria-current");
}

const go = (): HTMLElement => h("span", { "aria-hidden": "true" }, " ›");

/** `again`: it says the same as the one before it, of which only the time is another. */
function pieceButton(
  { role, raw, t }: Evidence,
  again: boolean,
  index: number,
  show: (index: number) => void,
): HTMLElement {
  const words = `${roleName(role)}${raw === null ? "" : `: ${raw}`}, at ${preciseTime(t)}`;
  return h(
    "button",
    {
      class: "piece",
      type: "button",
      "data-piece": index,
      title: words,
      "aria-label": again ? words : null,
      onclick: () => show(index),
    },
    again ? null : h("span", { class: "piece__role", dir: "auto" }, roleName(role)),
    again || raw === null ? null : [" ", h("bdi", { class: "piece__raw" }, raw)],
    again ? null : " ",
    h("time", { class: "piece__time" }, clockTime(t)),
  );
}
