/**
 * Listens to the conversation between page and collector from where it uses the browser: what links are opened
 * and how they end, what is sent and what is acknowledged, how long until the next attempt. It passes
 * everything on as it is.
 */
import { guarded } from "../guard";
import type { Host } from "../host";
import type { OpenLink } from "../link";
import { decode } from "../msgpack";
import { actionOf } from "../retry";
import { type Bytes, readChunk, readServerMessage, Track, type Welcome } from "../wire.gen";
import { unpack } from "./unpack";

export type Carrier = "socket" | "post";

export type Phase =
  | { readonly is: "silent" }
  | { readonly is: "connecting" | "connected"; readonly by: Carrier }
  | { readonly is: "retrying"; readonly at: number; readonly code: number; readonly reason: string }
  | { readonly is: "ended"; readonly code: number; readonly reason: string };

export interface Counts {
  sentBytes: number;
  sentBatches: number;
  ackedBytes: number;
  /** Taken from the page and not in a batch yet. */
  waitingFacts: number;
  waitingPicture: number;
}

export interface Conversation {
  readonly host: Host;
  readonly counts: Counts;
  phase(): Phase;
  welcome(): Welcome | undefined;
  link(by: Carrier, open: OpenLink): OpenLink;
  /** Nothing of before will ever be sent. */
  forget(): void;
}

/** Lists on the wire begin with the number of their message. */
const BATCH = 2;
const HELLO_LOAD = 4;
/** Facts that are not taken from the page and therefore were never counted as waiting. */
const UNCOUNTED = /^(?:consent|identify|signout|left)$/;

export function watchConversation(host: Host): Conversation {
  let phase: Phase = { is: "silent" };
  let welcome: Welcome | undefined;
  let newest: object | undefined;
  let cause = { code: 0, reason: "" };
  let ended = false;
  const unacked = new Map<string, { load: unknown; track: number; number: number; bytes: number }>();
  const counts: Counts = { sentBytes: 0, sentBatches: 0, ackedBytes: 0, waitingFacts: 0, waitingPicture: 0 };

  const acknowledged = (load: unknown, track: number, upTo: number) => {
    for (const [key, entry] of unacked)
      if (entry.load === load && entry.track === track && entry.number <= upTo) {
        unacked.delete(key);
        counts.ackedBytes += entry.bytes;
      }
  };

  const sent = guarded((load: unknown, message: Bytes) => {
    const [type, track, number, payload] = unpack(message) as [number, number, number, Bytes];
    const key = `${load} ${track} ${number}`;
    if (type !== BATCH || unacked.has(key)) return;
    unacked.set(key, { load, track, number, bytes: message.length });
    counts.sentBytes += message.length;
    counts.sentBatches++;
    const inside = unpack(payload) as unknown[];
    if (track === Track.FACTS) {
      const counted = inside.filter((fact) => !UNCOUNTED.test(String((fact as unknown[])[0])));
      counts.waitingFacts = Math.max(0, counts.waitingFacts - counted.length);
    } else counts.waitingPicture = Math.max(0, counts.waitingPicture - readChunk(inside).count);
  });

  return {
    counts,
    phase: () => phase,
    welcome: () => welcome,
    host: {
      ...host,
      timer(run, ms) {
        // The first timer that is set where a link has just ended is that of the next attempt.
        if (ended && /retry|wait/.test(actionOf(cause.code)))
          phase = { is: "retrying", at: host.monotonic() + ms, ...cause };
        ended = false;
        return host.timer(run, ms);
      },
    },
    link: (by, open) => (events) => {
      const mine = {};
      let load: unknown;
      newest = mine;
      phase = { is: "connecting", by };
      cause = { code: 0, reason: "" };

      const heard = guarded((bytes: Bytes) => {
        const message = readServerMessage(decode(bytes) as unknown[]);
        if (message?.type === "Welcome") {
          acknowledged(load, Track.FACTS, message.facts_acked);
          acknowledged(load, Track.PICTURE, message.picture_acked);
          if (mine !== newest) return;
          welcome = message;
          phase = { is: "connected", by };
        } else if (message?.type === "Ack") acknowledged(load, message.track, message.number);
        else if (message?.type === "Refused" && mine === newest) cause = message;
      });
      const link = open({
        ...events,
        hello() {
          const message = events.hello();
          guarded(() => {
            load = (unpack(message) as unknown[])[HELLO_LOAD];
          })();
          return message;
        },
        message(bytes) {
          heard(bytes);
          events.message(bytes);
        },
        closed(code) {
          if (mine === newest && !cause.code) cause = { code, reason: "" };
          events.closed(code);
        },
      });
      return {
        prompt: link.prompt,
        buffered: link.buffered,
        send(message) {
          sent(load, message);
          link.send(message);
        },
        close() {
          link.close();
          if (mine !== newest) return;
          phase = { is: "ended", ...cause };
          ended = true;
          host.soon(() => {
            ended = false;
          });
        },
      };
    },
    forget() {
      unacked.clear();
      Object.assign(counts, { waitingFacts: 0, waitingPicture: 0 });
    },
  };
}
