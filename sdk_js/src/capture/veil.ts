/**
 * The one gate of the picture: every event of the recorder passes here and leaves with its texts, values,
 * attributes, addresses and style texts masked as the zone of their element says. The recorder itself masks nothing.
 *
 * Nodes come with the recording's number, so the page's own element, found through the recorder's mirror, decides. What
 * cannot be judged is not let through: the answer null drops the event.
 */
import { type AttributeValue, cleanAttribute } from "./attributes";
import { cleanCss, MASK, maskText, scrub } from "./mask";
import type { Urls } from "./urls";
import { type ElementZone, isReadable, parentOf, type Zones } from "./zones";

type Attributes = { [name: string]: AttributeValue };

interface SerializedNode {
  readonly type: number;
  readonly id: number;
  readonly tagName?: string;
  readonly isShadow?: boolean;
  readonly isShadowHost?: boolean;
  readonly attributes?: Attributes;
  textContent?: string;
  childNodes?: SerializedNode[];
}

interface Rule {
  rule: string;
}

interface PictureData {
  readonly source?: number;
  readonly id?: number;
  readonly type?: number;
  href?: string;
  node?: SerializedNode;
  adds?: { parentId: number; node: SerializedNode }[] | undefined;
  texts?: { id: number; value: string | null }[] | undefined;
  attributes?: { id: number; attributes: Attributes }[] | undefined;
  readonly removes?: readonly unknown[];
  text?: string;
  /** There where the text stands in the box for promotion codes: the desk takes it for one. */
  rr_promo?: "";
  isChecked?: boolean;
  visible?: boolean;
  styles?: { rules: Rule[] }[];
  replace?: string;
  replaceSync?: string;
}

export interface RecorderEvent {
  readonly type: number;
  timestamp: number;
  readonly data: PictureData;
}

/** Numbers of the format rrweb 2. */
const FULL_SNAPSHOT = 2;
const INCREMENT = 3;
const META = 4;
const MUTATION = 0;
const MOUSE_INTERACTION = 2;
const FOCUS = 5;
const INPUT = 5;
const STYLE_RULE = 8;
const ADOPTED_STYLE = 15;
const STYLES = new Set([STYLE_RULE, ADOPTED_STYLE]);
/** Moves, scrolls, sizes and media. Selections (14) are dropped: they count the letters of masked text. */
const HARMLESS = new Set([1, 3, 4, 6, 7, 12]);
const ELEMENT = 2;
const DOCUMENT = 0;
const TEXT = 3;

const HIDDEN = /^(?:masked|private|payment)$/;
const SVG = "http://www.w3.org/2000/svg";
const UNSEEN_TEXT = /^(?:script|noscript|title|template)$/;
const OPTIONS = /^opt(?:ion|group)$/;
const INPUTS = /^(?:input|textarea|select)$/;
const VALUE_UNSEEN = /^(?:hidden|checkbox|radio|file)$/i;
const OWN_FORM = /^(?:number|date|datetime-local|month|week|time)$/i;
const SPOKEN_INPUT = /^(?:submit|button|reset)$/i;

export interface Mirror {
  getNode(id: number): Node | null;
}

/**
 * Answers the event to record, changed in place, or null. `hosts` hears of shadow roots, `touched` of what the
 * page's tree does not show: a value set by script (with its element), a style rule. `styled` hears where the
 * cleaned text of a style stands.
 */
export function createVeil(
  mirror: Mirror,
  zones: Zones,
  urls: Urls,
  hosts: (host: Element) => void,
  touched: (node: Node | null) => void,
  styled: (holder: object, key: string) => void,
): (event: RecorderEvent) => RecorderEvent | null {
  const wasPassword = new WeakSet<Element>();
  const lastValue = new WeakMap<Element, string>();
  const lastText = new WeakMap<Node, string>();
  let memo = new Map<Node, ElementZone>();

  const element = (id: number): Element | null => {
    const node = mirror.getNode(id);
    return node?.nodeType === 1 ? (node as Element) : null;
  };
  const isOpen = (input: Element, zone: ElementZone) => {
    if (input.getAttribute("type")?.toLowerCase() === "password") wasPassword.add(input);
    return !wasPassword.has(input) && zones.isOpenInput(input, zone);
  };

  const isPromo = (input: Element, value: AttributeValue) =>
    value && value !== MASK && zones.isPromoBox(input);

  /** Options of a masked choice are all masked, or the first of them would look chosen. */
  const isSelectOpen = (inside: Element | null, zone: ElementZone): boolean => {
    const select = inside?.closest("select");
    return select ? isOpen(select, zone) || zones.isOpenChoice(select, zone) : false;
  };

  const nodeText = (text: string, parent: Element | null, zone: ElementZone): string => {
    const tag = parent?.localName ?? "";
    if (tag === "style") return cleanCss(text, false, urls.asset);
    if (UNSEEN_TEXT.test(tag)) return "";
    if (tag === "textarea") return text && MASK;
    if (tag === "option" && !isSelectOpen(parent, zone)) return text && MASK;
    return isReadable(zone) ? scrub(text, zone === "account") : maskText(text);
  };

  /** What an input shows: its own value where that is open, else nothing or the same mask for everything. */
  const inputValue = (input: Element, value: string, zone: ElementZone): string | undefined => {
    const type = input.getAttribute("type") ?? "";
    if (input.localName === "select") return isSelectOpen(input, zone) ? scrub(value, true) : undefined;
    if (SPOKEN_INPUT.test(type)) return isReadable(zone) ? scrub(value) : MASK;
    if (VALUE_UNSEEN.test(type)) return undefined;
    return isOpen(input, zone) ? scrub(value) : value && MASK;
  };

  /** In place: a page that draws itself anew brings tens of thousands of these. */
  const cleanAttributes = (attributes: Attributes, owner: Element | null, tag: string, zone: ElementZone) => {
    const isInput = owner !== null && INPUTS.test(tag);
    for (const name in attributes) {
      const value = attributes[name] as AttributeValue;
      let kept: AttributeValue | undefined;
      if (name === "value" && isInput) kept = value === null ? null : inputValue(owner, String(value), zone);
      else if (name === "value" && tag === "option")
        kept = isSelectOpen(owner, zone) ? scrub(String(value), true) : undefined;
      else if (name === "label" && OPTIONS.test(tag) && !isSelectOpen(owner, zone)) kept = MASK;
      else if (name === "checked" || name === "selected")
        kept = isChoiceShown(owner, zone) ? value : undefined;
      else kept = cleanAttribute(name.toLowerCase(), value, tag, owner?.namespaceURI === SVG, zone, urls);
      if (kept === undefined) delete attributes[name];
      else if (kept !== value) attributes[name] = kept;
    }
    if (attributes._cssText) styled(attributes, "_cssText");
    if (isInput && attributes.value !== undefined) {
      lastValue.set(owner, String(attributes.value));
      if (isPromo(owner, attributes.value)) attributes.rr_promo = "";
      // Such inputs show nothing that is no number or date; as a text they show that something is there.
      if (attributes.value === MASK && OWN_FORM.test(String(attributes.type))) attributes.type = "text";
    }
  };

  /** What is ticked, as far as it is a choice among what the shop offers or a way to deliver. */
  const isChoiceShown = (owner: Element | null, zone: ElementZone) => {
    if (owner?.localName === "option") return isSelectOpen(owner, zone);
    return owner !== null && (zones.isOpenChoice(owner, zone) || zone === "cart");
  };

  const cleanNode = (node: SerializedNode, parent: Element | null, inherited: ElementZone): void => {
    if (node.type === ELEMENT) {
      const owner = element(node.id);
      const tag = node.tagName ?? "";
      const attributes = node.attributes ?? {};
      let zone: ElementZone = owner ? inherited : "masked";
      if (owner && zones.mayDeclare(tag, attributes)) zone = zones.own(owner, inherited);
      if (owner) memo.set(owner, zone);
      if (owner && zone === "payment") {
        block(node, attributes, owner);
        return;
      }
      if (node.isShadowHost && owner) hosts(owner);
      cleanAttributes(attributes, owner, tag, zone);
      for (const child of node.childNodes ?? []) cleanNode(child, owner, zone);
    } else if (node.type === DOCUMENT) {
      for (const child of node.childNodes ?? []) cleanNode(child, parent, inherited);
    } else if (node.textContent) {
      // Of comments and CDATA nothing is shown.
      node.textContent = node.type === TEXT ? nodeText(node.textContent, parent, inherited) : "";
      if (parent?.localName === "style") styled(node, "textContent");
      const live = node.textContent.includes(MASK) && mirror.getNode(node.id);
      if (live) lastText.set(live, node.textContent);
    }
  };
  /** Of payment nothing is recorded but the room it takes. */
  const block = (node: SerializedNode, attributes: Attributes, owner: Element): void => {
    const { width, height } = owner.getBoundingClientRect();
    for (const name in attributes) if (name !== "class") delete attributes[name];
    attributes.rr_width = `${width}px`;
    attributes.rr_height = `${height}px`;
    node.childNodes = [];
  };

  /** False where nothing is left to tell: every keystroke in a masked text makes a change of its own. */
  const cleanMutation = (data: PictureData): boolean => {
    data.adds = data.adds?.filter((add) => {
      const parent = element(add.parentId);
      const zone = parent ? zones.of(parent, memo) : "unknown";
      if (zone === "payment") return false;
      if (add.node.isShadow && parent) hosts(parent);
      cleanNode(add.node, parent, zone);
      return true;
    });
    data.texts = data.texts?.filter((text) => {
      const live = mirror.getNode(text.id);
      const parent = live && parentOf(live);
      const zone = zones.of(parent, memo);
      if (!live || zone === "payment") return false;
      text.value = nodeText(text.value ?? "", parent, zone);
      if (lastText.get(live) === text.value) return false;
      lastText.set(live, text.value);
      if (parent?.localName === "style") styled(text, "value");
      return true;
    });
    data.attributes = data.attributes?.filter((change) => {
      const owner = element(change.id);
      const zone = owner ? zones.of(owner, memo) : "payment";
      if (!owner || zone === "payment") return false;
      const last = lastValue.get(owner);
      cleanAttributes(change.attributes, owner, owner.localName, zone);
      if (last === MASK && change.attributes.value === MASK) delete change.attributes.value;
      return Object.keys(change.attributes).length > 0;
    });
    return [data.adds, data.texts, data.attributes, data.removes].some((list) => list?.length);
  };

  /** An input event; false where it would tell no more than the last one, so that keystrokes are not counted. */
  const cleanInput = (data: PictureData): boolean => {
    const owner = element(data.id ?? 0);
    if (!owner) return false;
    const zone = zones.of(owner, memo);
    if (zone === "payment") return false;
    if (/^(?:checkbox|radio)$/i.test(owner.getAttribute("type") ?? "")) {
      data.text = "on";
      return isChoiceShown(owner, zone);
    }
    const text = inputValue(owner, data.text ?? "", zone);
    if (text === undefined || (lastValue.get(owner) === text && text === MASK)) return false;
    lastValue.set(owner, text);
    data.text = text;
    if (isPromo(owner, text)) data.rr_promo = "";
    data.isChecked = false;
    return true;
  };

  const css = (text: string) => cleanCss(text, false, urls.asset);
  const cleanIncrement = (data: PictureData): boolean => {
    if (data.source === INPUT) touched(mirror.getNode(data.id ?? 0));
    else if (STYLES.has(data.source ?? 0)) touched(null);
    switch (data.source) {
      case MUTATION:
        return cleanMutation(data);
      case INPUT:
        return cleanInput(data);
      case MOUSE_INTERACTION: {
        const owner = element(data.id ?? 0);
        // Whether the browser draws it depends on how it came about.
        if (data.type === FOCUS) data.visible = owner?.matches(":focus-visible") ?? false;
        return !HIDDEN.test(zones.of(mirror.getNode(data.id ?? 0), memo));
      }
      case STYLE_RULE:
        for (const added of (data.adds ?? []) as unknown as Rule[]) added.rule = css(added.rule);
        if (data.replace) data.replace = css(data.replace);
        if (data.replaceSync) data.replaceSync = css(data.replaceSync);
        return true;
      case ADOPTED_STYLE:
        for (const style of data.styles ?? []) for (const rule of style.rules) rule.rule = css(rule.rule);
        return true;
      default:
        return HARMLESS.has(data.source ?? -1);
    }
  };

  return (event: RecorderEvent): RecorderEvent | null => {
    memo = new Map();
    const { data } = event;
    switch (event.type) {
      case META:
        data.href = urls.address(data.href ?? "");
        return event;
      case FULL_SNAPSHOT:
        if (data.node) cleanNode(data.node, null, "unknown");
        return event;
      case INCREMENT:
        return cleanIncrement(data) ? event : null;
      default:
        // DOMContentLoaded and Load say nothing; nothing else is ours.
        return event.type < FULL_SNAPSHOT ? event : null;
    }
  };
}
