/**
 * The player: one clock over all tabs and page loads, which tab is looked at, and the stage that follows them.
 *
 * While it plays the picture is asked to keep up; while the picture is not there yet the clock waits. Live, the
 * clock is the server's and never waits: what has been committed is what there is to see.
 */

import { type Idle, idleStretches, skipIdle } from "../model/activity";
import { attention, type Switch, tabLookedAt } from "../model/attention";
import { pictureAt } from "../model/picture_span";
import { type LoadSpan, loadAt, type Tab, type Timeline } from "../model/timeline";
import { Clock } from "../player/clock";
import type { Stage } from "../player/stage";

export const SPEEDS: readonly number[] = [0.5, 1, 2, 4, 8];
/** How often a playing picture is checked against the clock. */
const CHECK_MS = 200;
/** How far the picture's own time may be taken for the clock's when it is stopped. */
const SETTLE_MS = 250;

interface PlayerEvents {
  /** The clock moved; called once for each frame while playing. */
  moved(t: number): void;
  /** Playing, speed, tab, skipping or following changed. */
  changed(): void;
  /** Picture and clock stand at t. */
  settled(t: number): void;
  unsettled(): void;
}

export class Player {
  skipping = true;
  following = false;
  /** The tab that the agent chose, or null: the one that the customer was in. */
  choice: string | null = null;
  private clock: Clock;
  private switches: readonly Switch[];
  private idle: readonly Idle[];
  private showing: Promise<void> | null = null;
  /** What there was to see when it last stood still; null until the first time. */
  private stood: string | null = null;
  private shownLoad: string | null = null;
  private checked = 0;
  private frame = 0;
  private turn = 0;
  /** Up to when the clock may go on, standing, for what moves to come to rest. */
  private restBy: number | null = null;
  /** Where it came to rest, and the moment that was asked for. */
  private rested: { readonly at: number; readonly asked: number } | null = null;

  constructor(
    private timeline: Timeline,
    private readonly stage: Stage,
    private readonly serverNow: () => number,
    private readonly events: PlayerEvents,
  ) {
    this.clock = new Clock(timeline.from);
    this.switches = attention(timeline);
    this.idle = idleStretches(timeline);
  }

  get playing(): boolean {
    return this.following || this.clock.playing;
  }

  get speed(): number {
    return this.clock.speed;
  }

  get t(): number {
    return this.following ? this.serverNow() : this.clock.now(performance.now());
  }

  /** The moment that was asked for, when t is only where the picture came to rest after it; else t. */
  get asked(): number {
    const { t, rested } = this;
    return rested?.at === t ? rested.asked : t;
  }

  /** The id of the tab that is shown at t. */
  tabAt(t: number): string | null {
    return this.choice ?? tabLookedAt(this.switches, t);
  }

  get tab(): Tab | null {
    const id = this.tabAt(this.t);
    return this.timeline.tabs.find((tab) => tab.id === id) ?? this.timeline.tabs[0] ?? null;
  }

  get load(): LoadSpan | null {
    return this.tab ? loadAt(this.tab, this.t) : null;
  }

  /** The session as it is known now; live, this comes again and again. */
  update(timeline: Timeline): void {
    this.timeline = timeline;
    this.switches = attention(timeline);
    this.idle = idleStretches(timeline);
    if (!timeline.live && this.following) {
      this.following = false;
      this.clock = this.clockAt(timeline.until);
      this.events.changed();
    }
    this.checked = 0;
    if (this.playing) this.run();
    else if (this.stood !== null && this.stood !== this.seen()) this.stand();
  }

  /**
   * Goes to t, and to a tab if one is named (null: the one that the customer was in). Standing, it goes on to
   * where what moves at t has come to rest, if that is by `restBy`.
   */
  seek(t: number, tab: string | null | undefined = undefined, restBy: number | null = null): void {
    const changes = this.following || (tab !== undefined && tab !== this.choice);
    this.following = false;
    if (tab !== undefined) this.choice = tab;
    this.clock.seek(this.clamped(t), performance.now());
    if (changes) this.events.changed();
    this.shownLoad = null;
    this.restBy = this.playing ? null : restBy;
    if (this.playing) this.run();
    else this.stand();
  }

  play(): void {
    if (this.playing) return;
    if (this.t >= this.timeline.until && !this.timeline.live)
      this.clock.seek(this.timeline.from, performance.now());
    this.clock.play(performance.now());
    this.events.changed();
    this.run();
  }

  pause(): void {
    if (!this.playing) return;
    const t = this.settledTime();
    this.following = false;
    this.clock.pause(performance.now());
    this.clock.seek(this.clamped(t), performance.now());
    this.events.changed();
    this.stand();
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  setSpeed(speed: number): void {
    this.clock.setSpeed(speed, performance.now());
    this.checked = 0;
    this.events.changed();
  }

  setSkipping(on: boolean): void {
    this.skipping = on;
    this.events.changed();
  }

  choose(tab: string | null): void {
    this.choice = tab;
    this.shownLoad = null;
    this.events.changed();
    if (!this.playing) this.stand();
  }

  goLive(): void {
    if (!this.timeline.live || this.following) return;
    this.following = true;
    this.clock.pause(performance.now());
    this.clock.setSpeed(1, performance.now());
    this.shownLoad = null;
    this.events.changed();
    this.run();
  }

  /** Tries once more to show the moment. */
  again(): void {
    if (!this.playing) this.stand();
  }

  /** What there is to see at the moment: when this changes, what stands there has to be drawn anew. */
  private seen(): string {
    const { load, t } = this;
    if (!load) return "";
    const state = pictureAt(load.picture, load, t, this.serverNow());
    const chunks = load.info.chunks.filter((chunk) => chunk.first_ms + load.offset <= t).length;
    return `${load.id} ${load.offset} ${state.kind} ${chunks}`;
  }

  private clockAt(t: number): Clock {
    const clock = new Clock(t);
    clock.setSpeed(this.clock.speed, performance.now());
    return clock;
  }

  private clamped(t: number): number {
    return Math.min(Math.max(t, this.timeline.from), this.timeline.until);
  }

  /** The picture's own time where it is near the clock's: standing there needs nothing undone. */
  private settledTime(): number {
    const { screen } = this.stage;
    const page = screen?.isPlaying ? screen.time : null;
    const { load, t } = this;
    if (page === null || !load || this.shownLoad !== load.id) return t;
    const own = page + load.offset;
    return Math.abs(own - t) < SETTLE_MS ? own : t;
  }

  /** Stands still at the clock's moment. */
  private stand(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    const turn = ++this.turn;
    const { load, t } = this;
    this.events.unsettled();
    this.events.moved(t);
    if (!load) {
      this.stage.showNothing();
      this.stood = "";
      this.events.settled(t);
      return;
    }
    this.shownLoad = load.id;
    this.stood = this.seen();
    const { restBy } = this;
    this.restBy = null;
    void this.stage.show({ load, t, now: this.serverNow(), speed: null }).then((stands) => {
      if (!stands || turn !== this.turn) return;
      const rest = restBy === null ? t : this.restOf(load, restBy);
      if (rest <= t) {
        this.events.settled(t);
        return;
      }
      this.rested = { at: rest, asked: t };
      this.clock.seek(rest, performance.now());
      this.stand();
    });
  }

  /** When what moves in the picture has come to rest, not looking beyond `by`. */
  private restOf(load: LoadSpan, by: number): number {
    const rest = this.stage.screen?.restBy(by - load.offset);
    return rest === undefined ? Number.NEGATIVE_INFINITY : rest + load.offset;
  }

  private run(): void {
    this.turn++;
    if (this.frame === 0) this.frame = requestAnimationFrame(() => this.step());
  }

  private step(): void {
    this.frame = 0;
    if (!this.playing) return;
    if (!this.following) this.advance();
    if (!this.playing) return;
    const { t, load } = this;
    this.events.moved(t);
    const wall = performance.now();
    if (load && this.showing === null && (load.id !== this.shownLoad || wall - this.checked > CHECK_MS)) {
      this.checked = wall;
      this.keepUp(load, t);
    }
    this.frame = requestAnimationFrame(() => this.step());
  }

  private advance(): void {
    const wall = performance.now();
    const t = this.clock.now(wall);
    const onward = this.skipping ? skipIdle(this.idle, t) : t;
    if (onward !== t) {
      this.clock.seek(onward, wall);
      this.checked = 0;
    }
    if (onward < this.timeline.until) return;
    if (this.timeline.live) this.goLive();
    else {
      this.clock.pause(wall);
      this.clock.seek(this.timeline.until, wall);
      this.events.changed();
      this.stand();
    }
  }

  private keepUp(load: LoadSpan, t: number): void {
    const stand = { load, t, now: this.serverNow(), speed: this.following ? 1 : this.speed };
    const turn = this.turn;
    this.shownLoad = load.id;
    const slow = setTimeout(() => this.clock.hold(true, performance.now()), CHECK_MS);
    this.showing = this.stage
      .show(stand)
      .then(() => this.stage.lookAhead(stand))
      .finally(() => {
        clearTimeout(slow);
        this.clock.hold(false, performance.now());
        this.showing = null;
        if (turn === this.turn) this.events.settled(t);
      });
  }
}
