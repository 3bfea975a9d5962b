/**
 * Where a text of the panel came from: shown on hover and focus, with the element outlined in the picture; a
 * press keeps the outline.
 */

import { part } from "../desk/dom";
import { placeName } from "../model/describe";
import { preciseTime } from "../model/format";
import type { Timeline } from "../model/timeline";

interface Outliner {
  /** Outlines the node; answers a sentence if it cannot be seen. */
  outline(load: string, node: number, label: string): string | null;
  clear(): void;
}

export class Origin {
  private readonly tip = part("origin");
  private kept: HTMLElement | null = null;

  constructor(
    private readonly timeline: () => Timeline,
    private readonly outliner: Outliner,
    private readonly say: (sentence: string) => void,
  ) {
    const panel = part("panel");
    panel.addEventListener("pointerover", (event) => this.over(event.target as Element));
    panel.addEventListener("focusin", (event) => this.over(event.target as Element));
    panel.addEventListener("pointerleave", () => this.out());
    panel.addEventListener("focusout", () => this.out());
    panel.addEventListener("click", (event) => this.press(event.target as Element));
    document.addEventListener("keydown", ({ key }) => {
      if (key === "Escape") this.hide();
    });
    panel.addEventListener("scroll", () => this.hide(), { capture: true, passive: true });
  }

  /** Forgets what was outlined: the moment is another one. */
  reset(): void {
    this.kept?.classList.remove("is-outlined");
    this.kept = null;
    this.hide();
    this.outliner.clear();
  }

  private over(target: Element): void {
    const said = target.closest<HTMLElement>("[data-said]");
    if (said) {
      this.out();
      this.tip.textContent = said.dataset.said ?? "";
      this.tip.hidden = false;
      // Not over the amount that it is about.
      this.put(said, "below");
      return;
    }
    const source = target.closest<HTMLElement>("[data-node]");
    const card = source?.closest<HTMLElement>("[data-panel-surface]");
    if (!source || !card) {
      this.out();
      return;
    }
    this.tip.textContent = this.words(card, source);
    this.tip.hidden = false;
    source.setAttribute("aria-describedby", this.tip.id);
    this.put(source, "above");
    this.draw(card, source);
  }

  private out(): void {
    this.hide();
    const card = this.kept?.closest<HTMLElement>("[data-panel-surface]");
    if (this.kept && card) this.draw(card, this.kept);
    else this.outliner.clear();
  }

  private hide(): void {
    this.tip.hidden = true;
  }

  private press(target: Element): void {
    const source = target.closest<HTMLElement>("[data-node]");
    const card = source?.closest<HTMLElement>("[data-panel-surface]");
    if (!source || !card) return;
    const again = this.kept === source;
    this.kept?.classList.remove("is-outlined");
    this.kept = again ? null : source;
    if (again) {
      this.outliner.clear();
      return;
    }
    source.classList.add("is-outlined");
    const trouble = this.draw(card, source);
    if (trouble) this.say(trouble);
  }

  private draw(card: HTMLElement, source: HTMLElement): string | null {
    if (card.dataset.panelStatus !== "on-screen") {
      this.outliner.clear();
      return "It is not on screen at this moment";
    }
    const label = source.textContent?.trim() ?? "";
    return this.outliner.outline(card.dataset.load ?? "", Number(source.dataset.node), label);
  }

  private words(card: HTMLElement, source: HTMLElement): string {
    const { panelSurface = "", panelSource = "", load = "", t = "0" } = card.dataset;
    const tab = this.timeline().tabs.find((one) => one.loads.some(({ id }) => id === load));
    return [
      `tab ${tab?.ordinal ?? "?"}`,
      placeName({ surface: panelSurface, source: panelSource }),
      preciseTime(Number(t)),
      `node ${source.dataset.node}`,
    ].join(" · ");
  }

  private put(source: HTMLElement, side: "above" | "below"): void {
    const box = source.getBoundingClientRect();
    const own = this.tip.getBoundingClientRect();
    const left = Math.max(4, Math.min(box.left, innerWidth - own.width - 4));
    const above = box.top - own.height - 6;
    const below = box.bottom + 6;
    const isAbove = side === "above" ? above > 0 : below + own.height > innerHeight;
    this.tip.style.left = `${left}px`;
    this.tip.style.top = `${isAbove ? above : below}px`;
  }
}
