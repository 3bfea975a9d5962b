/**
 * What has changed in the trees that are watched, told once for all that the browser reports together: what is gone,
 * what has come (each node alone, after its parent and after the sibling that it stands before), and the texts and
 * attributes that are now others. What came and went in between is not told.
 */
import { guarded } from "../guard";
import { LEFT_OUT, type Mirror } from "./mirror";
import {
  attributes as attributesOf,
  lastChild,
  native,
  nextSibling,
  nodeType,
  parentNode,
  previousSibling,
  shadowRoot,
} from "./native";
import { type Attributes, attributeValue, MEDIA, openMode, tagOf, type Writer, type Written } from "./write";

interface Lists {
  readonly adds: { parentId: number; nextId: number | null; node: Written }[];
  readonly removes: { parentId: number; id: number; isShadow: true | undefined }[];
  readonly texts: { id: number; value: string }[];
  readonly attributes: { id: number; attributes: Attributes }[];
}

export interface Mutation extends Lists {
  readonly isAttachIframe?: true;
}

export interface Changes {
  watch(root: Node): void;
  /** Tells at once what the browser has not reported yet. */
  flush(): void;
  stop(): void;
}

const EVERYTHING = {
  attributeOldValue: true,
  characterDataOldValue: true,
  childList: true,
  subtree: true,
};

/** In the recording what is in a shadow root is the host's. */
const hostOf = (node: Node): Node => (nodeType(node) === 11 && (node as ShadowRoot).host) || node;

export function createChanges(mirror: Mirror, writer: Writer, tell: (mutation: Mutation) => void): Changes {
  const take = (records: MutationRecord[]) => {
    /** With the parent that each stood in. */
    const gone = new Map<Node, Node>();
    const come = new Set<Node>();
    /** With what each was before. */
    const texts = new Map<Node, string | null>();
    const changed = new Map<Element, Map<string, string | null>>();
    const note = (element: Element, name: string, before: string | null) => {
      const names = changed.get(element) ?? new Map<string, string | null>();
      changed.set(element, names);
      if (!names.has(name)) names.set(name, before);
    };

    for (const {
      addedNodes,
      attributeName,
      attributeNamespace,
      oldValue,
      removedNodes,
      target,
      type,
    } of records) {
      if (mirror.idOf(target) === LEFT_OUT || target.nodeName === "TITLE") continue;
      const area = (type === "characterData" ? parentNode(target) : target) as Element | null;
      if (type === "attributes")
        note(
          target as Element,
          (attributeNamespace &&
            attributesOf(target).getNamedItemNS(attributeNamespace, attributeName as string)?.name) ||
            (attributeNamespace?.endsWith("xlink") ? "xlink:" : "") + attributeName,
          oldValue,
        );
      // What is in a text area is its value.
      else if (area?.nodeName === "TEXTAREA") note(area, "value", null);
      else if (type === "characterData") {
        if (!texts.has(target)) texts.set(target, oldValue);
      } else {
        for (const node of removedNodes) if (mirror.holds(node) && !gone.has(node)) gone.set(node, target);
        for (const node of addedNodes) come.add(node);
      }
    }

    const said: Lists = { texts: [], attributes: [], removes: [], adds: [] };
    const going = new Map<Node, boolean>();
    /** Whether it has gone with what it stands in, which is then told of that alone. */
    const isGoing = (node: Node): boolean => {
      const up = parentNode(hostOf(node));
      const is = going.get(node) ?? (gone.has(hostOf(node)) || (up !== null && isGoing(up)));
      going.set(node, is);
      return is;
    };
    for (const [node, parent] of gone)
      if (!isGoing(parent))
        said.removes.push({
          parentId: mirror.idOf(hostOf(parent)),
          id: mirror.idOf(node),
          isShadow: hostOf(parent) !== parent || undefined,
        });
    for (const [node, parent] of gone) mirror.forget(node, isGoing(parent));

    const told = new Set<Node>();
    const add = (node: Node, parentId: number, nextId: number | null, isKept?: boolean): number | null => {
      come.delete(node);
      const written = writer.one(node, isKept);
      if (!written) return nextId;
      const { attributes, id, tagName } = written;
      told.add(node);
      said.adds.push({ parentId, nextId, node: written });
      const root = shadowRoot(node);
      if (tagName !== "textarea") addAll(node, id, attributes?._cssText !== undefined);
      if (root) addAll(root, id);
      return id;
    };
    const addAll = (node: Node, id: number, isKept?: boolean) => {
      let next: number | null = null;
      for (let child = lastChild(node); child; child = previousSibling(child))
        next = add(child, id, next, isKept);
    };
    for (const node of come) {
      const parent = parentNode(node);
      const owner = parent && hostOf(parent);
      // What stands in something that has come itself comes with it.
      if (!owner || !mirror.holds(owner)) continue;
      const run: Node[] = [node];
      let nextId: number | null = null;
      for (let next = nextSibling(node); next && !nextId; next = nextSibling(next))
        if (come.has(next)) run.push(next);
        else if (mirror.holds(next)) nextId = mirror.idOf(next);
      for (const each of run.reverse()) nextId = add(each, mirror.idOf(owner), nextId);
    }

    const isOld = (node: Node) => mirror.holds(node) && !told.has(node);
    for (const [node, before] of texts) {
      const { data } = node as Text;
      if (isOld(node) && data !== before) said.texts.push({ id: mirror.idOf(node), value: data });
    }
    for (const [element, names] of changed) {
      if (!isOld(element)) continue;
      const attributes: Attributes = {};
      const tag = tagOf(element);
      for (const [name, before] of names) {
        const value =
          tag === "textarea" && name === "value"
            ? (element as HTMLTextAreaElement).value
            : (attributesOf(element).getNamedItem(name)?.value ?? null);
        // A dialog may have been shown in another way.
        if ((value === before && tag !== "dialog") || (name === "autoplay" && MEDIA.test(tag))) continue;
        // What a frame shows is told by itself.
        const isFrame = tag === "iframe" && name.startsWith("src");
        if (isFrame && (name !== "src" || (element as HTMLIFrameElement).contentDocument)) continue;
        attributes[isFrame ? "rr_src" : name] = attributeValue(element, name.toLowerCase(), value);
        if (tag === "dialog" && name === "open") attributes.rr_open_mode = openMode(element);
      }
      if (Object.keys(attributes).length) said.attributes.push({ id: mirror.idOf(element), attributes });
    }
    if (Object.values(said).some((list) => list.length)) tell(said);
  };

  const observer = new (native().MutationObserver)(guarded(take));
  return {
    watch: (root) => observer.observe(root, EVERYTHING),
    flush: () => take(observer.takeRecords()),
    stop: () => observer.disconnect(),
  };
}
