/**
 * Reads the shop's consent tool, for sites whose snippet says `managed`. Three are understood; where several
 * are present, all have to agree. Nothing is loaded, called into being or patched: a tool that is not there
 * says nothing, and nothing said is not a yes.
 *
 * - IAB TCF (`__tcfapi`): purposes 1 (store and read on the device) and 8 (measure how content performs), the
 *   ones nearest to keeping what the shop's page showed; a visitor to whom the GDPR does not apply is free.
 * - Google Consent Mode (`dataLayer`): `analytics_storage`, by the last update. A default counts as a yes only
 *   if every default says so, because we cannot tell for which region a default is meant.
 * - Shopify: `customerPrivacy.analyticsProcessingAllowed()`.
 */
import type { Word } from "./consent";
import { attempt, guarded } from "./guard";
import type { Host } from "./host";

/** A withdrawal has to be seen within a second. */
export const LOOK_MS = 400;

const TCF_VERSION = 2;
const TCF_PURPOSES = [1, 8];

interface TcfData {
  readonly eventStatus?: string;
  readonly gdprApplies?: boolean;
  readonly purpose?: { readonly consents?: Readonly<Record<number, boolean>> };
}
type TcfApi = (command: string, version: number, heard: (data: TcfData, success: boolean) => void) => void;

/** What the tools leave on a page's window. */
export interface ToolWindow {
  readonly __tcfapi?: TcfApi;
  readonly dataLayer?: ArrayLike<unknown>;
  readonly Shopify?: { readonly customerPrivacy?: { analyticsProcessingAllowed?(): boolean } };
}

const word = (yes: boolean): Word => (yes ? "granted" : "denied");

/** Looks until it is stopped, and says every change. */
export function watchTools(page: ToolWindow, host: Host, said: (word: Word | undefined) => void): () => void {
  const readers = [readTcf(page), readGoogle(page, host), () => readShopify(page)];
  let stopped = false;
  let last: Word | undefined;

  function look(): void {
    if (stopped) return;
    host.timer(look, LOOK_MS);
    const words = readers.map((read) => attempt(read)).filter((one) => one !== undefined);
    const now = words.length > 0 ? word(words.every((one) => one === "granted")) : undefined;
    if (now !== last) said(now);
    last = now;
  }

  look();
  return () => {
    stopped = true;
  };
}

function readTcf(page: ToolWindow): () => Word | undefined {
  let asked: TcfApi | undefined;
  let answer: Word | undefined;
  const heard = guarded((data: TcfData, success: boolean) => {
    if (!success) return;
    const { eventStatus, gdprApplies, purpose } = data;
    if (gdprApplies === false) answer = "granted";
    else if (eventStatus === "tcloaded" || eventStatus === "useractioncomplete")
      answer = word(TCF_PURPOSES.every((number) => purpose?.consents?.[number] === true));
  });
  return () => {
    const api = page.__tcfapi;
    // The stub that a tool puts in first passes our question on; a page that puts in a new one is asked again.
    if (typeof api === "function" && api !== asked) {
      asked = api;
      api("addEventListener", TCF_VERSION, heard);
    }
    // A tool that has not answered yet is a tool that has not granted.
    return asked && (answer ?? "denied");
  };
}

function readGoogle(page: ToolWindow, host: Host): () => Word | undefined {
  let defaults: Word | undefined;
  let holdsFrom = 0;
  let update: Word | undefined;

  function entry(value: unknown): void {
    const { 0: command, 1: action, 2: given } = (value ?? {}) as Record<number, unknown>;
    const { analytics_storage: said, wait_for_update } = (given ?? {}) as Record<string, unknown>;
    if (command !== "consent" || (said !== "granted" && said !== "denied")) return;
    if (action === "update") update = said;
    if (action !== "default") return;
    if (!defaults) holdsFrom = host.monotonic() + (Number(wait_for_update) || 0);
    if (defaults !== "denied") defaults = said;
  }

  return () => {
    // The whole list every time: Google's own code drops its oldest entries as new ones come.
    const layer = page.dataLayer ?? [];
    for (let index = 0; index < layer.length; index++) entry(layer[index]);
    return update ?? (defaults && host.monotonic() < holdsFrom ? "denied" : defaults);
  };
}

function readShopify({ Shopify }: ToolWindow): Word | undefined {
  const allowed = Shopify?.customerPrivacy?.analyticsProcessingAllowed?.();
  return typeof allowed === "boolean" ? word(allowed) : undefined;
}
