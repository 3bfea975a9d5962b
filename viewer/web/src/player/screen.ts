/**
 * One page load on screen: rrweb's replayer in a frame that can do nothing, moved by our clock.
 *
 * The frame's sandbox is exactly `allow-same-origin`, it is inert, and it is thrown away if it ever leaves the
 * document it was born with. The replayer is given no event at its birth: it would otherwise build the first snapshot at
 * once, and set the first size again after we have moved on.
 */
import { Replayer } from "@rrweb/replay";
import type { eventWithTime } from "@rrweb/types";
import type { Strip } from "./load_picture";
import { EventType, type SafeEvent } from "./recorder_event";

/** Beyond so many events a jump goes through the replayer's virtual DOM, which lays the page out only once. */
const VIRTUAL_MIN_COUNT = 400;
/** Puts events of the very moment that is asked for before it. */
const INCLUSIVE_MS = 0.01;
/** A replayer this far from our clock is set right. */
const DRIFT_MS = 150;

/**
 * A picture that stands still shows where every motion leads. Transitions and animations would start anew with
 * each jump, and the replayer stops them where they are: a drawer would hang half open, a message stay unseen.
 */
const AT_REST =
  "html.rrweb-paused *, html.rrweb-paused *::before, html.rrweb-paused *::after {" +
  "transition: none !important; animation-delay: -1s !important; animation-duration: 1ms !important;" +
  "animation-iteration-count: 1 !important; animation-play-state: running !important }";

export interface Size {
  readonly width: number;
  readonly height: number;
}

export class Screen {
  readonly element: HTMLDivElement;
  size: Size = { width: 1_280, height: 720 };
  private readonly replayer: Replayer;
  private readonly born: Document | null;
  private readonly times: number[] = [];
  private added = 0;
  private stands: number | null = null;
  private playingFrom: { page: number; wall: number; speed: number } | null = null;

  constructor(
    parent: Element,
    readonly strip: Strip,
    private readonly onResize: (size: Size) => void,
    private readonly onEscape: () => void,
  ) {
    this.element = document.createElement("div");
    this.element.className = "screen";
    this.element.inert = true;
    parent.append(this.element);
    this.replayer = new Replayer([], {
      root: this.element,
      liveMode: true,
      mouseTail: false,
      triggerFocus: false,
      useVirtualDom: false,
      showWarning: false,
      skipInactive: false,
      insertStyleRules: [AT_REST],
    });
    this.replayer.on("resize", (size) => this.resized(size as Size));
    const frame = this.replayer.iframe;
    frame.tabIndex = -1;
    frame.title = "Recording of the customer's page";
    this.born = frame.contentDocument;
    frame.addEventListener("load", () => this.guard());
    if (frame.getAttribute("sandbox") !== "allow-same-origin")
      throw new Error("The replay frame is not sandboxed");
  }

  /** Gives the replayer what its strip has grown by. */
  async grow(): Promise<void> {
    for (; this.added < this.strip.events.length; this.added++) {
      const event = this.strip.events[this.added] as SafeEvent;
      // `SafeEvent` is what the replayer's own types describe, without what we never pass on.
      this.replayer.addEvent(event as unknown as eventWithTime);
      this.times.push(Math.max(event.timestamp, this.times.at(-1) ?? 0));
    }
    // The replayer takes events in as microtasks, in order.
    await Promise.resolve();
  }

  /** Stands still at page-clock time t, every event up to t done. */
  standAt(t: number): void {
    if (this.stands === t && this.playingFrom === null) return;
    this.jump(t, () => this.replayer.pause(this.offset(t)));
    this.stands = t;
    this.playingFrom = null;
  }

  /** Plays on from page-clock time t. */
  playFrom(t: number, speed: number): void {
    this.replayer.setConfig({ speed });
    this.jump(t, () => this.replayer.play(this.offset(t)));
    this.stands = t;
    this.playingFrom = { page: t, wall: performance.now(), speed };
  }

  /** Stops playing where it is, when another screen is shown. */
  rest(): void {
    if (this.playingFrom === null) return;
    this.replayer.pause();
    this.stands = null;
    this.playingFrom = null;
  }

  /** Whether it is playing, at this speed, and about where our clock is. */
  isPlayingAt(t: number, speed: number): boolean {
    if (this.playingFrom?.speed !== speed) return false;
    const expected = this.playingFrom.page + (performance.now() - this.playingFrom.wall) * speed;
    return Math.abs(expected - t) < DRIFT_MS * Math.max(1, speed);
  }

  /** The page-clock time that the picture itself has come to while it plays. */
  pageTime(): number | null {
    if (this.playingFrom === null) return null;
    return this.replayer.getMetaData().startTime + this.replayer.getCurrentTime() - INCLUSIVE_MS;
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

  private offset(t: number): number {
    return t - this.replayer.getMetaData().startTime + INCLUSIVE_MS;
  }

  private jump(t: number, go: () => void): void {
    this.replayer.setConfig({ useVirtualDom: this.distance(t) > VIRTUAL_MIN_COUNT });
    try {
      go();
    } finally {
      this.replayer.setConfig({ useVirtualDom: false });
    }
  }

  /** How many events lie between where it stands and t, or the checkpoint before t when that is behind. */
  private distance(t: number): number {
    const until = countUpTo(this.times, t);
    if (this.stands !== null && this.stands <= t) return until - countUpTo(this.times, this.stands);
    const page = this.strip.events.findLastIndex(
      ({ type, timestamp }) => type === EventType.FULL_SNAPSHOT && timestamp <= t,
    );
    return until - Math.max(0, page);
  }

  private resized(size: Size): void {
    this.size = { width: Number(size.width), height: Number(size.height) };
    this.onResize(this.size);
  }

  /** A recorded page has no way to take the frame elsewhere; if one finds it, the frame goes. */
  private guard(): void {
    // Building a page anew ends in a load too, but of the document that the frame was born with.
    if (this.replayer.iframe.contentDocument !== this.born) this.onEscape();
  }
}

/** How many of the rising times are at most t. */
function countUpTo(times: readonly number[], t: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) <= t) low = middle + 1;
    else high = middle;
  }
  return low;
}
