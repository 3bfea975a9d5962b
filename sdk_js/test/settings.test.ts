/** Settings as a page reads them: what it understands, over the defaults. */
import { describe, expect, it } from "vitest";
import { createConsent } from "../src/consent";
import { readSettings } from "../src/settings";
import { DEFAULT_SETTINGS, type PageSettings } from "../src/wire.gen";

const zones = [{ selector: ".help", zone: "catalogue" as const }];

describe("settings", () => {
  it("are what the collector said over what it left out", () => {
    const given = { flush_ms: 1_000, zones, code_selector: ".code", url_keys: ["ref"] };
    expect(readSettings(given)).toEqual({ ...DEFAULT_SETTINGS, ...given });
    expect(readSettings(undefined)).toEqual(DEFAULT_SETTINGS);
  });

  it.each([
    ["nothing", null],
    ["a text", "settings"],
    ["a list", [1, 2]],
    ["lists that are none", { zones: null, carts: "x", products: 5, url_keys: {} }],
    ["lists of something else", { zones: [null], carts: ["x"], payment_paths: [{}], asset_origins: [7] }],
    ["times that are none", { flush_ms: "soon", flush_watched_ms: 0 }],
    ["selectors that are none", { code_selector: 5 }],
  ])("that cannot be read are the defaults: %s", (_, given) => {
    const read = readSettings(given as unknown as Partial<PageSettings>);
    for (const [key, usual] of Object.entries(DEFAULT_SETTINGS)) expect(read).toHaveProperty(key, usual);
    expect(read.code_selector).toBeUndefined();
  });

  it("keep what can be read beside what cannot", () => {
    const given = { zones, carts: null } as unknown as Partial<PageSettings>;
    expect(readSettings(given)).toEqual({ ...DEFAULT_SETTINGS, zones });
  });

  it("of a word nobody knows do not switch off what the browser asks for", () => {
    const answers: boolean[] = [];
    const changed = (allowed: boolean) => void answers.push(allowed);
    const consent = createConsent({ managed: false, privacyControl: true, control: "ignore", changed });
    consent.say("granted");
    consent.settings("whatever" as "off");
    expect(answers).toEqual([true, false]);
  });
});
