/**
 * A Shopify web pixel: tells what happens in the checkout, where no script of the shop's runs. It takes no picture,
 * and it keeps silent on the storefront, whose own script sees more there.
 */
import { declare } from "../capture/translate";
import { guarded } from "../guard";
import type { PixelApi } from "./api";
import { wordsOf } from "./reading";
import { createSender, type Fact } from "./sending";

export type { PixelApi } from "./api";

export interface PixelOptions {
  readonly site: string;
  /** Where the collector is reached, such as `https://see.shop.example`. */
  readonly collector: string;
  readonly api: PixelApi;
}

interface PixelEvent {
  readonly timestamp?: string;
  readonly context?: { readonly document?: { readonly location?: { readonly origin?: string } } };
}

/**
 * Begins as soon as Shopify's own consent says that analytics are allowed, and ends when it takes that back. Answers
 * what is to be called with each event: those that came before this script did are heard, too.
 */
export function start({ site, collector, api }: PixelOptions): (event: unknown) => void {
  let allowed = api.init.customerPrivacy.analyticsProcessingAllowed === true;
  const privacyControl =
    (navigator as Navigator & { readonly globalPrivacyControl?: boolean }).globalPrivacyControl === true;
  const surroundings = { site, collector, browser: api.browser, privacyControl };
  let sender = createSender(surroundings);
  let isTold = false;

  function forget(): void {
    sender.stop();
    // Should it be allowed again, that is a page load of its own.
    sender = createSender(surroundings);
    isTold = false;
  }

  function heard(event: unknown): void {
    if (!allowed) return;
    const { timestamp = "", context } = event as PixelEvent;
    const t = Date.parse(timestamp) || Date.now();
    const facts: Fact[] = [];
    const sink = {
      fact: (...[kind, at, fields]: Fact) => void facts.push([kind, at, fields]),
      picture() {},
      style() {},
    };
    for (const { command, given, place } of wordsOf(event))
      declare(command, given, sink, { now: () => t, at: () => t }, place);
    const origin = context?.document?.location?.origin;
    if (facts.length > 0 && !isTold && origin) {
      isTold = true;
      // The rest of a checkout's address says which checkout it is: whoever has it may be let in.
      facts.unshift(["page", t, { url: `${origin}/checkouts`, how: "navigate", circumstances: {} }]);
    }
    sender.say(facts);
  }

  api.customerPrivacy.subscribe(
    "visitorConsentCollected",
    guarded(({ customerPrivacy }) => {
      allowed = customerPrivacy.analyticsProcessingAllowed === true;
      if (!allowed) forget();
    }),
  );
  return guarded(heard);
}
