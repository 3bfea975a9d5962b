/** When a page that has changed much is worth another checkpoint. */
import { beforeEach, describe, expect, it } from "vitest";
import { CHECKPOINT_AFTER_CHARS } from "../src/picture";
import { REST_MS, UNREST_MAX_MS } from "../src/rest";
import { CHANGE, FULL } from "./fakes";
import { FakeBrowser, type FakeTab } from "./tab";

let browser: FakeBrowser;
let tab: FakeTab;
const later = (ms: number) => browser.host.advance(ms);

beforeEach(() => {
  browser = new FakeBrowser();
  tab = browser.open();
});

describe("a page", () => {
  it("takes a checkpoint when much has changed and the page is at rest, once", () => {
    tab.go();
    const { sink } = tab.capture();
    sink.picture(FULL(1));
    for (let part = 0; part < 22; part++) {
      sink.picture(CHANGE(part, CHECKPOINT_AFTER_CHARS / 10));
      later(REST_MS / 2);
    }
    browser.host.runIdle();
    expect(tab.capture().checkpoints).toBe(0);
    later(REST_MS * 2);
    browser.host.runIdle();
    expect(tab.capture().checkpoints).toBe(1);
  });

  it("takes that checkpoint of a page that never rests, too, but not where another came first", () => {
    tab.go();
    const { sink } = tab.capture();
    const never = () => {
      sink.picture(CHANGE(1, CHECKPOINT_AFTER_CHARS + 1));
      for (let ms = 0; ms < UNREST_MAX_MS + 2 * REST_MS; ms += REST_MS / 2) {
        sink.picture(CHANGE(ms));
        later(REST_MS / 2);
      }
    };
    never();
    browser.host.runIdle();
    expect(tab.capture().checkpoints).toBe(1);
    never();
    sink.picture(FULL(1));
    browser.host.runIdle();
    expect(tab.capture().checkpoints).toBe(1);
  });
});
