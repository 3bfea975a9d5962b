// @vitest-environment node
/** CSS that would fetch, by every way of writing it, and CSS that must come through unchanged. */
import { describe, expect, it } from "vitest";
import {
  MAX_BLOCKS_COUNT,
  MAX_NESTING_COUNT,
  MAX_SHEET_CHARS,
  sanitizeCss,
} from "../../src/player/sanitize_css";

const HOST = "evil.example";

describe("what would fetch", () => {
  it.each([
    `a{background:url(https://${HOST})}`,
    `a{background:URL("https://${HOST}")}`,
    `a{background:url( 'https://${HOST}' )}`,
    `a{background:\\75 rl(https://${HOST})}`,
    `a{background:u\\72l(//${HOST})}`,
    `a{background:\\000075\\000072\\00006c(//${HOST})}`,
    `a{background:url(ht\\74ps://${HOST})}`,
    `a{background:url(//${HOST}`,
    `a{background:url("//${HOST}`,
    `a{background:url(//${HOST} "x")}`,
    `a{background:image-set("//${HOST}" 1x, url(//${HOST}) 2x)}`,
    `a{background:-webkit-image-set(url(//${HOST}) 1x)}`,
    `a{background:image(ltr "//${HOST}")}`,
    `a{background:src("//${HOST}")}`,
    `a{background:src(var(--u));--u:x}`.replace("x}", `url(//${HOST})}`),
    `@import "//${HOST}";`,
    `@import url(//${HOST});`,
    `@import url(//${HOST};x) layer(a) supports(display:grid) screen;`,
    `@\\69 mport "//${HOST}";`,
    `@IMPORT/**/"//${HOST}";`,
    `@import "//${HOST}"`,
    `@import "a;//${HOST}";b{}`,
    `@import { url(//${HOST}) } b{}`,
    `@font-face{src:url(//${HOST}) format("woff2")}`,
    `@namespace url(//${HOST});`,
    `a{cursor:url(data:text/html,${HOST})}`,
    `a{b:"\n;background:url(//${HOST})}`,
    `/* /* */a{background:url(//${HOST})}`,
    `a{--x:url(//${HOST})}`,
    `a{filter:url(//${HOST}#f)}`,
  ])("%s", (css) => {
    expect(sanitizeCss(css)).not.toContain(HOST);
  });
});

describe("what stays", () => {
  it.each([
    "a:hover{color:red}",
    "@media (min-width:10px){a{b:c}}",
    'a::before{content:"url(x) @import \\"y\\" \\201C"}',
    "/* url(x) and /* rr_split */ b{}",
    "@layer a,b;@supports (display:grid){c{}}@container (width>1px){d{}}",
    "a{width:calc(100% - (2 * var(--gap)));transform:translate(1px,2px)}",
    '.\\31 0{grid-area:1/2}[href="x"]>b~c{}',
    "@font-face{font-family:x;unicode-range:U+26,U+0-7F}",
    "a{color:#f00;margin:-1px}",
    "",
  ])("%s", (css) => {
    expect(sanitizeCss(css)).toBe(css);
  });

  it("inlined data and references within the document", () => {
    const css = 'a{background:url("data:image/png;base64,AA==");filter:url("#f")}';
    expect(sanitizeCss(css)).toBe(css);
    expect(sanitizeCss("a{background:url(data:image/gif;base64,R0==)}")).toBe(
      'a{background:url("data:image/gif;base64,R0==")}',
    );
    expect(sanitizeCss("@font-face{src:url(data:font/woff2;base64,d09G)}")).toContain("data:font/woff2");
  });

  it("an address that would end its string cannot", () => {
    const safe = sanitizeCss(`a{background:url('data:image/svg+xml,")}b{background:url(//x)}')}`);
    expect(safe).toBe(`a{background:url("data:image/svg+xml,\\")}b{background:url(//x)}")}`);
  });
});

describe("bounds", () => {
  it.each([
    ["length", " ".repeat(MAX_SHEET_CHARS), MAX_SHEET_CHARS, " ".repeat(MAX_SHEET_CHARS + 1)],
    ["nesting", "{".repeat(MAX_NESTING_COUNT), MAX_NESTING_COUNT, "{".repeat(MAX_NESTING_COUNT + 1)],
    ["blocks", "a{}".repeat(MAX_BLOCKS_COUNT), 3 * MAX_BLOCKS_COUNT, "a{}".repeat(MAX_BLOCKS_COUNT + 1)],
  ])("%s", (_name, within, length, beyond) => {
    expect(sanitizeCss(within)).toHaveLength(length);
    expect(sanitizeCss(beyond)).toBe("");
  });

  it("reads a long sheet once", () => {
    const nasty = `${"a:hover ".repeat(100_000)}{background:url(${"(".repeat(100_000)}`;
    const started = performance.now();
    sanitizeCss(nasty);
    sanitizeCss("\\".repeat(200_001));
    sanitizeCss(`${"/*".repeat(100_000)}`);
    sanitizeCss(`${'"'.repeat(200_001)}`);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

it.each([
  [`image-set("a.png" 1x, url(b.png) 2dppx)`, `image-set(url("/kept/a.png") 1x, url("/kept/b.png") 2dppx)`],
  [`-WEBKIT-image-set( url( 'a.png' ) 1.5x , "no.png" 2x)`, `image-set(url("/kept/a.png") 1.5x)`],
  [`image-set("no.png" 1x)`, `url("data:,")`],
  [`image-set("a.png" type("image/png"))`, `url("data:,")`],
  [`image-set(var(--x) 1x)`, `url("data:,")`],
  [`image-set("a.png" 1x, attr(data-x) 2x)`, `url("data:,")`],
])("keeps of a choice of images what can be shown: %s", (set, kept) => {
  const addressOf = (url: string) => (/^[ab]/.test(url) ? `/kept/${url}` : null);
  expect(sanitizeCss(`a{background:${set}}`, addressOf)).toBe(`a{background:${kept}}`);
});
