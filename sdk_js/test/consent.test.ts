/** Who may say yes and who may say no, and what the consent tools of shops are understood to say. */
import { beforeEach, describe, expect, it } from "vitest";
import { type Consent, type ConsentRules, createConsent } from "../src/consent";
import { LOOK_MS, type ToolWindow, watchTools } from "../src/managed";
import { FakeHost } from "./fakes";

let said: boolean[];
const consent = (rules: Partial<ConsentRules> = {}): Consent =>
  createConsent({
    managed: false,
    privacyControl: false,
    control: "off",
    changed: (now) => said.push(now),
    ...rules,
  });

beforeEach(() => {
  said = [];
});

describe("consent that is required", () => {
  it("is given by the page alone, and taken back", () => {
    const given = consent();
    expect(said).toEqual([]);
    given.tools("granted");
    expect(said).toEqual([]);
    given.say("granted");
    given.say("granted");
    given.say("denied");
    given.say("granted");
    expect(said).toEqual([true, false, true]);
  });

  it("is no use to a browser that says Global Privacy Control", () => {
    const given = consent({ privacyControl: true });
    given.say("granted");
    expect(said).toEqual([]);
  });

  it("holds against Global Privacy Control while snippet and settings both say so", () => {
    const given = consent({ privacyControl: true, control: "ignore" });
    given.say("granted");
    expect(said).toEqual([true]);
    given.settings("ignore");
    given.settings("off");
    expect(said).toEqual([true, false]);
  });

  it("does not care for the setting where the browser says nothing", () => {
    const given = consent();
    given.say("granted");
    given.settings("off");
    expect(said).toEqual([true]);
  });
});

describe("consent that is managed", () => {
  it("is the tool's, or the page's where there is no tool", () => {
    const given = consent({ managed: true });
    given.tools(undefined);
    expect(said).toEqual([]);
    given.tools("granted");
    given.tools("denied");
    given.tools(undefined);
    given.say("granted");
    expect(said).toEqual([true, false, true]);
  });

  it("is denied by whoever denies", () => {
    const given = consent({ managed: true });
    given.say("denied");
    given.tools("granted");
    expect(said).toEqual([]);
    given.say("granted");
    given.tools("denied");
    expect(said).toEqual([true, false]);
  });
});

describe("consent tools", () => {
  type Page = { -readonly [name in keyof ToolWindow]: ToolWindow[name] };
  let page: Page;
  let host: FakeHost;
  let words: (string | undefined)[];
  let stop: () => void;
  const watch = () => {
    stop = watchTools(page, host, (word) => words.push(word));
  };
  beforeEach(() => {
    page = {};
    host = new FakeHost();
    words = [];
  });

  it("that are not there say nothing", () => {
    watch();
    host.advance(60_000);
    expect(words).toEqual([]);
  });

  it("are looked for no more once stopped", () => {
    watch();
    stop();
    host.advance(LOOK_MS);
    expect(host.pending()).toBe(0);
  });

  it("that break are tools that are not there", () => {
    Object.defineProperty(page, "dataLayer", {
      get() {
        throw new Error("hostile");
      },
    });
    page.Shopify = { customerPrivacy: { analyticsProcessingAllowed: () => true } };
    watch();
    expect(words).toEqual(["granted"]);
  });

  describe("IAB TCF", () => {
    type Heard = Parameters<NonNullable<ToolWindow["__tcfapi"]>>[2];
    let heard: Heard[];
    const api: ToolWindow["__tcfapi"] = (command, version, callback) => {
      expect([command, version]).toEqual(["addEventListener", 2]);
      heard.push(callback);
    };
    const tell = (data: Parameters<Heard>[0], success = true) => {
      heard.at(-1)?.(data, success);
      host.advance(LOOK_MS);
    };
    const consents = (...numbers: number[]) => ({
      eventStatus: "useractioncomplete",
      gdprApplies: true,
      purpose: { consents: Object.fromEntries(numbers.map((number) => [number, true])) },
    });
    beforeEach(() => {
      heard = [];
      page.__tcfapi = api;
    });

    it("grants by purposes 1 and 8, and takes back within a second", () => {
      watch();
      expect(words).toEqual(["denied"]);
      tell(consents(1, 2, 8));
      tell(consents(1, 2));
      tell(consents(8));
      tell({ ...consents(1, 8), eventStatus: "tcloaded" });
      expect(words).toEqual(["denied", "granted", "denied", "granted"]);
      expect(LOOK_MS).toBeLessThan(1_000);
    });

    it("has not granted while its dialog is shown, or it failed", () => {
      watch();
      tell({ ...consents(1, 8), eventStatus: "cmpuishown" });
      tell(consents(1, 8), false);
      expect(words).toEqual(["denied"]);
    });

    it("leaves alone a visitor to whom the GDPR does not apply", () => {
      watch();
      tell({ gdprApplies: false });
      expect(words).toEqual(["denied", "granted"]);
    });

    it("may come late, and is asked once", () => {
      delete page.__tcfapi;
      watch();
      host.advance(10 * LOOK_MS);
      expect(words).toEqual([]);
      page.__tcfapi = api;
      host.advance(10 * LOOK_MS);
      expect(heard).toHaveLength(1);
      expect(words).toEqual(["denied"]);
    });
  });

  describe("Google Consent Mode", () => {
    /** What `gtag` pushes is its own `arguments`. */
    const gtag = (...given: unknown[]) => {
      (page.dataLayer as unknown[]).push(Object.assign({}, given, { length: given.length }));
      host.advance(LOOK_MS);
    };
    beforeEach(() => {
      page.dataLayer = [];
    });

    it("grants by an update of analytics_storage, the last one", () => {
      gtag("consent", "default", { analytics_storage: "denied" });
      watch();
      gtag("event", "page_view");
      gtag("consent", "update", { ad_storage: "granted" });
      gtag("consent", "update", { analytics_storage: "granted" });
      gtag("consent", "update", { analytics_storage: "denied" });
      expect(words).toEqual(["denied", "granted", "denied"]);
    });

    it("takes a default for a yes only if every default is one", () => {
      gtag("consent", "default", { analytics_storage: "granted" });
      watch();
      expect(words).toEqual(["granted"]);
      gtag("consent", "default", { analytics_storage: "denied", region: ["DE"] });
      expect(words).toEqual(["granted", "denied"]);
      gtag("consent", "default", { analytics_storage: "granted" });
      expect(words).toEqual(["granted", "denied"]);
    });

    it("waits as long as a default says to", () => {
      gtag("consent", "default", { analytics_storage: "granted", wait_for_update: 5_000 });
      watch();
      host.advance(4_000);
      expect(words).toEqual(["denied"]);
      host.advance(1_500);
      expect(words).toEqual(["denied", "granted"]);
    });

    it("follows a list that is full, so that the oldest goes as the newest comes", () => {
      watch();
      for (let count = 0; count < 300; count++) (page.dataLayer as unknown[]).push(["event", count]);
      for (const analytics_storage of ["granted", "denied"]) {
        (page.dataLayer as unknown[]).shift();
        gtag("consent", "update", { analytics_storage });
      }
      (page.dataLayer as unknown[]).length = 0;
      host.advance(LOOK_MS);
      expect(words).toEqual(["granted", "denied"]);
    });

    it("follows a list that Google cut or the page replaced", () => {
      watch();
      for (let count = 0; count < 5; count++) gtag("event", count);
      (page.dataLayer as unknown[]).length = 0;
      gtag("consent", "update", { analytics_storage: "granted" });
      page.dataLayer = [];
      gtag("consent", "update", { analytics_storage: "denied" });
      expect(words).toEqual(["granted", "denied"]);
    });

    it("does not read what is no consent", () => {
      watch();
      for (const odd of [
        null,
        "consent",
        7,
        { event: "x" },
        ["consent", "update", null],
        ["consent", "update", { analytics_storage: 1 }],
      ])
        (page.dataLayer as unknown[]).push(odd);
      host.advance(LOOK_MS);
      expect(words).toEqual([]);
    });
  });

  describe("Shopify", () => {
    it("is asked as it goes, once it is loaded", () => {
      let allowed = false;
      page.Shopify = {};
      watch();
      host.advance(LOOK_MS);
      page.Shopify = { customerPrivacy: { analyticsProcessingAllowed: () => allowed } };
      host.advance(LOOK_MS);
      allowed = true;
      host.advance(LOOK_MS);
      expect(words).toEqual(["denied", "granted"]);
    });
  });

  it("have to agree where there are several", () => {
    page.dataLayer = [["consent", "update", { analytics_storage: "granted" }]];
    page.Shopify = { customerPrivacy: { analyticsProcessingAllowed: () => false } };
    watch();
    expect(words).toEqual(["denied"]);
  });
});
