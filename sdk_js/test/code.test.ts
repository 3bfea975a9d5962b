/** The support code stands where the shop wants it, also where the page adds a place later. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CodeShown, createCode } from "../src/code";
import { FakeHost } from "./fakes";

let host: FakeHost;
let code: CodeShown;
const texts = () => [...document.querySelectorAll("b")].map((element) => element.textContent);
const observed = () => new Promise<void>((done) => setTimeout(done));

beforeEach(() => {
  host = new FakeHost();
  code = createCode(document, host);
});
afterEach(() => {
  code.stop();
  document.body.innerHTML = "";
});

describe("the support code", () => {
  it("is written as it is read out", () => {
    document.body.innerHTML = "<b data-replay-code>soon</b><b>other</b>";
    code.show("7K3QF9", null);
    expect(texts()).toEqual(["7K3-QF9", "other"]);
    code.show("already-so", null);
    expect(texts()).toEqual(["already-so", "other"]);
  });

  it("is written where the site's settings say, and a selector that is none does no harm", () => {
    document.body.innerHTML = "<b data-replay-code></b><b id=c></b>";
    code.show("7K3QF9", "#c");
    expect(texts()).toEqual(["7K3-QF9", "7K3-QF9"]);
    code.show("ABCDEF", "][");
    expect(texts()).toEqual(["ABC-DEF", "7K3-QF9"]);
  });

  it("is written into what the page adds or overwrites", async () => {
    code.show("7K3QF9", null);
    document.body.innerHTML = "<b data-replay-code></b>";
    await observed();
    host.advance(1_000);
    expect(texts()).toEqual(["7K3-QF9"]);
    document.querySelector("b")?.replaceChildren("rendered again");
    await observed();
    host.advance(1_000);
    expect(texts()).toEqual(["7K3-QF9"]);
  });

  it("costs nothing while nothing changes", async () => {
    code.show("7K3QF9", null);
    await observed();
    expect(host.pending()).toBe(0);
  });

  it("goes when the recording ends", async () => {
    document.body.innerHTML = "<b data-replay-code></b>";
    code.show("7K3QF9", null);
    code.stop();
    expect(texts()).toEqual([""]);
    document.body.innerHTML = "<b data-replay-code>kept</b>";
    await observed();
    host.advance(1_000);
    expect(texts()).toEqual(["kept"]);
  });
});
