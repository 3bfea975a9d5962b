/** Beside displayed amounts stands what else is known of them: the same in a word, what differs with its amount. */
import { afterEach, expect, it, vi } from "vitest";
import { h } from "../../src/desk/dom";
import { besides, type Mark, sentenceOf } from "../../src/model/corroboration";
import type { DeskEvent } from "../../src/model/session";
import { Corroboration, mark } from "../../src/panel/corroboration";
import { cart } from "../model/story";

const MARK: Mark = {
  at: "line 0 unit",
  kind: "stated",
  outcome: "same",
  who: "network",
  since_ms: new Date(2025, 10, 22, 10, 4, 12, 345).getTime(),
  amount: "$499.00",
  why: null,
};
const LIST: Mark = { ...MARK, kind: "list", outcome: "other", who: "Shelf 9 (tills)", amount: "$379.00" };

afterEach(() => {
  vi.useRealTimers();
});

it("says first what differs, and once who says the same", () => {
  const total: Mark = { ...MARK, at: "line 0 total" };
  const words = besides([MARK, total, { ...MARK, who: "data_layer" }, LIST]).map((one) => one.words);
  expect(words).toEqual(["≠ price list $379.00", "= shop's answer, data layer"]);
  expect(besides([{ ...MARK, via: "shopify" }])[0]?.words).toBe("= Shopify cart");
});

it("names what it is of where somebody says one thing of one piece and another of the line", () => {
  const total: Mark = { ...MARK, at: "line 0 total", amount: "$998.00" };
  const other: Mark = { ...MARK, outcome: "other", amount: "$379.00" };
  const dearer: Mark = { ...LIST, amount: "$519.00" };
  expect(besides([other, total, LIST, dearer]).map((one) => one.words)).toEqual([
    "≠ shop's answer $379.00 each",
    "≠ price list $379.00",
    "≠ price list $519.00",
    "= shop's answer for the line",
  ]);
});

it("says once why nothing is told of others, where that is so of several lines", () => {
  const line = () => h("li", { "data-panel-part": "line" });
  const card = h("article", {}, h("ul", {}, line(), line(), line()));
  const unclear: Mark = { ...MARK, kind: "others", outcome: "unclear", others: null, why: "no currency" };
  const own = { ...unclear, at: "line 2 unit", why: "“$1,299” can be read in two ways" };
  mark(card, [unclear, { ...unclear, at: "line 1 unit" }, own]);
  const found = [...card.querySelectorAll('[data-panel-part="besides"]')].map((one) => one.textContent);
  expect(found).toEqual(["? others", "What others were shown cannot be told: no currency."]);
});

it("says in a sentence who says what since when, or why it does not compare", () => {
  expect(sentenceOf(MARK)).toBe(
    "The shop's answer at 10:04:12.345 says the same for the price of one: $499.00.",
  );
  expect(sentenceOf(LIST)).toBe(
    "The price list of Shelf 9 (tills), in force since Sat 22 Nov 2025, 10:04:12, has another amount for the price of one: $379.00.",
  );
  const unclear: Mark = {
    ...MARK,
    at: "total 1",
    outcome: "unclear",
    why: "“$1,299” can be read in two ways",
  };
  expect(sentenceOf(unclear)).toBe(
    "The shop's answer at 10:04:12.345 cannot be compared, the total: “$1,299” can be read in two ways.",
  );
});

it("says how many others were shown the same, or that nobody was", () => {
  const others = { same: 36, all: 38, is_all: true, most: [{ amount: "$379.00", count: 2 }] };
  const seen: Mark = { ...MARK, kind: "others", who: "", others };
  const [one, alone, unique, unclear] = besides([
    seen,
    { ...seen, outcome: "other", others: { ...others, same: 0, is_all: false } },
    { ...seen, outcome: "none", others: { same: 0, all: 0, is_all: true, most: [] } },
    { ...seen, outcome: "unclear", others: null, why: "“$1,299” can be read in two ways" },
  ]);
  const when = "within a day of Sat 22 Nov 2025, 10:04:12";
  expect(one?.words).toBe("seen by 36 others");
  expect(one?.said).toBe(
    `36 of 38 other visits that were shown the article here ${when} were shown the same, $499.00. Others were shown $379.00 (2).`,
  );
  expect(alone?.words).toBe("only here");
  expect(alone?.said).toBe(
    `Only this visit was shown $499.00: of the newest 38 other visits that were shown the article here ${when}, none was. Others were shown $379.00 (2).`,
  );
  const single: Mark = { ...seen, others: { same: 1, all: 1, is_all: true, most: [] } };
  expect(besides([single])[0]?.said).toBe(
    `1 of 1 other visit that was shown the article here ${when} was shown the same, $499.00.`,
  );
  expect(unique?.said).toBe(`No other visit that is kept was shown this article here ${when}.`);
  expect(unclear?.said).toBe("What others were shown cannot be told: “$1,299” can be read in two ways.");
  const lacking = besides([{ ...seen, why: "visits are missing" }])[0];
  expect(lacking?.said).toMatch(/ There may be more: visits are missing\.$/);
});

it("puts them at the line and the total that they are of, by keyboard, too, and not twice", () => {
  const card = h(
    "article",
    {},
    h("ul", {}, h("li", { "data-panel-part": "line" }), h("li", { "data-panel-part": "line" })),
    h("ul", {}, h("li", { "data-panel-part": "total-row" })),
  );
  const marks: Mark[] = [
    { ...MARK, at: "line 1 unit" },
    { ...MARK, at: "total 0", outcome: "other" },
  ];
  mark(card, marks);
  mark(card, [...marks]);
  const found = [...card.querySelectorAll<HTMLElement>('[data-panel-part="beside"]')];
  expect(found.map((one) => one.textContent)).toEqual(["= shop's answer", "≠ shop's answer $499.00"]);
  expect(found.every((one) => one.tabIndex === 0 && one.dataset.said)).toBe(true);
  expect(card.querySelectorAll("li")[1]?.contains(found[0] ?? null)).toBe(true);
  mark(card, []);
  expect(card.querySelectorAll('[data-panel-part="beside"]')).toHaveLength(0);
});

it("asks once for all that is shown, again when more came, and keeps what it knows meanwhile", async () => {
  const event = cart("load", 0, "$1.00") as DeskEvent<"cart">;
  const fetch = vi.fn(async () => [{ ...event, marks: [MARK] }]);
  const changed = vi.fn();
  const corroboration = new Corroboration(fetch, changed);
  expect(corroboration.of(event)).toEqual([]);
  corroboration.of(event);
  await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(1));
  expect(corroboration.of(event)).toEqual([MARK]);
  corroboration.hear([cart("load", 40_000, "$2.00") as DeskEvent<"cart">]);
  corroboration.of(event);
  expect(fetch).toHaveBeenCalledTimes(1);
  corroboration.hear([cart("load", 900, "$2.00") as DeskEvent<"cart">]);
  expect(corroboration.of(event)).toEqual([MARK]);
  await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(2));
  corroboration.hear(null);
  corroboration.of(event);
  await vi.waitFor(() => expect(fetch).toHaveBeenCalledTimes(3));
});
