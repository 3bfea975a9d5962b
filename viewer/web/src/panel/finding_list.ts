/**
 * The findings at the top of the panel: what is wrong, under it what cannot be told, and how many checks passed.
 *
 * Live the whole list comes again and again. A card whose finding stayed as it was stays too, and what comes new
 * is put between the others: nothing that the agent looks at is built anew, and the focus stays where it is.
 */
import { h, part, setText } from "../desk/dom";
import {
  findingKey,
  headline,
  type SameFinding,
  type Sorted,
  sorted,
  untoldWords,
  verdict,
} from "../model/findings";
import type { Finding } from "../model/session";
import { FindingCard } from "./finding_card";

/** What is wrong beyond these is a button away: the worst come first. */
const FIRST_COUNT = 4;
/** Up to so many that cannot be told stand open; more are a line with their number. */
const FEW_COUNT = 2;

export class FindingList {
  private readonly root = part("findings");
  private readonly title = part("findings-title");
  private readonly fails = h("ul", { class: "findings__list" });
  private readonly more = h("button", {
    class: "button button--plain findings__more",
    type: "button",
    onclick: () => this.drawAll(),
  });
  private readonly untold = new Fold("untold", (findings) => this.elements(findings));
  private readonly passes = new Fold("passes", (findings) => this.elements(findings));
  private readonly verdict = h("p", { class: "findings__verdict soft", "data-panel-part": "verdict" });
  private readonly cards = new Map<string, FindingCard>();
  private same: ReadonlyMap<string, SameFinding> = new Map();
  private groups: Sorted = sorted([]);
  private open = true;
  private all = false;
  private t = 0;
  private pointed: { readonly key: string; readonly index: number } | null = null;

  constructor(private readonly show: (finding: Finding, index: number) => void) {
    this.root.append(this.fails, this.more, this.untold.element, this.verdict, this.passes.element);
  }

  /** `open`: the visit goes on, so that more may come. */
  draw(findings: readonly Finding[], open: boolean): void {
    this.groups = sorted(findings);
    this.open = open;
    const keys = new Set(findings.map(findingKey));
    for (const key of this.cards.keys()) if (!keys.has(key)) this.cards.delete(key);
    const held = [...this.cards].find(([, card]) => card.element.contains(document.activeElement));
    const piece = (document.activeElement as HTMLElement | null)?.dataset.piece;
    this.arrange();
    // What is said otherwise now is a new card, and the focus goes on in it.
    if (held) this.cards.get(held[0])?.focus(piece);
  }

  /** Which findings others have, too. */
  tellSame(same: readonly SameFinding[]): void {
    this.same = new Map(same.map((one) => [findingKey(one), one]));
    for (const [key, card] of this.cards) card.tellOthers(this.same.get(key));
  }

  moveTo(t: number): void {
    this.t = t;
    for (const card of this.cards.values()) card.moveTo(t);
  }

  /** Marks what the picture points at. */
  point(finding: Finding | null, index = 0): void {
    this.pointed = finding && { key: findingKey(finding), index };
    for (const [key, card] of this.cards) this.mark(key, card);
  }

  /** Brings a finding into sight inside the panel; the page itself is left where it is. */
  reveal(finding: Finding): void {
    if (this.groups.fails.indexOf(finding) >= FIRST_COUNT) this.drawAll();
    if (finding.outcome === "cannot_tell") this.untold.open();
    const card = this.cards.get(findingKey(finding))?.element;
    if (!card) return;
    const own = card.getBoundingClientRect();
    const { bottom } = this.root.getBoundingClientRect();
    // The title stands over what is scrolled under it.
    const top = this.title.getBoundingClientRect().bottom;
    if (own.top < top) this.root.scrollTop -= top - own.top;
    else if (own.bottom > bottom) this.root.scrollTop += Math.min(own.bottom - bottom, own.top - top);
  }

  private drawAll(): void {
    const held = this.more.contains(document.activeElement);
    const first = this.fails.children.length;
    this.all = true;
    this.arrange();
    if (held) this.fails.children[first]?.querySelector<HTMLElement>("button")?.focus();
  }

  private arrange(): void {
    const title = headline(this.groups);
    this.title.className = title === null ? "visually-hidden" : "findings__title";
    setText(this.title, title ?? "Findings");
    const { fails, untold, passes } = this.groups;
    const shown = this.all ? fails : fails.slice(0, FIRST_COUNT);
    place(this.fails, this.elements(shown));
    this.more.hidden = shown.length === fails.length;
    setText(this.more, `${fails.length - shown.length} more findings`);
    this.untold.draw(untold, untoldWords(untold.length), untold.length <= FEW_COUNT);
    const said = verdict(this.groups, this.open);
    this.passes.draw(passes, said ?? "", false);
    this.verdict.hidden = passes.length > 0 || said === null;
    setText(this.verdict, said ?? "");
  }

  private elements(findings: readonly Finding[]): HTMLElement[] {
    return findings.map((finding) => {
      const key = findingKey(finding);
      const known = this.cards.get(key);
      if (known && JSON.stringify(known.finding) === JSON.stringify(finding)) return known.element;
      const card = new FindingCard(finding, (index) => this.show(finding, index));
      this.cards.set(key, card);
      card.moveTo(this.t);
      card.tellOthers(this.same.get(key));
      this.mark(key, card);
      return card.element;
    });
  }

  private mark(key: string, card: FindingCard): void {
    card.point(key === this.pointed?.key ? this.pointed.index : null);
  }
}

/** Findings that are a line with their number until it is opened, or stand open where they are few. */
class Fold {
  private readonly list = h("ul", { class: "findings__list" });
  private readonly summary = h("summary", {});
  readonly element = h("details", { class: "findings__fold" }, this.summary, this.list);
  private findings: readonly Finding[] = [];

  constructor(
    name: string,
    private readonly elements: (findings: readonly Finding[]) => HTMLElement[],
  ) {
    this.element.dataset.fold = name;
    this.element.addEventListener("toggle", () => this.fill());
  }

  draw(findings: readonly Finding[], words: string, plain: boolean): void {
    this.findings = findings;
    setText(this.summary, words);
    this.element.hidden = findings.length === 0;
    this.summary.hidden = plain;
    if (plain) this.element.open = true;
    this.fill();
  }

  open(): void {
    this.element.open = true;
    this.fill();
  }

  /** There may be hundreds, and mostly nobody opens them. */
  private fill(): void {
    place(this.list, this.element.open ? this.elements(this.findings) : []);
  }
}

/** Makes the items the children, moving only those that are elsewhere: what is moved loses the focus. */
function place(parent: HTMLElement, items: readonly HTMLElement[]): void {
  const wanted = new Set<Element>(items);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  items.forEach((item, index) => {
    if (parent.children[index] !== item) parent.insertBefore(item, parent.children[index] ?? null);
  });
}
