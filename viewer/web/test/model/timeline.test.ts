// @vitest-environment node
/** Stretches of time: pages, what picture there is, which tab was looked at, and where nothing happened. */
import { describe, expect, it } from "vitest";
import { activityLane, idleStretches, skipIdle } from "../../src/model/activity";
import { attention, tabLookedAt } from "../../src/model/attention";
import { landing, stepsOf } from "../../src/model/landing";
import { gapsOf, pictureAt } from "../../src/model/picture_span";
import type { LoadSpan } from "../../src/model/timeline";
import { isPaymentPath } from "../../src/model/timeline";
import { cart, chunks, event, load, page, T0, timeline } from "./story";

const only = (more: Parameters<typeof timeline>[0], now?: number): LoadSpan =>
  timeline(more, now).loads[0] as LoadSpan;
const kindAt = (span: LoadSpan, ms: number, now = T0 + 3_600_000) =>
  pictureAt(span.picture, span, T0 + ms, now).kind;

describe("a page load", () => {
  it("has its clock corrected, and says so where it could not be", () => {
    const span = only({ loads: [load("a", "A", 1, { offset_ms: 500, chunks: chunks([1, 0, 100, true]) })] });
    expect([span.from, span.until]).toEqual([T0 + 500, T0 + 600]);
    expect(only({ loads: [load("a", "A", 1, { offset_ms: null })] }).offset).toBe(0);
  });

  it("lasts until its tab loads another page", () => {
    const { loads } = timeline({
      loads: [load("a", "A", 1), load("b", "B", 2), load("c", "A", 3)],
      events: [page("a", 0), page("b", 500), page("c", 9_000), cart("b", 20_000, "$1")],
    });
    expect(loads.map(({ until }) => until - T0)).toEqual([9_000, 20_000, 9_000]);
  });

  it("is cut into its addresses", () => {
    const span = only({
      loads: [load("a", "A", 1)],
      events: [
        page("a", 0, "u1"),
        event("a", 700, "view", { url: "u2", title: "Two" }),
        cart("a", 900, "$1"),
      ],
    });
    expect(span.stretches.map(({ url, from, until }) => [url, from - T0, until - T0])).toEqual([
      ["u1", 0, 700],
      ["u2", 700, 900],
    ]);
  });

  it("is not stretched by a clock that says what cannot be", () => {
    const story = timeline({
      loads: [load("a", "A", 1, { chunks: chunks([1, -1e15, 1e15, true]) })],
      events: [page("a", 0), cart("a", 1e15, "$1"), cart("a", -1e15, "$2")],
    });
    expect([story.from - T0, story.until - T0]).toEqual([-60_000, 120_000]);
    expect(story.events.map(({ t }) => t - T0)).toEqual([0, 120_000, -60_000]);
  });

  it("grows with the clock while it is open live", () => {
    const live = { live: true, loads: [load("a", "A", 1)], events: [page("a", 0)] };
    expect(only(live, T0 + 60_000).until).toBe(T0 + 60_000);
  });
});

describe("the picture", () => {
  it("begins with the document, and stands when it is complete", () => {
    const span = only({
      loads: [load("a", "A", 1, { chunks: chunks([1, 400, 500, true], [2, 600, 700]) })],
      events: [page("a", 0), event("a", 9_000, "left", { picture_complete: true })],
    });
    expect([0, 400, 650, 8_000].map((ms) => kindAt(span, ms))).toEqual([
      "beginning",
      "shown",
      "shown",
      "shown",
    ]);
    expect(gapsOf(span.picture, span)).toEqual([]);
  });

  it("ends early when the rest of it stayed behind", () => {
    const span = only({
      loads: [load("a", "A", 1, { chunks: chunks([1, 0, 500, true]) })],
      events: [page("a", 0), event("a", 9_000, "left", { picture_complete: false })],
    });
    expect([400, 8_000].map((ms) => kindAt(span, ms))).toEqual(["shown", "early"]);
    expect(gapsOf(span.picture, span)).toEqual([[T0 + 500, T0 + 9_000]]);
  });

  it("is missing from a lost number to the next checkpoint, with the reason", () => {
    const reason = "the buffer was full";
    const span = only({
      loads: [
        load("a", "A", 1, { chunks: chunks([1, 0, 500, true], [3, 900, 950], [4, 2_000, 2_500, true]) }),
      ],
      events: [page("a", 0)],
      gaps: [{ load: "a", track: 1, first: 2, last: 3, reason }],
    });
    expect([400, 501, 930, 1_999, 2_000].map((ms) => kindAt(span, ms))).toEqual([
      "shown",
      "gap",
      "gap",
      "gap",
      "shown",
    ]);
    expect(pictureAt(span.picture, span, T0 + 600, T0)).toMatchObject({ reason, until: T0 + 2_000 });
    expect(gapsOf(span.picture, span)).toEqual([[T0 + 500, T0 + 2_000]]);
  });

  it("is missing to the end when what came later cannot be shown", () => {
    const span = only({
      loads: [load("a", "A", 1, { chunks: chunks([1, 0, 500, true], [3, 900, 950]) })],
      events: [page("a", 0), event("a", 9_000, "left", { picture_complete: true })],
    });
    expect([400, 600, 8_000].map((ms) => kindAt(span, ms))).toEqual(["shown", "gap", "gap"]);
    expect(gapsOf(span.picture, span)).toEqual([[T0 + 500, T0 + 9_000]]);
  });

  it("is missing from the beginning when its first checkpoint was lost", () => {
    const span = only({
      loads: [load("a", "A", 1, { chunks: chunks([2, 100, 200], [3, 2_000, 2_500, true]) })],
      events: [page("a", 0)],
    });
    expect([50, 150, 2_100].map((ms) => kindAt(span, ms))).toEqual(["gap", "gap", "shown"]);
  });

  it("is on its way, or does not exist", () => {
    const live = { live: true, loads: [load("a", "A", 1)], events: [page("a", 0)] };
    expect(kindAt(only(live, T0 + 5_000), 100, T0 + 5_000)).toBe("arriving");
    expect(kindAt(only(live, T0 + 60_000), 100, T0 + 60_000)).toBe("none");
    const pays = {
      loads: [load("a", "A", 1)],
      events: [page("a", 0, "https://shop.example/checkout/payment?x=1")],
    };
    expect(kindAt(only(pays), 100)).toBe("payment");
  });

  it.each([
    ["https://shop.example/checkout/payment/card", true],
    ["https://shop.example/PAY/1", true],
    ["https://shop.example/payday-loans.html", false],
    ["https://shop.example/?next=/payment", false],
    ["", false],
  ])("payment by the site's own settings: %s", (url, expected) => {
    expect(isPaymentPath(url, ["*/payment*", "/pay/*"])).toBe(expected);
    expect(isPaymentPath(url, [])).toBe(false);
  });

  it("is the last one of a page that was left for good", () => {
    const left = event("a", 9_000, "left", { picture_complete: true });
    const loads = [load("a", "A", 1, { chunks: chunks([1, 0, 500, true]) })];
    const span = only({ loads, events: [page("a", 0), left] });
    expect([8_999, 9_000, 20_000].map((ms) => kindAt(span, ms))).toEqual(["shown", "over", "over"]);
    const onward = only({
      loads: [...loads, load("b", "A", 2)],
      events: [page("a", 0), left, page("b", 9_500)],
    });
    expect(kindAt(onward, 9_100)).toBe("shown");
  });
});

describe("the tab that was looked at", () => {
  const tabs = timeline({
    loads: [load("a", "A", 1), load("b", "B", 2), load("c", "C", 3)],
    events: [
      page("a", 0),
      page("b", 1_000),
      event("b", 1_001, "tab", { visible: false }),
      page("c", 2_000),
      event("c", 2_001, "tab", { visible: true }),
      event("a", 3_000, "click", {}),
      event("b", 4_000, "tab", { visible: true }),
      event("b", 5_000, "tab", { visible: false }),
    ],
  });

  it.each([
    [0, "A"],
    [1_500, "A"],
    [2_000, "C"],
    [3_000, "A"],
    [4_500, "B"],
    [9_000, "B"],
    [-5, "A"],
  ])("at %d is %s", (ms, tab) => {
    expect(tabLookedAt(attention(tabs), T0 + ms)).toBe(tab);
  });
});

describe("activity", () => {
  const quiet = timeline({
    loads: [load("a", "A", 1, { chunks: chunks([1, 0, 1_000, true], [2, 20_000, 21_000]) })],
    events: [page("a", 0), event("a", 40_000, "click", {})],
  });

  it("is passed over where there is none, but for the edges", () => {
    const idle = idleStretches(quiet);
    expect(idle.map(({ from, until }) => [from - T0, until - T0])).toEqual([
      [1_000, 20_000],
      [21_000, 40_000],
    ]);
    expect(skipIdle(idle, T0 + 1_100)).toBe(T0 + 1_100);
    expect(skipIdle(idle, T0 + 2_000)).toBe(T0 + 19_300);
    expect(skipIdle(idle, T0 + 19_500)).toBe(T0 + 19_500);
  });

  it("is drawn from nothing to the most there was", () => {
    const lane = activityLane(quiet, 40);
    expect(Math.max(...lane)).toBe(1);
    expect(lane[10]).toBe(0);
  });
});

describe("landing on an event", () => {
  it("waits for the page to draw it, but not into the next one", () => {
    const [first, second, third] = [cart("a", 1_000, "$1"), cart("a", 1_050, "$2"), cart("a", 5_000, "$3")];
    const story = timeline({
      loads: [load("a", "A", 1)],
      events: [page("a", 0), first, second, third, event("a", 5_500, "left", { picture_complete: true })],
    });
    const landings = [first, second, third].map((one) => landing(story, [one]));
    expect(landings.map(({ t }) => t - T0)).toEqual([1_049, 1_150, 5_100]);
    expect(landings.map(({ restBy }) => restBy - T0)).toEqual([1_049, 2_150, 5_499]);
  });

  it("waits for a page's first picture, also with what was said before it", () => {
    const [opened, said] = [page("a", 0), cart("a", 20, "$1")];
    const story = timeline({
      loads: [load("a", "A", 1, { chunks: chunks([1, 800, 900, true]) })],
      events: [opened, said],
    });
    expect([opened, said].map((one) => landing(story, [one]).t - T0)).toEqual([800, 800]);
  });
});

describe("steps", () => {
  const sizes = (...events: Parameters<typeof stepsOf>[0]) => stepsOf(events).map(({ length }) => length);

  it("take together what changes at once, each surface once", () => {
    const badge = { surface: "mini" } as const;
    expect(sizes(cart("a", 0, "$1", badge), cart("a", 43, "$1"), cart("a", 300, "$2"))).toEqual([2, 1]);
    expect(sizes(cart("a", 0, "$1"), cart("a", 43, "$2"))).toEqual([1, 1]);
    expect(sizes(cart("a", 0, "$1"), event("a", 10, "cart_gone", { surface: "drawer" }))).toEqual([1, 1]);
  });

  it("are those of one page load", () => {
    expect(sizes(cart("a", 0, "$1"), cart("b", 10, "$1", { surface: "mini" }))).toEqual([1, 1]);
  });

  it("are seen where the last of them is drawn", () => {
    const both = [cart("a", 1_000, "$1", { surface: "mini" }), cart("a", 1_050, "$1")];
    const story = timeline({
      loads: [load("a", "A", 1)],
      events: [page("a", 0), ...both, cart("a", 9_000, "")],
    });
    expect(landing(story, both).t - T0).toBe(1_150);
    expect(landing(story, both.reverse()).t - T0).toBe(1_150);
  });
});
