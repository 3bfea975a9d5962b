/**
 * What the agent sees of the customer's page at a moment: the screen of the right page load, or a frame that
 * says why there is none. Screens are built when first looked at, and the last few are kept.
 */
import { type PictureAt, pictureAt, type Run } from "../model/picture_span";
import type { LoadSpan } from "../model/timeline";
import { type Assets, type FetchPicture, LoadPicture, type Strip } from "./load_picture";
import { Screen, type Size, type StyleCache } from "./screen";

/** Page loads whose screens are kept. */
const MAX_SCREENS_COUNT = 4;
/** What takes no longer than this is not announced. */
const PATIENCE_MS = 150;
/** How far ahead of the clock a playing picture is made ready. */
const AHEAD_MS = 4_000;

export type StageState =
  | PictureAt
  | { readonly kind: "empty" }
  | { readonly kind: "loading" }
  | { readonly kind: "failed"; readonly why: string };

interface StageEvents {
  state(state: StageState): void;
  size(size: Size): void;
}

/** How to stand at a moment; times are corrected, `now` is the server's clock. */
interface Stand {
  readonly load: LoadSpan;
  readonly t: number;
  readonly now: number;
  /** Null to stand still. */
  readonly speed: number | null;
}

export class Stage {
  private readonly pictures = new Map<string, LoadPicture>();
  private readonly screens = new Map<string, Screen>();
  private readonly styles: StyleCache = { current: null };
  private current: Screen | null = null;
  private wanted = 0;

  constructor(
    private readonly element: HTMLElement,
    private readonly fetchPicture: FetchPicture,
    private readonly assets: Assets,
    private readonly events: StageEvents,
  ) {}

  /** Takes in a payload that came live. */
  put(load: string, number: number, payload: Uint8Array<ArrayBuffer>): void {
    this.picture(load).put(number, payload);
  }

  /** What pages loaded looks otherwise now: pictures are made anew, each when it is next looked at. */
  renew(): void {
    for (const picture of this.pictures.values()) picture.forget();
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
    const { load, t, speed } = stand;
    const state = pictureAt(load.picture, load, t, stand.now);
    if (state.kind !== "shown" && state.kind !== "early" && state.kind !== "over") {
      this.bring(null);
      this.events.state(state);
      return true;
    }
    try {
      const page = t - load.offset;
      const strip = await this.strip(stand, state.run, () => turn === this.wanted);
      if (turn !== this.wanted) return false;
      const known = this.screens.get(load.id);
      if (known?.strip === strip) await known.grow();
      if (turn !== this.wanted) return false;
      const isOnTime = speed !== null && known?.strip === strip && known.isPlayingAt(page, speed);
      const screen =
        isOnTime || (known?.strip === strip && known.reaches(page)) ? known : this.make(load.id, strip, page);
      if (speed === null) screen.standAt(page);
      else if (!isOnTime) screen.playFrom(page, speed);
      this.bring(screen);
      this.events.state(state);
      return true;
    } catch (error) {
      if (turn !== this.wanted) return false;
      this.drop(load.id);
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

  /** There is no page load to show. */
  showNothing(): void {
    this.wanted++;
    this.bring(null);
    this.events.state({ kind: "empty" });
  }

  private async strip({ load, t }: Stand, run: Run, current: () => boolean): Promise<Strip> {
    const page = t - load.offset;
    const slow = setTimeout(() => {
      if (current()) this.events.state({ kind: "loading" });
    }, PATIENCE_MS);
    try {
      return await this.picture(load.id).stripFor(run, page, page);
    } finally {
      clearTimeout(slow);
    }
  }

  /** A screen that stands at the moment, in place of the one that cannot go there. */
  private make(load: string, strip: Strip, page: number): Screen {
    const before = this.screens.get(load);
    let made: Screen | null = null;
    const screen = new Screen(this.element, strip, page, this.styles, {
      resized: (size) => {
        if (made !== null && made === this.current) this.events.size(size);
      },
      escaped: () => {
        this.drop(load);
        this.events.state({ kind: "failed", why: "the recorded page tried to leave its frame" });
      },
    });
    made = screen;
    before?.destroy();
    this.screens.delete(load);
    this.screens.set(load, screen);
    for (const id of this.screens.keys())
      if (this.screens.size > MAX_SCREENS_COUNT && id !== load) this.drop(id);
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
    const fresh = new LoadPicture(load, this.fetchPicture, this.assets);
    this.pictures.set(load, fresh);
    return fresh;
  }
}
