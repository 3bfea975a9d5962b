/** What the panel says, as functions of what it knows: every sentence for the shop's developer is written here. */
import type { Word } from "../consent";
import { CloseCode } from "../wire.gen";
import type { Carrier, Counts, Phase } from "./conversation";
import type { ZoneReason } from "./zone";

export interface ConsentKnown {
  readonly managed: boolean;
  readonly privacyControl: boolean;
  readonly control: "off" | "ignore";
  /** What the page's own code said on this page load. */
  readonly page?: Word | undefined;
  /** What the consent tools say together, and which there are. */
  readonly tool?: Word | undefined;
  readonly tools: readonly string[];
}

export interface Told {
  readonly tone: "good" | "waiting" | "bad";
  readonly text: string;
  /** What to do about it. */
  readonly hint?: string;
}

const ASK = "replay('consent', 'granted')";

export function consentWords(known: ConsentKnown): Told {
  const { managed, privacyControl, control, page, tool, tools } = known;
  const named = tools.length ? ` (${tools.join(", ")})` : "";
  if (privacyControl && control !== "ignore")
    return {
      tone: "bad",
      text: "Off: this browser says Global Privacy Control.",
      hint: "Try another browser profile. The setting global_privacy_control decides it for the site.",
    };
  if (page === "denied") return { tone: "bad", text: "Denied by this page: replay('consent', 'denied')." };
  if (managed && tool === "denied")
    return { tone: "bad", text: `Not granted by the shop's consent tool${named}.` };
  if (page === "granted") return { tone: "good", text: `Granted by this page: ${ASK}.` };
  if (managed && tool === "granted")
    return { tone: "good", text: `Granted by the shop's consent tool${named}.` };
  if (managed)
    return {
      tone: "waiting",
      text: tools.length ? `The consent tool${named} has not said anything.` : "No consent tool is found.",
      hint: "Read are TCF, Google Consent Mode and Shopify's customer privacy.",
    };
  return {
    tone: "waiting",
    text: "Nobody has granted it on this page load. Nothing is sent or stored.",
    hint: `Call ${ASK} on every page load once the visitor agrees.`,
  };
}

export interface ConnectionKnown {
  readonly phase: Phase;
  readonly collector: string;
  readonly origin: string;
  readonly site: string;
  readonly granted: boolean;
  /** `replay('stop')` was called. */
  readonly stopped: boolean;
  readonly online: boolean;
  /** The directive of the page's policy that forbids the collector; empty for none. */
  readonly blockedBy: string;
  /** By the same clock as the phase. */
  readonly now: number;
}

const SPOKEN: Readonly<Record<Carrier, string>> = {
  socket: "WebSocket",
  post: "posts, because no WebSocket came about",
};

export function connectionWords(known: ConnectionKnown): Told {
  const { phase, collector, origin, site, granted, stopped, online, blockedBy, now } = known;
  if (phase.is === "ended" && phase.code === CloseCode.FORBIDDEN)
    return { tone: "bad", text: `Refused: ${phase.reason}`, hint: refusalHint(phase.reason, site, origin) };
  if (stopped) return { tone: "waiting", text: "Stopped by replay('stop') until the page is loaded again." };
  if (!granted) return { tone: "waiting", text: "Not connected: it waits for consent." };
  if (phase.is === "connected") return { tone: "good", text: `Connected by ${SPOKEN[phase.by]}.` };
  if (blockedBy)
    return {
      tone: "bad",
      text: `Blocked by the page's Content-Security-Policy: ${blockedBy}.`,
      hint: `Add to it: connect-src ${collector} ${collector.replace(/^http/, "ws")}`,
    };
  if (!online) return { tone: "bad", text: "Offline. What is recorded is kept and sent later." };
  if (phase.is === "retrying") {
    const seconds = Math.max(0, Math.ceil((phase.at - now) / 1000));
    const why = phase.reason.replace(/\.$/, "") || `${collector} cannot be reached`;
    return { tone: "bad", text: `Not connected: ${why}. Next attempt in ${seconds} s.` };
  }
  if (phase.is === "ended")
    return {
      tone: "bad",
      text: phase.reason ? `Ended: ${phase.reason}` : `Given up: ${collector} could not be reached.`,
    };
  return { tone: "waiting", text: `Connecting to ${collector} …` };
}

function refusalHint(reason: string, site: string, origin: string): string {
  if (/origin/i.test(reason))
    return `This page is ${origin}. Add it: replay site set ${site} --origin ${origin} (name all origins, it replaces them).`;
  if (/site key/i.test(reason)) return `This page's key is ${site}.`;
  return "";
}

export function zoneWords({ zone, decider, by, text, why }: ZoneReason, name: string): Told {
  const from = decider ? ` by ${by}` : "";
  return {
    tone: text === "readable" ? "good" : "waiting",
    text: `Zone ${zone}${from}${name}. Text ${text}: ${why}.`,
  };
}

export const bytes = (count: number): string => {
  if (count < 1024) return `${count} B`;
  const kib = count / 1024;
  return kib < 1024 ? `${kib.toFixed(1)} KB` : `${(kib / 1024).toFixed(1)} MB`;
};

export function countWords({
  sentBytes,
  sentBatches,
  ackedBytes,
  waitingFacts,
  waitingPicture,
}: Counts): string {
  const owed = sentBytes - ackedBytes;
  const many = (count: number, one: string) => `${count} ${one}${count === 1 ? "" : "s"}`;
  return (
    `${bytes(sentBytes)} sent in ${many(sentBatches, "batch").replace(/hs$/, "hes")}, ` +
    `${bytes(ackedBytes)} acknowledged, ${bytes(owed)} on the way; ` +
    `${many(waitingFacts, "fact")} and ${many(waitingPicture, "picture event")} wait to be sent.`
  );
}
