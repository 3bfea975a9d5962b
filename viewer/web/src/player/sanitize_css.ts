/**
 * CSS without anything that could fetch from elsewhere: `@import` is taken out, and every `url()` but inlined
 * data, references within the document and what the desk itself keeps becomes an empty one.
 *
 * Selectors that ask for the focus ask for the mark that stands for it in a replay.
 *
 * A small tokenizer after CSS Syntax Level 3, because patterns are fooled by escapes (`u\72l(`), comments and
 * strings. It reads each character once. What it cannot follow to its end it leaves out.
 */

import { FOCUS_SELECTORS } from "./focus";

/** A longer sheet is left out: the replayer's own parser would hold up the page. */
export const MAX_SHEET_CHARS = 4_000_000;
/** Deeper nesting of blocks is left out with the rest of the sheet. */
export const MAX_NESTING_COUNT = 64;
/** More blocks than this are left out: the replayer looks each rule up among all before it. */
export const MAX_BLOCKS_COUNT = 40_000;

const EMPTY_URL = 'url("data:,")';
/** Functions that take an address as a plain string, which `var()` or `attr()` could supply from elsewhere. */
const STRING_FETCHERS = new Set([
  "image-set",
  "-webkit-image-set",
  "src",
  "image",
  "-moz-image-rect",
  "element",
]);
const IMAGE_SET = /^(?:-webkit-)?image-set$/;
const RESOLUTION = /^(?:[\d.]{1,9}(?:x|dppx|dpi|dpcm))?$/i;
const KEPT_DATA = /^data:(image\/|font\/|application\/(x-)?font)/i;

/** Whether an address stays: inlined images and fonts, and references within the document. */
const isKeptUrl = (url: string): boolean => KEPT_DATA.test(url) || url.startsWith("#");

/** Answers an address of the desk's own for one that was recorded, or null. */
export type AddressOf = (url: string) => string | null;

export function sanitizeCss(css: string, addressOf: AddressOf = () => null): string {
  if (css.length > MAX_SHEET_CHARS) return "";
  const reader = new Reader(css);
  const out: string[] = [];
  let depth = 0;
  let blocks = 0;
  while (!reader.done) {
    const start = reader.at;
    const char = reader.peek();
    if (char === "{") {
      depth++;
      if (++blocks > MAX_BLOCKS_COUNT) return "";
    }
    if (char === "}") depth = Math.max(0, depth - 1);
    if (depth > MAX_NESTING_COUNT) return "";
    if (reader.skipComment()) out.push(reader.since(start));
    else if (char === '"' || char === "'") out.push(reader.string() === null ? "" : reader.since(start));
    else if (char === "@") {
      reader.at++;
      if (reader.identifier()?.toLowerCase() === "import") reader.skipStatement();
      else out.push(reader.since(start));
    } else {
      const name = reader.identifier();
      if (name === null) {
        reader.at++;
        out.push(char);
      } else if (reader.peek() === "(") {
        reader.at++;
        out.push(functionText(reader, name.toLowerCase(), start, addressOf));
      } else if (css[start - 1] === ":" && FOCUS_SELECTORS.has(name.toLowerCase())) {
        // Its colon is out already.
        out.pop();
        out.push(FOCUS_SELECTORS.get(name.toLowerCase()) ?? "");
      } else out.push(reader.since(start));
    }
  }
  return out.join("");
}

/** The text that stands for a function whose name and opening parenthesis were read. */
function functionText(reader: Reader, name: string, start: number, addressOf: AddressOf): string {
  if (name === "url") {
    const url = reader.url();
    const kept = url === null || isKeptUrl(url) ? url : addressOf(url);
    return kept === null ? EMPTY_URL : `url(${quoted(kept)})`;
  }
  if (STRING_FETCHERS.has(name)) {
    const from = reader.at;
    const closed = reader.skipTo(")");
    return closed && IMAGE_SET.test(name) ? imageSet(reader.since(from).slice(0, -1), addressOf) : EMPTY_URL;
  }
  return reader.since(start);
}

/** Those of its candidates that can be shown; a candidate is an address with a resolution, and nothing else. */
function imageSet(inner: string, addressOf: AddressOf): string {
  const reader = new Reader(inner);
  const kept: string[] = [];
  while (!reader.done) {
    const url = reader.address();
    const from = reader.at;
    while (!reader.done && reader.peek() !== ",") reader.at++;
    const resolution = reader.since(from).trim();
    reader.at++;
    if (url === null || !RESOLUTION.test(resolution)) return EMPTY_URL;
    const address = isKeptUrl(url) ? url : addressOf(url);
    if (address !== null) kept.push(`url(${quoted(address)}) ${resolution}`.trim());
  }
  return kept.length > 0 ? `image-set(${kept.join(", ")})` : EMPTY_URL;
}

const quoted = (text: string): string => `"${text.replace(/["\\]/g, "\\$&").replace(/[\n\r\f\0]/g, "")}"`;

const IDENTIFIER_START = /[-_a-zA-Z\u0080-\uffff]/;
const IDENTIFIER = /[-_a-zA-Z0-9\u0080-\uffff]/;
const HEX = /[0-9a-fA-F]/;

class Reader {
  at = 0;
  constructor(private readonly text: string) {}

  get done(): boolean {
    return this.at >= this.text.length;
  }

  peek(ahead = 0): string {
    return this.text[this.at + ahead] ?? "";
  }

  since(start: number): string {
    return this.text.slice(start, this.at);
  }

  /** A comment without end takes the rest of the sheet with it, as in a browser. */
  skipComment(): boolean {
    if (this.peek() !== "/" || this.peek(1) !== "*") return false;
    const end = this.text.indexOf("*/", this.at + 2);
    this.at = end < 0 ? this.text.length : end + 2;
    return end >= 0;
  }

  /** An identifier with its escapes resolved, or null (and nothing read) if there is none here. */
  identifier(): string | null {
    const start = this.at;
    if (!IDENTIFIER_START.test(this.peek()) && !this.atEscape()) return null;
    let name = "";
    while (!this.done) {
      if (this.atEscape()) name += this.escape();
      else if (IDENTIFIER.test(this.peek())) name += this.text[this.at++];
      else break;
    }
    return this.at > start ? name : null;
  }

  private atEscape(): boolean {
    return this.peek() === "\\" && this.peek(1) !== "" && !/[\n\r\f]/.test(this.peek(1));
  }

  private escape(): string {
    this.at++;
    let hex = "";
    while (hex.length < 6 && HEX.test(this.peek())) hex += this.text[this.at++];
    if (hex === "") return this.text[this.at++] ?? "";
    if (this.peek() === "\r" && this.peek(1) === "\n") this.at += 2;
    else if (/[ \n\r\t\f]/.test(this.peek())) this.at++;
    const code = Number.parseInt(hex, 16);
    return code === 0 || code > 0x10ffff ? "\ufffd" : String.fromCodePoint(code);
  }

  /** A quoted string's value; null if a line or the text ended first (what was read is then no string). */
  string(): string | null {
    const quote = this.text[this.at++];
    let value = "";
    while (!this.done) {
      const char = this.peek();
      if (char === quote) {
        this.at++;
        return value;
      }
      if (/[\n\r\f]/.test(char)) return null;
      if (char !== "\\") value += this.text[this.at++];
      else if (this.atEscape()) value += this.escape();
      else this.at += this.peek(1) === "\r" && this.peek(2) === "\n" ? 3 : 2;
    }
    return null;
  }

  /** An address as a string or a `url()`; null if there is none. */
  address(): string | null {
    while (/[ \n\r\t\f]/.test(this.peek())) this.at++;
    if (this.peek() === '"' || this.peek() === "'") return this.string();
    if (this.identifier()?.toLowerCase() !== "url" || this.peek() !== "(") return null;
    this.at++;
    return this.url();
  }

  /** What `url(` holds, up to and with its closing parenthesis; null if it is no address. */
  url(): string | null {
    while (/[ \n\r\t\f]/.test(this.peek())) this.at++;
    if (this.peek() === '"' || this.peek() === "'") {
      const value = this.string();
      const closed = this.skipTo(")");
      return closed ? value : null;
    }
    let value = "";
    while (!this.done) {
      const char = this.peek();
      if (char === ")") {
        this.at++;
        return value.trim();
      }
      if (this.atEscape()) value += this.escape();
      else value += this.text[this.at++];
    }
    return null;
  }

  /** Reads on behind the closing bracket of what is open, over nested ones, strings and comments. */
  skipTo(close: ")" | "}"): boolean {
    const open = close === ")" ? "(" : "{";
    let depth = 1;
    while (!this.done) {
      const char = this.peek();
      if (this.skipComment()) continue;
      if (char === '"' || char === "'") this.string();
      else if (this.atEscape()) this.escape();
      else {
        this.at++;
        if (char === open) depth++;
        if (char === close && --depth === 0) return true;
      }
    }
    return false;
  }

  /** Reads on behind the end of an at-rule: its semicolon, its block, or the end of the block around it. */
  skipStatement(): void {
    while (!this.done) {
      const char = this.peek();
      if (char === "}") return;
      if (this.skipComment()) continue;
      if (char === '"' || char === "'") {
        this.string();
        continue;
      }
      const name = this.identifier();
      if (name !== null) {
        if (this.peek() !== "(") continue;
        this.at++;
        if (name.toLowerCase() === "url") this.url();
        else this.skipTo(")");
        continue;
      }
      this.at++;
      if (char === ";") return;
      if (char === "{") {
        this.skipTo("}");
        return;
      }
    }
  }
}
