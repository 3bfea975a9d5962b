/**
 * What else is known of a displayed amount, in the words that stand beside it: a few at a glance, a sentence for
 * whoever asks. Nothing is judged here; the desk compared the amounts.
 */
import { adapterName, surfaceName } from "./describe";
import { fullTime, preciseTime } from "./format";
import type { DeskEvent } from "./session";

/** As the desk answers: what `who` says of the amount `at` of one fact. */
export interface Mark {
  readonly at: string;
  readonly kind: "stated" | "order" | "list" | "others";
  /** `none`: nobody else was shown the article. */
  readonly outcome: "same" | "other" | "unclear" | "none";
  readonly who: string;
  readonly since_ms: number;
  readonly amount: string | null;
  readonly why: string | null;
  /** The adapter that read what was stated, where one did. */
  readonly via?: string | null;
  /** Of `others`: how many other visits were shown the article there, how many of them this very amount. */
  readonly others?: Others | null;
}

interface Others {
  readonly same: number;
  readonly all: number;
  /** Whether none was left out for being too many. */
  readonly is_all: boolean;
  /** The other amounts that most were shown. */
  readonly most: readonly { readonly amount: string; readonly count: number }[];
}

export interface Corroborated {
  readonly load: string;
  readonly number: number;
  readonly index: number;
  readonly marks: readonly Mark[];
}

/** What stands beside an amount: the words of marks that say the same thing, and the sentence of each. */
export interface Beside {
  readonly outcome: Mark["outcome"];
  readonly words: string;
  readonly said: string;
}

export const placeOf = ({ load, number, index }: Pick<DeskEvent, "load" | "number" | "index">): string =>
  `${load}.${number}.${index}`;

const SIGNS: Readonly<Record<Mark["outcome"], string>> = { same: "=", other: "≠", unclear: "?", none: "" };
const ORDER: Readonly<Record<Mark["outcome"], number>> = { other: 0, unclear: 1, same: 2, none: 3 };

const STATED: ReadonlyMap<string, string> = new Map([
  ["network", "shop's answer"],
  ["data_layer", "data layer"],
  ["api", "shop's script"],
  ["declared", "page's data"],
]);

const OF: readonly (readonly [string, string])[] = [
  [" unit", " each"],
  [" total", " for the line"],
];

function wordsOf({ kind, who, via }: Mark): string {
  if (kind === "order") return "order";
  if (kind === "others") return "others";
  return kind === "list" ? "price list" : (adapterName(via) ?? STATED.get(who) ?? surfaceName(who));
}

/**
 * The marks of one line or total as an agent reads them, what differs first; what several amounts have alike is
 * said once. Who says the same is named after one sign: “= shop's answer, price list”. Who says one thing of the
 * price of one and another of the whole line is named with which of them it is.
 */
export function besides(marks: readonly Mark[]): Beside[] {
  const groups = new Map<string, { words: string[]; said: string[]; outcome: Mark["outcome"] }>();
  const compared = marks.filter(({ kind }) => kind !== "others");
  const saidOf = (mark: Mark, part: string): string =>
    compared
      .filter((one) => wordsOf(one) === wordsOf(mark) && one.at.endsWith(part))
      .map((one) => `${one.outcome} ${one.outcome === "other" ? one.amount : ""}`)
      .join();
  const isMixed = (mark: Mark): boolean => {
    const [one, whole] = [saidOf(mark, " unit"), saidOf(mark, " total")];
    return one !== "" && whole !== "" && one !== whole;
  };
  for (const mark of compared.sort((a, b) => ORDER[a.outcome] - ORDER[b.outcome])) {
    const words = wordsOf(mark);
    const amount = mark.outcome === "other" ? (mark.amount ?? "") : "";
    const of = isMixed(mark) ? (OF.find(([end]) => mark.at.endsWith(end))?.[1] ?? "") : "";
    const key = mark.outcome === "same" ? "same" : `${mark.outcome} ${words} ${amount} ${of}`;
    const group = groups.get(key) ?? { words: [], said: [], outcome: mark.outcome };
    const named = `${words}${amount ? ` ${amount}` : ""}${of}`;
    if (!group.words.includes(named)) group.words.push(named);
    group.said.push(sentenceOf(mark));
    groups.set(key, group);
  }
  return [
    ...[...groups.values()].map(({ words, said, outcome }) => ({
      outcome,
      words: `${SIGNS[outcome]} ${words.join(", ")}`,
      said: said.join("\n"),
    })),
    ...marks.filter(({ kind }) => kind === "others").map(ofOthers),
  ];
}

const visits = (count: number): string =>
  `${count.toLocaleString("en")} other ${count === 1 ? "visit" : "visits"}`;

/** How many others were shown the same, which says how likely it is that the shop did show it. */
function ofOthers({ outcome, others, amount, why, since_ms }: Mark): Beside {
  const when = `within a day of ${fullTime(since_ms)}`;
  if (!others) return { outcome, words: "? others", said: othersUnclear(why ?? "") };
  const { same, all, is_all, most } = others;
  const were = all === 1 ? "was" : "were";
  const asked = `${is_all ? "" : "the newest "}${visits(all)} that ${were} shown the article here ${when}`;
  const lacking = why === null ? "" : ` There may be more: ${why}.`;
  const rest = most.map((one) => `${one.amount} (${one.count.toLocaleString("en")})`).join(", ");
  const instead = rest ? ` Others were shown ${rest}.` : "";
  if (outcome === "none")
    return {
      outcome,
      words: "nobody else",
      said: `No other visit that is kept was shown this article here ${when}.`,
    };
  if (outcome === "other")
    return {
      outcome,
      words: "only here",
      said: `Only this visit was shown ${amount ?? ""}: of ${asked}, none was.${instead}`,
    };
  return {
    outcome,
    words: `seen by ${same.toLocaleString("en")} ${same === 1 ? "other" : "others"}`,
    said: `${same.toLocaleString("en")} of ${asked} ${same === 1 ? "was" : "were"} shown the same, ${amount ?? ""}.${instead}${lacking}`,
  };
}

/** Why nothing can be said of others. */
export const othersUnclear = (why: string): string => `What others were shown cannot be told: ${why}.`;

const PARTS: readonly (readonly [RegExp, string])[] = [
  [/unit$/, "the price of one"],
  [/^line \d+ total$/, "the whole line"],
  [/^total/, "the total"],
  [/^price$/, "the price"],
];

export function sentenceOf(mark: Mark): string {
  const { kind, who, since_ms, outcome, amount, why, at } = mark;
  const speaker =
    kind === "order"
      ? `The order in ${who}, placed ${fullTime(since_ms)},`
      : kind === "list"
        ? `The price list of ${who}, in force since ${fullTime(since_ms)},`
        : `The ${wordsOf(mark)} at ${preciseTime(since_ms)}`;
  const part = PARTS.find(([pattern]) => pattern.test(at))?.[1] ?? at;
  if (outcome === "unclear") return `${speaker} cannot be compared, ${part}: ${why ?? ""}.`;
  const says = kind === "list" ? "has" : "says";
  return `${speaker} ${says} ${outcome === "same" ? "the same" : "another amount"} for ${part}: ${amount ?? ""}.`;
}
