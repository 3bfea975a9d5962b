/**
 * The few words that outlast a page, in storage of the shop's own origin: the session with its write token
 * (shared by tabs), when the customer was last active, and the tab's id. Nothing is read or written before
 * consent. Where storage is forbidden, what is written lasts as long as the page.
 */
import { attempt, guarded, listen } from "./guard";
import type { Host } from "./host";
import { stringify } from "./json";
import type { PageSettings } from "./wire.gen";

/** A page load that ended unheard: the last number that each track gave. */
export interface Left {
  readonly session: string;
  readonly tab: string;
  readonly load: string;
  readonly facts: number;
  readonly picture: number;
}

/** A place for texts, as localStorage is one. */
export interface Texts {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
}

export interface SessionRecord {
  /** Empty when the session before is over and the next one is not minted yet. */
  readonly session: string;
  readonly token: string;
  readonly code: string;
  /** A short hash of the customer id that the shop named, empty while it named none. */
  readonly person: string;
  /** What the last welcome said, so that the next page knows it before it is connected. */
  readonly settings: Partial<PageSettings>;
}

export interface SessionStore {
  read(): SessionRecord | null;
  write(record: SessionRecord): void;
  /** When the customer was last active in any tab, by the device's clock. */
  seen(): number;
  touch(now: number): void;
  /** Page loads that ended while the collector could not be reached. */
  left(): readonly Left[];
  putLeft(left: readonly Left[]): void;
  /** Removes everything of ours; other tabs take it for a withdrawal. */
  clear(): void;
  /** The tab's id, taken out, so that a duplicated tab does not find it. */
  takeTab(): string | null;
  putTab(tab: string): void;
}

/** Of more page loads than these nobody will say what was lost. */
const LEFT_MAX_COUNT = 20;

/** `shared` is seen by all tabs, `own` by this one. */
export function createSessionStore(site: string, shared: Texts, own: Texts): SessionStore {
  const { session, seen, tab, left } = keys(site);
  return {
    read: () => readRecord(shared.get(session)),
    write: (record) => shared.set(session, stringify(record)),
    seen: () => Number(shared.get(seen)) || 0,
    touch: (now) => shared.set(seen, String(Math.round(now))),
    left: () => attempt(() => (JSON.parse(shared.get(left) ?? "[]") as Left[]).slice(-LEFT_MAX_COUNT)) ?? [],
    putLeft(all) {
      if (all.length > 0) shared.set(left, stringify(all));
      else shared.remove(left);
    },
    clear() {
      for (const key of [session, seen, left]) shared.remove(key);
      own.remove(tab);
    },
    takeTab() {
      const id = own.get(tab);
      own.remove(tab);
      return id;
    },
    putTab: (id) => own.set(tab, id),
  };
}

export const keys = (site: string) => {
  const session = `replay.${site}`;
  return { session, seen: `${session}.seen`, tab: `${session}.tab`, left: `${session}.left` };
};

/** A text that something else wrote is no record. */
export function readRecord(text: string | null): SessionRecord | null {
  const record = attempt(() => JSON.parse(text ?? "") as SessionRecord | null);
  return typeof record?.session === "string" && typeof record.token === "string" ? record : null;
}

export function browserTexts(storage: () => Storage): Texts {
  const substitute = new Map<string, string>();
  return {
    get: (key) => substitute.get(key) ?? attempt(() => storage().getItem(key)) ?? null,
    set(key, value) {
      // Where storage is full, what it held before must not come back.
      substitute.set(key, value);
      attempt(() => {
        storage().setItem(key, value);
        substitute.delete(key);
      });
    },
    remove(key) {
      substitute.delete(key);
      attempt(() => storage().removeItem(key));
    },
  };
}

/** Tells of other tabs: `changed` after they wrote a record, `cleared` after they removed ours. */
export function watchOtherTabs(site: string, changed: () => void, cleared: () => void): () => void {
  const { session } = keys(site);
  return listen(window, "storage", (event) => {
    const { key, newValue, storageArea } = event as StorageEvent;
    // A shop that clears all of its storage (key null) has not spoken about consent.
    if (key !== session || storageArea !== attempt(() => window.localStorage)) return;
    if (newValue === null) cleared();
    else changed();
  });
}

/** One tab at a time mints a session, so that tabs opened together share it. */
export type Turn = (run: (leave: () => void) => void) => void;

export const TURN_MAX_MS = 5_000;

/** Where the browser has no locks, or the tab before us hangs, everybody's turn comes at once. */
export function browserTurn(site: string, host: Host): Turn {
  const locks = attempt(() => window.navigator.locks);
  return (run) => {
    let waiting = true;
    const begin = guarded((leave: () => void) => {
      if (waiting) run(leave);
      else leave();
      waiting = false;
    });
    const beginAnyway = () => begin(() => {});
    host.timer(() => waiting && beginAnyway(), TURN_MAX_MS);
    const lock = keys(site).session;
    const held = attempt(() => locks?.request(lock, () => new Promise<void>((leave) => begin(leave))));
    if (held) held.catch(beginAnyway);
    else beginAnyway();
  };
}
