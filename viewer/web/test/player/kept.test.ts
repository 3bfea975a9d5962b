// @vitest-environment node
/** What a recording names is looked up in the desk's own answer, and nothing else is ever asked for. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { styleReference } from "../../../../sdk_js/src/style_reference";
import { candidates } from "../../src/player/images";
import { ASK_EVERY_MS, type AssetEntry, Kept } from "../../src/player/kept";
import { Sanitizer } from "../../src/player/sanitize";
import { documentOf, element } from "./hostile";

const DESK = "https://desk.example";
const SHOP = "https://shop.example";
const [A, B, C] = ["a".repeat(64), "b".repeat(64), "c".repeat(64)];
const at = (hash: string) => `${DESK}/assets/${hash}`;

let urls: Record<string, AssetEntry>;
let styles: Record<string, AssetEntry>;
let texts: Record<string, string>;
let asked: string[];
let changes: number;
let lists: number;
let kept: Kept;

beforeEach(() => {
  urls = { [`${SHOP}/a.png`]: { hash: A, type: "image/png" } };
  styles = {};
  texts = {};
  asked = [];
  changes = lists = 0;
  kept = new Kept(
    {
      list: async () => {
        lists++;
        return { origins: [SHOP], urls: { ...urls }, styles: { ...styles } };
      },
      style: async (hash) => {
        asked.push(hash);
        return texts[hash] ?? null;
      },
    },
    DESK,
    () => changes++,
  );
});
afterEach(() => vi.useRealTimers());

async function page(...nodes: object[]): Promise<string> {
  const data = { node: documentOf(nodes as never) };
  await kept.prepare(JSON.stringify(data));
  return JSON.stringify(new Sanitizer(kept).read({ type: 2, timestamp: 1, data }, 0, 9));
}

describe("an address", () => {
  it("is the desk's own where the desk has what was there", async () => {
    const shown = await page(
      element("img", { src: `${SHOP}/a.png` }),
      element("b", { style: `background:url(${SHOP}/a.png)` }),
      element("video", { poster: `${SHOP}/a.png` }),
      element("image", { "xlink:href": `${SHOP}/a.png#x` }, [], { isSVG: true }),
      element("style", { _cssText: `@font-face{src:url("${SHOP}/a.png")}` }),
    );
    expect(shown.split(at(A))).toHaveLength(6);
    expect(shown).toContain(`${at(A)}#x`);
  });

  it.each([
    `/assets/${A}`,
    at(A),
    `${SHOP}/b.png`,
    `${SHOP}.evil.example/a.png`,
    "/api/sessions/s/assets",
    "__proto__",
    "constructor",
  ])("that the desk did not list is not asked for: %s", async (url) => {
    const shown = await page(
      element("img", { src: url, srcset: `${url} 2x` }),
      element("b", { style: `background:url('${url}')` }),
      element("link", { rel: "stylesheet", href: url }),
    );
    expect(shown).not.toContain("/assets/");
    expect(asked).toEqual([]);
  });

  it("has its reason and its size where it was not kept", async () => {
    urls[`${SHOP}/gone.png`] = { reason: "status", detail: "It was answered with 404." };
    kept.hear([{ url: `${SHOP}/gone.png`, kind: "image", width: 40, height: 30 }]);
    const shown = decodeURIComponent(
      await page(
        element("img", { src: `${SHOP}/gone.png` }),
        element("img", { src: "https://ads.example/x.png" }),
      ),
    );
    expect(shown).toContain("image not kept: it was answered with 404<");
    expect(shown).toContain('width="40" height="30"');
    expect(shown).toContain("image not kept: it is of ads.example<");
  });
});

describe("candidates of an image", () => {
  it("are those that the desk has, with their descriptors", async () => {
    urls[`${SHOP}/b,1.png`] = { hash: B, type: "image/png" };
    await kept.prepare("");
    const srcset = `${SHOP}/no.png, ${SHOP}/a.png 1.5x,${SHOP}/b,1.png 800w, data:image/png;base64,AA== 3x`;
    expect(candidates(srcset, kept)).toBe(`${at(A)} 1.5x, ${at(B)} 800w`);
  });

  it("stand without the frame of the address that was not kept", async () => {
    const shown = await page(element("img", { src: `${SHOP}/no.png`, srcset: `${SHOP}/a.png 2x` }));
    expect(shown).toContain(`"srcset":"${at(A)} 2x"`);
    expect(shown).not.toContain('"src":');
  });
});

describe("a style told by its hash", () => {
  it("is fetched once, before the page is made, and is harmless", async () => {
    styles[B] = { hash: B, type: "text/css" };
    texts[B] =
      `@import "https://evil.example/x.css";a{background:url(${SHOP}/a.png),url(https://evil.example/y)}`;
    const style = element("style", { _cssText: styleReference(B) });
    const shown = await page(style);
    expect(shown).toContain(at(A));
    expect(shown).not.toContain("evil.example");
    await page(style);
    expect(asked).toEqual([B]);
  });

  it("is not fetched unless the desk lists it, and shows as a missing one", async () => {
    texts[C] = "a{color:red}";
    expect(await page(element("style", { _cssText: styleReference(C) }))).toContain('"_cssText":""');
    expect(asked).toEqual([]);
  });

  it("of another origin has its addresses from where it was", async () => {
    urls[`${SHOP}/css/x.css`] = { hash: B, type: "text/css" };
    texts[B] = "a{background:url(../a.png)}";
    const shown = await page(element("link", { rel: "stylesheet", href: `${SHOP}/css/x.css` }));
    expect(shown).toContain(at(A));
  });
});

it("is asked again for what was reported before its picture came", async () => {
  vi.useFakeTimers();
  await kept.prepare("");
  kept.hear([]);
  urls[`${SHOP}/new.png`] = { hash: C, type: "image/png" };
  await page(element("img", { src: `${SHOP}/new.png` }));
  await vi.advanceTimersByTimeAsync(ASK_EVERY_MS);
  expect(changes).toBe(1);
});

it("is asked no more when nothing has come for long", async () => {
  vi.useFakeTimers();
  urls[`${SHOP}/new.png`] = { reason: "waiting" };
  kept.hear([]);
  await page(element("img", { src: `${SHOP}/new.png` }));
  await vi.advanceTimersByTimeAsync(100 * ASK_EVERY_MS);
  expect(lists).toBeLessThan(20);
});

it("is asked again while something is missing, and tells when it has come", async () => {
  vi.useFakeTimers();
  urls[`${SHOP}/new.png`] = { reason: "waiting", detail: "It has not been fetched yet." };
  kept.hear([]);
  await page(element("img", { src: `${SHOP}/new.png` }));
  await vi.advanceTimersByTimeAsync(ASK_EVERY_MS);
  expect(changes).toBe(0);
  urls[`${SHOP}/new.png`] = { hash: C, type: "image/png" };
  await vi.advanceTimersByTimeAsync(ASK_EVERY_MS);
  expect(changes).toBe(1);
  expect(await page(element("img", { src: `${SHOP}/new.png` }))).toContain(at(C));
  await vi.advanceTimersByTimeAsync(2 * ASK_EVERY_MS);
  expect(changes).toBe(1);
});
