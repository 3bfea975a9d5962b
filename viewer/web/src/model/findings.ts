/**
 * Findings as the agent reads them: in which order, what each is called, and how it lies to the moment that is
 * watched. A finding concerns the whole visit, so one that lies ahead of the moment says so.
 */
import { type Row, surfaceName, type Tone } from "./describe";
import { clockTime, fullTime } from "./format";
import type { Evidence, Finding } from "./session";

/** So many findings are read at a glance. */
const SPEAK_COUNT = 2;

export interface Sorted {
  readonly fails: readonly Finding[];
  readonly untold: readonly Finding[];
  readonly passes: readonly Finding[];
}

/** By outcome, each in the order in which the desk gave them: the worst first. */
export const sorted = (findings: readonly Finding[]): Sorted => ({
  fails: findings.filter(({ outcome }) => outcome === "fail"),
  untold: findings.filter(({ outcome }) => outcome === "cannot_tell"),
  passes: findings.filter(({ outcome }) => outcome === "pass"),
});

/** What makes a finding the same one when it is judged again. */
export const findingKey = ({
  rule,
  subject,
  signature,
}: Pick<Finding, "rule" | "subject" | "signature">): string => JSON.stringify([rule, subject, signature]);

/** That a finding of this visit is found in others, too. */
export interface SameFinding {
  readonly rule: string;
  readonly subject: string;
  readonly signature: string;
  readonly others: number;
  readonly href: string;
}

/** `also in 36 other sessions` */
export const othersWords = (others: number): string =>
  others === 1 ? "also in another session" : `also in ${others.toLocaleString("en")} other sessions`;

/** When it happened to the customer: where the replay is to stand; without any picture, when it was decided. */
export const findingTime = ({ shown, decided_ms }: Finding): number => shown[0]?.t ?? decided_ms;

export type Ahead = "no" | "partly" | "wholly";

/**
 * Whether it lies ahead of t: wholly where its own moment does, partly where only some of its evidence does. What
 * cannot be seen in the visit lies nowhere in it.
 */
export function aheadOf(finding: Finding, t: number): Ahead {
  if (finding.shown.length === 0) return "no";
  if (findingTime(finding) > t) return "wholly";
  return finding.shown.some((piece) => piece.t > t) ? "partly" : "no";
}

/** How it lies to the moment, in words: `10:04:12`, or that it is yet to come. */
export function whenWords(finding: Finding, t: number): string {
  if (finding.shown.length === 0) return `not on the page, found ${fullTime(finding.decided_ms)}`;
  const at = clockTime(findingTime(finding));
  const last = clockTime(Math.max(findingTime(finding), ...finding.shown.map((piece) => piece.t)));
  switch (aheadOf(finding, t)) {
    case "wholly":
      return `later, at ${at}`;
    case "partly":
      return `in part later, at ${last}`;
    case "no":
      return at;
  }
}

/** Its evidence on the customer's way, each with its place in `shown`. */
export const piecesOf = ({ shown }: Finding): { readonly piece: Evidence; readonly index: number }[] =>
  shown.map((piece, index) => ({ piece, index })).sort((a, b) => a.piece.t - b.piece.t);

const ROLES: ReadonlyMap<string, string> = new Map([
  ["product", "product page"],
  ["search", "search results"],
  ["quickview", "quick view"],
  ["unknown", "page"],
  ["offered", "code offered"],
  ["entered", "code entered"],
  ["applied", "code applied"],
  ["rejected", "code refused"],
  ["removed", "code removed"],
  ["press", "pressed"],
]);

/** Where a piece of evidence was shown, as an agent calls it. */
export const roleName = (role: string): string => ROLES.get(role) ?? surfaceName(role).replaceAll("_", " ");

const SEVERITIES: Readonly<Record<Finding["severity"], string>> = {
  high: "high",
  medium: "medium",
  low: "low",
  info: "note",
};

const TONES: Readonly<Record<Finding["severity"], Tone>> = {
  high: "bad",
  medium: "warn",
  low: "plain",
  info: "plain",
};

/** One word for how much it matters, and its sign: neither rests on a colour. */
export function gradeOf({ outcome, severity }: Finding): { readonly word: string; readonly sign: string } {
  if (outcome === "pass") return { word: "passed", sign: "✓" };
  if (outcome === "cannot_tell") return { word: "cannot tell", sign: "?" };
  return { word: SEVERITIES[severity], sign: severity === "info" ? "i" : "!" };
}

/** What stands over them where there are too many to be seen at once; null where they speak for themselves. */
export function headline({ fails, untold }: Sorted): string | null {
  if (fails.length + untold.length <= SPEAK_COUNT || fails.length === 0) return null;
  return `${fails.length} ${fails.length === 1 ? "finding" : "findings"}`;
}

const checks = (count: number): string => `${count} ${count === 1 ? "check" : "checks"}`;

export const untoldWords = (count: number): string => `${checks(count)} cannot tell`;

/** The quiet line under the findings; null where they say it all. `open`: more may come. */
export function verdict({ fails, untold, passes }: Sorted, open: boolean): string | null {
  const soFar = open ? " so far" : "";
  if (passes.length > 0 && fails.length + untold.length > 0) return `${checks(passes.length)} passed`;
  if (passes.length > 0) return `Nothing found to be wrong${soFar} · ${checks(passes.length)} passed`;
  if (fails.length + untold.length > 0) return null;
  return open
    ? "No check has found anything so far"
    : "Nothing to check: no rule had anything to go on in this visit";
}

/** Those that say something went wrong and did not say so before. */
export function newFails(before: readonly Finding[], after: readonly Finding[]): Finding[] {
  const known = new Set(sorted(before).fails.map(findingKey));
  return sorted(after).fails.filter((finding) => !known.has(findingKey(finding)));
}

/** The new ones in one breath, for whoever does not see the panel. */
export function newsWords(fresh: readonly Finding[]): string {
  const [first] = fresh;
  if (!first) return "";
  return fresh.length === 1
    ? `New finding: ${first.said}`
    : `${fresh.length} new findings. The first: ${first.said}`;
}

/** Those that the keys step through: what is wrong and what cannot be told, if it can be seen at all. */
export const stepped = (findings: readonly Finding[]): Finding[] => {
  const { fails, untold } = sorted(findings);
  return [...fails, ...untold].filter(({ shown }) => shown.length > 0);
};

/** The next or previous one after `key` in the list's order, from the end on at the other end. */
export function neighbour(
  findings: readonly Finding[],
  key: string | null,
  direction: -1 | 1,
): Finding | null {
  const all = stepped(findings);
  const at = all.findIndex((finding) => findingKey(finding) === key);
  if (at < 0) return all.at(direction > 0 ? 0 : -1) ?? null;
  return all[(at + direction + all.length) % all.length] ?? null;
}

/** Rows for the list of events: what is wrong or cannot be told, where the replay is to stand for it. */
export const findingRows = (findings: readonly Finding[]): Row[] =>
  findings
    .filter(({ outcome }) => outcome !== "pass")
    .map((finding) => ({
      t: findingTime(finding),
      load: finding.shown[0]?.load ?? "",
      event: null,
      finding,
      count: 1,
      group: "found",
      tone: finding.outcome === "fail" ? TONES[finding.severity] : "plain",
      title: `${gradeOf(finding).sign} ${finding.outcome === "fail" ? "Found" : "Cannot tell"}`,
      detail: finding.said,
    }));
