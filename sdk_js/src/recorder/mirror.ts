/**
 * Which number each node of the page has in the recording, and which node each number is. A node keeps its number
 * for as long as it lives, wherever it goes, but for what goes within a host; a number knows its
 * node only while that stands in the recording.
 */
import { eachChild, shadowRoot } from "./native";

/** Of nodes that are left out of the recording. */
export const LEFT_OUT = -2;

/** No number comes twice on a page, also where recording has begun anew. */
let last = 0;

export interface Mirror {
  /** Its number, `LEFT_OUT`, or 0 where it has none. */
  idOf(node: Node | null | undefined): number;
  nodeOf(id: number): Node | undefined;
  /** Whether it stands in the recording. */
  holds(node: Node): boolean;
  /** Puts it into the recording; the answer is its number. */
  put(node: Node, isLeftOut: boolean): number;
  /** It and all inside it no longer stand in the recording; `isWithin`: it is gone with what it stood in. */
  forget(node: Node, isWithin?: boolean): void;
  /** The document that a frame shows. */
  frame(frame: Node, content: Document): void;
}

export function createMirror(): Mirror {
  const ids = new WeakMap<Node, number>();
  const nodes = new Map<number, Node>();
  const contents = new WeakMap<Node, Document>();

  const idOf = (node: Node | null | undefined) => (node && ids.get(node)) || 0;
  const forget = (node: Node, isWithin?: boolean): void => {
    nodes.delete(idOf(node));
    // A replay that drops a host goes on to know what was in its shadow root.
    if (isWithin) ids.delete(node);
    eachChild(node, (child) => forget(child, isWithin));
    const inner = shadowRoot(node) ?? contents.get(node);
    if (inner) forget(inner, true);
  };

  return {
    idOf,
    nodeOf: (id) => nodes.get(id),
    holds: (node) => nodes.has(idOf(node)),
    put(node, isLeftOut) {
      const known = idOf(node);
      const id = known > 0 ? known : isLeftOut ? LEFT_OUT : ++last;
      ids.set(node, id);
      if (id > 0) nodes.set(id, node);
      return id;
    },
    forget,
    frame: (frame, content) => contents.set(frame, content),
  };
}
