/**
 * What a hidden text looks like in a recording, and what is hidden even where text may be read.
 *
 * A mask tells nothing of what it stands for but its rough size, in seven steps, so that the page keeps its
 * shape: the length of a password, a name or a card code cannot be read from it. In readable zones `scrub`
 * takes out e-mail addresses, card numbers, telephone numbers and tokens, and leaves prices, dates, sizes and
 * article numbers alone. Everything here is a function of its arguments.
 */
import { attempt } from "../guard";

/** One masked word; also the mask of every masked input and attribute. */
export const MASK = "•••••";

/** Texts of up to so many characters become so many masked words; longer ones the last number. */
const SHAPES = [
  [10, 1],
  [30, 3],
  [80, 8],
  [200, 20],
  [500, 50],
  [1_000, 100],
] as const;
const LONGEST_WORDS_COUNT = 250;

export function maskText(text: string): string {
  const length = text.trim().length;
  if (!length) return text;
  const words = SHAPES.find(([limit]) => length <= limit)?.[1] ?? LONGEST_WORDS_COUNT;
  const space = (at: string | undefined) => (at && /\s/.test(at) ? " " : "");
  return space(text[0]) + Array(words).fill(MASK).join(" ") + space(text[text.length - 1]);
}

/** "a@b.co" */
const SHORTEST_LENGTH = 6;
const SUSPECT = /@|%40|\d[\d\s().\-–/]{7}|\w{24}|\w{8}-\w{4}-/;
const EMAIL = /[^\s@<>"'(),;:=/?&]{1,64}(?:@|%40)[^\s@<>"'(),;:=/?&]{1,255}\.[a-z]{2,}/gi;
const NUMBER = /[+(]*\d(?:[\d\s().\-–/]*\d)?/g;
const TOKEN =
  /\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|[A-Za-z0-9_]{24,}/gi;
const DATE = /\b\d{4}[-./]\d\d?[-./]\d\d?\b|\b\d\d?[-./]\d\d?[-./]\d{2,4}\b/;
const MONEY_BEFORE = /(?:\p{Sc}|\b[A-Z]{2,3}|\bkr|\bRp|\bRs)\.?\s?$/u;
const MONEY_AFTER = /^\s?(?:\p{Sc}|[A-Z]{2,3}\b|kr\b|Kč|zł|Ft\b|lei\b|лв|,\d)/u;
const TELEPHONE = /^[+(]|^0|^1?[-. ]?\d{3}[-. ]\d{3}[-. ]\d{4}$|^\d{3} \d{3} \d{3}$/;
const TELEPHONE_DIGITS_COUNT = { least: 9, most: 15 } as const;
const CARD =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|(?:5[0-9]|2[2-7])\d{14}|3[47]\d{13}|3[0689]\d{12}|6\d{11,18}|35\d{14})$/;

const CARD_GROUPS_COUNT = 8;

/** Shaped and summed (Luhn) like the number of a payment card. */
export function isCardNumber(digits: string): boolean {
  if (!CARD.test(digits)) return false;
  let sum = 0;
  for (let at = 0; at < digits.length; at++) {
    const digit = Number(digits[digits.length - 1 - at]) * (1 + (at % 2));
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}

/** The text without personal data. `keepNumbers`: order and tracking numbers stay (account zone, addresses). */
export function scrub(text: string, keepNumbers = false): string {
  if (text.length < SHORTEST_LENGTH || !SUSPECT.test(text)) return text;
  return text
    .replace(EMAIL, MASK)
    .replace(TOKEN, (found) => (/\d/.test(found) && /[a-z]/i.test(found) ? MASK : found))
    .replace(NUMBER, (found, at: number, whole: string) => {
      const before = whole.slice(Math.max(0, at - 5), at);
      const after = whole.slice(at + found.length, at + found.length + 5);
      return isPersonal(found, before, after, keepNumbers) ? MASK : found;
    });
}

function isPersonal(found: string, before: string, after: string, keepNumbers: boolean): boolean {
  const digits = found.replace(/\D/g, "");
  if (digits.length < TELEPHONE_DIGITS_COUNT.least) return false;
  if (holdsCard(found.split(/\D+/))) return true;
  if (DATE.test(found) || MONEY_BEFORE.test(before) || MONEY_AFTER.test(after)) return false;
  if (found === digits) return !keepNumbers;
  return digits.length <= TELEPHONE_DIGITS_COUNT.most && TELEPHONE.test(found);
}

/** "4111 1111 1111 1111 12/28" is one run of digits: the card may be any neighbouring groups of it. */
function holdsCard(groups: readonly string[]): boolean {
  return groups.some((_, first) => {
    let digits = "";
    return groups.slice(first, first + CARD_GROUPS_COUNT).some((group) => {
      digits += group;
      return isCardNumber(digits);
    });
  });
}

/** An SVG in the address itself may hold text; other pictures there are pixels. */
export function isSpokenImage(url: string): boolean {
  if (!/^data:image\/svg/i.test(url)) return false;
  const [head = "", body = ""] = url.split(",", 2);
  const svg = /;base64/i.test(head) ? (attempt(() => atob(body)) ?? "<text") : url;
  return /(?:<|%3c)(?:text|tspan|title|desc|style|foreignobject|metadata|image|!--)/i.test(svg);
}

const CSS_COMMENT = /\/\*[\s\S]*?\*\//g;
const CSS_SAID = /(content|quotes|--[\w-]+)(\s*:)([^;{}]*)/g;
const CSS_STRING = /"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'/g;
const CSS_URL = /url\(\s*(["']?)((?!data:)[^"')]+)\1\s*\)/gi;

const CSS_IMAGE = /url\(\s*(?:"(data:[^"]*)"|'(data:[^']*)'|(data:[^)]*))\s*\)/gi;

/**
 * Style text without comments and without words that it would print on the page (`content: "…"`), unless it
 * comes from a style sheet file, which is the same for every customer. Icons of icon fonts stay.
 */
export function cleanCss(css: string, fromFile: boolean, cleanUrl: (url: string) => string): string {
  let clean = css.replace(
    CSS_URL,
    (_, quote: string, url: string) => `url(${quote}${cleanUrl(url)}${quote})`,
  );
  if (!fromFile)
    clean = clean
      .replace(CSS_COMMENT, "")
      .replace(CSS_IMAGE, (found, ...urls: (string | undefined)[]) => {
        return isSpokenImage(urls.slice(0, 3).find(Boolean) ?? "") ? "url()" : found;
      })
      .replace(CSS_SAID, (_, name: string, colon: string, value: string) => {
        return (
          name +
          colon +
          value.replace(CSS_STRING, (said) =>
            /\w{3}/.test(said.replace(/\\[0-9a-f]+\s?/gi, "")) ? `"${MASK}"` : said,
          )
        );
      });
  return clean;
}
