/**
 * One page load under way: its clock, its outbox, its conversation with the collector and the capture that
 * fills it. A page load belongs to one session for good. When the visit goes on under another (sign-out,
 * half an hour away, the page came back from the browser's cache), this one stops capturing, hands over what
 * it still holds, and ends.
 */

import { FRAME_HEAD_BYTES, joinFrames } from "./bytes";
import type { Capture, CaptureSink, declare } from "./capture/index";
import type { Compress } from "./chunk";
import { createClock, drift, type PageClock } from "./clock";
import { type Connection, connect, type Links } from "./connection";
import type { Host } from "./host";
import { encode } from "./msgpack";
import { createOutbox } from "./outbox";
import { FAREWELL_MAX_BYTES, farewell } from "./pageend";
import type { LastPost } from "./post";
import { createRest } from "./rest";
import type { Action } from "./retry";
import { readSettings } from "./settings";
import type { Left, SessionRecord, SessionStore, Turn } from "./storage";
import {
  type Bytes,
  type Facts,
  type Hello,
  helloList,
  type Kind,
  type PageLoaded,
  type PageSettings,
  PROTOCOL_VERSION,
  type Welcome,
} from "./wire.gen";

export type How = NonNullable<PageLoaded["how"]>;

/** A clock that stood still for longer (a laptop slept) begins a new page load with a new anchor. */
export const DRIFT_MAX_MS = 10_000;
/** How long a page load that is over may try to hand over the rest. */
const DRAIN_MAX_MS = 60_000;
/** Statements of the shop that may wait for the site's settings on the first page of a visit. */
const EARLY_MAX_COUNT = 500;
/** Urgent facts go at once, but a page that states one with every frame does not send one with every frame. */
export const URGENT_EVERY_MS = 50;

/** What a page load needs of the world. */
export interface Parts {
  readonly host: Host;
  readonly links: Links;
  readonly lastPost: LastPost;
  readonly compress: Compress;
  readonly store: SessionStore;
  readonly turn: Turn;
  /** Speaks for another page load, which ended unheard; `done` hears whether that is settled. */
  declareLost(
    left: Left,
    about: Pick<Hello, "site" | "consent" | "sent_ms">,
    record: Pick<SessionRecord, "token">,
    done: (settled: boolean) => void,
  ): void;
  /** Begins to look for what capture will want of this page. */
  readonly prepare: () => void;
  capture(sink: CaptureSink, clock: PageClock, settings: PageSettings, how: How): Capture;
  readonly declare: typeof declare;
}

export interface LoadIdentity {
  readonly site: string;
  readonly consent: Hello["consent"];
  readonly tab: string;
  readonly how: How;
}

export interface LoadEvents {
  /** The session is known, and what the site wants of its pages. */
  welcomed(load: Load, welcome: Welcome, offered: Offer): void;
  /** The session's token is another from now on. */
  token(held: Offer): void;
  /** The collector took all that it was given. */
  settled(): void;
  /** The clock stood still: these times are not to be trusted any further. */
  drifted(load: Load): void;
  refused(load: Load, action: Exclude<Action, "retry" | "wait">, reason: string): void;
  /** Everything was handed over, or will never be. */
  drained(load: Load): void;
}

/** A session with its write token; both empty where there is none. */
export interface Offer {
  readonly session: string;
  readonly token: string;
}

const NO_SESSION: Offer = { session: "", token: "" };

export interface Load {
  /** Whether the collector has said to which session it belongs. */
  bound(): boolean;
  /** Its session, or what the last hello offered for one; null before the first hello left. */
  held(): Offer | null;
  fact<K extends Kind>(kind: K, fields: Facts[K], urgent: boolean): void;
  declare(command: string, given: readonly unknown[]): void;
  /** Sends what waits now; in a hurry because the page may be gone a moment later. */
  flush(hurry: boolean): void;
  hurry(): void;
  /** Captures no more and hands over the rest. */
  drain(): void;
  /** The page ends: the last post. Answers the bytes it took of `budget`. */
  farewell(budget: number): number;
  /** What it could not hand over to a collector that does not answer; null where there is no such thing. */
  unheard(): Left | null;
  /** Ends at once and forgets what it holds. */
  drop(): void;
}

export function startLoad(parts: Parts, identity: LoadIdentity, events: LoadEvents): Load {
  const { host, store } = parts;
  const { site, tab, consent } = identity;
  const id = host.id();
  const clock = createClock(host);
  const known = store.read();
  let settings = readSettings(known?.settings);
  let bound = false;
  let held: Offer | null = null;
  let watched = false;
  let capture: Capture | null = null;
  let draining = false;
  let over = false;
  let flushing: (() => void) | null = null;
  let flushingSoon = false;
  let urgentFrom = 0;
  const early: (() => void)[] = [];

  const outbox = createOutbox(host, parts.compress, {
    ready: () => connection.pump(),
    broken: () => host.timer(() => capture?.checkpoint(), 0),
  });

  const rest = createRest(host, () => {
    // Somebody who began to watch may have had one taken meanwhile.
    if (outbox.picture.outgrown()) capture?.checkpoint();
  });

  /** Until its session is known, it is the one that the tabs share at the moment of the hello. */
  function offer(): Offer {
    const shared = store.read() ?? NO_SESSION;
    if (!held || !(bound || draining)) return shared;
    return shared.session === held.session ? shared : held;
  }

  function hello(): Bytes {
    const { session, token } = offer();
    held = { session, token };
    const who = session && token ? held : {};
    return encode(
      helloList({ version: PROTOCOL_VERSION, site, tab, load: id, consent, sent_ms: clock.now(), ...who }),
    );
  }

  const connection: Connection = connect(host, parts.links, outbox, {
    enter: (run) => (offer().session ? run(() => {}) : parts.turn(run)),
    hello,
    now: clock.now,
    welcomed(welcome) {
      const { session, token } = welcome;
      const offered = held ?? NO_SESSION;
      bound = true;
      watched = false;
      held = { session, token };
      if (!draining) events.welcomed(load, welcome, offered);
      if (draining) return;
      settings = readSettings(welcome.settings);
      if (capture) capture.settings(settings);
      else begin();
      flush();
    },
    heard(message) {
      if (message.type === "Token") {
        held = { ...(held ?? NO_SESSION), token: message.token };
        events.token(held);
      } else if (message.type === "CheckpointWanted") checkpoint();
      else if (message.type === "Watched") {
        watched = message.on;
        flush();
      } else if (message.type === "Styles") {
        outbox.styles.answer(message);
        connection.pump();
      }
    },
    settled(now) {
      if (draining) drop();
      else if (now) events.settled();
    },
    refused: (action, reason) => events.refused(load, action, reason),
  });

  const sink: CaptureSink = {
    fact(kind, t, fields, urgent = false) {
      outbox.facts.add(kind, t, fields);
      wanted(urgent);
    },
    picture(event) {
      outbox.picture.add(event);
      rest.moved();
      if (outbox.picture.outgrown()) rest.wait();
      wanted(false);
    },
    style: outbox.styles.add,
  };

  /** What is not captured but said: it follows the page itself, the first fact of a page load. */
  const stated: CaptureSink = {
    ...sink,
    fact(...given) {
      capture?.settle();
      if (capture || draining) sink.fact(...given);
      else if (early.length < EARLY_MAX_COUNT) early.push(() => sink.fact(...given));
    },
  };

  function begin(): void {
    if (capture || over || draining) return;
    capture = parts.capture(sink, clock, settings, identity.how);
    for (const state of early.splice(0)) state();
  }

  function checkpoint(): void {
    capture?.checkpoint();
    flush();
  }

  function wanted(urgent: boolean): void {
    if (over) return;
    if (urgent && !flushingSoon) {
      flushingSoon = true;
      const send = () => {
        flushingSoon = false;
        urgentFrom = host.monotonic() + URGENT_EVERY_MS;
        sendFacts();
      };
      if (host.monotonic() < urgentFrom) host.timer(send, URGENT_EVERY_MS);
      else host.soon(send);
    }
    flushing ??= host.timer(() => flush(), watched ? settings.flush_watched_ms : settings.flush_ms);
  }

  /** Facts only: the picture compresses better in its own time. */
  function sendFacts(): void {
    if (over || !connection.ready()) return;
    outbox.facts.cut(clock.now());
    connection.pump();
  }

  function flush(hurry = false): void {
    flushing?.();
    flushing = null;
    if (over) return;
    if (!draining && drift(host, clock) > DRIFT_MAX_MS) events.drifted(load);
    // Without a link, what waits may as well be one batch later on.
    if (connection.ready()) outbox.picture.cut(hurry);
    sendFacts();
  }

  function stopCapture(): void {
    const stopping = capture;
    capture = null;
    stopping?.stop();
  }

  function drop(): void {
    if (over) return;
    over = true;
    flushing?.();
    stopCapture();
    connection.close();
    events.drained(load);
  }

  const load: Load = {
    bound: () => bound,
    held: () => held,
    fact: (kind, fields, urgent) => stated.fact(kind, clock.now(), fields, urgent),
    declare: (command, given) => parts.declare(command, given, stated, clock),
    flush,
    hurry: () => connection.hurry(),
    drain() {
      if (over || draining) return;
      draining = true;
      capture?.flush();
      stopCapture();
      for (const state of early.splice(0)) state();
      // Of a page load that no session knows there is nothing to go on with.
      if (!offer().session) {
        drop();
        return;
      }
      outbox.picture.cut();
      outbox.facts.cut(clock.now());
      connection.pump();
      if (connection.ready() && outbox.empty()) drop();
      else host.timer(drop, DRAIN_MAX_MS);
    },
    farewell(budget) {
      if (over || !offer().session) return 0;
      capture?.flush();
      const opening = hello();
      const messages = farewell(
        outbox,
        Math.min(budget, FAREWELL_MAX_BYTES) - opening.length - FRAME_HEAD_BYTES,
        {
          now: clock.now(),
          socketQuiet: connection.quiet(),
          left(picture_complete) {
            if (capture) outbox.facts.add("left", clock.now(), { picture_complete });
          },
        },
      );
      if (messages.length === 0) return 0;
      const body = joinFrames([opening, ...messages]);
      parts.lastPost(body);
      return body.length;
    },
    unheard() {
      const { session } = offer();
      const [facts, picture] = [outbox.factsTrack.last(), outbox.pictureTrack.last()];
      if (!session || connection.ready() || outbox.empty()) return null;
      return { session, tab, load: id, facts, picture };
    },
    drop,
  };

  parts.prepare();
  // A visitor's first page waits for the site's settings: nothing is captured by the wrong rules.
  if (known) begin();
  return load;
}
