/** What the page has loaded is told once, by the addresses that the recording has. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Assets, watchAssets } from "../../src/capture/assets";
import { createUrls, type Urls } from "../../src/capture/urls";

const SHOP = "https://shop.example";

let report: (...entries: object[]) => void;
let facts: unknown[];
let urls: Urls;
let assets: Assets;

const entry = (name: string, initiatorType: string, decodedBodySize = 0) => ({
  name,
  initiatorType,
  decodedBodySize,
});
const told = () => {
  vi.runAllTimers();
  return facts.splice(0);
};

beforeEach(() => {
  vi.useFakeTimers();
  facts = [];
  vi.stubGlobal(
    "PerformanceObserver",
    class {
      constructor(heard: (list: object) => void) {
        report = (...entries) => heard({ getEntries: () => entries });
      }
      observe() {}
      disconnect() {}
    },
  );
  urls = createUrls([]);
  const sink = {
    fact: (_: string, __: number, fields: { items: object[] }) => void facts.push(...fields.items),
    picture() {},
    style() {},
  };
  assets = watchAssets([SHOP], urls, sink as never, { now: () => 7, at: (time) => time });
});
afterEach(() => {
  assets.stop();
  vi.useRealTimers();
});

it("tells images and fonts of the site by the address that was recorded", () => {
  for (const url of [`${SHOP}/a.png?w=400&sig=x`, `${SHOP}/f.woff2`, `${SHOP}/bg.svg#dark`]) urls.asset(url);
  report(
    entry(`${SHOP}/a.png?w=400&sig=x`, "img", 900),
    entry(`${SHOP}/f.woff2`, "css", 48_000),
    entry(`${SHOP}/bg.svg`, "css"),
  );
  expect(told()).toEqual([
    { url: `${SHOP}/a.png?w=400`, kind: "image", bytes: 900 },
    { url: `${SHOP}/f.woff2`, kind: "font", bytes: 48_000 },
    { url: `${SHOP}/bg.svg`, kind: "image" },
  ]);
});

it("tells nothing that is not in the recording, of other origins, or no image", () => {
  urls.asset("https://elsewhere.example/a.png");
  urls.asset(`${SHOP}/film.mp4`);
  urls.asset(`${SHOP}.evil.example/a.png`);
  report(
    entry(`${SHOP}/avatars/ana.png`, "img", 10),
    entry("https://elsewhere.example/a.png", "img", 10),
    entry(`${SHOP}.evil.example/a.png`, "img", 10),
    entry(`${SHOP}/film.mp4`, "video", 10),
    entry(`${SHOP}/app.js`, "script", 10),
  );
  expect(told()).toEqual([]);
});

it("tells what was loaded before it was shown, once", () => {
  report(entry(`${SHOP}/a.png`, "img", 900));
  expect(told()).toEqual([]);
  urls.assets(`${SHOP}/a.png 1x, ${SHOP}/b.png 2x`);
  assets.touch();
  expect(told()).toEqual([{ url: `${SHOP}/a.png`, kind: "image", bytes: 900 }]);
  report(entry(`${SHOP}/a.png`, "img", 900));
  expect(told()).toEqual([]);
  report(entry(`${SHOP}/a.png`, "img", 901));
  expect(told()).toHaveLength(1);
});

it("tells nothing more after its end", () => {
  urls.asset(`${SHOP}/a.png`);
  report(entry(`${SHOP}/a.png`, "img", 900));
  assets.stop();
  expect(told()).toEqual([]);
});
