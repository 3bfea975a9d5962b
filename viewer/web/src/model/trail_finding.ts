/**
 * Which findings of prices concern a product's trail, and at which of its steps: the one that shows what the
 * finding is about. A finding is marked once all of it has happened.
 */
import { aheadOf } from "./findings";
import type { Evidence, Finding } from "./session";
import type { Step, Trail } from "./trail";

/** The rules that say that a price was not the one that had been shown. */
const RULES: ReadonlySet<string> = new Set(["price_mismatch", "stale_price"]);
const CARTS: ReadonlySet<string> = new Set(["mini", "drawer", "page", "summary"]);
/** Times closer than this are one. */
const SAME_MS = 1;

export interface TrailFinding {
  readonly finding: Finding;
  /** Null where the trail does not show it: it stands with the product itself. */
  readonly step: Step | null;
}

/** Of all findings those that say that something is wrong with a price. */
export const priceFails = (findings: readonly Finding[]): Finding[] =>
  findings.filter(({ rule, outcome }) => RULES.has(rule) && outcome === "fail");

/** Which of the prices that are wrong are the trail's, by t, which is where the trail ends. */
export function foundOn(trail: Trail, wrong: readonly Finding[], t: number): TrailFinding[] {
  return wrong
    .filter((finding) => aheadOf(finding, t) === "no")
    .flatMap((finding) => {
      const step = stepOf(trail, finding);
      return step || isOf(finding, trail) ? [{ finding, step }] : [];
    });
}

/** Where the rule knows the number of an article its subject is that number. */
const isOf = ({ subject }: Finding, { sku }: Trail): boolean => sku !== null && subject === sku;

function stepOf(trail: Trail, finding: Finding): Step | null {
  const [piece] = finding.shown;
  if (!piece) return null;
  const exact = trail.steps.find((step) => shows(step, piece));
  if (exact || !isOf(finding, trail)) return exact ?? null;
  // The same text once more at the same place is no step of its own.
  const said = ({ t, where, prices }: Step) =>
    t <= piece.t && CARTS.has(where) && prices.some(({ raw }) => raw === piece.raw);
  return trail.steps.findLast(said) ?? null;
}

const shows = ({ event, prices }: Step, { load, t, node, raw }: Evidence): boolean =>
  event?.load === load &&
  prices.some(
    (price) => price.raw === raw && price.node === node && (node !== null || Math.abs(price.t - t) < SAME_MS),
  );
