/**
 * Whether two price texts say the same amount, for marking a step of a trail and nothing else: `$1,299.00`,
 * `1 299 $` and `١٬٢٩٩ $` do. A text is shown as it was read wherever it is shown.
 *
 * A last group of one or two digits behind a separator is taken for decimals, one of three for thousands. That
 * is not true of every currency, but it is the same for both texts.
 */

/** Numbers of the text in plain digits and its currency signs, or null where it has no number. */
function amountKey(raw: string): string | null {
  const numbers = plainDigits(raw).match(/\d+(?:[.,'’٫٬\s\u00a0\u202f]\d+)*/g);
  if (!numbers) return null;
  const signs = [...new Set(raw.match(/\p{Sc}/gu) ?? [])].sort().join("");
  return `${numbers.map(value).join(" ")} ${signs}`;
}

/** Whether both texts have amounts and these differ. A currency sign that only one of them has says nothing. */
export function amountsDiffer(a: string, b: string): boolean {
  if (a === b) return false;
  const [one, other] = [amountKey(a), amountKey(b)];
  if (one === null || other === null) return a !== b;
  const [oneAmount, oneSigns] = split(one);
  const [otherAmount, otherSigns] = split(other);
  return oneAmount !== otherAmount || (oneSigns !== "" && otherSigns !== "" && oneSigns !== otherSigns);
}

const split = (key: string): [string, string] => {
  const at = key.lastIndexOf(" ");
  return [key.slice(0, at), key.slice(at + 1)];
};

function value(number: string): string {
  const groups = number.split(/\D/);
  const last = groups.at(-1) ?? "";
  const decimals = groups.length > 1 && last.length < 3 ? last : "";
  const whole = (decimals ? groups.slice(0, -1) : groups).join("").replace(/^0+(?=\d)/, "");
  const fraction = decimals.replace(/0+$/, "");
  return fraction ? `${whole}.${fraction}` : whole;
}

/** Zeros of the scripts that shops are written in; their nine other digits follow each. */
const ZEROS = [0x30, 0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0xff10];

const plainDigits = (raw: string): string =>
  raw.replace(/\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0;
    const zero = ZEROS.find((start) => code >= start && code <= start + 9);
    return zero === undefined ? digit : String(code - zero);
  });
