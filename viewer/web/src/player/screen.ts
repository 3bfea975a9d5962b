/**
 * One page load on screen: rrweb's replayer in a frame that can do nothing, moved by our clock.
 *
 * A screen is made for a moment, from what has to be done to stand there (`thin`), and only ever goes forward;
 * for what lies behind it another is made, so that nothing has to be undone. The frame's sandbox is exactly
 * `allow-same-origin`, it is inert, and it is thrown away if it ever leaves the document it was born with.
 */
import { Replayer } from "@rrweb/replay";
import type { eventWithTime } from "@rrweb/types";
import { holdAnimations, releaseAnimations, restOf } from "./animations";
import { FOCUS_RING, FocusMark, focusedAt } from "./focus";
import { elementAt, pointerAt } from "./hover";
import type { Strip } from "./load_picture";
import { EventType, type SafeEvent } from "./recorder_event";
import { thin } from "./thin";

/** A jump over more events than this is done by a new screen. */
const FORWARD_MAX_COUNT = 300;
/** Puts events of the very moment that is asked for before it. */
const INCLUSIVE_MS = 0.01;
/** A replayer this far from our clock is set right. */
const DRIFT_MS = 150;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The replayer's style sheets by their text, which take long to prepare and are the same for every screen. */
export type StyleCache = { current: unknown };

interface ScreenEvents {
  resized(size: Size): void;
  escaped(): void;
}

export class Screen {
  readonly element: HTMLDivElement;
  size: Size = { width: 1_280, height: 720 };
  private readonly replayer: Replayer;
  private readonly born: Document | null;
  private readonly focus: FocusMark;
  /** How many of the strip's events the replayer has. */
  private added: number;
  private stands: number;
  private held: readonly Animation[] = [];
  private playingFrom: { page: number; wall: number; speed: number } | null = null;

  /** Stands at page-clock time t, every event up to t done. */
  constructor(
    parent: Element,
    readonly strip: Strip,
    t: number,
    styles: StyleCache,
    private readonly events: ScreenEvents,
  ) {
    this.element = document.createElement("div");
    this.element.className = "screen";
    this.element.inert = true;
    parent.append(this.element);
    const known = [...thin(strip.events, t), ...strip.events.filter(({ timestamp }) => timestamp > t)];
    this.added = strip.events.length;
    // `SafeEvent` is what the replayer's own types describe, without what we never pass on.
    this.replayer = new Replayer(known as unknown as eventWithTime[], {
      root: this.element,
      // It otherwise ends by itself behind the last event that it knows of.
      liveMode: true,
      mouseTail: false,
      triggerFocus: false,
      useVirtualDom: false,
      // Animations are held by ourselves.
      pauseAnimation: false,
      insertStyleRules: [FOCUS_RING],
      showWarning: false,
    });
    shareStyles(this.replayer, styles);
    this.focus = new FocusMark((id) => this.replayer.getMirror().getNode(id));
    this.replayer.on("event-cast", (event) => this.focus.follow(event as SafeEvent));
    this.replayer.on("resize", (size) => this.resized(size as Size));
    const frame = this.replayer.iframe;
    frame.tabIndex = -1;
    frame.title = "Recording of the customer's page";
    this.born = frame.contentDocument;
    frame.addEventListener("load", () => this.guard());
    if (frame.getAttribute("sandbox") !== "allow-same-origin")
      throw new Error("The replay frame is not sandboxed");
    this.stands = t;
    this.replayer.pause(this.offset(t));
    this.hold();
  }

  /** Where it is: the page-clock time it stands at, or has come to while it plays. */
  get time(): number {
    if (this.playingFrom === null) return this.stands;
    return this.replayer.getMetaData().startTime + this.replayer.getCurrentTime() - INCLUSIVE_MS;
  }

  /** Whether it can go to t: forward, not far, and not onto another page. */
  reaches(t: number): boolean {
    const from = this.time;
    if (t < from) return false;
    const { events, reached } = this.strip;
    const first = firstAfter(reached, from);
    for (let index = first; index < events.length && (reached[index] as number) <= t; index++)
      if ((events[index] as SafeEvent).type === EventType.FULL_SNAPSHOT || index - first >= FORWARD_MAX_COUNT)
        return false;
    return true;
  }

  /** Gives the replayer what its strip has grown by. */
  async grow(): Promise<void> {
    for (; this.added < this.strip.events.length; this.added++)
      this.replayer.addEvent(this.strip.events[this.added] as unknown as eventWithTime);
    // The replayer takes events in as microtasks, in order.
    await Promise.resolve();
  }

  standAt(t: number): void {
    if (this.stands === t && this.playingFrom === null) return;
    this.replayer.pause(this.offset(t));
    this.stands = t;
    this.playingFrom = null;
    this.hold();
  }

  playFrom(t: number, speed: number): void {
    releaseAnimations(this.held);
    this.held = [];
    this.replayer.setConfig({ speed });
    this.replayer.play(this.offset(t));
    this.playingFrom = { page: t, wall: performance.now(), speed };
  }

  /** Stops playing where it is, when another screen is shown. */
  rest(): void {
    if (this.playingFrom === null) return;
    this.stands = this.time;
    this.replayer.pause();
    this.playingFrom = null;
  }

  /** Whether it is playing, at this speed, and about where our clock is. */
  isPlayingAt(t: number, speed: number): boolean {
    if (this.playingFrom?.speed !== speed) return false;
    const expected = this.playingFrom.page + (performance.now() - this.playingFrom.wall) * speed;
    return Math.abs(expected - t) < DRIFT_MS * Math.max(1, speed);
  }

  get isPlaying(): boolean {
    return this.playingFrom !== null;
  }

  /** Page-clock time at which the last of what moves now has come to rest; what moves beyond `by` is not waited for. */
  restBy(by: number): number {
    return restOf(this.held, this.stands, by);
  }

  /** The element that a node id stands for in the page as it is now. */
  node(id: number): Element | null {
    const node = this.replayer.getMirror().getNode(id);
    if (!node) return null;
    return node.nodeType === Node.ELEMENT_NODE ? (node as Element) : node.parentElement;
  }

  destroy(): void {
    this.replayer.destroy();
    this.element.remove();
  }

  private hold(): void {
    const page = this.replayer.iframe.contentDocument;
    if (!page) return;
    this.focus.show(focusedAt(this.strip.events, this.stands));
    const point = pointerAt(this.strip.events, this.stands);
    if (point) hover(this.replayer, elementAt(page, this.element, point));
    const mirror = this.replayer.getMirror();
    this.held = holdAnimations(page, (node) => mirror.getId(node), this.strip.events, this.stands);
  }

  private offset(t: number): number {
    return t - this.replayer.getMetaData().startTime + INCLUSIVE_MS;
  }

  private resized(size: Size): void {
    this.size = { width: Number(size.width), height: Number(size.height) };
    this.events.resized(this.size);
  }

  /** A recorded page has no way to take the frame elsewhere; if one finds it, the frame goes. */
  private guard(): void {
    // Building a page anew ends in a load too, but of the document that the frame was born with.
    if (this.replayer.iframe.contentDocument !== this.born) this.events.escaped();
  }
}

/** The replayer keeps its prepared style sheets to itself; ours go from one to the next. */
function shareStyles(replayer: Replayer, styles: StyleCache): void {
  const owner = replayer as unknown as { cache?: unknown };
  if (styles.current === null) styles.current = owner.cache ?? null;
  else owner.cache = styles.current;
}

/** The index of the first of these rising times that is after t. */
function firstAfter(times: readonly number[], t: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] as number) <= t) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The replayer marks what is pointed at, and all around it, when the pointer moves; it keeps that to itself, too. */
function hover(replayer: Replayer, element: Element | null): void {
  const owner = replayer as unknown as { hoverElements?(element: Element): void };
  if (element) owner.hoverElements?.(element);
}
