/**
 * What adapters share: careful reading of values that may be anything, amounts of money as exact as they
 * are given, and the answers of requests, read beside the page and never in its way.
 */
import { attempt } from "../guard";
import { stringify } from "../json";
import type { Answer, Asked, Hooks, Place, Shop } from "./adapter";

export type Given = Readonly<Record<string, unknown>>;

/** What is read of one list, whatever its length. */
export const LIST_MAX_COUNT = 1_000;
/** A longer answer is not one of a cart. */
export const ANSWER_MAX_CHARS = 1024 * 1024;

export const record = (value: unknown): Given =>
  typeof value === "object" && value !== null ? (value as Given) : {};

export const list = (value: unknown): readonly Given[] =>
  Array.isArray(value) ? value.slice(0, LIST_MAX_COUNT).map(record) : [];

/** What a number surely holds of what was written; beyond that is what is left of calculations. */
const DIGITS_COUNT = 15;

/** A text, or a number as one; undefined for everything else, for nothing, and for numbers that are no amounts. */
export function plain(value: unknown): string | undefined {
  const text = typeof value === "number" ? String(Number(value.toPrecision(DIGITS_COUNT))) : value;
  if (typeof text !== "string" || (text !== value && /[a-z]/i.test(text))) return undefined;
  return text.trim() || undefined;
}

/** A currency's ISO code; undefined for what is none. */
export function currencyOf(value: unknown): string | undefined {
  const code = plain(value)?.toUpperCase();
  return code && /^[A-Z]{3}$/.test(code) ? code : undefined;
}

/** States what it is given, unless it is what it stated last under that key. */
export function teller(
  shop: Shop,
  last = new Map<string, string>(),
): (key: string, command: Parameters<Shop["say"]>[0], given: Given, place?: Place) => void {
  return (key, command, given, place) => {
    const text = stringify(given);
    if (last.get(key) === text) return;
    last.set(key, text);
    shop.say(command, [given], place);
  };
}

/**
 * Runs what reads something of the page's; where that fails, the reason is marked, once, so that somebody can find
 * out why nothing is stated. `via`: the adapter's name.
 */
export function carefully(shop: Shop, via: string): <R>(run: () => R) => R | undefined {
  const marked = new Set<string>();
  const fail = (error: unknown): undefined => {
    // What the browser says of it may quote what stands there.
    const reason =
      error instanceof SyntaxError ? "not JSON" : error instanceof RangeError ? "too large" : "fails";
    if (marked.has(reason) || record(error).name === "AbortError") return;
    marked.add(reason);
    shop.say("mark", ["shop data unreadable", { in: via, reason }]);
  };
  return (run) => {
    try {
      const value = run();
      if (value instanceof Promise) value.catch(fail);
      return value;
    } catch (error) {
      return fail(error);
    }
  };
}

/** A code that a cart names: applied, or at once refused. */
export interface Code {
  readonly code?: string | undefined;
  readonly state?: "rejected";
  readonly amount?: unknown;
  readonly reason?: string | undefined;
}

type Stated = Given & { readonly promos?: readonly Code[] | undefined };

export interface CartTeller {
  /**
   * States the cart of an answer, unless it is what was stated last under that key, and what has changed of its
   * codes: its promotions, where `codes` are not given apart. Codes that are not named at all are not known.
   */
  cart(key: string, given: Stated, codes?: readonly Code[]): void;
  /** The shop said no: to a code, or to whatever else was asked. After that the same cart is news. */
  refused(code: string | undefined, text: string | undefined, reason?: string): void;
}

/** For adapters that read answers. */
export function cartTeller(shop: Shop, via: string): CartTeller {
  const place: Place = { surface: "network", source: "network", via };
  const stated = new Map<string, string>();
  const tell = teller(shop, stated);
  let known: readonly Code[] = [];
  return {
    cart(key, given, codes = given.promos ?? known) {
      tell(key, "cart", given, place);
      const last = known;
      known = codes.filter(({ code }) => code);
      for (const { code, state } of last)
        if (!state && !known.some((each) => each.code === code))
          shop.say("promo", [{ state: "removed", code }]);
      for (const each of known)
        if (!last.some(({ code, state }) => code === each.code && state === each.state))
          shop.say("promo", [{ state: "applied", ...each }]);
    },
    refused(code, text, reason) {
      stated.clear();
      if (code) shop.say("promo", [{ state: "rejected", code, text, reason }]);
      else if (text) shop.say("cart", [{ messages: [{ raw: text }] }], place);
    },
  };
}

/** ISO 4217: currencies that have not two decimals. */
const DECIMALS = [
  ["BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF", 0],
  ["BHD IQD JOD KWD LYD OMR TND", 3],
  ["CLF UYW", 4],
] as const;

/**
 * An amount that the shop wrote as a whole number of parts, `decimals` of them after the point: in the
 * currency's own minor units where it has so many, else as a decimal text. Undefined where it is no whole
 * number.
 */
export function parts(value: unknown, decimals: number, currency: string | undefined): Given | undefined {
  const text = plain(value);
  if (!text || !/^-?\d{1,15}$/.test(text) || !(decimals >= 0 && decimals <= 6)) return undefined;
  const number = Number(text);
  const power = (DECIMALS.find(([codes]) => currency && codes.includes(currency))?.[1] ?? 2) - decimals;
  // Plus nothing: there is no minus nothing.
  const minor = (power >= 0 ? number * 10 ** power : number / 10 ** -power) + 0;
  if (currency && Number.isSafeInteger(minor)) return { minor, currency };
  const digits = text.replace("-", "").padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const raw = decimals ? `${whole}.${digits.slice(-decimals)}` : whole;
  return { raw: number < 0 ? `-${raw}` : raw, currency };
}

/** Reads answers to what the page asked, of the shop itself or of `anybody`; what goes wrong there stays there. */
export function reader(
  shop: Shop,
  via: string,
  read: (address: URL, asked: Asked, answer: Answer) => Promise<void>,
  anybody = false,
): Required<Pick<Hooks, "answered">> {
  const careful = carefully(shop, via);
  return {
    answered(asked, answer) {
      const address = new URL(asked.url, document.baseURI);
      if (anybody || address.origin === location.origin) careful(() => read(address, asked, answer));
    },
  };
}

function refuseLong(length: number): void {
  if (length > ANSWER_MAX_CHARS) throw new RangeError();
}

/** The text of an answer whose kind is right; the page still reads it itself. One that is too long is an error. */
export async function textOf(answer: Answer, kind: RegExp): Promise<string | undefined> {
  if (answer instanceof XMLHttpRequest) {
    if (!kind.test(answer.getResponseHeader("content-type") ?? "")) return undefined;
    const text =
      answer.responseType === "json"
        ? stringify(answer.response)
        : /^(?:text)?$/.test(answer.responseType)
          ? answer.responseText
          : "";
    refuseLong(text.length);
    return text;
  }
  const { headers } = answer;
  if (!kind.test(headers.get("content-type") ?? "")) return undefined;
  refuseLong(Number(headers.get("content-length")));
  const reader = answer.clone().body?.getReader();
  if (!reader) return undefined;
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    text += decoder.decode(value, { stream: !done });
    if (done) return text;
    if (text.length > ANSWER_MAX_CHARS)
      // Not awaited: it is over when the page is done with its half.
      reader.cancel().catch(() => {});
    refuseLong(text.length);
  }
}

export const JSON_KIND = /json|javascript/i;

/** A JSON answer as an object; an empty one for JSON that is none. */
export async function jsonOf(answer: Answer): Promise<Given | undefined> {
  const text = await textOf(answer, JSON_KIND);
  return text ? record(JSON.parse(text)) : undefined;
}

/** What was sent as JSON, as an object; an empty one for everything else. */
export function sentJson({ body }: Asked): Given {
  if (typeof body !== "string" || body.length > ANSWER_MAX_CHARS || body.trim()[0] !== "{") return {};
  return record(attempt(() => JSON.parse(body) as unknown));
}

/** One named value of what was sent, in any of the forms in which pages send. */
export function sent(asked: Asked, name: string): string | undefined {
  const { body } = asked;
  const form = typeof body === "string" && body.length <= ANSWER_MAX_CHARS ? new URLSearchParams(body) : body;
  const isForm = form instanceof FormData || form instanceof URLSearchParams;
  return plain(sentJson(asked)[name] ?? (isForm ? form.get(name) : undefined));
}

/** Markup as the text that it shows: nothing in it is loaded or run. */
export const unmarked = (html: unknown): string | undefined => {
  const text = plain(html);
  if (!text || !/[<&]/.test(text)) return text;
  return plain(new DOMParser().parseFromString(text, "text/html").body?.textContent);
};
