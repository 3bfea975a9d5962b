/**
 * The text of style sheets as a replay can use it: from what the browser has understood, with imports put in the
 * place of their statement and every address absolute, because a replay stands elsewhere.
 */
import { attempt } from "../guard";

/** With its quotes, where it has any. */
const CSS_URL = /url\(("[^"]*"|'[^']*'|[^)]*)\)/g;
const ABSOLUTE = /^\s*(?:[a-z][a-z\d+.-]*:|#|$)/i;
/** `[xlink:href]`: Safari writes it so, and no browser reads it so. */
const UNESCAPED_COLON = /\[[\w-]+(?=:[\w-]+\])/g;

/** The address as the browser would ask for it from there. */
export const absolute = (url: string, base: string): string => attempt(() => new URL(url, base).href) ?? url;

export function absoluteCss(css: string, base: string | null | undefined): string {
  if (!base || !css.includes("url(")) return css;
  return css.replace(CSS_URL, (whole, given: string) => {
    const trimmed = given.trim();
    const quote = /^["']/.exec(trimmed)?.[0] ?? "";
    const url = quote ? trimmed.slice(1, -1) : trimmed;
    return ABSOLUTE.test(url) ? whole : `url(${quote}${absolute(url, base)}${quote})`;
  });
}

/** Undefined where the sheet may not be read. */
export const sheetText = (sheet: CSSStyleSheet | null | undefined): string | undefined =>
  attempt(() => {
    if (!sheet) return;
    const base = sheet.href ?? sheet.ownerNode?.baseURI;
    return Array.from(sheet.cssRules, (rule) => ruleText(rule, base)).join("");
  });

export function ruleText(rule: CSSRule, base: string | null | undefined): string {
  if ("styleSheet" in rule) return importText(rule as CSSImportRule, base);
  const text = absoluteCss(rule.cssText, base);
  return "selectorText" in rule ? text.replace(UNESCAPED_COLON, "$&\\") : text;
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
