/** What a page is found to be made of: when one looks, what is loaded and how often, and when that ends. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Adapter } from "../src/adapters/adapter";
import { createPlatforms, LOOK_MS, LOOKS_COUNT, type Platforms } from "../src/platforms";

const adapterOf = new Map<string, Adapter>();
let asked: string[];
let came: Adapter[];
let platforms: Platforms;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  asked = [];
  came = [];
  platforms = createPlatforms(async (name) => {
    asked.push(name);
    const adapter = { start: () => ({}) };
    adapterOf.set(name, adapter);
    return { adapter };
  });
});
afterEach(() => {
  platforms.stop();
  vi.useRealTimers();
  vi.restoreAllMocks();
  document.head.innerHTML = document.body.innerHTML = document.body.className = "";
});

const asks = (name: string) =>
  vi.spyOn(performance, "getEntriesByType").mockReturnValue([{ name } as PerformanceEntry]);
const look = (all?: () => void) => platforms.look((adapter) => void came.push(adapter), all);
const later = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe("a platform", () => {
  it.each([
    ["data_layer", () => vi.stubGlobal("dataLayer", [])],
    ["shopify", () => vi.stubGlobal("Shopify", {})],
    ["evershop", () => vi.stubGlobal("eContext", {})],
    ["adobe", () => vi.stubGlobal("adobeDataLayer", [])],
    ["prestashop", () => vi.stubGlobal("prestashop", {})],
    [
      "bigcommerce",
      () =>
        void document.head.insertAdjacentHTML(
          "beforeend",
          "<base href='https://cdn11.bigcommerce.com/s-1/'>",
        ),
    ],
    [
      "sfra",
      () =>
        void document.body.insertAdjacentHTML("beforeend", "<b class=minicart data-action-url=/Cart-Mini>"),
    ],
    [
      "opencart",
      () => void document.body.insertAdjacentHTML("beforeend", "<img src=catalog/view/javascript/common.js>"),
    ],
    ["medusa", () => asks("https://api.shop.example/store/carts/cart_01?fields=%2A")],
    ["saleor", () => asks("https://shop.example/graphql/")],
    ["segment", () => vi.stubGlobal("analytics", [])],
    ["segment", () => vi.stubGlobal("rudderanalytics", [])],
    [
      "magento",
      () => void document.body.insertAdjacentHTML("beforeend", "<script type=text/x-magento-init>"),
    ],
    ["woocommerce", () => void document.body.classList.add("theme", "woocommerce-no-js")],
    [
      "product_data",
      () => void document.head.insertAdjacentHTML("beforeend", "<meta property=og:price:amount>"),
    ],
    [
      "product_data",
      () => void document.head.insertAdjacentHTML("beforeend", "<script type=application/ld+json>"),
    ],
    ["product_data", () => void document.body.insertAdjacentHTML("beforeend", "<b itemprop=price>1</b>")],
  ])("%s is found by its sign, also a little later, and loaded once", async (name, appear) => {
    look();
    await later(2 * LOOK_MS);
    expect(asked).toEqual([]);
    appear();
    await later(LOOK_MS);
    look();
    await later(10 * LOOK_MS);
    expect(asked).toEqual([name]);
    expect(came).toEqual([adapterOf.get(name)]);
    expect(platforms.adapters).toEqual(came);
  });

  it("is looked for while the page loads and a bounded time after that, and again when it is asked for", async () => {
    const state = vi.spyOn(document, "readyState", "get").mockReturnValue("interactive");
    look();
    await later(100 * LOOK_MS);
    expect(vi.getTimerCount()).toBe(1);
    state.mockReturnValue("complete");
    await later(LOOKS_COUNT * LOOK_MS);
    expect(vi.getTimerCount()).toBe(0);
    vi.stubGlobal("Shopify", {});
    await later(10 * LOOK_MS);
    expect(asked).toEqual([]);
    platforms.look();
    await later(0);
    expect(came).toHaveLength(1);
  });

  it("is waited for by whoever looked, whether it comes or cannot be had, and nothing is where there is none", async () => {
    const coming = new Map<string, (came: boolean) => void>();
    platforms = createPlatforms(
      (name) =>
        new Promise((done, fail) =>
          coming.set(name, (came) => (came ? done({ adapter: { start: () => ({}) } }) : fail())),
        ),
    );
    let settled = 0;
    const all = () => void settled++;
    look(all);
    await later(0);
    expect(settled).toBe(1);
    vi.stubGlobal("Shopify", {});
    vi.stubGlobal("dataLayer", []);
    look(all);
    coming.get("shopify")?.(false);
    await later(0);
    expect(settled).toBe(1);
    coming.get("data_layer")?.(true);
    await later(0);
    expect([settled, came.length]).toEqual([2, 1]);
  });

  it("that comes after the end is kept for the next page load and told to nobody", async () => {
    vi.stubGlobal("Shopify", {});
    look();
    platforms.stop();
    await later(10 * LOOK_MS);
    expect([came.length, platforms.adapters.length, vi.getTimerCount()]).toEqual([0, 1, 0]);
  });

  it("that cannot be had, or that fails where it is told, costs the others nothing", async () => {
    platforms = createPlatforms(async (name) => {
      asked.push(name);
      if (name === "shopify") throw new Error("offline");
      return { adapter: { start: () => ({}) } };
    });
    vi.stubGlobal("Shopify", {});
    vi.stubGlobal("dataLayer", []);
    platforms.look(() => {
      throw new Error("ours");
    });
    await later(10 * LOOK_MS);
    expect(asked).toEqual(["data_layer", "shopify"]);
    expect(platforms.adapters).toHaveLength(1);
  });
});
