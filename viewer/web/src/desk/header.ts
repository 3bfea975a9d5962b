/** Who the customer is, which visit this is, and the details behind it. */
import { duration, fullTime } from "../model/format";
import type { DeskEvent, IdentifierInfo, SessionView } from "../model/session";
import { h, part, setText } from "./dom";

const KINDS: Readonly<Record<string, string>> = {
  customer_id: "customer",
  email: "e-mail",
  phone: "phone",
  name: "name",
  order: "order",
};
/** Identifiers that say who somebody is, the most telling first. */
const TELLING = ["email", "phone", "customer_id", "name", "order"];

export function drawHeader(view: SessionView, now: number): void {
  const { session, identifiers } = view;
  const people = TELLING.flatMap((kind) => identifiers.filter((one) => one.kind === kind)).filter(distinct);
  part("who").replaceChildren(
    ...(people.length ? people.slice(0, 4).map(chip) : [h("span", { class: "soft" }, "not identified")]),
    ...(people.length > 4 ? [h("span", { class: "soft" }, `and ${people.length - 4} more`)] : []),
  );
  part("live-tag").hidden = !session.live;
  const until = session.live ? now : (session.ended_ms ?? session.seen_ms);
  setText(
    part("visit-times"),
    `${fullTime(session.started_ms)}${session.live ? " · now" : ` · ${duration(until - session.started_ms)}`}`,
  );
  part("identifiers").replaceChildren(
    ...(people.length
      ? people.map((one) => h("li", {}, chip(one)))
      : [h("li", { class: "soft" }, "Nobody said who this is")]),
  );
  part("views").replaceChildren(
    ...view.views.map((one) =>
      h("li", {}, h("bdi", {}, one.agent), ` · ${one.what} · ${fullTime(one.at_ms)}`),
    ),
  );
  part("facts").replaceChildren(
    ...facts(view, now).flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]),
  );
}

const distinct = (one: IdentifierInfo, index: number, all: readonly IdentifierInfo[]): boolean =>
  all.findIndex(
    (other) => other.kind === one.kind && other.shown === one.shown && other.verified === one.verified,
  ) === index;

function chip(one: IdentifierInfo): HTMLElement {
  const verified = one.verified
    ? h("span", { class: "tag tag--good", title: "Signed by the shop's backend" }, "verified")
    : h("span", { class: "tag", title: "Said by the page, not proven" }, "claimed");
  return h(
    "span",
    { class: "who" },
    h("span", { class: "who__kind soft" }, KINDS[one.kind] ?? one.kind),
    h("bdi", { class: "who__shown" }, one.shown),
    verified,
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
    ["Session", session.id],
    ["Site", session.site_name],
    ["Started", fullTime(session.started_ms)],
    [
      "Ended",
      session.ended_ms === null
        ? session.live
          ? "not yet"
          : `last seen ${fullTime(session.seen_ms)}`
        : `${fullTime(session.ended_ms)}${session.ended_why ? `, ${session.ended_why}` : ""}`,
    ],
    ["Lasted", duration((session.live ? now : (session.ended_ms ?? session.seen_ms)) - session.started_ms)],
    ["Tabs, page loads", `${tabs}, ${loads.length}`],
    ["Browser", seen.user_agent],
    [
      "Window",
      seen.width && seen.height
        ? `${seen.width} × ${seen.height}${seen.pixel_ratio ? ` at ${seen.pixel_ratio}×` : ""}`
        : null,
    ],
    ["Locale", seen.locale],
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
  ];
  return rows.filter((row): row is [string, string] => Boolean(row[1]));
}

const scalars = (given: Readonly<Record<string, unknown>> | null | undefined): string | null =>
  given
    ? Object.entries(given)
        .map(([key, value]) => `${key}: ${String(value)}`)
        .join(", ")
    : null;
