/**
 * Requests of the page that failed: method, address, status, duration. Never what was sent or answered, which
 * only adapters look into, for what they know of their platform.
 *
 * The browser's own list of resources knows no method, and a failed request to a cart is only understood with
 * it, so `fetch` and `XMLHttpRequest` are wrapped: by proxies, which look and behave like what they stand for,
 * and which are taken away again unless somebody else has wrapped them in the meantime.
 */
import type { Answer, Asked } from "../adapters/adapter";
import type { PageClock } from "../clock";
import { attempt, guarded } from "../guard";
import { URL_MAX_CHARS } from "../wire.gen";
import { wrap } from "../wrap";
import { compact, cut } from "./cart";
import type { CaptureSink } from "./sink";
import type { Urls } from "./urls";

type Ended = (request: Asked | undefined, status: number | undefined, began: number, answer?: Answer) => void;

const METHOD = /^[A-Z]{1,20}$/;
const FAILED_STATUS = 400;

export function watchRequests(
  urls: Urls,
  sink: CaptureSink,
  clock: PageClock,
  answered: (asked: Asked, answer: Answer) => void,
  /** Told of every request; the answer is told its end. */
  asked: (url: string) => (status?: number) => void,
): () => void {
  let isOn = true;
  const ended: Ended = (request, status, began, answer) => {
    if (!isOn || !request) return;
    if (answer) answered(request, answer);
    if (status !== undefined && status < FAILED_STATUS) return;
    const url = cut(urls.address(new URL(request.url, document.baseURI).href), URL_MAX_CHARS);
    const method = request.method.toUpperCase();
    const t = clock.now();
    const fields = {
      method: METHOD.test(method) ? method : "OTHER",
      url,
      status,
      duration_ms: Math.round(t - began),
    };
    sink.fact("request", t, compact(fields));
  };

  const ends = [
    wrap(window, "fetch", (target: typeof fetch, self: unknown, given: unknown[]) => {
      const request = attempt(() => fetchRequest(given));
      const began = clock.now();
      const answer = Reflect.apply(target, self, given) as Promise<Response>;
      if (typeof answer?.then !== "function") return answer;
      const over = guarded((request && attempt(() => asked(request.url))) ?? (() => {}));
      // What the page gets is this promise, so that what it does not catch is still reported to it as uncaught.
      return answer.then(
        (response) => {
          attempt(() => ended(request, response.type === "opaque" ? 0 : response.status, began, response));
          over(response.status);
          return response;
        },
        (error: unknown) => {
          if ((error as Error | null)?.name !== "AbortError") attempt(() => ended(request, undefined, began));
          over();
          throw error;
        },
      );
    }),
    ...watchXhr(clock, ended, asked),
  ];
  return () => {
    isOn = false;
    for (const end of ends) end();
  };
}

function fetchRequest(given: unknown[]): Asked {
  const [input, options] = given as [RequestInfo | URL, RequestInit | undefined];
  const isRequest = input instanceof Request;
  return {
    method: options?.method ?? (isRequest ? input.method : "GET"),
    url: isRequest ? input.url : String(input),
    body: options?.body,
  };
}

function watchXhr(
  clock: PageClock,
  ended: Ended,
  asked: (url: string) => (status?: number) => void,
): (() => void)[] {
  const opened = new WeakMap<object, Asked>();
  const { prototype } = XMLHttpRequest;
  return [
    wrap(prototype, "open", (target: XMLHttpRequest["open"], self: object, given: unknown[]) => {
      attempt(() => opened.set(self, { method: String(given[0]), url: String(given[1]) }));
      return Reflect.apply(target, self, given);
    }),
    wrap(prototype, "send", (target: XMLHttpRequest["send"], self: XMLHttpRequest, given: unknown[]) => {
      attempt(() => {
        const request = opened.get(self);
        const began = clock.now();
        let isAborted = false;
        self.addEventListener("abort", () => {
          isAborted = true;
        });
        const over = request && asked(request.url);
        self.addEventListener("loadend", () => {
          const sent = request && { ...request, body: given[0] };
          if (!isAborted) attempt(() => ended(sent, self.status || undefined, began, self));
          attempt(() => over?.(self.status));
        });
      });
      return Reflect.apply(target, self, given);
    }),
  ];
}
