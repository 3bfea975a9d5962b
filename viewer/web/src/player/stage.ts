/**
 * What the agent sees of the customer's page at a moment: the screen of the right page load, or a frame that
 * says why there is none. Screens are built when first looked at, and the last few are kept.
 */
import { type PictureAt, pictureAt, type Run } from "../model/picture_span";
import type { LoadSpan } from "../model/timeline";
import { type FetchPicture, LoadPicture } from "./load_picture";
import { Screen, type Size } from "./screen";

/** Page loads whose screens are kept. */
const MAX_SCREENS_COUNT = 4;
/** What takes no longer than this is not announced. */
const PATIENCE_MS = 150;
/** How far ahead of the clock a playing picture is made ready. */
const AHEAD_MS = 4_000;

export type StageState =
  | PictureAt
  | { readonly kind: "loading" }
  | { readonly kind: "failed"; readonly why: string };

export interface StageEvents {
  state(state: StageState): void;
  size(size: Size): void;
}

/** How to stand at a moment; times are corrected, `now` is the server's clock. */
export interface Stand {
  readonly load: LoadSpan;
  readonly t: number;
  readonly now: number;
  /** Null to stand still. */
  readonly speed: number | null;
}

export class Stage {
  private readonly pictures = new Map<string, LoadPicture>();
  private readonly screens = new Map<string, Screen>();
  private current: Screen | null = null;
  private wanted = 0;

  constructor(
    private readonly element: HTMLElement,
    private readonly fetchPicture: FetchPicture,
    private readonly events: StageEvents,
  ) {}

  /** Takes in a payload that came live. */
  put(load: string, number: number, payload: Uint8Array<ArrayBuffer>): void {
    this.picture(load).put(number, payload);
  }

  get screen(): Screen | null {
    return this.current;
  }

  /**
   * Shows the moment. Resolves when it stands there (or when its reason for not showing it does), with false
   * if another moment was asked for meanwhile.
   */
  async show(stand: Stand): Promise<boolean> {
    const turn = ++this.wanted;
    const state = pictureAt(stand.load.picture, stand.load, stand.t, stand.now);
    if (state.kind !== "shown" && state.kind !== "early") {
      this.bring(null);
      this.events.state(state);
      return true;
    }
    try {
      const ready = this.readyScreen(stand, state.run);
      const screen = ready ?? (await this.prepare(stand, state.run, () => turn === this.wanted));
      if (turn !== this.wanted || !screen) return false;
      await screen.grow();
      if (turn !== this.wanted) return false;
      this.bring(screen);
      const page = stand.t - stand.load.offset;
      if (stand.speed === null) screen.standAt(page);
      else if (!screen.isPlayingAt(page, stand.speed)) screen.playFrom(page, stand.speed);
      this.events.state(state);
      return true;
    } catch (error) {
      if (turn !== this.wanted) return false;
      this.drop(stand.load.id);
      this.events.state({ kind: "failed", why: error instanceof Error ? error.message : "unknown" });
      return true;
    }
  }

  /** Makes ready what a playing clock will need soon. Resolves when it is. */
  async lookAhead(stand: Stand): Promise<void> {
    const state = pictureAt(stand.load.picture, stand.load, stand.t, stand.now);
    const screen = this.screens.get(stand.load.id);
    if (state.kind !== "shown" || !screen) return;
    const page = stand.t - stand.load.offset;
    const strip = await this.picture(stand.load.id).stripFor(state.run, page, page + AHEAD_MS);
    if (strip === screen.strip) await screen.grow();
  }

  destroy(): void {
    for (const id of [...this.screens.keys()]) this.drop(id);
  }

  /** The screen, if it already holds all that the moment needs. */
  private readyScreen({ load, t }: Stand, run: Run): Screen | null {
    const screen = this.screens.get(load.id);
    if (!screen) return null;
    const page = t - load.offset;
    const first = run.chunks.findLast((chunk) => chunk.checkpoint && chunk.first_ms <= page) ?? run.chunks[0];
    const covers = !run.chunks.some((chunk) => chunk.number >= screen.strip.next && chunk.first_ms <= page);
    const begins =
      first !== undefined && screen.strip.first <= first.number && first.number <= screen.strip.next;
    return covers && begins && screen.strip.first >= (run.chunks[0]?.number ?? 0) ? screen : null;
  }

  private async prepare(stand: Stand, run: Run, current: () => boolean): Promise<Screen | null> {
    const { load, t } = stand;
    const page = t - load.offset;
    const slow = setTimeout(() => {
      if (current()) this.events.state({ kind: "loading" });
    }, PATIENCE_MS);
    const strip = await this.picture(load.id)
      .stripFor(run, page, page)
      .finally(() => clearTimeout(slow));
    if (!current()) return null;
    const known = this.screens.get(load.id);
    if (known?.strip === strip) return known;
    if (known) this.drop(load.id);
    const screen = new Screen(
      this.element,
      strip,
      (size) => {
        if (screen === this.current) this.events.size(size);
      },
      () => {
        this.drop(load.id);
        this.events.state({ kind: "failed", why: "the recorded page tried to leave its frame" });
      },
    );
    this.screens.set(load.id, screen);
    for (const id of this.screens.keys())
      if (this.screens.size > MAX_SCREENS_COUNT && id !== load.id) this.drop(id);
    return screen;
  }

  private bring(screen: Screen | null): void {
    for (const other of this.screens.values()) {
      other.element.hidden = other !== screen;
      if (other !== screen) other.rest();
    }
    if (screen && screen !== this.current) this.events.size(screen.size);
    this.current = screen;
  }

  private drop(id: string): void {
    const screen = this.screens.get(id);
    if (!screen) return;
    this.screens.delete(id);
    if (this.current === screen) this.current = null;
    screen.destroy();
  }

  private picture(load: string): LoadPicture {
    const known = this.pictures.get(load);
    if (known) return known;
    const fresh = new LoadPicture(load, this.fetchPicture);
    this.pictures.set(load, fresh);
    return fresh;
  }
}
