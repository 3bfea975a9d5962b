/**
 * Shows an answer. Rows are made from the blank that the server put into the page, so that a row looks the same
 * whoever made it; all text is set as text.
 */
import { h } from "../desk/dom";
import type { Answer, FoundGroup, FoundMatch } from "./answer";
import { ago, lasted, whole } from "./when";

/** The answer's groups, or the sentences that say why there are none. */
export function render(answer: Answer, blank: HTMLTemplateElement): Node[] {
  if (answer.reason !== null) return [nothing(answer.reason, answer.advice)];
  return answer.groups.map((group) =>
    section(
      group,
      answer.matches.filter((match) => match.group === group.key),
      blank,
    ),
  );
}

/** A heading and sentences in place of rows. */
export function nothing(heading: string, sentences: readonly string[]): HTMLElement {
  return h(
    "div",
    { class: "nothing" },
    h("h2", {}, heading),
    h(
      "ul",
      {},
      sentences.map((sentence) => h("li", {}, sentence)),
    ),
  );
}

function section(group: FoundGroup, matches: readonly FoundMatch[], blank: HTMLTemplateElement): HTMLElement {
  const id = `group-${group.key}`;
  return h(
    "section",
    { class: group.key === "claimed" ? "group group--claimed" : "group", "aria-labelledby": id },
    h("h2", { class: "group__title", id }, group.title),
    group.note && h("p", { class: "group__note soft" }, group.note),
    h(
      "ul",
      { class: "group__matches" },
      matches.map((match) => row(match, blank)),
    ),
  );
}

function row(match: FoundMatch, blank: HTMLTemplateElement): Node {
  const copy = document.importNode(blank.content, true);
  const slot = <T extends HTMLElement>(name: string): T => {
    const found = copy.querySelector<T>(`[data-slot="${name}"]`);
    if (!found) throw new Error(`The blank row has no slot "${name}"`);
    return found;
  };
  const { names, verified } = match.customer;
  slot<HTMLAnchorElement>("link").href = match.href;
  slot("name").textContent = names[0] ?? "Not identified";
  slot("name").classList.toggle("match__name--none", names.length === 0);
  if (names.length === 0 || !verified) slot("verified").remove();
  if (names.length === 0 || verified) slot("claimed").remove();
  slot("others").append(...names.slice(1).map((name) => h("bdi", {}, name)));
  slot("why").hidden = match.reason === null;
  slot("why").textContent = match.reason;
  slot("worst").hidden = match.worst === null;
  slot("worst").dataset.severity = match.worst?.severity ?? "";
  slot("said").textContent = match.worst?.said ?? "";
  slot("site").textContent = match.session.site_name;
  slot("code").textContent = match.session.code;
  slot("seen").dataset.ms = String(match.session.seen_ms);
  slot("span").dataset.from = String(match.session.started_ms);
  slot("span").dataset.to = String(match.session.seen_ms);
  if (match.live) slot("span").dataset.live = "";
  slot(match.live ? "seen" : "live").remove();
  return copy;
}

/** Writes every time inside `root` as of `now`; called again as time passes. */
export function tellTimes(root: ParentNode, now: number): void {
  for (const time of root.querySelectorAll<HTMLTimeElement>("time[data-ms]")) {
    const ms = Number(time.dataset.ms);
    time.dateTime = new Date(ms).toISOString();
    time.title = whole(ms);
    time.textContent = ago(ms, now);
  }
  for (const span of root.querySelectorAll<HTMLElement>("[data-from]")) {
    const from = Number(span.dataset.from);
    const live = span.dataset.live !== undefined;
    span.textContent = live ? `for ${lasted(from, now)}` : `lasted ${lasted(from, Number(span.dataset.to))}`;
  }
}
