/** The SDK on a page, from consent to the last post: what it does, and what it does not do before a yes. */
import { beforeEach, describe, expect, it } from "vitest";
import { ACK_MAX_MS } from "../src/connection";
import { CHECKPOINT_AFTER_CHARS, DRIFT_MAX_MS, URGENT_EVERY_MS } from "../src/load";
import { keys } from "../src/storage";
import { DRIFTS_MAX_COUNT } from "../src/visit";
import { CloseCode, DEFAULT_SETTINGS, IDLE_MS } from "../src/wire.gen";
import { CHANGE, FakeTexts, FULL, META } from "./fakes";
import { FakeBrowser, type FakeTab, SITE } from "./tab";

let browser: FakeBrowser;
let tab: FakeTab;
const helloOf = (hello: unknown[]) => {
  const [, version, site, at, load, consent, sent, session, token] = hello;
  return { version, site, tab: at, load, consent, sent, session, token };
};
const later = (ms: number) => browser.host.advance(ms);

beforeEach(() => {
  browser = new FakeBrowser();
  tab = browser.open();
});

describe("before consent", () => {
  it("nothing happens: no link, no storage, no capture", () => {
    tab.replay("identify", { customer_id: "c1" });
    tab.replay("cart", { currency: "USD", lines: [] });
    tab.replay("mark", "early");
    tab.replay("signout");
    tab.hide();
    tab.leave();
    later(IDLE_MS * 2);
    expect(tab.quiet()).toBe(true);
    expect(browser.shared.touches + tab.own.touches).toBe(0);
    expect(tab.captures).toEqual([]);
    expect(browser.host.pending()).toBe(0);
  });

  it("what still holds when consent comes is stated then, the rest is not kept", () => {
    tab.replay("identify", { customer_id: "c1" });
    tab.replay("identify", { customer_id: "c2" });
    tab.replay("cart", { currency: "USD", lines: [] });
    tab.replay("mark", "early");
    tab.replay("consent", "granted", "2026-01");
    tab.socket().open();
    tab.socket().welcome();
    browser.host.turn();
    expect(tab.kinds()).toEqual(["page", "consent", "identify", "cart"]);
    expect(tab.socket().facts()[1]?.[2]).toEqual({ state: "granted", version: "2026-01" });
    expect(tab.socket().facts()[2]?.[2]).toMatchObject({ customer_id: "c2" });
  });

  it("a denial forgets what was said", () => {
    tab.replay("identify", { customer_id: "c1" });
    tab.replay("consent", "denied");
    expect(tab.quiet()).toBe(true);
    tab.go();
    expect(tab.kinds()).toEqual(["page", "consent"]);
  });

  it("Global Privacy Control keeps it so", () => {
    const private_tab = browser.open({ privacyControl: true });
    private_tab.replay("consent", "granted");
    later(10_000);
    expect(private_tab.quiet()).toBe(true);
    expect(browser.shared.touches).toBe(0);
  });

  it("Global Privacy Control is ignored only if snippet and settings agree", () => {
    const agreed = browser.open({ privacyControl: true, control: "ignore" });
    agreed.replay("consent", "granted");
    agreed.socket().open();
    agreed.socket().welcome({ settings: { global_privacy_control: "ignore" } });
    expect(agreed.socket().closed).toBe(false);
    agreed.socket().end();
    later(1_000);
    agreed.socket().open();
    agreed.socket().welcome({});
    expect(agreed.socket().closed).toBe(true);
    expect(agreed.capture().stopped).toBe(true);
    expect(browser.shared.values.size).toBe(0);
  });
});

describe("a page under consent", () => {
  it("says hello without a session, then captures by the site's settings", () => {
    tab.replay("consent", "granted");
    expect(tab.captures).toEqual([]);
    const hello = helloOf(tab.socket().open());
    expect(hello).toMatchObject({ version: 1, site: SITE, consent: "granted" });
    expect(hello.session ?? null).toBeNull();
    expect(hello.sent).toBe(browser.host.wall());
    tab.socket().welcome({ settings: { flush_ms: 777 } });
    expect(tab.capture().how).toBe("navigate");
    expect(tab.capture().now).toEqual({ ...DEFAULT_SETTINGS, flush_ms: 777 });
    expect(tab.codes).toEqual(["7K3QF9"]);
  });

  it("says managed where it is", () => {
    const managed = browser.open({
      consent: "managed",
      tools: { dataLayer: [["consent", "update", { analytics_storage: "granted" }]] },
    });
    expect(helloOf(managed.socket().open()).consent).toBe("managed");
    managed.socket().welcome();
    browser.host.turn();
    expect(managed.kinds()).toEqual(["page", "consent"]);
  });

  it("captures at once on the next page, with the settings and the code it knows", () => {
    tab.go();
    tab.socket().welcome({ settings: { flush_ms: 777 } });
    tab.leave();
    const next = browser.open({ own: tab.own, navigation: "back_forward" });
    next.replay("consent", "granted");
    expect(next.capture().how).toBe("back_forward");
    expect(next.capture().now.flush_ms).toBe(777);
    expect(next.codes).toEqual(["7K3QF9"]);
    const hello = helloOf(next.socket().open());
    expect(hello).toMatchObject({ session: "s1", token: "t1" });
    expect(hello.tab).toBe(helloOf(tab.socket().hello()).tab);
    expect(hello.load).not.toBe(helloOf(tab.socket().hello()).load);
  });

  it("sends at ease while nobody watches, fast while somebody does", () => {
    tab.go();
    const { sink, clock } = tab.capture();
    tab.socket().ack(0, 1);
    sink.picture(FULL(clock.now()));
    later(DEFAULT_SETTINGS.flush_ms - 1);
    expect(tab.socket().batches(1)).toHaveLength(0);
    later(1);
    expect(tab.socket().batches(1)).toHaveLength(1);
    tab.socket().watched(true);
    sink.picture(CHANGE(clock.now()));
    sink.fact("click", clock.now(), {});
    later(DEFAULT_SETTINGS.flush_watched_ms);
    expect(tab.socket().batches(1)).toHaveLength(2);
    expect(tab.kinds()).toContain("click");
    tab.socket().watched(false);
    sink.picture(CHANGE(clock.now()));
    later(DEFAULT_SETTINGS.flush_watched_ms);
    expect(tab.socket().batches(1)).toHaveLength(2);
  });

  it("sends what waits when somebody begins to watch", () => {
    tab.go();
    const { sink, clock } = tab.capture();
    sink.picture(FULL(clock.now()));
    tab.socket().watched(true);
    expect(tab.socket().batches(1)).toHaveLength(1);
  });

  it("sends an urgent fact at once, together with what is stated in the same breath", () => {
    tab.go();
    later(URGENT_EVERY_MS);
    const { sink, clock } = tab.capture();
    const before = tab.socket().batches(0).length;
    sink.fact("click", clock.now(), {});
    sink.fact("cart", clock.now(), { surface: "drawer", source: "displayed" }, true);
    sink.fact("cart", clock.now(), { surface: "page", source: "displayed" }, true);
    browser.host.turn();
    expect(tab.socket().batches(0)).toHaveLength(before + 1);
    expect(tab.kinds().slice(-3)).toEqual(["click", "cart", "cart"]);
  });

  it("that states something urgent with every frame is sent at once and then in turns", () => {
    tab.go();
    later(URGENT_EVERY_MS);
    const { sink, clock } = tab.capture();
    const before = tab.socket().batches(0).length;
    for (let frame = 0; frame < 60; frame++) {
      sink.fact("cart", clock.now(), { surface: "page", source: "displayed" }, true);
      browser.host.turn();
      if (frame === 0) expect(tab.socket().batches(0)).toHaveLength(before + 1);
      later(16);
    }
    later(URGENT_EVERY_MS);
    expect(tab.kinds().filter((kind) => kind === "cart")).toHaveLength(60);
    expect(tab.socket().batches(0).length - before).toBeLessThan(25);
  });

  it("is left alone by a clock that never goes", () => {
    tab.go();
    for (let step = 0; step < 100; step++) {
      browser.host.sleep(DRIFT_MAX_MS + 1);
      tab.capture().sink.fact("click", 1, {});
      later(DEFAULT_SETTINGS.flush_ms);
    }
    expect(tab.captures).toHaveLength(1 + DRIFTS_MAX_COUNT);
  });

  it("is not watched any more on a link that does not say so", () => {
    tab.go();
    tab.socket().watched(true);
    tab.socket().end();
    later(1_000);
    tab.socket().open();
    tab.socket().welcome();
    tab.capture().sink.picture(CHANGE(1));
    later(DEFAULT_SETTINGS.flush_watched_ms * 2);
    expect(tab.socket().batches(1)).toHaveLength(0);
  });

  it("that nobody has seen yet is not recorded until it is shown", () => {
    const document = tab.window.document as { prerendering?: boolean };
    document.prerendering = true;
    tab.replay("consent", "granted");
    tab.replay("cart", { currency: "USD", lines: [] });
    later(10_000);
    expect(tab.quiet()).toBe(true);
    expect(browser.shared.touches).toBe(0);
    document.prerendering = false;
    tab.window.document.dispatchEvent(new Event("prerenderingchange"));
    tab.socket().open();
    tab.socket().welcome();
    browser.host.turn();
    expect(tab.kinds()).toEqual(["page", "consent", "cart"]);
  });

  it("takes a checkpoint when the collector asks, and sends it at once", () => {
    tab.go();
    tab.capture().checkpoint = () => {
      for (const event of [META(1), FULL(2)]) tab.capture().sink.picture(event);
    };
    tab.socket().wantCheckpoint();
    expect(tab.socket().chunks().at(-1)?.checkpoint).toBe(true);
  });

  it("takes a checkpoint in an idle moment after much has changed, once", () => {
    tab.go();
    const { sink } = tab.capture();
    sink.picture(FULL(1));
    for (let part = 0; part < 12; part++) sink.picture(CHANGE(part, CHECKPOINT_AFTER_CHARS / 10));
    expect(tab.capture().checkpoints).toBe(0);
    browser.host.runIdle();
    expect(tab.capture().checkpoints).toBe(1);
  });

  it("takes a checkpoint after its buffer overflowed, outside of the recorder's own turn", () => {
    tab.go();
    tab.socket().end();
    const { sink } = tab.capture();
    for (let part = 0; part < 50; part++) sink.picture(CHANGE(part, 100_000));
    expect(tab.capture().checkpoints).toBe(0);
    browser.host.turn();
    expect(tab.capture().checkpoints).toBe(1);
  });

  it("loses nothing to a network that was cut", () => {
    tab.go();
    const { sink, clock } = tab.capture();
    tab.socket().ack(0, 1);
    tab.socket().end();
    for (let step = 0; step < 20; step++) {
      sink.fact("click", clock.now(), { x: step }, step % 3 === 0);
      sink.picture(CHANGE(clock.now()));
      later(100);
    }
    tab.window.dispatchEvent(new Event("online"));
    const hello = helloOf(tab.socket().open());
    expect(hello).toMatchObject({ session: "s1", load: helloOf(tab.sockets.links[0]?.hello() ?? []).load });
    tab.socket().welcome({ facts_acked: 1 });
    const clicks = tab
      .socket()
      .facts()
      .filter(([kind]) => kind === "click");
    expect(clicks.map(([, , fields]) => fields.x)).toEqual(Array.from({ length: 20 }, (_, step) => step));
    expect(
      tab
        .socket()
        .chunks()
        .reduce((sum, chunk) => sum + chunk.count, 0),
    ).toBe(20);
  });

  it("uses a rotated token from then on, in every tab", () => {
    tab.go();
    const other = browser.open().go();
    tab.socket().token("t2");
    other.socket().end();
    later(1_000);
    expect(helloOf(other.socket().open()).token).toBe("t2");
    tab.socket().end();
    later(1_000);
    expect(helloOf(tab.socket().open()).token).toBe("t2");
  });

  it("begins anew after the device slept, because its clock stood still", () => {
    tab.go();
    const before = helloOf(tab.socket().hello()).load;
    browser.host.sleep(DRIFT_MAX_MS + 1);
    tab.capture().sink.fact("click", 1, {});
    later(DEFAULT_SETTINGS.flush_ms);
    expect(tab.captures[0]?.stopped).toBe(true);
    expect(tab.capture().how).toBe("restarted");
    expect(tab.capture().clock.now()).toBe(browser.host.wall());
    expect(helloOf(tab.socket().open())).toMatchObject({ session: "s1" });
    expect(helloOf(tab.socket().hello()).load).not.toBe(before);
    expect(tab.sockets.links[0]?.kinds()).toContain("click");
  });

  it("says why where the collector will not have it, and leaves the page alone", () => {
    tab.replay("consent", "granted");
    tab.socket().open();
    tab.socket().refuse(CloseCode.FORBIDDEN, "Unknown site key.");
    expect(tab.explained).toEqual(["Unknown site key."]);
    tab.replay("mark", "after");
    tab.replay("consent", "granted");
    tab.leave();
    later(60_000);
    expect(tab.sockets.links).toHaveLength(1);
    expect(tab.last).toEqual([]);
  });

  it("goes on under a new page load after a refusal of bytes, but not for ever", () => {
    tab.go();
    const loads = new Set<unknown>();
    for (let count = 0; count < 10; count++) {
      loads.add(helloOf(tab.socket().hello()).load);
      tab.socket().refuse(CloseCode.MALFORMED, "Update the page's SDK.");
      if (tab.explained.length > 0) break;
      tab.socket().open();
      tab.socket().welcome();
    }
    expect(loads.size).toBe(4);
    expect(tab.explained).toEqual(["Update the page's SDK."]);
    expect(tab.captures.every((capture) => capture.stopped)).toBe(true);
  });

  it("forgives a refusal once the collector takes something", () => {
    tab.go();
    for (let count = 0; count < 10; count++) {
      tab.socket().refuse(CloseCode.TOO_LARGE);
      tab.socket().open();
      tab.socket().welcome();
      browser.host.turn();
      tab.socket().ack(0, 1);
    }
    expect(tab.explained).toEqual([]);
  });

  it("mints a new session where its own is not its own", () => {
    tab.go();
    tab.socket().refuse(CloseCode.WRONG_TOKEN);
    expect(helloOf(tab.socket().open()).session ?? null).toBeNull();
    tab.socket().welcome({ session: "s2", token: "t9" });
    expect(browser.shared.values.get(keys(SITE).session)).toContain("s2");
    expect(tab.capture().how).toBe("restarted");
  });

  it("stops when told to, and hands over the rest", () => {
    tab.go();
    tab.capture().sink.fact("click", 1, {});
    tab.replay("stop");
    expect(tab.capture().stopped).toBe(true);
    expect(tab.kinds()).toContain("click");
    tab.socket().ack(0, 9);
    expect(tab.socket().closed).toBe(true);
    tab.replay("mark", "after");
    tab.replay("consent", "granted");
    tab.click();
    later(IDLE_MS * 2);
    expect(tab.sockets.links).toHaveLength(1);
    expect(browser.host.pending()).toBe(0);
  });
});

describe("a withdrawal", () => {
  it("stops at once, everywhere, and leaves nothing behind", () => {
    tab.go();
    const other = browser.open().go();
    const sent = [tab, other].map((each) => each.socket().sent.length);
    for (const each of [tab, other]) each.capture().sink.fact("click", 1, {}, true);
    tab.replay("consent", "denied");
    later(60_000);
    for (const [index, each] of [tab, other].entries()) {
      expect(each.capture().stopped).toBe(true);
      expect(each.socket().closed).toBe(true);
      expect(each.socket().sent).toHaveLength(sent[index] ?? -1);
      each.leave();
      expect(each.last).toEqual([]);
      expect(each.codes.at(-1)).toBe("");
    }
    expect(browser.shared.values.size + tab.own.values.size + other.own.values.size).toBe(0);
    expect(browser.host.pending()).toBe(0);
  });

  it("may be followed by a new yes, as a new visit", () => {
    tab.go();
    tab.replay("consent", "denied");
    tab.replay("consent", "granted");
    expect(helloOf(tab.socket().open()).session ?? null).toBeNull();
    tab.socket().welcome({ session: "s2" });
    expect(tab.capture().how).toBe("restarted");
  });
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
    tab.capture().sink.activity();
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
