// @vitest-environment node
/** Findings as the agent reads them: their order, how they lie to the moment, and where the replay stands for one. */
import { describe, expect, it } from "vitest";
import {
  aheadOf,
  findingKey,
  findingRows,
  headline,
  neighbour,
  newFails,
  newsWords,
  piecesOf,
  sorted,
  untoldWords,
  verdict,
  whenWords,
} from "../../src/model/findings";
import { clockTime, fullTime } from "../../src/model/format";
import { landingOn } from "../../src/model/landing";
import type { Evidence, Finding } from "../../src/model/session";
import { type Trail, trailsOf, trailsUpTo } from "../../src/model/trail";
import { foundOn, priceFails } from "../../src/model/trail_finding";
import { cart, chunks, event, load, page, T0, timeline } from "./story";

const piece = (role: string, at: number, more: Partial<Evidence> = {}): Evidence => ({
  role,
  load: "a",
  t: T0 + at,
  node: 1,
  raw: "$1.00",
  ...more,
});

const finding = (subject: string, more: Partial<Finding> = {}): Finding => ({
  rule: "price_mismatch",
  version: 1,
  subject,
  signature: "product>drawer",
  outcome: "fail",
  severity: "high",
  said: `${subject} is wrong.`,
  decided_ms: T0 + 9_000,
  minor: null,
  currency: null,
  shown: [piece("cart", 7_000), piece("product", 3_000)],
  ...more,
});

const untold = (subject: string) => finding(subject, { outcome: "cannot_tell", severity: "info" });
const pass = (subject: string) => finding(subject, { outcome: "pass", severity: "info" });
const at = (ms: number) => clockTime(T0 + ms);

describe("a finding", () => {
  const one = finding("HP-15");

  it("that lies ahead of the moment says so, wholly or in part", () => {
    expect(whenWords(one, T0 + 5_000)).toBe(`later, at ${at(7_000)}`);
    expect(whenWords(one, T0 + 7_000)).toBe(at(7_000));
    const turned = finding("HP-15", { shown: [...one.shown].reverse() });
    expect(whenWords(turned, T0 + 2_999)).toBe(`later, at ${at(3_000)}`);
    expect(whenWords(turned, T0 + 5_000)).toBe(`in part later, at ${at(7_000)}`);
    expect(whenWords(turned, T0 + 7_000)).toBe(at(3_000));
  });

  it("of which nothing can be seen lies nowhere in the visit, and says when it was found", () => {
    const blind = finding("HP-15", { shown: [] });
    expect([aheadOf(blind, T0), aheadOf(blind, T0 + 9_000)]).toEqual(["no", "no"]);
    expect(whenWords(blind, T0)).toBe(`not on the page, found ${fullTime(blind.decided_ms)}`);
  });

  it("lists its evidence on the customer's way, by its place in what the rule showed", () => {
    expect(piecesOf(one).map(({ piece: { role }, index }) => [role, index])).toEqual([
      ["product", 1],
      ["cart", 0],
    ]);
  });
});

describe("all findings", () => {
  it("keep the order in which they came, by outcome", () => {
    const all = [finding("A"), untold("C"), pass("D"), finding("B")];
    expect(sorted(all).fails.map(({ subject }) => subject)).toEqual(["A", "B"]);
    expect(findingRows(all).map(({ title, detail }) => `${title}: ${detail}`)).toEqual([
      "! Found: A is wrong.",
      "? Cannot tell: C is wrong.",
      "! Found: B is wrong.",
    ]);
  });

  it("are summed up in honest words", () => {
    const said = (findings: readonly Finding[], open = false) => verdict(sorted(findings), open);
    expect(said([], true)).toBe("No check has found anything so far");
    expect(said([])).toBe("Nothing to check: no rule had anything to go on in this visit");
    expect(said([pass("A")], true)).toBe("Nothing found to be wrong so far · 1 check passed");
    expect(said([finding("A"), pass("B"), pass("C")])).toBe("2 checks passed");
    expect(said([untold("A"), pass("B")])).toBe("1 check passed");
    expect(said([finding("A")])).toBeNull();
    expect(untoldWords(1)).toBe("1 check cannot tell");
    expect(headline(sorted([finding("A"), untold("B")]))).toBeNull();
    expect(headline(sorted([finding("A"), finding("B"), untold("C")]))).toBe("2 findings");
  });

  it("are stepped through in that order and round, without those that nobody can see", () => {
    const all = [finding("A"), finding("X", { shown: [] }), untold("B"), pass("C")];
    const [a, , b] = all.map(findingKey);
    const next = (key: string | null | undefined, direction: -1 | 1) =>
      neighbour(all, key ?? null, direction)?.subject;
    expect([next(null, 1), next(a, 1), next(b, 1)]).toEqual(["A", "B", "A"]);
    expect([next(null, -1), next(b, -1), next(a, -1)]).toEqual(["B", "A", "B"]);
    expect(neighbour([pass("C")], null, 1)).toBeNull();
  });

  it("are news when they fail and did not before", () => {
    const before = [finding("A"), untold("B")];
    const fresh = newFails(before, [finding("A", { said: "A is worse." }), finding("B"), pass("C")]);
    expect(fresh.map(({ subject }) => subject)).toEqual(["B"]);
    expect(newsWords(fresh)).toBe("New finding: B is wrong.");
    expect(newsWords([...fresh, finding("D")])).toBe("2 new findings. The first: B is wrong.");
  });
});

describe("where the replay stands for a piece of evidence", () => {
  const visit = timeline({
    loads: [load("a", "tab-a", 1, { chunks: chunks([1, 300, 60_000, true]) })],
    events: [
      page("a", 0),
      cart("a", 20, "$1", { surface: "mini" }),
      cart("a", 7_000, "$1"),
      cart("a", 7_090, "$1", { surface: "mini" }),
      cart("a", 8_000, "$2"),
      event("a", 9_000, "click", { node: 5 }),
    ],
  });

  it("is as it was pressed, for it may go away at once", () => {
    expect(landingOn(visit, piece("press", 9_000))).toEqual({ t: T0 + 9_000, restBy: T0 + 9_000 });
  });

  it("is where its page has a picture, though a cart was read meanwhile", () => {
    expect(landingOn(visit, piece("product", 10)).t).toBe(T0 + 300);
  });

  it("is with the whole step of the cart that it was part of, and before the next one", () => {
    const { t, restBy } = landingOn(visit, piece("cart", 7_000));
    expect([t, restBy]).toEqual([T0 + 7_190, T0 + 7_999]);
  });
});

describe("a trail", () => {
  const price = (at: number, context: string, raw: string, node: number) =>
    event("a", at, "price", {
      source: "displayed",
      context,
      role: "current",
      sku: "HP-15",
      amount: { raw, node },
    });
  const drawer = (at: number, raw: string, node: number) =>
    cart("a", at, raw, { lines: [{ sku: "HP-15", quantity: { raw: "1" }, unit: { raw, node } }] });
  const where = (trail: Trail | undefined) => trail?.steps.map((step) => step.where);

  it("follows the customer's way where a page showed several places at nearly one time", () => {
    const events = [
      drawer(0, "$2", 9),
      price(54, "listing", "$1", 1),
      price(60, "product", "$1", 2),
      drawer(400, "$3", 9),
    ];
    const [trail] = trailsOf(events);
    expect(where(trail)).toEqual(["listing", "product", "drawer", "drawer"]);
    expect(trail?.steps.map(({ differs }) => differs)).toEqual([false, false, true, true]);
    // Before the listing was read nothing is known that the cart's price would differ from.
    const [early] = trailsUpTo(trailsOf(events), T0 + 10);
    expect(early?.steps.map(({ where, differs }) => [where, differs])).toEqual([["drawer", false]]);
  });

  it("is marked at the step that a finding is about, once that has happened", () => {
    const events = [price(3_000, "product", "$1", 2), drawer(7_000, "$2", 9), drawer(9_000, "$2", 12)];
    const shown = [
      piece("cart", 7_000, { node: 9, raw: "$2" }),
      piece("product", 3_000, { node: 2, raw: "$1" }),
    ];
    const marks = (findings: readonly Finding[], ms: number) =>
      trailsUpTo(trailsOf(events), T0 + ms).flatMap((trail) =>
        foundOn(trail, priceFails(findings), T0 + ms).map(({ step }) => step?.where ?? "the product"),
      );
    expect(marks([finding("HP-15", { shown })], 6_999)).toEqual([]);
    expect(marks([finding("HP-15", { shown })], 7_000)).toEqual(["drawer"]);
    expect(marks([finding("AIR-13", { shown: [piece("cart", 0, { raw: "$9" })] })], 9_000)).toEqual([]);
    // The same text once more at the same place is no step of its own.
    const again = [piece("cart", 9_000, { node: 12, raw: "$2" })];
    expect(marks([finding("HP-15", { shown: again })], 9_000)).toEqual(["drawer"]);
    expect(marks([finding("HP-15", { shown: [piece("cart", 1, { raw: "$9" })] })], 9_000)).toEqual([
      "the product",
    ]);
    expect(marks([pass("HP-15"), finding("HP-15", { rule: "other", shown })], 9_000)).toEqual([]);
  });
});
