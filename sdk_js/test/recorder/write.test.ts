/** Addresses are where the browser would ask for them, and what shows nothing is left out. */
import { expect, test } from "vitest";
import { absoluteCss } from "../../src/recorder/css";
import { createMirror } from "../../src/recorder/mirror";
import { attributeValue, createWriter } from "../../src/recorder/write";

const page = (html: string): Document => {
  const made = document.implementation.createHTMLDocument("Shop");
  made.head.innerHTML = '<base href="https://shop.example/a/b">';
  made.body.innerHTML = html;
  return made;
};
const first = (html: string) => page(html).body.firstElementChild as Element;

test.each([
  ["<img>", "src", "x.png", "https://shop.example/a/x.png"],
  ["<img>", "src", " ", " "],
  ["<img>", "src", "data:image/png;base64,AA", "data:image/png;base64,AA"],
  ["<img>", "alt", "x.png", "x.png"],
  ["<a>", "href", "#top", "https://shop.example/a/b#top"],
  ["<svg></svg>", "href", "#icon", "#icon"],
  ["<svg></svg>", "xlink:href", "/i.svg#icon", "https://shop.example/i.svg#icon"],
  ["<a>", "href", "http://[", "http://["],
  [
    "<img>",
    "srcset",
    " x.png 1x,/y.png?a=1,2 2x , z(1).png, data:image/png;base64,AA 3x",
    "https://shop.example/a/x.png 1x, https://shop.example/y.png?a=1,2 2x, https://shop.example/a/z(1).png, data:image/png;base64,AA 3x",
  ],
  ["<p>", "style", "background: url(x.png)", "background: url(https://shop.example/a/x.png)"],
])("of %s the attribute %s=%s is %s", (html, name, value, expected) => {
  expect(attributeValue(first(html), name, value)).toBe(expected);
});

test.each([
  ["url(x.png)", "url(https://shop.example/a/x.png)"],
  ["url('../x y.png')", "url('https://shop.example/x%20y.png')"],
  ['url("data:image/png;base64,AA")', 'url("data:image/png;base64,AA")'],
  ["url(#clip)", "url(#clip)"],
  ["url()", "url()"],
])("of a style sheet %s is %s", (css, expected) => {
  expect(absoluteCss(css, "https://shop.example/a/b.css")).toBe(expected);
});

test("what shows nothing is left out, also when it comes again", () => {
  const written = (html: string) => {
    const mirror = createMirror();
    const writer = createWriter(mirror, () => {});
    const node = first(html);
    return [writer.one(node), writer.one(node), mirror.holds(node)];
  };
  const nothing = [null, null, false];
  expect(written("<script></script>")).toEqual(nothing);
  expect(written('<link rel="modulepreload">')).toEqual(nothing);
  expect(written('<link rel="shortcut icon">')).toEqual(nothing);
  expect(written('<link rel="preload" as="script">')).toEqual(nothing);
  expect(written('<link rel="preload" as="style">')[2]).toBe(true);
});

test("an input is written as it is now, not as the page was served", () => {
  const written = (html: string, change: Partial<HTMLInputElement>) =>
    createWriter(createMirror(), () => {}).one(Object.assign(first(html), change))?.attributes;
  expect(written('<input value="Bob">', { value: "" })).toEqual({ value: "" });
  expect(written('<input type="checkbox" checked>', { checked: false })).toEqual({ type: "checkbox" });
  expect(written('<input type="checkbox">', { checked: true })).toEqual({ type: "checkbox", checked: true });
});
