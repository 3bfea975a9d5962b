/**
 * Nodes of a recorded page, made harmless: allowed elements and attributes only, everything else an inert
 * stand-in with the same id at the same place. Nothing that could run, navigate or fetch is left; the frame's
 * sandbox and the page's policy stand behind this, not before it.
 *
 * It remembers what each id is, because later changes name only ids.
 */
import {
  CUSTOM_NAME,
  FORM_MEMBERS,
  FRAMED_ELEMENTS,
  GLOBAL_ATTRIBUTES,
  HIDDEN_ELEMENTS,
  HTML_ELEMENTS,
  NAMED_ELEMENTS,
  RESERVED_CUSTOM_NAMES,
  SVG_ATTRIBUTES,
  SVG_ELEMENTS,
} from "./allowed";
import { candidates, completeImage, image, isInlined } from "./images";
import type { Shown } from "./kept";
import { placeholder } from "./placeholder";
import {
  type Attributes,
  type Fields,
  fieldsOf,
  idOf,
  listOf,
  NodeKind,
  numberOf,
  type SafeNode,
  type StyleChange,
  textOf,
} from "./recorder_event";

/** Deeper nodes are left out; browsers' own parsers stop at 512. */
export const MAX_DEPTH_COUNT = 512;
/** More nodes of one snapshot are left out: building them would hold up the desk. */
const MAX_NODES_COUNT = 300_000;
export const MAX_SCROLL_PX = 10_000_000;
const MAX_ATTRIBUTE_CHARS = 4_000_000;
const MAX_NAME_CHARS = 80;
const MAX_BOX_PX = 30_000;

const ATTRIBUTE_NAME = /^[a-zA-Z_][a-zA-Z0-9_.:-]*$/;
const CSS_LENGTH = /^\d{1,5}(\.\d{1,6})?(px|%|em|rem|vw|vh)?$/;

/** What an id stands for: the element's name as it is rebuilt, and as it was recorded. */
interface Known {
  readonly tag: string;
  readonly was: string;
  readonly svg: boolean;
}

export class NodeSanitizer {
  private readonly elements = new Map<number, Known>();
  private readonly styleTexts = new Set<number>();

  constructor(private readonly shown: Shown) {}

  /** A node with everything below it; null if it has no usable id or kind. */
  tree(value: unknown): SafeNode | null {
    return this.node(value, { depth: 0, left: { count: MAX_NODES_COUNT }, seen: new Set(), parent: null });
  }

  /** What changed on the element `id`. */
  attributes(id: number, value: unknown): Record<string, string | StyleChange | null> | null {
    const known = this.elements.get(id);
    if (!known) return null;
    const changes: Record<string, string | StyleChange | null> = {};
    for (const [name, given] of Object.entries(fieldsOf(value))) {
      if (name === "style" && typeof given === "object" && given !== null) {
        changes[name] = this.styleChange(fieldsOf(given));
        continue;
      }
      const kept = this.attribute(known, name, given);
      if (kept === null && given === null && ATTRIBUTE_NAME.test(name)) changes[name] = null;
      else if (kept !== null) changes[kept[0]] = String(kept[1] === true ? "" : kept[1]);
    }
    return changes;
  }

  /** The text of the text node `id`: a style sheet's is CSS. */
  text(id: number, value: unknown): string {
    const text = textOf(value);
    return this.styleTexts.has(id) ? this.shown.css(text) : text;
  }

  private node(value: unknown, place: Place): SafeNode | null {
    const given = fieldsOf(value);
    const id = idOf(given.id);
    if (id === null || place.seen.has(id) || place.left.count <= 0 || place.depth > MAX_DEPTH_COUNT)
      return null;
    place.seen.add(id);
    place.left.count--;
    const node: SafeNode = { id, type: NodeKind.COMMENT };
    const rootId = idOf(given.rootId);
    if (rootId !== null) node.rootId = rootId;
    if (given.isShadow === true) node.isShadow = true;
    switch (given.type) {
      case NodeKind.DOCUMENT:
        node.type = NodeKind.DOCUMENT;
        node.childNodes = this.children(given, place, null);
        if (given.compatMode === "BackCompat") quirks(node);
        return node;
      case NodeKind.DOCTYPE:
        return { ...node, type: NodeKind.DOCTYPE, name: "html", publicId: "", systemId: "" };
      case NodeKind.ELEMENT:
        return this.element(node, given, place);
      case NodeKind.TEXT:
        return this.textNode(node, given, place);
      case NodeKind.CDATA:
      case NodeKind.COMMENT:
        return { ...node, textContent: "" };
      default:
        return null;
    }
  }

  private textNode(node: SafeNode, given: Fields, { parent }: Place): SafeNode {
    const styled = parent?.tag === "style" || given.isStyle === true;
    if (styled) this.styleTexts.add(node.id);
    const hidden = parent !== null && parent.was === "script";
    const text = hidden ? "" : textOf(given.textContent);
    const safe: SafeNode = {
      ...node,
      type: NodeKind.TEXT,
      textContent: styled ? this.shown.css(text) : text,
    };
    if (styled) safe.isStyle = true;
    return safe;
  }

  private element(node: SafeNode, given: Fields, place: Place): SafeNode {
    const svg = given.isSVG === true;
    const was = textOf(given.tagName).toLowerCase();
    const tag = elementName(was, svg, fieldsOf(given.attributes));
    const known = { tag, was, svg };
    this.elements.set(node.id, known);
    node.type = NodeKind.ELEMENT;
    node.tagName = tag;
    node.attributes = this.elementAttributes(known, fieldsOf(given.attributes));
    if (svg) node.isSVG = true;
    if (tag === was && isCustomName(tag) && !svg) {
      if (given.isCustom === true) node.isCustom = true;
    }
    if (given.isShadowHost === true && mayHostShadow(tag)) node.isShadowHost = true;
    node.childNodes = this.children(given, place, known);
    return node;
  }

  private children(given: Fields, place: Place, parent: Known | null): SafeNode[] {
    const children: SafeNode[] = [];
    const hostless = parent !== null && !mayHostShadow(parent.tag);
    for (const child of listOf(given.childNodes)) {
      const safe = this.node(child, { ...place, depth: place.depth + 1, parent });
      // A shadow root's child would otherwise be built into an element that cannot have one.
      if (safe && hostless) delete safe.isShadow;
      if (safe) children.push(safe);
    }
    return children;
  }

  private elementAttributes(known: Known, given: Fields): Attributes {
    const kept: Attributes = {};
    for (const [name, value] of Object.entries(given)) {
      const attribute = this.attribute(known, name, value);
      if (attribute !== null) kept[attribute[0]] = attribute[1];
    }
    const label = FRAMED_ELEMENTS.get(known.was);
    if (label !== undefined) kept.src = placeholder(label);
    else if (known.tag === "img") completeImage(kept, given, this.shown);
    if (known.tag === "video")
      kept.poster = this.shown.address(textOf(given.poster)) ?? placeholder("video not kept");
    if (known.was === "link" && known.tag === "style" && kept._cssText === undefined)
      kept._cssText = this.shown.sheet(textOf(given.href));
    if (known.tag === "iframe" && typeof given.rr_src === "string")
      background(kept, "frame of another site, not kept");
    if (known.tag === "canvas" && kept.rr_dataURL === undefined) background(kept, "drawing not kept");
    return kept;
  }

  /** The attribute as it may stand, under the name it may have; null if it may not. */
  private attribute(known: Known, name: string, value: unknown): [string, string | number | true] | null {
    if (name.length > MAX_NAME_CHARS || !ATTRIBUTE_NAME.test(name)) return null;
    if (typeof value === "number" || typeof value === "boolean") return scalar(name, value);
    if (typeof value !== "string" || value.length > MAX_ATTRIBUTE_CHARS) return null;
    const { tag, was, svg } = known;
    const lower = name.toLowerCase();
    if (name === "_cssText") return tag === "style" ? [name, this.shown.css(value)] : null;
    if (name.startsWith("rr_")) return replayAttribute(tag, name, value);
    // What stands in for something else has its looks, not its meaning.
    if (svg && tag !== was && lower !== "class" && lower !== "style") return null;
    if (lower === "style") return [name, this.shown.css(value)];
    if (lower === "src")
      return hasImage(tag) && !FRAMED_ELEMENTS.has(was) ? ["src", image(value, this.shown)] : null;
    if (lower === "srcset")
      return tag === "img" || tag === "source" ? [name, candidates(value, this.shown)] : null;
    if (lower === "sizes") return tag === "img" || tag === "source" ? [name, value] : null;
    if (lower === "href" || lower === "xlink:href")
      return svg && tag === "image" ? [name, image(value, this.shown)] : reference(tag, svg, name, value);
    if (lower === "width" || lower === "height") return CSS_LENGTH.test(value.trim()) ? [name, value] : null;
    if (lower === "name") return NAMED_ELEMENTS.has(tag) && !FORM_MEMBERS.has(value) ? [name, value] : null;
    if (lower === "id") return FORM_MEMBERS.has(value) ? null : [name, value];
    if (lower === "media") return tag === "style" || tag === "source" ? [name, value] : null;
    if (lower === "for" && tag === "output") return null;
    if (lower.startsWith("data-") || lower.startsWith("aria-")) return [name, value];
    if (svg && SVG_ATTRIBUTES.has(lower)) return [name, this.shown.css(value)];
    return GLOBAL_ATTRIBUTES.has(lower) ? [name, value] : null;
  }

  private styleChange(given: Fields): StyleChange {
    const changes: StyleChange = {};
    for (const [property, value] of Object.entries(given)) {
      if (!/^-{0,2}[a-zA-Z][\w-]*$|^--[\w-]+$/.test(property)) continue;
      if (value === false) changes[property] = false;
      else if (typeof value === "string") changes[property] = this.shown.css(value);
      else if (Array.isArray(value) && typeof value[0] === "string")
        changes[property] = [this.shown.css(value[0]), value[1] === "important" ? "important" : ""];
    }
    return changes;
  }
}

interface Place {
  readonly depth: number;
  readonly left: { count: number };
  readonly seen: Set<number>;
  readonly parent: Known | null;
}

function elementName(was: string, svg: boolean, attributes: Fields): string {
  if (svg) return SVG_ELEMENTS.has(was) ? was : "g";
  // A style sheet that was read out stands in a style element; one that was not may still come by a change.
  if (was === "link")
    return /\bstylesheet\b/i.test(textOf(attributes.rel)) || attributes._cssText ? "style" : "noscript";
  if (HTML_ELEMENTS.has(was)) return was;
  if (HIDDEN_ELEMENTS.has(was)) return "noscript";
  if (FRAMED_ELEMENTS.has(was)) return "img";
  if (was === "frameset" || was === "frame") return "div";
  return isCustomName(was) ? was : "span";
}

const isCustomName = (name: string): boolean =>
  name.length <= MAX_NAME_CHARS && CUSTOM_NAME.test(name) && !RESERVED_CUSTOM_NAMES.has(name);

const SHADOW_HOSTS = new Set(
  "article aside blockquote body div footer h1 h2 h3 h4 h5 h6 header main nav p section span".split(" "),
);

const mayHostShadow = (tag: string): boolean => SHADOW_HOSTS.has(tag) || isCustomName(tag);

/** An `input` shows one when its type says so, and otherwise ignores it. */
const hasImage = (tag: string): boolean => tag === "img" || tag === "input";

/** References: links lose their target but stay links to style sheets; SVG may refer within its document. */
function reference(tag: string, svg: boolean, name: string, value: string): [string, string] | null {
  if (tag === "a" || tag === "area") return [name, "#"];
  if (!svg) return null;
  return value.trim().startsWith("#") ? [name, value.trim()] : null;
}

/** Attributes in which the recorder tells the replayer something. */
function replayAttribute(tag: string, name: string, value: string): [string, string] | null {
  switch (name) {
    case "rr_width":
    case "rr_height":
      return CSS_LENGTH.test(value) && Number.parseFloat(value) <= MAX_BOX_PX ? [name, value] : null;
    case "rr_dataURL":
      return (tag === "img" || tag === "canvas") && isInlined(value) ? [name, value] : null;
    case "rr_open_mode":
      return tag === "dialog" && (value === "modal" || value === "non-modal") ? [name, value] : null;
    default:
      return null;
  }
}

function scalar(name: string, value: number | boolean): [string, number | true] | null {
  if (name === "rr_scrollLeft" || name === "rr_scrollTop") {
    const px = numberOf(value, -MAX_SCROLL_PX, MAX_SCROLL_PX);
    return px === null ? null : [name, px];
  }
  return value === true && GLOBAL_ATTRIBUTES.has(name.toLowerCase()) ? [name, true] : null;
}

/** Shows `label` behind whatever the element still shows itself. */
function background(kept: Attributes, label: string): void {
  const style = typeof kept.style === "string" && kept.style ? `${kept.style};` : "";
  kept.style = `${style}background:url("${placeholder(label)}") no-repeat`;
}

/** The replayer looks at the first child of a page in quirks mode, so there has to be one. */
function quirks(node: SafeNode): void {
  if (node.childNodes?.length) node.compatMode = "BackCompat";
}
