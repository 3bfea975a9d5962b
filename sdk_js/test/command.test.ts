/** `replay(…)` takes whatever a shop gives it, and never throws. */
import { describe, expect, it } from "vitest";
import { personOf, readIdentity } from "../src/identity";
import { FakeBrowser } from "./tab";

const raising = () => {
  throw new Error("hostile");
};
const ODD: unknown[] = [
  undefined,
  null,
  0,
  "",
  "x".repeat(100_000),
  Number.NaN,
  Symbol("s"),
  1n,
  [],
  {},
  Object.create(null),
  new Proxy({}, { get: raising, ownKeys: raising, has: raising }),
  { toString: raising, valueOf: raising },
  document.body,
  raising,
];

describe("a command", () => {
  it("never throws, whatever it is given", () => {
    const tab = new FakeBrowser().open().go();
    const replay = tab.replay as (...given: unknown[]) => unknown;
    const commands = [
      "consent",
      "identify",
      "signout",
      "cart",
      "price",
      "promo",
      "order",
      "mark",
      "toString",
      "__proto__",
      ...ODD,
    ];
    for (const command of commands)
      for (const given of ODD) {
        if (command === "consent" && given === "denied") continue;
        expect(replay(command, given, given)).toBeUndefined();
      }
  });

  it("that is unknown does nothing", () => {
    const tab = new FakeBrowser().open();
    const replay = tab.replay as (...given: unknown[]) => unknown;
    replay("consent", "yes");
    replay("grant");
    replay();
    expect(tab.quiet()).toBe(true);
  });
});

describe("an identity", () => {
  it("is what the shop said, to the letter, because its backend signed it", () => {
    const who = {
      customer_id: " c 1 ",
      email: "Ana@Example.com",
      phone: "+1 555",
      name: "Ana Ä",
      expires: 1_900_000_000,
      signature: "ab",
    };
    expect(readIdentity(who)).toEqual(who);
  });

  it("takes numbers for ids, and leaves out what is no word", () => {
    expect(readIdentity({ customer_id: 17, email: null, phone: {}, name: "", expires: "soon" })).toEqual({
      customer_id: "17",
      email: null,
      phone: null,
      name: null,
      expires: null,
      signature: null,
    });
  });

  it("without anything that says who is none", () => {
    for (const given of [null, undefined, "ana", {}, { signature: "ab", expires: 1 }])
      expect(readIdentity(given)).toBeNull();
  });

  it("fits the wire", () => {
    const long = "x".repeat(1_000);
    const who = readIdentity({ customer_id: long, email: long, phone: long, name: long, signature: long });
    expect(
      Object.values(who ?? {}).map((value) => (typeof value === "string" ? value.length : value)),
    ).toEqual([120, 254, 40, 120, null, 64]);
  });

  it("is remembered as a hash that tells people apart and names none", () => {
    expect(personOf("c1")).toBe(personOf("c1"));
    expect(new Set(Array.from({ length: 1_000 }, (_, index) => personOf(`customer ${index}`))).size).toBe(
      1_000,
    );
    expect(personOf("ana@example.com")).toMatch(/^[0-9a-z]{1,7}$/);
    expect([personOf(null), personOf(""), personOf(undefined)]).toEqual(["", "", ""]);
  });
});
