/** When a pixel speaks, what it sends, and when it stops: over an implementation of Shopify's API in memory. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { joinFrames, splitFrames } from "../../src/bytes";
import { encode } from "../../src/msgpack";
import { start } from "../../src/pixel/index";
import type { Bytes } from "../../src/wire.gen";
import { unpack } from "../unpack";
import { alerted, completed, happened } from "./events";

type Heard = (event: never) => void;
const PLACE = { site: "shop", collector: "https://see.example" };
const RECORD = { session: "s1", token: "t1", code: "7K3QF9", person: "", settings: {} };

function shopify(analyticsProcessingAllowed = true) {
  const heard = new Map<string, Heard[]>();
  const subscribe = (name: string, run: Heard) => heard.set(name, [...(heard.get(name) ?? []), run]);
  const texts = new Map([
    ["replay.shop", JSON.stringify(RECORD)],
    ["replay.shop.tab", "tab1"],
  ]);
  const storage = {
    getItem: async (key: string) => texts.get(key) ?? null,
    setItem: async (key: string, value: string) => texts.set(key, value),
  };
  return {
    texts,
    consent: (allowed: boolean) => {
      for (const run of heard.get("visitorConsentCollected") ?? [])
        run({ customerPrivacy: { analyticsProcessingAllowed: allowed } } as never);
    },
    api: {
      browser: { localStorage: storage, sessionStorage: storage },
      init: { customerPrivacy: { analyticsProcessingAllowed } },
      customerPrivacy: { subscribe },
    },
  };
}

const posts: { hello: unknown[]; batches: unknown[][] }[] = [];
let answer: () => unknown[][] = () => [];

beforeEach(() => {
  posts.length = 0;
  vi.useFakeTimers();
  vi.stubGlobal("fetch", async (_: string, { body }: { body: Bytes }) => {
    const [hello = [], ...batches] = splitFrames(body).map((frame) => unpack(frame) as unknown[]);
    posts.push({ hello, batches });
    return new Response(joinFrames(answer().map((message) => encode(message))) as BodyInit);
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const settled = () => vi.advanceTimersByTimeAsync(0);
const welcome = (token: string) => [0, "s1", token, "7K3QF9", 1, 0, 0, {}];
const kinds = (payload: unknown) => (unpack(payload as Bytes) as [string][]).map(([kind]) => kind);

it("brings a checkout into the storefront's session, and what is acknowledged not again", async () => {
  const shop = shopify();
  const publish = start({ ...PLACE, api: shop.api });
  publish({ ...happened("checkout_started"), name: "product_viewed" });
  answer = () => [welcome("t2"), [1, 0, posts.length]];
  publish(happened("checkout_started"));
  await settled();
  publish(completed());
  await settled();
  const [first, second] = posts;
  expect(first?.hello.slice(2, 4)).toEqual(["shop", "tab1"]);
  expect(first?.hello.slice(7)).toEqual(["s1", "t1"]);
  expect(second?.hello.slice(7)).toEqual(["s1", "t2"]);
  expect(second?.hello[4]).toBe(first?.hello[4]);
  expect(first?.batches.map(([, track, number, payload]) => [track, number, kinds(payload)])).toEqual([
    [0, 1, ["page", "mark", "cart"]],
  ]);
  expect(second?.batches.map(([, , number, payload]) => [number, kinds(payload)])).toEqual([
    [2, ["mark", "cart", "order"]],
  ]);
  expect(JSON.parse(shop.texts.get("replay.shop") ?? "")).toEqual({ ...RECORD, token: "t2" });
});

it("sends again what was not acknowledged, and gives up when the collector says so", async () => {
  const shop = shopify();
  const publish = start({ ...PLACE, api: shop.api });
  answer = () => [[5, 4503, "Nothing can be kept now."]];
  publish(happened("checkout_started"));
  await vi.advanceTimersByTimeAsync(2_000);
  expect(posts.map(({ batches }) => batches.map(([, , number]) => number))).toEqual([[1], [1]]);
  answer = () => [[5, 4410, "This session is over."]];
  publish(alerted("PAYMENT_ERROR", "Card was declined", null));
  await vi.advanceTimersByTimeAsync(120_000);
  expect(posts.map(({ batches }) => batches.length)).toEqual([1, 1, 2]);
  publish(completed());
  await vi.advanceTimersByTimeAsync(120_000);
  expect(posts).toHaveLength(3);
});

it("is silent without consent, without a session of the storefront's, and under Global Privacy Control", async () => {
  const refused = shopify(false);
  const refusedHears = start({ ...PLACE, api: refused.api });
  refusedHears(happened("checkout_started"));
  const alone = shopify();
  alone.texts.clear();
  const aloneHears = start({ ...PLACE, api: alone.api });
  aloneHears(happened("checkout_started"));
  vi.stubGlobal("navigator", { globalPrivacyControl: true });
  const controlled = shopify();
  const controlledHears = start({ ...PLACE, api: controlled.api });
  controlledHears(happened("checkout_started"));
  await settled();
  expect(posts).toEqual([]);
  answer = () => [];
  refused.consent(true);
  vi.stubGlobal("navigator", {});
  refusedHears(happened("checkout_started"));
  await settled();
  expect(posts).toHaveLength(1);
  refused.consent(false);
  refusedHears(completed());
  await vi.advanceTimersByTimeAsync(120_000);
  expect(posts).toHaveLength(1);
});
