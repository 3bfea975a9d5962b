/**
 * The timeline: lanes for pages, cart changes, findings, errors and activity, the stretches without a picture, and one
 * slider over all of them. The lanes are drawn anew only when the session changes; only the hand moves.
 */
import { activityLane, type Idle, idleStretches } from "../model/activity";
import { groupOf } from "../model/describe";
import { findingTime, gradeOf, stepped } from "../model/findings";
import { clockTime, elapsed } from "../model/format";
import { gapsOf } from "../model/picture_span";
import type { DeskEvent, Finding } from "../model/session";
import type { Timeline } from "../model/timeline";
import { h, part, setText } from "./dom";

const ACTIVITY_BUCKETS = 160;
/** Marks that would stand closer than this become one. */
const MERGE_SHARE = 0.004;
/** Marks of findings can be pressed, and are wider. */
const MERGE_FOUND_SHARE = 0.016;

export class TimelineView {
  private readonly slider = part("slider");
  private readonly now = part("now");
  private readonly hover = part("hover");
  private readonly hoverTime = part("hover-time");
  private timeline: Timeline | null = null;
  private dragging = false;

  constructor(
    private readonly seek: (t: number) => void,
    private readonly show: (finding: Finding) => void,
  ) {
    this.slider.addEventListener("pointerdown", (event) => this.down(event));
    this.slider.addEventListener("pointermove", (event) => this.move(event));
    this.slider.addEventListener("pointerup", () => this.up());
    this.slider.addEventListener("pointercancel", () => this.up());
    this.slider.addEventListener("pointerleave", () => {
      if (!this.dragging) this.hover.hidden = true;
    });
  }

  draw(timeline: Timeline, findings: readonly Finding[]): void {
    this.timeline = timeline;
    this.slider.setAttribute("aria-valuemax", String(Math.round((timeline.until - timeline.from) / 1_000)));
    part("lane-pages").replaceChildren(...this.pages(timeline));
    part("lane-cart").replaceChildren(...this.marks(timeline, (event) => groupOf(event) === "cart"));
    part("lane-found").replaceChildren(...this.found(findings));
    part("lane-errors").replaceChildren(...this.marks(timeline, (event) => groupOf(event) === "errors"));
    part("lane-activity").replaceChildren(activity(timeline));
    part("lane-gaps").replaceChildren(
      ...this.gaps(timeline),
      ...idleStretches(timeline).map((idle) => this.idle(idle)),
    );
  }

  moveTo(t: number): void {
    const { timeline } = this;
    if (!timeline) return;
    this.now.style.left = `${this.share(t) * 100}%`;
    const seconds = String(Math.round((t - timeline.from) / 1_000));
    if (this.slider.getAttribute("aria-valuenow") === seconds) return;
    this.slider.setAttribute("aria-valuenow", seconds);
    this.slider.setAttribute("aria-valuetext", `${elapsed(t - timeline.from)}, at ${clockTime(t)}`);
  }

  private share(t: number): number {
    const { timeline } = this;
    if (!timeline) return 0;
    const span = Math.max(1, timeline.until - timeline.from);
    return Math.min(1, Math.max(0, (t - timeline.from) / span));
  }

  private stretch(from: number, until: number): string {
    const left = this.share(from);
    return `left:${left * 100}%;width:${Math.max(0, this.share(until) - left) * 100}%`;
  }

  private pages(timeline: Timeline): HTMLElement[] {
    const tabs = timeline.tabs.length;
    return timeline.tabs.flatMap((tab, row) =>
      tab.loads.flatMap((load) =>
        load.stretches.map((page) =>
          h("span", {
            class: "lane__page",
            style: `${this.stretch(page.from, page.until)};top:${(row / tabs) * 100}%;height:${100 / tabs}%`,
            title: page.title ?? page.url,
          }),
        ),
      ),
    );
  }

  private marks(timeline: Timeline, wanted: (event: DeskEvent) => boolean): HTMLElement[] {
    const marks: { at: number; kinds: Set<string>; count: number }[] = [];
    for (const event of timeline.events) {
      if (!wanted(event)) continue;
      const at = this.share(event.t);
      const last = marks.at(-1);
      if (last && at - last.at < MERGE_SHARE) {
        last.kinds.add(event.kind);
        last.count++;
      } else marks.push({ at, kinds: new Set([event.kind]), count: 1 });
    }
    return marks.map(({ at, kinds, count }) =>
      h("span", {
        class: `lane__mark lane__mark--${[...kinds][0]}`,
        style: `left:${at * 100}%`,
        "data-count": count,
      }),
    );
  }

  /** One mark for each finding, or for those that would stand on one another: pressing it shows the worst. */
  private found(findings: readonly Finding[]): HTMLElement[] {
    const marks: { readonly at: number; readonly worst: Finding; readonly said: string[] }[] = [];
    for (const finding of stepped(findings)) {
      const at = this.share(findingTime(finding));
      const near = marks.find((other) => Math.abs(other.at - at) < MERGE_FOUND_SHARE);
      if (near) near.said.push(finding.said);
      else marks.push({ at, worst: finding, said: [finding.said] });
    }
    return marks.map(({ at, worst, said }) =>
      h(
        "span",
        {
          class: "lane__found",
          style: `left:${at * 100}%`,
          title: said.join("\n"),
          "data-outcome": worst.outcome,
          "data-severity": worst.severity,
          "data-count": said.length,
          onpointerdown: (event) => event.stopPropagation(),
          onclick: () => this.show(worst),
        },
        gradeOf(worst).sign,
      ),
    );
  }

  private gaps(timeline: Timeline): HTMLElement[] {
    return timeline.loads.flatMap((load) =>
      gapsOf(load.picture, load).map(([from, until]) =>
        h("span", { class: "timeline__gap", style: this.stretch(from, until), title: "no picture" }),
      ),
    );
  }

  private idle({ from, until }: Idle): HTMLElement {
    return h("span", { class: "timeline__idle", style: this.stretch(from, until) });
  }

  private down(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.dragging = true;
    this.slider.setPointerCapture(event.pointerId);
    this.move(event);
  }

  private move(event: PointerEvent): void {
    const { timeline } = this;
    if (!timeline) return;
    const box = this.slider.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / Math.max(1, box.width)));
    const t = timeline.from + share * (timeline.until - timeline.from);
    this.hover.hidden = false;
    this.hover.style.left = `${share * 100}%`;
    this.hover.dataset.side = share > 0.5 ? "left" : "right";
    setText(this.hoverTime, `${elapsed(t - timeline.from)} · ${clockTime(t)}`);
    if (this.dragging) this.seek(t);
  }

  private up(): void {
    this.dragging = false;
  }
}

const SVG = "http://www.w3.org/2000/svg";

function activity(timeline: Timeline): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${ACTIVITY_BUCKETS} 10`);
  svg.setAttribute("preserveAspectRatio", "none");
  const path = document.createElementNS(SVG, "path");
  const bars = activityLane(timeline, ACTIVITY_BUCKETS).map((height, index) =>
    height > 0 ? `M${index} 10v${-(1 + height * 9).toFixed(2)}h.8V10z` : "",
  );
  path.setAttribute("d", bars.join(""));
  svg.append(path);
  return svg;
}
