/** The SDK on a page, from consent to the last post: what it does, and what it does not do before a yes. */
import { beforeEach, describe, expect, it } from "vitest";
import { DRIFT_MAX_MS, URGENT_EVERY_MS } from "../src/load";
import { keys } from "../src/storage";
import { DRIFTS_MAX_COUNT } from "../src/visit";
import { CloseCode, DEFAULT_SETTINGS, IDLE_MS } from "../src/wire.gen";
import { CHANGE, FULL, META } from "./fakes";
import { FakeBrowser, type FakeTab, helloOf, SITE } from "./tab";

let browser: FakeBrowser;
let tab: FakeTab;
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

  it("sends what waits when another page is asked for, and not when it only changes its address", () => {
    tab.go();
    const { sink, clock } = tab.capture();
    sink.picture(FULL(clock.now()));
    sink.picture(CHANGE(clock.now()));
    sink.fact("click", clock.now(), {});
    tab.lead(true);
    expect(tab.socket().batches(1)).toHaveLength(0);
    tab.lead(false);
    expect(tab.socket().batches(1)).toHaveLength(2);
    expect(tab.kinds()).toContain("click");
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
