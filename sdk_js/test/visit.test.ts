/** A visit over time: pages that end, customers who come and go, tabs that share, half an hour of nothing. */
import { beforeEach, describe, expect, it } from "vitest";
import { ACK_MAX_MS } from "../src/connection";
import { URGENT_EVERY_MS } from "../src/load";
import { LEFT_UNHEARD } from "../src/lost";
import { keys } from "../src/storage";
import { LAST_POST_MAX_MS } from "../src/visit";
import { CloseCode, IDLE_MS } from "../src/wire.gen";
import { FakeTexts, FULL } from "./fakes";
import { FakeBrowser, type FakeTab, helloOf, SITE } from "./tab";

let browser: FakeBrowser;
let tab: FakeTab;
const later = (ms: number) => browser.host.advance(ms);

beforeEach(() => {
  browser = new FakeBrowser();
  tab = browser.open();
});

describe("the end of a page", () => {
  it("reads the lenses a last time and posts everything that is not confirmed", () => {
    tab.go();
    const { sink, clock } = tab.capture();
    tab.capture().onFlush = () => sink.fact("cart", clock.now(), { surface: "page", source: "displayed" });
    sink.picture(FULL(clock.now()));
    tab.leave();
    expect(tab.last).toHaveLength(1);
    const [hello, ...messages] = tab.last[0] ?? [];
    expect(helloOf(hello ?? [])).toMatchObject({
      session: "s1",
      token: "t1",
      load: helloOf(tab.socket().hello()).load,
    });
    expect(messages.map(([type, track, number]) => [type, track, number])).toEqual([
      [2, 0, 1],
      [2, 0, 2],
      [2, 0, 3],
      [2, 1, 1],
    ]);
    expect(tab.socket().closed).toBe(true);
    expect(tab.own.values.get(keys(SITE).tab)).toBe(helloOf(hello ?? []).tab);
  });

  it("that nobody heard is told by the next page, as that page load", () => {
    tab.go();
    tab.capture().sink.picture(FULL(1));
    later(10_000);
    tab.socket().ack(0, 1);
    tab.socket().end();
    tab.capture().sink.fact("click", 1, {});
    tab.leave();
    const { load } = helloOf(tab.socket().hello());
    const next = browser.open({ own: tab.own }).go();
    expect(next.posts.links).toEqual([]);
    later(LAST_POST_MAX_MS);
    const post = next.posts.last();
    expect(helloOf(post.open())).toMatchObject({ session: "s1", token: "t1", load });
    post.welcome({ facts_acked: 1, picture_acked: 1 });
    expect(post.gaps()).toEqual([{ track: 0, first: 2, last: 3, reason: LEFT_UNHEARD }]);
    post.welcome({ facts_acked: 1, picture_acked: 1 });
    expect(post.closed).toBe(true);
    expect(browser.shared.values.has(keys(SITE).left)).toBe(false);
  });

  it("that nobody heard is told later where it cannot be told now, and never of another session", () => {
    tab.go();
    tab.socket().end();
    tab.leave();
    const next = browser.open({ own: tab.own }).go();
    later(LAST_POST_MAX_MS);
    next.posts.last().end();
    expect(browser.shared.values.has(keys(SITE).left)).toBe(true);
    next.socket().welcome();
    later(LAST_POST_MAX_MS);
    next.posts.last().refuse(CloseCode.CANNOT_STORE);
    expect(browser.shared.values.has(keys(SITE).left)).toBe(true);
    next.replay("signout");
    next.socket().open();
    next.socket().welcome({ session: "s2" });
    later(LAST_POST_MAX_MS);
    expect(browser.shared.values.has(keys(SITE).left)).toBe(false);
    expect(next.posts.links).toHaveLength(2);
  });

  it("is silent where nothing is known of the visit yet", () => {
    tab.replay("consent", "granted");
    tab.leave();
    expect(tab.last).toEqual([]);
  });

  it("does not give its tab's id to a copy of the tab", () => {
    tab.go();
    const copy = browser
      .open({ own: Object.assign(new FakeTexts(), { values: new Map(tab.own.values) }) })
      .go();
    expect(helloOf(copy.socket().hello()).tab).not.toBe(helloOf(tab.socket().hello()).tab);
  });

  it("may be no end: from the browser's cache it comes back as another page load", () => {
    tab.go();
    tab.leave(true);
    expect(tab.capture().stopped).toBe(true);
    later(5_000);
    expect(tab.sockets.links).toHaveLength(1);
    tab.comeBack();
    expect(tab.capture().how).toBe("resumed");
    const [first, second] = [tab.sockets.links[0]?.hello() ?? [], tab.socket().open()].map(helloOf);
    expect(second).toMatchObject({ tab: first?.tab, session: "s1" });
    expect(second?.load).not.toBe(first?.load);
  });

  it("stays an end where consent was withdrawn meanwhile", () => {
    tab.go();
    tab.leave(true);
    browser.shared.values.clear();
    tab.comeBack();
    later(10_000);
    expect(tab.sockets.links).toHaveLength(1);
    expect(tab.captures).toHaveLength(1);
  });

  it("may come unannounced after the tab is hidden: what waits is sent then", () => {
    tab.go();
    const { sink, clock } = tab.capture();
    sink.picture(FULL(clock.now()));
    sink.fact("click", clock.now(), {});
    tab.window.document.addEventListener("visibilitychange", () =>
      sink.fact("tab", clock.now(), { visible: false }),
    );
    tab.window.document.visibilityState = "hidden";
    tab.window.document.dispatchEvent(new Event("visibilitychange"));
    tab.hide();
    expect(tab.kinds().slice(-2)).toEqual(["click", "tab"]);
    expect(tab.socket().batches(1)).toHaveLength(1);
  });

  it("takes along what an earlier page load still owes", () => {
    tab.go();
    tab.socket().end();
    tab.capture().sink.fact("click", 1, {});
    tab.replay("signout");
    tab.leave();
    const [mine] = tab.last;
    expect(mine?.flatMap((message) => (message[0] === 0 ? [helloOf(message).session] : []))).toEqual(["s1"]);
    expect(tab.last).toHaveLength(1);
  });
});

describe("who the customer is", () => {
  it("may become known without a break", () => {
    tab.go();
    tab.replay("identify", { customer_id: "c1", email: "ana@example.com" });
    later(URGENT_EVERY_MS);
    expect(tab.kinds()).toEqual(["page", "consent", "identify"]);
    expect(tab.sockets.links).toHaveLength(1);
    expect(browser.shared.values.get(keys(SITE).session)).not.toContain("c1");
    expect([...browser.shared.values.values()].join()).not.toContain("ana");
  });

  it("may be said again on every page", () => {
    tab.go();
    tab.replay("identify", { customer_id: "c1" });
    tab.leave();
    const next = browser.open({ own: tab.own });
    next.replay("identify", { customer_id: "c1" });
    next.go();
    expect(helloOf(next.socket().hello()).session).toBe("s1");
    expect(next.kinds()).toEqual(["page", "consent", "identify"]);
  });

  it("ends the session where it is another", () => {
    tab.go();
    tab.replay("identify", { customer_id: "c1" });
    tab.replay("identify", { customer_id: "c2" });
    const [old, young] = tab.sockets.links;
    expect(old?.kinds()).toEqual(["page", "consent", "identify", "signout"]);
    expect(helloOf(young?.open() ?? []).session ?? null).toBeNull();
    young?.welcome({ session: "s2" });
    browser.host.turn();
    expect(young?.kinds()).toEqual(["page", "identify"]);
    expect(tab.capture().how).toBe("restarted");
  });

  it("is another on the next page: that page never belongs to the first", () => {
    tab.go();
    tab.replay("identify", { customer_id: "c1" });
    tab.leave();
    const next = browser.open({ own: tab.own });
    next.replay("identify", { customer_id: "c2" });
    next.replay("consent", "granted");
    expect(next.sockets.links).toHaveLength(1);
    expect(helloOf(next.socket().open()).session ?? null).toBeNull();
  });

  it("ends with a sign-out, whose last words still arrive", () => {
    tab.go();
    tab.replay("identify", { customer_id: "c1" });
    tab.capture().sink.fact("click", 1, {});
    tab.socket().end();
    tab.replay("signout");
    expect(tab.captures).toHaveLength(2);
    later(1_000);
    const links = tab.sockets.links.filter((link) => !link.closed && link.sent.length === 0);
    for (const link of links) link.open();
    const old = links.find((link) => helloOf(link.hello()).session === "s1");
    old?.welcome({ facts_acked: 0 });
    expect(old?.kinds()).toEqual(["page", "consent", "identify", "click", "signout"]);
    old?.ack(0, 99);
    expect(old?.closed).toBe(true);
    expect(links.some((link) => (helloOf(link.hello()).session ?? null) === null)).toBe(true);
  });

  it("that signed out is nobody: the next one is no other", () => {
    tab.go();
    tab.replay("identify", { customer_id: "c1" });
    tab.replay("signout");
    tab.socket().open();
    tab.socket().welcome({ session: "s2" });
    const links = tab.sockets.links.length;
    tab.replay("identify", { customer_id: "c2" });
    browser.host.turn();
    expect(tab.sockets.links).toHaveLength(links);
  });
});

describe("several tabs", () => {
  it("share one session, also when they open together", () => {
    const other = browser.open();
    for (const each of [tab, other]) each.replay("consent", "granted");
    expect(other.sockets.links).toEqual([]);
    tab.socket().open();
    tab.socket().welcome();
    expect(helloOf(other.socket().open())).toMatchObject({ session: "s1", token: "t1" });
  });

  it("without locks come together all the same", () => {
    browser.turn = (run) => run(() => {});
    const one = browser.open();
    const two = browser.open();
    for (const each of [one, two]) {
      each.replay("consent", "granted");
      each.socket().open();
    }
    one.socket().welcome({ session: "s1" });
    two.socket().welcome({ session: "s2", token: "t2" });
    expect(helloOf(two.socket().open())).toMatchObject({ session: "s1", token: "t1" });
  });

  it("follow a sign-out into the next session, minted once", () => {
    tab.go();
    const other = browser.open().go();
    tab.replay("signout");
    const [waiting] = [tab, other].filter((each) => each.sockets.links.length === 1);
    const first = [tab, other].find((each) => each !== waiting) as FakeTab;
    first.socket().open();
    first.socket().welcome({ session: "s2", token: "t2" });
    for (const each of [tab, other]) {
      const last = each.socket();
      if (last.sent.length === 0) last.open();
      expect(each.captures).toHaveLength(2);
      expect(each.captures[0]?.stopped).toBe(true);
    }
    expect(helloOf((waiting as FakeTab).socket().hello()).session).toBe("s2");
    expect(other.kinds()).not.toContain("signout");
  });

  it("keep each other's session alive", () => {
    tab.go();
    const other = browser.open().go();
    for (let minutes = 0; minutes < 90; minutes += 10) {
      later(10 * 60_000);
      other.click();
    }
    expect(tab.capture().stopped).toBe(false);
    expect(tab.captures).toHaveLength(1);
  });

  it("do not throw away a token that another tab renewed meanwhile", () => {
    tab.go();
    const other = browser.open().go();
    other.socket().end();
    later(1_000);
    other.socket().open();
    tab.socket().token("t2");
    other.socket().refuse(CloseCode.WRONG_TOKEN);
    expect(helloOf(other.socket().open())).toMatchObject({ session: "s1", token: "t2" });
    expect(tab.captures).toHaveLength(1);
  });
});

describe("half an hour of nothing", () => {
  it("stops the recorder and lets go of the collector", () => {
    tab.go();
    later(ACK_MAX_MS / 2);
    tab.socket().ack(0, 1);
    later(IDLE_MS + 120_000);
    expect(tab.capture().stopped).toBe(true);
    expect(tab.socket().closed).toBe(true);
    expect(tab.sockets.links).toHaveLength(1);
  });

  it("ends the session: who comes back begins another", () => {
    tab.go();
    tab.replay("identify", { customer_id: "c1" });
    later(URGENT_EVERY_MS);
    tab.socket().ack(0, 9);
    later(IDLE_MS + 120_000);
    tab.window.document.dispatchEvent(new Event("keydown"));
    expect(tab.sockets.links).toHaveLength(1);
    tab.click();
    expect(helloOf(tab.socket().open()).session ?? null).toBeNull();
    tab.socket().welcome({ session: "s2" });
    expect(tab.capture().how).toBe("restarted");
  });

  it("ends it for the next page too", () => {
    tab.go();
    tab.leave();
    later(IDLE_MS + 1);
    const next = browser.open({ own: tab.own });
    next.replay("consent", "granted");
    expect(helloOf(next.socket().open()).session ?? null).toBeNull();
  });

  it("is not over while the customer does something", () => {
    tab.go();
    for (let minutes = 0; minutes < 120; minutes += 5) {
      later(5 * 60_000);
      tab.click();
      if (!tab.socket().closed) tab.socket().ack(0, 999);
    }
    expect(tab.captures).toHaveLength(1);
  });
});
