/**
 * The watch page as a whole: the session, the player over it, and everything that shows a moment. Nothing here
 * decides what was on screen; `model` does.
 *
 * `body[data-at]` is the moment (corrected ms) that picture and panel show, `body[data-ready]` whether both
 * stand there, `body[data-live]` how the live socket is: the page's state for whoever waits for it.
 */
import { groupOf } from "../model/describe";
import { type Landing, landing, landingOn, stepsOf } from "../model/landing";
import { momentAt } from "../model/moment";
import {
  clockMoved,
  type DeskEvent,
  refreshed,
  type SessionView,
  withChunk,
  withEvents,
  withGap,
  withLoad,
} from "../model/session";
import { buildTimeline, type Timeline } from "../model/timeline";
import { CartPanel } from "../panel/cart_panel";
import { Corroboration } from "../panel/corroboration";
import { Origin } from "../panel/origin";
import { Prices } from "../panel/prices";
import { ToldList } from "../panel/told_list";
import { Kept } from "../player/kept";
import { Stage } from "../player/stage";
import {
  DeskUnreachable,
  fetchAssets,
  fetchCorroboration,
  fetchPicture,
  fetchPromises,
  fetchSame,
  fetchSession,
  fetchStyle,
  type LiveMessage,
  type LivePicture,
} from "./api";
import { Controls } from "./controls";
import { part } from "./dom";
import { EventList } from "./event_list";
import { Found } from "./found";
import { drawDetails, drawHeader } from "./header";
import { readPlace, writePlace } from "./link";
import { Player, SPEEDS } from "./player";
import { assetRows, drawAssets } from "./seen_assets";
import type { ServerClock } from "./server_clock";
import { StageView } from "./stage_view";
import { TabStrip } from "./tab_strip";
import { TimelineView } from "./timeline_view";
import { copy, toast } from "./toast";

/** While playing, the panel follows the clock this often. */
const PANEL_MS = 100;
/** Closer than this, the player stands at an event already. */
const SAME_MS = 1;
/** Live, the timeline grows this often while nothing comes. */
const GROW_MS = 1_000;
/** News that come within this time are drawn into lists and lanes at once. */
const DRAW_MS = 250;

export class Watch {
  private timeline: Timeline;
  private readonly stageView = new StageView(() => this.player.again());
  private readonly kept: Kept;
  private readonly stage: Stage;
  private readonly player: Player;
  private readonly timelineView: TimelineView;
  private readonly tabs: TabStrip;
  private readonly controls: Controls;
  private readonly corroboration = new Corroboration(
    (places) => fetchCorroboration(this.view.session.id, places),
    () => this.changed(),
  );
  private readonly cartPanel = new CartPanel(() => fetchPromises(this.view.session.id), this.corroboration);
  private readonly prices: Prices;
  private readonly events: EventList;
  private readonly origin: Origin;
  private readonly found: Found;
  private readonly told: ToldList;
  private readonly details = part("details");
  private panelAt = 0;
  private panelTimer: ReturnType<typeof setTimeout> | undefined;
  private shownT = Number.NaN;
  private growing: ReturnType<typeof setTimeout> | undefined;
  private drawing: ReturnType<typeof setTimeout> | undefined;
  private stood: () => void = () => {};
  /** Resolves when picture and panel stand at a moment for the first time. */
  readonly stands = new Promise<void>((resolve) => {
    this.stood = resolve;
  });

  constructor(
    private view: SessionView,
    private readonly clock: ServerClock,
  ) {
    this.timeline = buildTimeline(view, clock.now());
    const { id } = view.session;
    this.kept = new Kept({ list: () => fetchAssets(id), style: fetchStyle }, location.origin, () => {
      this.stage.renew();
      this.player.again();
    });
    this.hearAssets(view.events);
    // The list is on its way already: it is not to be waited for when the picture has come.
    void this.kept.prepare("");
    this.stage = new Stage(this.stageView.root, (load, after) => fetchPicture(id, load, after), this.kept, {
      state: (state) => this.stageView.show(state),
      size: (size) => this.stageView.resize(size),
    });
    this.player = new Player(this.timeline, this.stage, () => clock.now(), {
      moved: (t) => this.moved(t),
      changed: () => this.changed(),
      settled: (t) => this.settled(t),
      unsettled: () => {
        document.body.dataset.ready = "false";
      },
    });
    this.timelineView = new TimelineView(
      (t) => this.player.seek(t),
      (finding) => this.found.show(finding),
    );
    this.tabs = new TabStrip(this.player);
    this.controls = new Controls(this.player);
    this.prices = new Prices((event) => this.seekTo([event]), this.corroboration);
    this.events = new EventList(({ t, event, finding }) => {
      if (finding) this.found.show(finding);
      else if (event) this.seekTo([event]);
      else this.player.seek(t);
    });
    const outline = (named: boolean) => (load: string, node: number, label: string) =>
      this.stageView.outline(this.player.load?.id === load ? this.stage.screen : null, node, label, named);
    this.found = new Found({
      seek: (evidence) => {
        if (this.player.playing) this.player.pause();
        // In a narrow window the picture may be out of sight.
        part("stage").scrollIntoView({ block: "nearest" });
        return this.go(evidence.load, landingOn(this.timeline, evidence));
      },
      outline: outline(true),
      clearOutline: () => this.stageView.clearOutline(),
      say: toast,
      same: () => fetchSame(id),
    });
    // Under what was found.
    this.told = new ToldList();
    this.origin = new Origin(
      () => this.timeline,
      { outline: outline(false), clear: () => void this.found.outline() },
      toast,
    );
    this.details.addEventListener("toggle", () => this.drawDetails());
  }

  /** Whether the customer is in the shop now. */
  get live(): boolean {
    return this.timeline.live;
  }

  /** Whether anything may still come of this session. */
  get open(): boolean {
    return this.view.session.ended_ms === null;
  }

  /**
   * Stands where the address says; else live at the present, or where the visit's first picture begins.
   * The picture is asked for first; lists and lanes are drawn while it is on its way.
   */
  start(): void {
    const place = readPlace(location.hash);
    if (place.t !== null) this.player.seek(place.t, place.tab);
    else if (this.timeline.live) this.player.goLive();
    else this.player.seek(this.timeline.loads[0]?.picture.runs[0]?.from ?? this.timeline.from);
    addEventListener("hashchange", () => this.goToPlace());
    this.drawing = setTimeout(() => this.draw());
  }

  /** What came live, or what a fresh answer of the desk says. */
  message(message: LiveMessage): void {
    switch (message.type) {
      case "events":
        this.hearAssets(message.events);
        this.corroboration.hear(message.events);
        this.learn(withEvents(this.view, message.events));
        return;
      case "load":
        if (clockMoved(this.view, message.load)) void this.refresh();
        this.learn(withLoad(this.view, message.load));
        return;
      case "gap":
        this.learn(withGap(this.view, message.gap));
        return;
      case "findings":
        this.learn({ ...this.view, findings: message.findings });
        return;
      case "told":
        this.corroboration.hear(null);
        this.learn({ ...this.view, told: message.told, prices: message.prices });
        return;
      case "state":
        this.learn({ ...this.view, session: { ...this.view.session, live: message.live } });
        return;
      case "ended": {
        const { ended_ms, ended_why } = message;
        this.learn({ ...this.view, session: { ...this.view.session, ended_ms, ended_why, live: false } });
      }
    }
  }

  picture({ load, chunk, payload }: LivePicture): void {
    this.stage.put(load, chunk.number, payload);
    if (!this.view.loads.some(({ id }) => id === load)) void this.refresh();
    this.learn(withChunk(this.view, load, chunk));
  }

  /** Fetches what may have been missed. */
  async refresh(): Promise<void> {
    try {
      await this.catchUp();
    } catch (error) {
      toast(error instanceof DeskUnreachable ? error.message : "The desk cannot be reached");
    }
  }

  private async catchUp(): Promise<void> {
    const { findings } = this.view;
    const fresh = await this.clock.measure(() => fetchSession(this.view.session.id));
    // Findings that came by themselves meanwhile are newer than the answer.
    const isNewer = findings !== this.view.findings;
    this.learn(refreshed(this.view, isNewer ? { ...fresh, findings: this.view.findings } : fresh));
  }

  move(ms: number): void {
    this.player.seek(this.player.t + ms);
  }

  toggle(): void {
    this.player.toggle();
  }

  ends(end: "beginning" | "end"): void {
    if (end === "end" && this.timeline.live) this.player.goLive();
    else this.player.seek(end === "end" ? this.timeline.until : this.timeline.from);
  }

  cart(direction: -1 | 1): void {
    this.step(direction, (event) => groupOf(event) === "cart", "cart change");
  }

  page(direction: -1 | 1): void {
    this.step(direction, (event) => event.kind === "page" || event.kind === "view", "page");
  }

  finding(direction: -1 | 1): void {
    this.found.step(direction);
  }

  speed(direction: -1 | 1): void {
    const index = SPEEDS.indexOf(this.player.speed) + direction;
    this.player.setSpeed(SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, index))] ?? 1);
  }

  skip(): void {
    this.player.setSkipping(!this.player.skipping);
  }

  nextTab(): void {
    const ids: (string | null)[] = [...this.timeline.tabs.map(({ id }) => id), null];
    this.player.choose(ids[(ids.indexOf(this.player.choice) + 1) % ids.length] ?? null);
  }

  goLive(): void {
    this.player.goLive();
  }

  copy(): void {
    const url = new URL(location.href);
    url.hash = writePlace({ t: this.player.t, tab: this.player.tab?.id ?? null });
    void copy(url.href, "Link to this moment copied");
  }

  fullscreen(): void {
    if (document.fullscreenElement) void document.exitFullscreen();
    else void part("stage").requestFullscreen();
  }

  private hearAssets(events: readonly DeskEvent[]): void {
    for (const event of events)
      if (event.kind === "assets") this.kept.hear(event.fields.items);
      else if (event.kind === "styles") this.kept.hear([]);
  }

  private goToPlace(): void {
    const place = readPlace(location.hash);
    if (place.t === null) return;
    if (this.player.playing) this.player.pause();
    this.player.seek(place.t, place.tab);
  }

  /** Goes to where the events are seen, and lets what moves there come to rest. */
  private seekTo(events: readonly DeskEvent[]): void {
    this.go(events[0]?.load, landing(this.timeline, events));
  }

  private go(load: string | undefined, landing: Landing): Landing {
    const { t, restBy } = landing;
    const tab = this.timeline.loads.find(({ id }) => id === load)?.tab;
    // Followed, if the customer was there; else that tab, whoever was looking at it.
    this.player.seek(t, tab === undefined || tab === this.player.tabAt(t) ? undefined : tab, restBy);
    return landing;
  }

  private step(direction: -1 | 1, wanted: (event: DeskEvent) => boolean, name: string): void {
    const t = this.player.asked;
    const steps = stepsOf(this.timeline.events.filter(wanted));
    const isAfter = (step: readonly DeskEvent[]) => step.some((event) => event.t > t);
    const isBefore = (step: readonly DeskEvent[]) => landing(this.timeline, step).t < t - SAME_MS;
    const next = direction > 0 ? steps.find(isAfter) : steps.findLast(isBefore);
    if (next) this.seekTo(next);
    else toast(direction > 0 ? `No later ${name}` : `No earlier ${name}`);
  }

  private learn(view: SessionView): void {
    if (view === this.view) return;
    this.view = view;
    this.update();
    if (this.drawing === undefined) this.drawing = setTimeout(() => this.draw(), DRAW_MS);
  }

  /** What the picture and the cart need at once; everything else is drawn a moment later, together. */
  private update(): void {
    this.timeline = buildTimeline(this.view, this.clock.now());
    this.player.update(this.timeline);
    this.changed();
  }

  private draw(): void {
    clearTimeout(this.growing);
    this.drawing = undefined;
    this.timelineView.draw(this.timeline, this.view.findings);
    this.found.draw(this.view.findings, this.open);
    this.told.draw(this.view);
    drawHeader(this.view, this.clock.now());
    this.drawDetails();
    this.events.update(this.timeline.events, this.view, this.player.t);
    this.moved(this.player.t);
    if (this.timeline.live)
      this.growing = setTimeout(() => {
        this.update();
        this.draw();
      }, GROW_MS);
  }

  private drawDetails(): void {
    if (this.details.matches(":popover-open")) drawDetails(this.view, this.clock.now());
  }

  private changed(): void {
    this.controls.draw(this.timeline);
    this.panelAt = 0;
    this.moved(this.player.t);
  }

  private moved(t: number): void {
    this.timelineView.moveTo(t);
    this.controls.moveTo(this.timeline, t);
    this.stageView.drawOutline();
    const wall = performance.now();
    if (this.player.playing && wall - this.panelAt < PANEL_MS) return;
    this.panelAt = wall;
    // Behind what is under way: first of all the picture is to be asked for.
    clearTimeout(this.panelTimer);
    this.panelTimer = setTimeout(() => this.drawPanel(this.player.t));
  }

  private drawPanel(t: number): void {
    if (t !== this.shownT && !this.player.playing) {
      this.found.left(t);
      this.origin.reset();
    }
    this.shownT = t;
    this.tabs.draw(this.timeline, t);
    this.cartPanel.draw(momentAt(this.timeline, this.player.tab?.id ?? null, t), this.view.events);
    this.prices.draw(this.timeline.events, this.view, t);
    this.found.moveTo(t);
    this.events.moveTo(t);
  }

  private settled(t: number): void {
    clearTimeout(this.panelTimer);
    if (!this.player.playing) this.drawPanel(t);
    this.found.settled(t);
    drawAssets(assetRows(this.view, this.player.load?.id ?? "", this.kept, t));
    document.body.dataset.at = String(Math.round(t));
    document.body.dataset.ready = "true";
    this.stood();
  }
}
