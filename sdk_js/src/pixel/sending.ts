/**
 * Brings a checkout's facts into the session that the storefront's script began: its record is in the storage of the
 * page around the sandbox. Without that record, or once the collector does not take the session any more, nothing is
 * sent: a pixel begins no session of its own, and so never one without the storefront's consent.
 *
 * A batch stays until it is acknowledged and is sent again with the next one; the same batch twice does no harm.
 */
import { hex, joinFrames, splitFrames } from "../bytes";
import { guarded } from "../guard";
import { stringify } from "../json";
import { decode, encode } from "../msgpack";
import { keys, readRecord } from "../storage";
import {
  type Bytes,
  batchList,
  CloseCode,
  type Facts,
  helloList,
  type Kind,
  PROTOCOL_VERSION,
  readServerMessage,
  Track,
} from "../wire.gen";
import type { PixelApi } from "./api";

export type Fact = readonly [kind: Kind, t: number, fields: Facts[Kind]];

export interface Sender {
  /** Hands over what happened together. */
  say(facts: readonly Fact[]): void;
  /** Forgets what is not sent, and sends nothing more. */
  stop(): void;
}

export interface Surroundings {
  readonly site: string;
  readonly collector: string;
  readonly browser: PixelApi["browser"];
  /** Whether the browser says Global Privacy Control. */
  readonly privacyControl: boolean;
}

/** A checkout has a dozen events; what is more waits for nobody. */
const WAITING_MAX_COUNT = 100;
const RETRY_AFTER_MS: readonly number[] = [2_000, 8_000, 30_000];
const ID_BYTES = 16;

const newId = (): string => hex(crypto.getRandomValues(new Uint8Array(ID_BYTES)));

export function createSender({ site, collector, browser, privacyControl }: Surroundings): Sender {
  const names = keys(site);
  const load = newId();
  const ownTab = newId();
  let waiting: { readonly number: number; readonly message: Bytes }[] = [];
  let number = 0;
  let lost = 0;
  let busy = false;
  let stopped = false;
  let failures = 0;

  function stop(): void {
    stopped = true;
    waiting = [];
  }

  async function send(): Promise<void> {
    const record = readRecord(await browser.localStorage.getItem(names.session));
    if (!record?.session || (privacyControl && record.settings?.global_privacy_control !== "ignore")) {
      stop();
      return;
    }
    const tab = (await browser.sessionStorage.getItem(names.tab)) || ownTab;
    const { session, token } = record;
    const hello = { version: PROTOCOL_VERSION, site, tab, load, consent: "managed", session, token } as const;
    if (stopped) return;
    const answer = await fetch(`${collector}/ingest`, {
      method: "POST",
      body: joinFrames([
        encode(helloList({ ...hello, sent_ms: Date.now() })),
        ...waiting.map(({ message }) => message),
      ]),
      credentials: "omit",
      cache: "no-store",
      keepalive: true,
    });
    let given = token;
    for (const frame of splitFrames(new Uint8Array(await answer.arrayBuffer()))) {
      const message = readServerMessage(decode(frame) as readonly unknown[]);
      if (message?.type === "Welcome" || message?.type === "Token") given = message.token;
      else if (message?.type === "Ack" && message.track === Track.FACTS)
        waiting = waiting.filter((batch) => batch.number > message.number);
      else if (message?.type === "Refused" && message.code < CloseCode.TOO_MUCH) stop();
    }
    if (given === token) return;
    // Another tab may have moved on to another session meanwhile.
    const now = readRecord(await browser.localStorage.getItem(names.session));
    if (now?.session === session)
      await browser.localStorage.setItem(names.session, stringify({ ...now, token: given }));
  }

  async function turn(): Promise<void> {
    if (busy || stopped) return;
    busy = true;
    const before = waiting.length;
    const last = number;
    await send().catch(() => {});
    busy = false;
    failures = waiting.length < before ? 0 : failures + 1;
    const delay = number > last ? 0 : RETRY_AFTER_MS[failures - 1];
    if (waiting.length > 0 && delay !== undefined) setTimeout(guarded(turn), delay);
  }

  return {
    say(facts) {
      if (stopped || facts.length === 0) return;
      if (waiting.length >= WAITING_MAX_COUNT) {
        lost += facts.length;
        return;
      }
      const [[, t]] = facts as readonly [Fact];
      const told = lost > 0 ? [["lost", t, { count: lost }], ...facts] : facts;
      lost = 0;
      const batch = { track: Track.FACTS, number: ++number, payload: encode(told) };
      waiting.push({ number, message: encode(batchList(batch)) });
      void turn();
    },
    stop,
  };
}
