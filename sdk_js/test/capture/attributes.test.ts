/** What is left of attributes: words of state and what a zone shows, no names, numbers or foreign addresses. */
import { expect, it } from "vitest";
import { type AttributeValue, cleanAttribute } from "../../src/capture/attributes";
import { MASK } from "../../src/capture/mask";
import { createUrls } from "../../src/capture/urls";
import type { ElementZone } from "../../src/capture/zones";

const urls = createUrls([]);
const clean = (name: string, value: AttributeValue, zone: ElementZone, tag = "div", isSvg = false) =>
  cleanAttribute(name, value, tag, isSvg, zone, urls);

it.each(["class", "id", "type", "colspan", "hidden"])("keeps %s, which shapes the page", (name) => {
  expect(clean(name, "cart-drawer", "unknown")).toBe("cart-drawer");
});

it.each([
  "title",
  "alt",
  "placeholder",
  "aria-label",
  "summary",
  "label",
  "data-note",
  "x-data",
  "ng-reflect-name",
])("%s speaks only where the zone may be read", (name) => {
  for (const zone of ["unknown", "private", "masked", "payment"] as const)
    expect(clean(name, "Hello Ana", zone)).toBe(MASK);
  for (const zone of ["catalogue", "cart", "account"] as const) {
    expect(clean(name, "Hello Ana", zone)).toBe("Hello Ana");
    expect(clean(name, "Mail ana@example.com", zone)).toContain(MASK);
  }
});

it.each(["onclick", "srcdoc", "nonce", "integrity", "ping", "content"])("never tells %s", (name) => {
  expect(clean(name, "pay('secret')", "catalogue")).toBeUndefined();
});

it("keeps words of state, which style sheets look for, and no numbers", () => {
  expect(clean("data-state", "open", "unknown")).toBe("open");
  expect(clean("aria-expanded", "true", "unknown")).toBe("true");
  expect(clean("data-open", "", "unknown")).toBe("");
  expect(clean("data-count", "3", "unknown")).toBe(MASK);
  expect(clean("data-name", "ana", "unknown")).toBe(MASK);
});

it("hides what names the customer even where the zone may be read", () => {
  for (const name of ["data-user-id", "data-email", "data-customer", "data-session"])
    expect(clean(name, "ana", "catalogue")).toBe(MASK);
  expect(clean("data-props", '{"name":"Ana"}', "catalogue")).toBe(MASK);
  expect(clean("data-text", "x".repeat(81), "catalogue")).toBe(MASK);
});

it("tells drawings of SVG but not what is attached to them", () => {
  expect(clean("d", "M0 0L9 9", "unknown", "path", true)).toBe("M0 0L9 9");
  expect(clean("data-user", "Ana", "unknown", "path", true)).toBe(MASK);
  expect(clean("xlink:href", "#cart", "unknown", "use", true)).toBe("#cart");
});

it("cleans addresses, and hides pictures in private zones", () => {
  expect(clean("href", "https://shop.example/a?token=x", "catalogue", "a")).toBe("https://shop.example/a");
  expect(clean("src", "https://shop.example/a.png?token=x&w=3", "unknown", "img")).toBe(
    "https://shop.example/a.png?w=3",
  );
  expect(clean("src", "https://shop.example/me.png", "private", "img")).toBe("");
  expect(clean("srcset", "https://shop.example/me.png 2x", "masked", "img")).toBe("");
});

it("hides pictures that are texts where texts are hidden", () => {
  const said = "data:image/svg+xml,%3Csvg%3E%3Ctext%3EAna%3C/text%3E%3C/svg%3E";
  const drawn = "data:image/svg+xml,%3Csvg%3E%3Cpath d='M0 0'/%3E%3C/svg%3E";
  const coded = `data:image/svg+xml;base64,${btoa("<svg><text>Ana</text></svg>")}`;
  expect(clean("src", said, "unknown", "img")).toBe("");
  expect(clean("src", coded, "unknown", "img")).toBe("");
  expect(clean("src", drawn, "unknown", "img")).toBe(drawn);
  expect(clean("src", said, "catalogue", "img")).toBe(said);
});

it("cleans styles", () => {
  expect(clean("style", "--who: 'Ana Smith'; color: red", "catalogue")).toBe(`--who: "${MASK}"; color: red`);
});
