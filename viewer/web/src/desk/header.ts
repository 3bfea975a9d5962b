/** Who the customer is, which visit this is, and the details behind it. */
import { dayAndTime, duration, fullTime } from "../model/format";
import type { DeskEvent, IdentifierInfo, SessionView, ViewInfo } from "../model/session";
import { h, part, setText } from "./dom";

const KINDS: Readonly<Record<string, string>> = {
  name: "name",
  email: "e-mail",
  phone: "phone",
  customer_id: "customer",
  order: "order",
};
/** Identifiers that say who somebody is, as the agent greets them; then the orders. */
const TELLING = Object.keys(KINDS);

export function drawHeader(view: SessionView, now: number): void {
  const { session } = view;
  drawWho(peopleOf(view));
  part("live-tag").hidden = !session.live;
  const until = session.live ? now : (session.ended_ms ?? session.seen_ms);
  setText(
    part("visit-times"),
    `${dayAndTime(session.started_ms, now)}${session.live ? " · now" : ` · ${duration(until - session.started_ms)}`}`,
  );
}

/** What is behind it, for whoever asks. */
export function drawDetails(view: SessionView, now: number): void {
  const people = peopleOf(view);
  part("identifiers").replaceChildren(
    ...(people.length ? people.map(identity) : [h("li", { class: "soft" }, "Nobody said who this is")]),
  );
  part("views").replaceChildren(...viewsOf(view.views));
  part("facts").replaceChildren(
    ...facts(view, now).flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]),
  );
}

const peopleOf = ({ identifiers }: SessionView): IdentifierInfo[] =>
  TELLING.flatMap((kind) => identifiers.filter((one) => one.kind === kind)).filter(distinct);

const distinct = (one: IdentifierInfo, index: number, all: readonly IdentifierInfo[]): boolean =>
  all.findIndex(
    (other) => other.kind === one.kind && other.shown === one.shown && other.verified === one.verified,
  ) === index;

/** Who it is in one line, what is verified before what is claimed; the newest of each kind. */
function drawWho(people: readonly IdentifierInfo[]): void {
  const newest = [...people]
    .reverse()
    .filter((one, index, all) => all.findIndex((other) => sameKind(one, other)) === index)
    .reverse();
  const groups = [true, false].flatMap((verified) => {
    const own = newest.filter((one) => one.verified === verified && one.kind !== "order");
    return own.length === 0
      ? []
      : [
          h(
            "span",
            { class: "who" },
            ...own.map((one) => h("bdi", { class: "who__shown", title: KINDS[one.kind] }, one.shown)),
            sureness(verified),
          ),
        ];
  });
  const orders = newest.filter(({ kind }) => kind === "order").slice(-1);
  part("who").replaceChildren(
    ...(groups.length ? groups : [h("span", { class: "soft" }, "Not identified")]),
    ...orders.map(({ shown }) =>
      h("span", { class: "who--order" }, h("span", { class: "soft" }, "order "), h("bdi", {}, shown)),
    ),
  );
}

const sameKind = (one: IdentifierInfo, other: IdentifierInfo): boolean =>
  one.kind === other.kind && one.verified === other.verified;

const sureness = (verified: boolean): HTMLElement =>
  verified
    ? h("span", { class: "tag tag--good", title: "Signed by the shop's backend" }, "verified")
    : h("span", { class: "tag tag--warn", title: "Said by the page, not proven" }, "claimed");

const identity = (one: IdentifierInfo): HTMLElement =>
  h(
    "li",
    {},
    h("span", { class: "soft" }, `${KINDS[one.kind] ?? one.kind} `),
    h("bdi", { class: "who__shown" }, one.shown),
    " ",
    sureness(one.verified),
  );

/** Who opened this visit, the last first; how often, rather than a line for each time. */
function viewsOf(views: readonly ViewInfo[]): HTMLElement[] {
  const byAgent = new Map<string, { agent: string; what: string; last: number; count: number }>();
  for (const { agent, what, at_ms } of views) {
    const key = `${agent}\n${what}`;
    const known = byAgent.get(key);
    byAgent.set(key, { agent, what, last: at_ms, count: (known?.count ?? 0) + 1 });
  }
  return [...byAgent.values()]
    .sort((a, b) => b.last - a.last)
    .map(({ agent, what, last, count }) =>
      h(
        "li",
        {},
        h("bdi", {}, agent),
        what === "live" ? " · live" : "",
        count === 1 ? ` · ${fullTime(last)}` : ` · ${count} times, last ${fullTime(last)}`,
      ),
    );
}

function facts(view: SessionView, now: number): [string, string][] {
  const { session, loads } = view;
  const page = view.events.find((event): event is DeskEvent<"page"> => event.kind === "page");
  const seen = page?.fields.circumstances ?? {};
  const worst = Math.max(0, ...loads.map((load) => load.offset_error_ms ?? 0));
  const unmeasured = loads.filter((load) => load.offset_ms === null).length;
  const tabs = new Set(loads.map((load) => load.tab)).size;
  const rows: [string, string | null | undefined][] = [
    ["Site", session.site_name],
    ["Started", fullTime(session.started_ms)],
    session.ended_ms === null
      ? session.live
        ? ["Ended", "not yet"]
        : ["Last seen", fullTime(session.seen_ms)]
      : ["Ended", `${fullTime(session.ended_ms)}${session.ended_why ? `, ${session.ended_why}` : ""}`],
    ["Lasted", duration((session.live ? now : (session.ended_ms ?? session.seen_ms)) - session.started_ms)],
    ["Pages", `${counted(loads.length, "page load")} in ${counted(tabs, "tab")}`],
    ["Browser", seen.user_agent],
    [
      "Window",
      seen.width && seen.height
        ? `${seen.width} × ${seen.height}${seen.pixel_ratio ? ` at ${seen.pixel_ratio}×` : ""}`
        : null,
    ],
    ["Locale", seen.locale],
    ["Page language", seen.language],
    ["Time zone", seen.time_zone],
    ["Shop's release", seen.release],
    ["Experiments", scalars(seen.experiments)],
    ["Campaign", scalars(seen.campaign)],
    [
      "Clock",
      unmeasured
        ? `not measured for ${unmeasured} of ${loads.length} page loads`
        : loads.length
          ? `corrected, within ${Math.ceil(worst)} ms`
          : null,
    ],
    ["Session", session.id],
  ];
  return rows.filter((row): row is [string, string] => Boolean(row[1]));
}

const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? "" : "s"}`;

const scalars = (given: Readonly<Record<string, unknown>> | null | undefined): string | null =>
  given
    ? Object.entries(given)
        .map(([key, value]) => `${key}: ${String(value)}`)
        .join(", ")
    : null;
