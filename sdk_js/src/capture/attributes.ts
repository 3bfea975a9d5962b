/**
 * What of an element's attributes may be recorded: those that give the page its shape stay, those that speak
 * stay where the zone may be read, addresses are cleaned, and of everything else (`data-*`, `aria-*`, what a
 * shop invented) only words of state stay, because style sheets look for them and they say nothing of anybody.
 * Input values are not decided here but by the veil, which knows the element.
 */
import { cleanCss, isSpokenImage, MASK, scrub } from "./mask";
import type { Urls } from "./urls";
import { type ElementZone, isReadable } from "./zones";

/** As the recorder writes it. */
export type AttributeValue = string | number | boolean | null;

const words = (list: string) => new Set(list.split(" "));
const SHAPE = words(
  "class id type name role dir lang width height colspan rowspan span rel media sizes rows cols size wrap " +
    "start reversed align valign bgcolor color face border cellpadding cellspacing hidden open disabled " +
    "readonly required checked selected multiple loading decoding contenteditable tabindex is slot part " +
    "exportparts popover inert draggable as crossorigin charset autocomplete",
);
const SPOKEN = words(
  "alt title placeholder label summary abbr aria-label aria-description aria-roledescription " +
    "aria-placeholder aria-valuetext value",
);
const ADDRESS = words(
  "href xlink:href src srcset imagesrcset poster background action formaction cite longdesc data rr_src",
);
const NEVER = /^(?:on|srcdoc$|nonce$|integrity$|ping$|content$|rr_dataurl$|http-equiv$)/;
const SHOWN_BY_ADDRESS = /^(?:img|image|feimage|source|video|audio|track|input|link|use|body|table|td|th)$/;
const STATE =
  /^(?:|true|false|mixed|yes|no|on|off|open|opened|opening|close|closed|closing|active|inactive|visible|hidden|show|shown|hide|expanded|collapsed|selected|checked|unchecked|indeterminate|disabled|enabled|loading|loaded|lazy|idle|ready|pending|error|success|warning|empty|dark|light|left|right|top|bottom|center|start|end|horizontal|vertical|ltr|rtl|none|auto|page|step|location|date|time|dialog|menu|listbox|tree|grid|polite|assertive|xs|sm|md|lg|xl)$/i;
const OWNER =
  /mail|phone|tel$|mobile|user|customer|account|token|secret|session|auth|passw|first.?name|last.?name|full.?name|address|birth|iban|card.?n/i;
const SPOKEN_DATA_LENGTH = 80;

/** The value as it may be recorded; undefined where the attribute may not be recorded at all. */
export function cleanAttribute(
  name: string,
  value: AttributeValue,
  tag: string,
  isSvg: boolean,
  zone: ElementZone,
  urls: Urls,
): AttributeValue | undefined {
  const readable = isReadable(zone);
  const speak = (text: string) => (readable ? scrub(text, zone === "account") : MASK);
  if (NEVER.test(name) || tag === "meta") return undefined;
  if (typeof value !== "string" || !value) return value;
  if (SHAPE.has(name)) return /[@%]|\d{9}/.test(value) ? scrub(value) : value;
  if (name === "style" || name === "_csstext") return cleanCss(value, tag === "link", urls.asset);
  if (ADDRESS.has(name)) {
    if (!SHOWN_BY_ADDRESS.test(tag)) return value[0] === "#" ? (isSvg ? value : "") : urls.address(value);
    if (zone === "masked" || zone === "private" || (!readable && isSpokenImage(value))) return "";
    return name.endsWith("srcset") ? urls.assets(value) : urls.asset(value);
  }
  if (name.startsWith("rr_") || (isSvg && !/^(?:data|aria)-/.test(name))) return value;
  if (SPOKEN.has(name)) return speak(value);
  if (STATE.test(value)) return value;
  const isOurs = name.startsWith("data-replay-");
  const isOwners = !isOurs && OWNER.test(name);
  return isOwners || value.length > SPOKEN_DATA_LENGTH || /[{@=]/.test(value) ? MASK : speak(value);
}
