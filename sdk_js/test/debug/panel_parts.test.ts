/** The developer's panel without its elements: when it is asked for, what it says, what it keeps out of sight. */
import { describe, expect, it } from "vitest";
import type { CaptureSink } from "../../src/capture/sink";
import { createZones } from "../../src/capture/zones";
import { asked } from "../../src/debug/asked";
import { watchConversation } from "../../src/debug/conversation";
import { cartRows, priceRow, saidWords } from "../../src/debug/rows";
import { withoutPanel } from "../../src/debug/unrecorded";
import { type ConnectionKnown, connectionWords, consentWords } from "../../src/debug/words";
import { explainZone, takeCensus } from "../../src/debug/zone";
import { DEFAULT_SETTINGS } from "../../src/wire.gen";
import { FakeBrowser } from "../tab";

describe("the panel is asked for", () => {
  it.each([
    ["https://shop.example/?replay_debug", "", true],
    ["https://shop.example/?a=1&replay_debug=1#top", "", true],
    ["https://shop.example/#/cart?replay_debug", "", true],
    ["https://shop.example/?q=replay_debugger", "", false],
    ["https://shop.example/", "replay_debug", true],
    ["https://shop.example/", "till replay_debug", true],
    ["https://shop.example/", "no_replay_debug_here", false],
    ["https://shop.example/?replay_debug=off", "till replay_debug", false],
  ])("%s in a tab named %j: %s", (href, name, on) => {
    expect(asked(href, name).on).toBe(on);
  });

  it("by a name that keeps what the shop named the tab", () => {
    expect(asked("/?replay_debug", "till").name).toBe("till replay_debug");
    expect(asked("/", "till replay_debug").name).toBe("till replay_debug");
    expect(asked("/?replay_debug=off", "till replay_debug").name).toBe("till");
    expect(asked("/?replay_debug=off", "replay_debug").name).toBe("");
  });
});

describe("the connection", () => {
  const known: ConnectionKnown = {
    phase: { is: "silent" },
    collector: "https://see.example",
    origin: "https://shop.example",
    site: "k1",
    granted: true,
    stopped: false,
    online: true,
    blockedBy: "",
    now: 1_000,
  };
  const say = (given: Partial<ConnectionKnown>) => {
    const { text, hint } = connectionWords({ ...known, ...given });
    return hint ? `${text} | ${hint}` : text;
  };

  it("is told with what to do", () => {
    expect(say({ granted: false })).toBe("Not connected: it waits for consent.");
    expect(say({ phase: { is: "connected", by: "post" } })).toBe(
      "Connected by posts, because no WebSocket came about.",
    );
    expect(say({ phase: { is: "retrying", at: 3_100, code: 1006, reason: "" } })).toBe(
      "Not connected: https://see.example cannot be reached. Next attempt in 3 s.",
    );
    expect(say({ phase: { is: "retrying", at: 1_500, code: 4503, reason: "The disk is full." } })).toBe(
      "Not connected: The disk is full. Next attempt in 1 s.",
    );
    expect(say({ blockedBy: "connect-src" })).toMatch(
      /connect-src\. \| .*https:\/\/see.example wss:\/\/see.example$/,
    );
    const origin = {
      is: "ended",
      code: 4403,
      reason: "Not an origin of this site: https://shop.example",
    } as const;
    expect(say({ phase: origin })).toMatch(/^Refused: Not an origin .*--origin https:\/\/shop.example/);
    expect(say({ phase: { ...origin, reason: "Unknown site key." } })).toContain("This page's key is k1.");
    expect(say({ online: false })).toContain("Offline");
  });

  it("is followed from attempt to attempt, and what is sent is counted once", () => {
    const browser = new FakeBrowser();
    const talk = watchConversation(browser.host);
    const tab = browser.open({ through: talk });
    expect(talk.phase()).toEqual({ is: "silent" });
    tab.replay("consent", "granted");
    expect(talk.phase()).toEqual({ is: "connecting", by: "socket" });
    tab.socket().open();
    tab.socket().welcome({ session: "s1" });
    browser.host.turn();
    expect(talk.phase()).toEqual({ is: "connected", by: "socket" });
    const { sentBytes, sentBatches } = talk.counts;
    expect(sentBytes).toBeGreaterThan(0);
    tab.socket().events.closed(1006);
    expect(talk.phase()).toMatchObject({ is: "retrying", code: 1006 });
    browser.host.advance(1_000);
    tab.socket().open();
    tab.socket().welcome({ session: "s1" });
    browser.host.turn();
    expect(talk.counts).toMatchObject({ sentBytes, sentBatches, ackedBytes: 0 });
    tab.socket().say(1, 0, 99);
    expect(talk.counts.ackedBytes).toBe(sentBytes);
    tab.socket().say(5, 4403, "Not an origin of this site: x");
    tab.socket().events.closed(4403);
    expect(talk.phase()).toMatchObject({ is: "ended", code: 4403, reason: "Not an origin of this site: x" });
  });
});

describe("consent", () => {
  const known = { managed: false, privacyControl: false, control: "off", tools: [] } as const;

  it("is told with where it comes from", () => {
    expect(consentWords(known)).toMatchObject({ tone: "waiting" });
    expect(consentWords({ ...known, page: "granted" }).text).toBe(
      "Granted by this page: replay('consent', 'granted').",
    );
    expect(consentWords({ ...known, page: "granted", privacyControl: true }).text).toContain(
      "Global Privacy",
    );
    const tool = { ...known, managed: true, tools: ["TCF"] };
    expect(consentWords(tool).text).toBe("The consent tool (TCF) has not said anything.");
    expect(consentWords({ ...tool, tool: "denied", page: "granted" }).tone).toBe("bad");
    expect(consentWords({ ...tool, tool: "granted" }).text).toContain("consent tool (TCF)");
  });
});

describe("what is read", () => {
  it("is told as it stands there, with what a line lacks", () => {
    const [cart, first, second, total] = cartRows(
      {
        surface: "drawer",
        source: "displayed",
        node: 1,
        lines: [
          {
            sku: "HP-15",
            name: { raw: "Laptop", node: 2 },
            quantity: { raw: "1" },
            unit: { raw: "$499.00" },
          },
          { name: { raw: "Cable" } },
        ],
        totals: [{ key: "total", amount: { raw: "$499.00", node: 9 } }],
      },
      "drawer",
    );
    expect(cart).toMatchObject({ label: "drawer", text: "shown, 2 lines", node: 1 });
    expect(first).toMatchObject({ text: "HP-15 · Laptop · 1 × · $499.00", node: 2, lacks: undefined });
    expect(second?.lacks).toBe("no article number, no price");
    expect(total).toMatchObject({ text: "total · $499.00", node: 9 });
    const price = {
      source: "displayed",
      context: "listing",
      role: "was",
      amount: { raw: "9 €", node: 3 },
    } as const;
    expect(priceRow(price)).toMatchObject({
      label: "was",
      text: "9 € · listing",
      lacks: "no article number",
    });
    expect(saidWords("cart", [{ id: "c1", lines: [{}, {}] }])).toBe("cart · c1 · 2 lines");
    expect(saidWords("price", [{ sku: "A", role: "current", amount: { minor: 900 } }])).toBe(
      "price · A · current · 900",
    );
  });

  it("is masked or readable for a reason", () => {
    document.body.innerHTML = `<main data-replay-zone="catalogue"><p>Ships today</p><b>ana@example.com</b>
      <section data-replay-mask><i>Hello</i></section><input name="q"></main>
      <div class="drawer" data-replay-cart="drawer"><em>$1</em></div><s>?</s>`;
    const zones = createZones(DEFAULT_SETTINGS);
    const why = (selector: string) =>
      explainZone(document.querySelector(selector) as Element, zones, DEFAULT_SETTINGS);
    expect(why("p")).toMatchObject({
      zone: "catalogue",
      by: 'data-replay-zone="catalogue"',
      text: "readable",
    });
    expect(why("b")).toMatchObject({ text: "masked", why: expect.stringContaining("personal") });
    expect(why("i")).toMatchObject({ zone: "masked", by: "data-replay-mask", text: "masked" });
    expect(why("input")).toMatchObject({ text: "masked", why: expect.stringContaining("typed") });
    expect(why("em")).toMatchObject({ zone: "cart", by: "a cart surface", text: "readable" });
    expect(why("s")).toMatchObject({ zone: "unknown", decider: undefined, text: "masked" });
    expect(takeCensus(document.body, zones)).toEqual({
      zones: { catalogue: 2, masked: 1, cart: 1, unknown: 1 },
      masked: 3,
      readable: 2,
    });
  });
});

describe("the panel itself", () => {
  it("is in no picture and in no fact", () => {
    const events: unknown[] = [];
    const facts: unknown[] = [];
    const sink = withoutPanel({
      picture: (event) => void events.push(event.data),
      fact: (kind) => void facts.push(kind),
    } as Partial<CaptureSink> as CaptureSink);
    const picture = (data: unknown) => sink.picture({ type: 3, timestamp: 0, data });
    const body = { id: 2, tagName: "body" };
    picture({ node: { id: 1, tagName: "html", childNodes: [body, { id: 7, tagName: "replay-debug" }] } });
    picture({ source: 0, adds: [{ parentId: 1, nextId: null, node: { id: 8, tagName: "replay-debug" } }] });
    picture({
      source: 0,
      adds: [{ parentId: 1, nextId: 8, node: { id: 9, tagName: "div" } }],
      removes: [{ id: 7 }],
    });
    picture({ source: 1, positions: [{ id: 8 }, { id: 2 }] });
    picture({ source: 2, type: 2, id: 8 });
    picture({ source: 0, removes: [{ id: 8 }] });
    expect(events).toEqual([
      { node: { id: 1, tagName: "html", childNodes: [body] } },
      { source: 0, adds: [{ parentId: 1, nextId: null, node: { id: 9, tagName: "div" } }], removes: [] },
      { source: 1, positions: [{ id: 2 }] },
    ]);
    sink.fact("click", 0, { control: "replay-debug" });
    sink.fact("click", 0, { control: "button.add" });
    expect(facts).toEqual(["click"]);
  });
});
