/**
 * Why the text of an element is recorded or masked: its zone, the element around it that decides that, and by
 * which word of the shop's. It asks the same `Zones` that the recording asks, and only puts words to it.
 */
import { scrub } from "../capture/mask";
import { type ElementZone, isReadable, parentOf, type Zones } from "../capture/zones";
import type { PageSettings } from "../wire.gen";

export interface ZoneReason {
  readonly zone: ElementZone;
  /** The element that decides the zone; undefined where none does. */
  readonly decider?: Element | undefined;
  /** What of that element decides it. */
  readonly by: string;
  readonly text: "readable" | "masked" | "not recorded";
  readonly why: string;
}

const INPUTS = /^(?:input|textarea|select)$/;

/** `<div.drawer>`: what a developer finds again in the page's source. */
export function nameOf(element: Element): string {
  const { localName, id, classList } = element;
  return `<${localName}${id ? `#${id}` : classList[0] ? `.${classList[0]}` : ""}>`;
}

export function explainZone(element: Element, zones: Zones, settings: PageSettings): ZoneReason {
  const zone = zones.of(element);
  let decider: Element | null = element;
  while (decider && zones.own(decider, "unknown") !== zone) decider = parentOf(decider);
  if (zone === "unknown") decider = null;
  const by = decider ? decision(decider, zones, settings) : "";
  return { zone, decider: decider ?? undefined, by, ...textOf(element, zone, zones) };
}

function decision(element: Element, zones: Zones, settings: PageSettings): string {
  const declared = element.getAttribute("data-replay-zone");
  if (element.hasAttribute("data-replay-mask")) return "data-replay-mask";
  if (declared !== null) return `data-replay-zone="${declared}"`;
  const rule = settings.zones.find(({ selector }) => matches(element, selector));
  if (rule) return `the zone rule ${rule.selector}`;
  if (zones.of(element) === "masked") return "text that can be edited";
  if (element.matches(zones.carts)) return "a cart surface";
  if (element.matches(zones.products)) return "a product";
  return "an address or contact";
}

function textOf(element: Element, zone: ElementZone, zones: Zones): Pick<ZoneReason, "text" | "why"> {
  if (zone === "payment") return { text: "not recorded", why: "of payment no picture is taken" };
  if (zone === "unknown") return { text: "masked", why: "no zone is declared for it" };
  if (zone === "private") return { text: "masked", why: "the zone is private" };
  if (!isReadable(zone)) return { text: "masked", why: "it is always masked" };
  if (INPUTS.test(element.localName)) {
    const isOpen = zones.isOpenInput(element, zone) || zones.isOpenChoice(element, zone);
    if (!isOpen) return { text: "masked", why: "of what is typed only quantity and promotion code are kept" };
    return { text: "readable", why: "quantities, promotion codes and choices of the catalogue are kept" };
  }
  const own = element.childElementCount ? "" : (element.textContent ?? "");
  if (scrub(own, zone === "account") !== own)
    return { text: "masked", why: "part of it looks like personal data; the rest is readable" };
  return { text: "readable", why: `text in the zone ${zone} is readable` };
}

function matches(element: Element, selector: string): boolean {
  try {
    return element.matches(selector);
  } catch {
    return false;
  }
}

export interface Census {
  /** Elements with text of their own, by zone. */
  readonly zones: Readonly<Record<string, number>>;
  /** How many of them are masked. */
  readonly masked: number;
  readonly readable: number;
}

const UNSEEN = /^(?:script|style|noscript|template|title)$/;

/** How much of a page is in which zone, and how much of its text is masked. */
export function takeCensus(root: Element, zones: Zones): Census {
  const counts: Record<string, number> = {};
  const memo = new Map<Node, ElementZone>();
  let masked = 0;
  let readable = 0;
  for (const element of root.querySelectorAll("*")) {
    const says = [...element.childNodes].some((node) => node.nodeType === 3 && node.nodeValue?.trim());
    if (!says || UNSEEN.test(element.localName)) continue;
    const zone = zones.of(element, memo);
    counts[zone] = (counts[zone] ?? 0) + 1;
    if (textOf(element, zone, zones).text === "readable") readable++;
    else masked++;
  }
  return { zones: counts, masked, readable };
}
