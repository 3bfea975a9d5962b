/**
 * Nodes as the format writes them, with what only the living page knows: what is in an input, how far a box is
 * scrolled, what a style sheet came to. What shows nothing is left out: scripts, comments, `meta`, what a page only
 * loads ahead, the spaces of its head.
 */
import { absolute, absoluteCss, sheetText } from "./css";
import type { Mirror } from "./mirror";
import { attributes as allOf, eachChild, nodeType, ownerDocument, parentNode, shadowRoot } from "./native";

type Value = string | number | boolean | null | undefined;
export type Attributes = { [name: string]: Value };

/** A node of the format rrweb 2. */
export interface Written {
  readonly type: number;
  readonly id: number;
  readonly tagName?: string;
  readonly attributes?: Attributes;
  readonly childNodes?: Written[];
  readonly isShadow?: true;
}

export interface Writer {
  /** The node alone; null where it is left out. `isKept`: its text is kept with its style element. */
  one(node: Node, isKept?: boolean): Written | null;
  tree(node: Node): Written | null;
}

const DOCUMENT = 0;
const DOCTYPE = 1;
const ELEMENT = 2;
const TEXT = 3;
/** By the browser's number of it; of others nothing is shown. */
const TYPES: { readonly [nodeType: number]: number } = { 1: ELEMENT, 3: TEXT, 9: DOCUMENT, 10: DOCTYPE };
const UNSEEN = /^(?:script|meta)$/;
const UNSEEN_LINK = /^modulepreload$|icon/;
const VALUED = /^(?:input|textarea|select)$/;
const VALUE_IS_NAME = /^(?:radio|checkbox|submit|button)$/;
export const MEDIA = /^(?:audio|video)$/;
const ADDRESS = /^(?:src|(?:xlink:)?href|background|data)$/;
/** An address, then how it is described, up to the comma that ends it. */
const CANDIDATE = /[\s,]*(\S*[^\s,])(?:,|((?:\([^)]*\)?|[^,(])*),?)/g;

/** A form may have an input called `tagName`. */
export const tagOf = (element: Element): string => {
  if (element instanceof HTMLFormElement) return "form";
  const tag = element.tagName.toLowerCase();
  return /^[\w:-]+$/.test(tag) ? tag : "div";
};

const isInSvg = (element: Element): boolean =>
  element.tagName === "svg" || Boolean((element as SVGElement).ownerSVGElement);

/** An attribute's value with its addresses absolute. */
export function attributeValue(element: Element, name: string, value: string | null): string | null {
  if (!value?.trim()) return value;
  const from = (url: string) => (/^(?:data|blob):/.test(url) ? url : absolute(url, element.baseURI));
  if (name === "style") return absoluteCss(value, element.baseURI);
  if (name === "srcset")
    return [...value.matchAll(CANDIDATE)]
      .map(([, url = "", described = ""]) => (from(url) + described).trim())
      .join(", ");
  return ADDRESS.test(name) && !(value[0] === "#" && isInSvg(element)) ? from(value) : value;
}

export const openMode = (dialog: Element): string => (dialog.matches("dialog:modal") ? "modal" : "non-modal");

/** `found` hears of each element that is written: it may hold a tree of its own. */
export function createWriter(mirror: Mirror, found: (element: Element, tag: string) => void): Writer {
  const attributesOf = (element: Element, tag: string, isNew: boolean): Attributes => {
    const attributes: Attributes = {};
    const isMedia = MEDIA.test(tag);
    const all = allOf(element);
    // Its iterator takes four times as long.
    for (let at = 0; at < all.length; at++) {
      const { name, value } = all[at] as Attr;
      if (name !== "autoplay" || !isMedia)
        attributes[name] = attributeValue(element, name.toLowerCase(), value);
    }
    if (tag === "link" || tag === "style") {
      const text = sheetText((element as HTMLStyleElement).sheet);
      // Scripts may have taken out all that its own text says.
      if (text || (text === "" && element.textContent?.includes("{"))) {
        attributes._cssText = text;
        if (tag === "link") {
          delete attributes.rel;
          delete attributes.href;
        }
      }
    }
    if (VALUED.test(tag)) {
      const { value, checked } = element as HTMLInputElement;
      // What the page was served with may have been emptied or unchecked since.
      delete attributes.checked;
      if (VALUE_IS_NAME.test(String(attributes.type))) {
        if (checked) attributes.checked = true;
      } else if (value || attributes.value) attributes.value = value;
    }
    if (tag === "option") {
      delete attributes.selected;
      if ((element as HTMLOptionElement).selected) attributes.selected = true;
    }
    if (tag === "dialog" && (element as HTMLDialogElement).open) attributes.rr_open_mode = openMode(element);
    if (isMedia) {
      const { paused, currentTime, playbackRate, muted, loop, volume } = element as HTMLMediaElement;
      Object.assign(attributes, {
        rr_mediaState: paused ? "paused" : "played",
        rr_mediaCurrentTime: currentTime,
        rr_mediaPlaybackRate: playbackRate,
        rr_mediaMuted: muted,
        rr_mediaLoop: loop,
        rr_mediaVolume: volume,
      });
    }
    // What is new has not been laid out, and asking would lay it out.
    if (!isNew) {
      const { scrollLeft, scrollTop } = element;
      if (scrollLeft) attributes.rr_scrollLeft = scrollLeft;
      if (scrollTop) attributes.rr_scrollTop = scrollTop;
    }
    if (tag === "iframe") {
      if (!(element as HTMLIFrameElement).contentDocument) attributes.rr_src = attributes.src;
      delete attributes.src;
      delete attributes.srcdoc;
    }
    return attributes;
  };

  const isUnseen = (element: Element, tag: string): boolean => {
    if (tag !== "link") return UNSEEN.test(tag);
    const rel = element.getAttribute("rel") ?? "";
    return UNSEEN_LINK.test(rel) || (rel === "preload" && element.getAttribute("as") === "script");
  };

  const write = (node: Node, isNew: boolean, isKept?: boolean, isTight?: boolean): Written | null => {
    const type = TYPES[nodeType(node)];
    const element = node as Element;
    const text = node.nodeValue ?? "";
    const tag = type === ELEMENT ? tagOf(element) : "";
    const isLeftOut =
      type === undefined || isUnseen(element, tag) || (type === TEXT && isTight && !text.trim());
    const id = mirror.put(node, Boolean(isLeftOut));
    if (id < 0) return null;
    const doc = ownerDocument(node);
    const up = parentNode(node);
    const written = {
      type,
      id,
      rootId: (doc !== document && mirror.idOf(doc)) || undefined,
      isShadow: (up && nodeType(up) === 11) || undefined,
    };
    if (type === TEXT)
      return {
        ...written,
        textContent: isKept ? "" : up?.nodeName === "STYLE" ? absoluteCss(text, node.baseURI) : text,
      } as Written;
    if (type === DOCUMENT) {
      const { compatMode } = node as Document;
      return { ...written, childNodes: [], ...(compatMode !== "CSS1Compat" && { compatMode }) } as Written;
    }
    if (type === DOCTYPE) {
      const { name, publicId, systemId } = node as DocumentType;
      return { ...written, name, publicId, systemId } as Written;
    }
    found(element, tag);
    return {
      ...written,
      tagName: tag,
      attributes: attributesOf(element, tag, isNew),
      childNodes: [],
      isSVG: isInSvg(element) || undefined,
      isCustom: (tag.includes("-") && customElements.get(tag) !== undefined) || undefined,
      isShadowHost: shadowRoot(element) !== null || undefined,
    } as Written;
  };

  const tree = (node: Node, isKept?: boolean, isTight?: boolean): Written | null => {
    const written = write(node, false, isKept, isTight);
    const { childNodes, tagName, attributes } = written ?? {};
    if (!childNodes) return written;
    const fill = (from: Node, isKept?: boolean, isTight?: boolean) =>
      eachChild(from, (child) => {
        const inner = tree(child, isKept, isTight);
        if (inner) childNodes.push(inner);
      });
    // What is in a text area is its value.
    if (tagName !== "textarea") fill(node, attributes?._cssText !== undefined, isTight || tagName === "head");
    const root = shadowRoot(node);
    if (root) fill(root);
    return written;
  };

  return { one: (node, isKept) => write(node, true, isKept), tree: (node) => tree(node) };
}
