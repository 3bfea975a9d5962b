/**
 * The text of style sheets as a replay can use it: from what the browser has understood, with imports put in the
 * place of their statement and every address absolute, because a replay stands elsewhere. What browsers are mended of
 * here was found by rrweb (MIT, by its contributors).
 */
import { attempt } from "../guard";

const CSS_URL = /url\((?:(')([^']*)'|(")(.*?)"|([^)]*))\)/g;
const ABSOLUTE = /^\s*(?:[a-z][a-z\d+.-]*:|#|$)/i;
/** Safari forgets to write what it had to read. */
const UNESCAPED_COLON = /(\[[\w-]+[^\\])(:[\w-]+\])/g;
const UNPREFIXED_CLIP = /\sbackground-clip:\s*text;/g;

/** The address as the browser would ask for it from there. */
export const absolute = (url: string, base: string): string => attempt(() => new URL(url, base).href) ?? url;

export function absoluteCss(css: string, base: string | null | undefined): string {
  if (!base || !css.includes("url(")) return css;
  return css.replace(CSS_URL, (whole, one = "", single, two = "", double, bare) => {
    const url: string = single || double || bare || "";
    return ABSOLUTE.test(url) ? whole : `url(${one}${two}${absolute(url, base)}${two}${one})`;
  });
}

/** Undefined where the sheet may not be read. */
export const sheetText = (sheet: CSSStyleSheet | null | undefined): string | undefined =>
  attempt(() => {
    if (!sheet) return;
    const base = sheet.href ?? sheet.ownerNode?.baseURI;
    const text = Array.from(sheet.cssRules, (rule) => ruleText(rule, base)).join("");
    return text.includes(" -webkit-background-clip: text;")
      ? text
      : text.replace(UNPREFIXED_CLIP, " -webkit-background-clip: text; background-clip: text;");
  });

export function ruleText(rule: CSSRule, base: string | null | undefined): string {
  if ("styleSheet" in rule) return importText(rule as CSSImportRule, base);
  const text = absoluteCss(rule.cssText, base);
  return "selectorText" in rule ? text.replace(UNESCAPED_COLON, "$1\\$2") : text;
}

function importText(rule: CSSImportRule, base: string | null | undefined): string {
  const {
    href,
    layerName: layer,
    media: { mediaText },
    styleSheet,
    supportsText,
  } = rule;
  const text = sheetText(styleSheet);
  if (text) return text;
  return `@import url(${JSON.stringify(styleSheet?.href ?? absolute(href, base ?? ""))})${
    layer === "" ? " layer" : layer ? ` layer(${layer})` : ""
  }${supportsText ? ` supports(${supportsText})` : ""} ${mediaText};`;
}
