/**
 * The visit as this tab takes part in it: which page load is under way, and when another begins. A page load
 * ends with the page, with the session (sign-out, another customer, half an hour without activity, another
 * tab's word) or because the collector refused it; the next one begins at once with a checkpoint of its own.
 */
import type { CodeShown } from "./code";
import type { PrivacyControl } from "./consent";
import { type How, type Load, type LoadIdentity, type Offer, type Parts, startLoad } from "./load";
import { FAREWELL_MAX_BYTES } from "./pageend";
import { readSettings } from "./settings";
import { type Facts, IDLE_MS, type Kind } from "./wire.gen";

/** Other tabs learn of activity at most this late; far below `IDLE_MS`. */
const TOUCH_EVERY_MS = 5_000;
/** How often a tab looks whether the customer is gone. */
const IDLE_LOOK_MS = 60_000;
/** Page loads that the collector refused in a row before this page gives up. */
const REFUSALS_MAX_COUNT = 3;
/** A last post may still be on its way when the next page is there already. */
export const LAST_POST_MAX_MS = 5_000;
/** A page whose clock keeps standing still has a broken one, not a laptop that sleeps. */
export const DRIFTS_MAX_COUNT = 20;

export interface VisitSite {
  readonly site: string;
  readonly consent: LoadIdentity["consent"];
}

export interface VisitEvents {
  /** The collector will not have this page: why, in its words. */
  stopped(reason: string): void;
  /** What the site's settings say about Global Privacy Control. */
  privacyControl(control: PrivacyControl): void;
}

export interface Visit {
  begin(how: How): void;
  fact<K extends Kind>(kind: K, fields: Facts[K], urgent?: boolean): void;
  /** The shop states something about its things. */
  declare(command: string, given: readonly unknown[]): void;
  /** The shop named its customer; `person` is a short hash of the customer id, empty where it gave none. */
  identify(who: Facts["identify"], person: string): void;
  signOut(): void;
  /** The customer did something. */
  active(): void;
  /** The tab went behind another: it may never come back. */
  hidden(): void;
  /** Another page is asked for: this one may soon be over. */
  leaving(): void;
  online(): void;
  /** Another tab wrote the session down. */
  shared(): void;
  /** The page goes away, for good or into the browser's cache. */
  leave(): void;
  /** Records no more and hands over the rest. */
  end(): void;
  /** Stops at once, sends nothing more and removes what the browser keeps of it. */
  forget(): void;
}

export function createVisit(parts: Parts, site: VisitSite, shown: CodeShown, events: VisitEvents): Visit {
  const { host, store } = parts;
  let current: Load | null = null;
  const draining = new Set<Load>();
  /** Page loads for which we speak just now. */
  const speaking = new Set<string>();
  let speakingSoon = false;
  let tab = "";
  let person = "";
  let on = false;
  let refusals = 0;
  let drifts = 0;
  let touched = -Infinity;
  let cancelLook = () => {};

  const seen = () => Math.max(store.seen(), touched);
  const away = () => host.wall() - seen() > IDLE_MS;

  function touch(): void {
    const now = host.wall();
    if (now - touched < TOUCH_EVERY_MS) return;
    touched = now;
    store.touch(now);
  }

  /** The session is over; whoever says hello next mints another. */
  function forgetSession(): void {
    const record = store.read();
    if (record) store.write({ ...record, session: "", token: "", code: "", person });
  }

  /** Earlier page loads may have ended without anybody hearing of it. */
  function speakForOthers(): void {
    speakingSoon = false;
    const record = store.read();
    if (!on || !record?.session) return;
    const mine = store.left().filter((left) => left.session === record.session);
    store.putLeft(mine);
    for (const left of mine) {
      if (speaking.has(left.load)) continue;
      speaking.add(left.load);
      parts.declareLost(left, { ...site, sent_ms: host.wall() }, record, (settled) => {
        speaking.delete(left.load);
        if (settled) store.putLeft(store.left().filter((other) => other.load !== left.load));
      });
    }
  }

  function start(how: How): void {
    touched = -Infinity;
    touch();
    const record = store.read();
    person = record?.person || person;
    if (record?.code) shown.show(record.code, readSettings(record.settings).code_selector);
    current = startLoad(parts, { ...site, tab, how }, loadEvents);
  }

  function drainCurrent(): void {
    const ending = current;
    current = null;
    if (!ending) return;
    draining.add(ending);
    ending.drain();
  }

  function restart(): void {
    drainCurrent();
    start("restarted");
  }

  /** Another tab may have moved on already: then its session, or its newer token, is the one to use. */
  function restartAfter(offer: Offer | null): void {
    const record = store.read();
    if (!offer || !record || (record.session === offer.session && record.token === offer.token))
      forgetSession();
    restart();
  }

  const loadEvents: Parameters<typeof startLoad>[2] = {
    welcomed(load, welcome, offered) {
      if (load !== current) return;
      const { session, token, code, settings } = welcome;
      const before = store.read();
      if (before && before.session !== offered.session && before.session !== session) {
        // While we said hello, another tab moved on to another session.
        restart();
        return;
      }
      if (before?.session === session) person = before.person || person;
      store.write({ session, token, code, person, settings });
      if (!speakingSoon) host.timer(speakForOthers, LAST_POST_MAX_MS);
      speakingSoon = true;
      const { code_selector, global_privacy_control } = readSettings(settings);
      shown.show(code, code_selector);
      events.privacyControl(global_privacy_control);
    },
    token({ session, token }) {
      const record = store.read();
      if (record?.session === session) store.write({ ...record, token });
    },
    settled() {
      refusals = 0;
    },
    drifted(load) {
      if (load === current && ++drifts <= DRIFTS_MAX_COUNT) restart();
    },
    refused(load, action, reason) {
      const mine = load === current;
      if (mine) current = null;
      load.drop();
      if (!mine || !on) return;
      if (action === "stop" || ++refusals > REFUSALS_MAX_COUNT) {
        end();
        events.stopped(reason);
        return;
      }
      if (action === "new_session") restartAfter(load.held());
      else restart();
    },
    drained(load) {
      draining.delete(load);
    },
  };

  function active(): void {
    if (!on) return;
    if (away()) {
      touched = -Infinity;
      touch();
      person = "";
      restartAfter(store.read());
    } else if (current) touch();
    else start("restarted");
  }

  /** A page that nobody is at records nothing, however much it moves. */
  function look(): void {
    cancelLook = host.timer(look, IDLE_LOOK_MS);
    if (current && away()) drainCurrent();
  }

  function end(): void {
    on = false;
    cancelLook();
    drainCurrent();
    shown.stop();
  }

  function forget(): void {
    for (const load of [current, ...draining]) load?.drop();
    current = null;
    end();
    tab = person = "";
    store.clear();
  }

  function signOutOf(next: string): void {
    if (!on) return;
    person = next;
    const leaving = current;
    // A page that has not said hello yet has no session to end: it only must not take up the old one.
    if (leaving && !leaving.held()) {
      forgetSession();
      return;
    }
    leaving?.fact("signout", {}, true);
    drainCurrent();
    forgetSession();
    start("restarted");
  }

  return {
    begin(how) {
      if (on) return;
      on = true;
      refusals = 0;
      // A page from the browser's cache is still the tab that it was, whatever the page between has put back.
      const put = store.takeTab();
      tab ||= put ?? host.id();
      const record = store.read();
      person ||= record?.person ?? "";
      if (store.seen() > 0 && away()) {
        person = "";
        forgetSession();
      }
      start(how);
      look();
    },
    fact: (kind, fields, urgent = false) => current?.fact(kind, fields, urgent),
    declare: (command, given) => current?.declare(command, given),
    identify(who, named) {
      if (named && person && named !== person) {
        signOutOf(named);
      } else if (named && named !== person) {
        person = named;
        const record = store.read();
        if (record) store.write({ ...record, person });
      }
      current?.fact("identify", who, true);
    },
    signOut: () => signOutOf(""),
    active,
    hidden: () => current?.flush(true),
    leaving: () => current?.flush(false),
    online() {
      for (const load of [...draining, ...(current ? [current] : [])]) load.hurry();
    },
    shared() {
      const record = store.read();
      if (!record || !current?.bound() || record.session === current.held()?.session) return;
      person = record.person;
      restart();
    },
    leave() {
      if (!on) return;
      on = false;
      cancelLook();
      let budget = FAREWELL_MAX_BYTES;
      for (const load of [...(current ? [current] : []), ...draining]) {
        budget -= load.farewell(budget);
        const unheard = load.unheard();
        if (unheard) store.putLeft([...store.left(), unheard]);
        load.drop();
      }
      current = null;
      store.putTab(tab);
    },
    end,
    forget,
  };
}
