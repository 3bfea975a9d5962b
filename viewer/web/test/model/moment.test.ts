// @vitest-environment node
/** What was on screen when: the question that the whole page answers. */
import { describe, expect, it } from "vitest";
import { type Moment, momentAt } from "../../src/model/moment";
import { headingOf } from "../../src/panel/cart_card";
import { cart, event, load, page, T0, timeline } from "./story";

const shown = ({ onScreen }: Moment) => onScreen.map((one) => one.event.fields.totals?.[0]?.amount?.raw);
const headings = (moment: Moment) =>
  [...moment.onScreen, ...moment.seenBefore].map((one) => headingOf(one, moment));

const one = timeline({
  loads: [load("a", "A", 1), load("b", "A", 2)],
  events: [
    page("a", 0),
    cart("a", 1_000, "$379.00"),
    cart("a", 2_000, "$499.00"),
    cart("a", 2_500, "1", { surface: "mini" }),
    event("a", 3_000, "cart_gone", { surface: "drawer" }),
    page("b", 10_000),
    cart("b", 12_000, "$510.00", { surface: "page" }),
  ],
});
const at = (ms: number, tab = "A") => momentAt(one, tab, T0 + ms);

describe("a displayed state", () => {
  it("is on screen from its own millisecond until the next one's", () => {
    expect(shown(at(999.9))).toEqual([]);
    expect(shown(at(1_000))).toEqual(["$379.00"]);
    expect(shown(at(1_999.9))).toEqual(["$379.00"]);
    expect(shown(at(2_000))).toEqual(["$499.00"]);
    expect(at(2_000).onScreen[0]?.before?.fields.totals?.[0]?.amount?.raw).toBe("$379.00");
  });

  it("stands beside those of other surfaces, never merged with them", () => {
    expect(shown(at(2_500))).toEqual(["$499.00", "1"]);
  });

  it("is no longer on screen once its surface is gone", () => {
    expect(shown(at(3_000))).toEqual(["1"]);
    expect(headings(at(9_999))).toEqual([
      "on screen now · mini-cart · as displayed",
      "last seen 7 s before this moment in the drawer of tab 1",
    ]);
  });

  it("is no longer on screen in the next page load", () => {
    const moment = at(10_000);
    expect(moment.load?.id).toBe("b");
    expect(moment.onScreen).toEqual([]);
    expect(headings(moment)).toEqual([
      "last seen 0 s before this moment in the mini-cart of tab 1",
      "last seen 7 s before this moment in the drawer of tab 1",
    ]);
    expect(headings(at(52_000))[0]).toBe("on screen now · cart page · as displayed");
  });

  it("comes back when it is displayed again", () => {
    const again = timeline({
      loads: [load("a", "A", 1)],
      events: [
        page("a", 0),
        cart("a", 1, "$1"),
        event("a", 2, "cart_gone", { surface: "drawer" }),
        cart("a", 3, "$2"),
      ],
    });
    expect(shown(momentAt(again, "A", T0 + 3))).toEqual(["$2"]);
  });

  it("survives a change of address in the same document", () => {
    const spa = timeline({
      loads: [load("a", "A", 1)],
      events: [page("a", 0), cart("a", 1, "$1"), event("a", 2, "view", { url: "https://shop.example/b" })],
    });
    const moment = momentAt(spa, "A", T0 + 2);
    expect(shown(moment)).toEqual(["$1"]);
    expect(moment.page?.url).toBe("https://shop.example/b");
  });

  it("is over when its page was left", () => {
    const left = timeline({
      loads: [load("a", "A", 1)],
      events: [page("a", 0), cart("a", 1, "$1"), event("a", 5_000, "left", { picture_complete: true })],
    });
    expect(shown(momentAt(left, "A", T0 + 4_999))).toEqual(["$1"]);
    expect(headings(momentAt(left, "A", T0 + 47_000))).toEqual([
      "last seen 42 s before this moment in the drawer of tab 1",
    ]);
  });
});

describe("several tabs", () => {
  const two = timeline({
    loads: [load("a", "A", 1), load("b", "B", 2)],
    events: [
      page("a", 0),
      cart("a", 1_000, "$379.00"),
      page("b", 2_000),
      event("b", 2_001, "tab", { visible: true }),
      event("a", 2_002, "tab", { visible: false }),
      cart("b", 3_000, "$499.00", { surface: "page" }),
      cart("a", 4_000, "$380.00"),
    ],
  });

  it("show their own cart, and the other's as that of the other tab", () => {
    const second = momentAt(two, "B", T0 + 5_000);
    expect(shown(second)).toEqual(["$499.00"]);
    expect(headings(second)[1]).toBe("in tab 1 at this moment · drawer · as displayed");
    const first = momentAt(two, "A", T0 + 5_000);
    expect(shown(first)).toEqual(["$380.00"]);
    expect(first.visible).toBe(false);
    expect(headings(first)[0]).toBe("on the page, tab behind another · drawer · as displayed");
  });

  it("have no cart of a tab that was not open yet", () => {
    expect(headings(momentAt(two, "A", T0 + 1_500))).toEqual(["on screen now · drawer · as displayed"]);
  });
});

describe("what the shop said", () => {
  it("stands beside what was displayed and never is on screen", () => {
    const both = timeline({
      loads: [load("a", "A", 1)],
      events: [
        page("a", 0),
        cart("a", 1_000, "$379.00"),
        cart("a", 1_000, "499.00", { surface: "drawer", source: "network" }),
        cart("a", 9_000, "500.00", { surface: "drawer", source: "network" }),
      ],
    });
    const moment = momentAt(both, "A", T0 + 2_000);
    expect(shown(moment)).toEqual(["$379.00"]);
    expect(moment.stated.map((state) => headingOf(state, moment))).toEqual([
      "drawer · from a network answer · 1 s before this moment",
    ]);
  });
});

describe("order", () => {
  it("inside a page load is that of the numbers, also where a time runs backwards", () => {
    const first = cart("a", 5_000, "$1");
    const second = cart("a", 4_000, "$2");
    const odd = timeline({ loads: [load("a", "A", 1)], events: [page("a", 0), first, second] });
    expect(shown(momentAt(odd, "A", T0 + 4_500))).toEqual(["$2"]);
    expect(shown(momentAt(odd, "A", T0 + 5_000))).toEqual(["$2"]);
  });

  it("of a session without anything is no error", () => {
    const moment = momentAt(timeline({}), null, T0);
    expect([moment.tab, moment.load, moment.page, moment.onScreen]).toEqual([null, null, null, []]);
  });
});
