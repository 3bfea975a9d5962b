/**
 * One page load's conversation with the collector, over as many links as the network asks for. It opens a
 * link, lets it say hello, resumes from what the welcome acknowledges, hands over what the outbox has, and
 * comes again by the policy in `retry`. What it holds is never lost by a link: only an acknowledgement takes
 * a batch out of the outbox.
 */
import { guarded } from "./guard";
import type { Host } from "./host";
import { CLOSED_ABNORMALLY, type Link, type OpenLink } from "./link";
import { decode, encode } from "./msgpack";
import type { Outbox } from "./outbox";
import { type Action, actionOf, retryDelay } from "./retry";
import {
  type Bytes,
  clockList,
  readServerMessage,
  type ServerMessage,
  Track,
  type Welcome,
} from "./wire.gen";

/** A link that has not been welcomed by then is given up. */
export const WELCOME_MAX_MS = 10_000;
/** A batch that is not acknowledged by then was sent into a dead connection. */
export const ACK_MAX_MS = 20_000;
/** Sockets that end before a welcome, in a row, after which posts are tried. */
export const SOCKET_FAILURES_MAX_COUNT = 2;
/** How long to go on by posts before a socket is tried again. */
export const POST_SPELL_MS = 5 * 60_000;
/** A page that was never welcomed does not try for ever: a policy of the shop's own may forbid it. */
export const ATTEMPTS_MAX_COUNT = 20;

/** From here on, a close code is the collector's own word: the link works. */
const FIRST_OWN_CODE = 4000;

/** How a page load talks: who it is, and what it makes of what it hears. */
export interface Talk {
  /** Runs when this page load may open a link; it calls `leave` once its session is known, or it failed. */
  enter(run: (leave: () => void) => void): void;
  hello(): Bytes;
  now(): number;
  welcomed(welcome: Welcome): void;
  heard(message: Exclude<ServerMessage, { type: "Welcome" | "Ack" | "Refused" }>): void;
  /** Everything that has a number is acknowledged; `now` where an acknowledgement just said so. */
  settled(now: boolean): void;
  /** The collector will not go on like this. */
  refused(action: Exclude<Action, "retry" | "wait">, reason: string): void;
}

export interface Connection {
  /** Hands over what may go now. */
  pump(): void;
  /** Whether batches that are numbered now leave soon. */
  ready(): boolean;
  /** Whether nothing waits inside an open link. */
  quiet(): boolean;
  /** The network is back: do not wait. */
  hurry(): void;
  close(): void;
}

export interface Links {
  readonly socket: OpenLink;
  readonly post: OpenLink;
}

export function connect(host: Host, links: Links, outbox: Outbox, talk: Talk): Connection {
  let link: Link | null = null;
  let entering = false;
  let closed = false;
  let welcomed = false;
  let everWelcomed = false;
  let attempts = 0;
  let failures = 0;
  let socketFailures = 0;
  let refusal: { code: number; reason: string } | null = null;
  let sent = 0;
  let leave = () => {};
  let cancelRetry = () => {};
  let endDeadline: (() => void) | null = null;

  function cancelDeadline(): void {
    endDeadline?.();
    endDeadline = null;
  }

  function deadline(ms: number): void {
    endDeadline ??= host.timer(() => lost(CLOSED_ABNORMALLY), ms);
  }

  function open(): void {
    if (closed || link || entering) return;
    cancelRetry();
    entering = true;
    talk.enter((left) => {
      entering = false;
      if (closed || link) {
        left();
        return;
      }
      leave = left;
      const bySocket = socketFailures < SOCKET_FAILURES_MAX_COUNT;
      attempts++;
      deadline(WELCOME_MAX_MS);
      const mine: Link = (bySocket ? links.socket : links.post)({
        hello() {
          sent = talk.now();
          return talk.hello();
        },
        message: guarded((message) => {
          if (link === mine) heard(message);
        }),
        closed(code) {
          if (link === mine) lost(code);
        },
      });
      link = mine;
      if (!bySocket) host.timer(() => link === mine && trySocket(), POST_SPELL_MS);
    });
  }

  function trySocket(): void {
    socketFailures = SOCKET_FAILURES_MAX_COUNT - 1;
    end();
    open();
  }

  function end(): void {
    cancelDeadline();
    link?.close();
    link = null;
    welcomed = false;
    leave();
  }

  function lost(code: number): void {
    const bySocket = link?.prompt;
    const wasWelcomed = welcomed;
    end();
    const { code: cause, reason } = refusal ?? { code, reason: "" };
    refusal = null;
    const action = actionOf(cause);
    if (action !== "retry" && action !== "wait") {
      close();
      talk.refused(action, reason);
      return;
    }
    failures++;
    if (!wasWelcomed && cause < FIRST_OWN_CODE) {
      // Posts that fail too give the socket its next chance.
      socketFailures = bySocket ? socketFailures + 1 : SOCKET_FAILURES_MAX_COUNT - 1;
    }
    if (everWelcomed || attempts < ATTEMPTS_MAX_COUNT)
      cancelRetry = host.timer(open, retryDelay(failures, action, host.random()));
  }

  function welcome(message: Welcome): void {
    if (!link) return;
    if (welcomed) {
      // By post every answer begins with a welcome: what is on its way stays on its way.
      outbox.acked(Track.FACTS, message.facts_acked);
      outbox.acked(Track.PICTURE, message.picture_acked);
    } else {
      welcomed = everWelcomed = true;
      cancelDeadline();
      if (link.prompt) {
        socketFailures = 0;
        link.send(encode(clockList({ sent_ms: sent, received_ms: talk.now() })));
      }
      outbox.resume(message.facts_acked, message.picture_acked);
    }
    talk.welcomed(message);
    // Only now the session is written down for whoever waits for their turn.
    leave();
    pump();
    if (outbox.empty()) talk.settled(false);
  }

  function acknowledge(track: Track, number: number): void {
    outbox.acked(track, number);
    failures = 0;
    cancelDeadline();
    pump();
    if (outbox.empty()) talk.settled(true);
  }

  function heard(bytes: Bytes): void {
    const message = readServerMessage(decode(bytes) as unknown[]);
    if (!message) return;
    if (message.type === "Welcome") welcome(message);
    else if (message.type === "Ack") acknowledge(message.track, message.number);
    else if (message.type === "Refused") {
      refusal = message;
      if (!link?.prompt) lost(message.code);
    } else talk.heard(message);
  }

  function pump(): void {
    if (!link || !welcomed) return;
    for (;;) {
      const message = outbox.next(link.buffered());
      if (!message) break;
      link.send(message);
    }
    if (outbox.owed()) deadline(ACK_MAX_MS);
  }

  function close(): void {
    closed = true;
    cancelRetry();
    end();
  }

  open();
  return {
    pump,
    ready: () => welcomed,
    quiet: () => welcomed && link?.buffered() === 0,
    hurry() {
      if (link || closed) return;
      attempts = 0;
      open();
    },
    close,
  };
}
